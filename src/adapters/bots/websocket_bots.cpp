#include "adapters/bots/websocket_bots.hpp"

#include <algorithm>

#include "adapters/bots/token_bucket.hpp"
#include "adapters/bots/turn_action.hpp"
#include "base/codec/codec.hpp"

namespace agon {

namespace {

constexpr codec::Spelling bot_spelling{.instants = codec::Instants::exact};

struct HelloFrame {
    std::string type = "hello";
    std::vector<std::string> supported_versions{std::string(bot_protocol_version)};
    std::string selected_version{bot_protocol_version};
    BotId bot_id;
    std::vector<std::string> capabilities{"reconnect"};
    Instant server_ts;
};
BOOST_DESCRIBE_STRUCT(HelloFrame, (), (type, supported_versions, selected_version, bot_id, capabilities, server_ts))

struct PongFrame {
    std::string type = "pong";
    Instant server_ts;
};
BOOST_DESCRIBE_STRUCT(PongFrame, (), (type, server_ts))

struct ErrorFrame {
    std::string type = "error";
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(ErrorFrame, (), (type, code, message))

struct Authenticate {
    std::string token;
};
BOOST_DESCRIBE_STRUCT(Authenticate, (), (token))

struct BotHello {
    codec::Omittable<std::string> client_name;
    codec::Omittable<std::string> client_version;
    codec::Omittable<std::vector<std::string>> supported_versions;
};
BOOST_DESCRIBE_STRUCT(BotHello, (), (client_name, client_version, supported_versions))

template <class Frame>
std::shared_ptr<const std::string> encoded(const Frame& frame) {
    return std::make_shared<const std::string>(codec::to_json<bot_spelling>(frame));
}

/// `action: field required`
std::string sentence(const Error& error) {
    return error.pointer.empty() ? error.message : error.pointer.substr(1) + ": " + error.message;
}

/// The key of `Bearer bk_…`, or all of what is not of this form: then it is no bot's key.
std::string_view key_in(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    const bool bearer = std::ranges::equal(authorization.substr(0, scheme.size()), scheme,
                                           [](char a, char b) { return (a | ('A' <= a && a <= 'Z' ? 0x20 : 0)) == b; });
    return bearer ? authorization.substr(scheme.size()) : authorization;
}

}  // namespace

/// One connection. Its functions are called one at a time, so what it keeps needs no lock.
class WebSocketBots::Socket : public WebSocketHandler {
public:
    Socket(WebSocketBots& bots, std::string authorization)
        : bots_(bots),
          authorization_(std::move(authorization)),
          bytes_(max_bytes_per_second, bots.clock_.steady()),
          messages_(max_messages_per_second, bots.clock_.steady()) {}

    void opened(std::shared_ptr<WebSocketPeer> peer) override {
        peer_ = std::move(peer);
        bots_.await_key(peer_);
        if (!authorization_.empty()) authenticate(key_in(authorization_));
    }

    void message(std::string_view text) override {
        if (done_) return;
        const auto now = bots_.clock_.steady();
        if (!bytes_.take(static_cast<double>(text.size()), now) || !messages_.take(1, now))
            return end(bot_close::rate, "rate_limited", "too many messages or bytes in a second");
        const auto json = parse_json(text);
        const auto* object = json ? json->if_object() : nullptr;
        const auto* type = object ? object->if_contains("type") : nullptr;
        if (!json) return fault(json.error());
        if (!type || !type->is_string()) return fault({Code::invalid, "must be an object with a type", ""});
        dispatch(std::string_view(type->get_string()), *json);
    }

    void closed() override {
        done_ = true;
        bots_.leave(peer_, bot_);
    }

private:
    void dispatch(std::string_view type, const Json& message) {
        if (!bot_) return first(type, message);
        if (type == "turn_action") return act(message);
        if (type == "ping") return peer_->send(encoded(PongFrame{.server_ts = bots_.clock_.now()}));
        if (type == "resume") return bots_.inbox_.resume(*bot_);
        if (type == "hello") return greet(message);
        if (type != "authenticate") ++bots_.unknown_messages_;
    }

    void first(std::string_view type, const Json& message) {
        const auto frame = codec::read<Authenticate, bot_spelling>(message);
        if (type != "authenticate" || !frame)
            return end(bot_close::unauthenticated, "unauthenticated", "say authenticate with a token first");
        authenticate(frame->token);
    }

    void authenticate(std::string_view key) {
        const auto bot = bots_.directory_.by_key(key);
        if (!bot) return end(bot_close::unauthenticated, "unauthenticated", "this is not the key of a bot");
        if (!bots_.claim(peer_)) return;  // the time was up meanwhile
        bot_ = *bot;
        peer_->send(encoded(HelloFrame{.bot_id = *bot, .server_ts = bots_.clock_.now()}));
        bots_.join(*bot, peer_);
    }

    void greet(const Json& message) {
        const auto hello = codec::read<BotHello, bot_spelling>(message);
        if (!hello) return fault(hello.error());
        const auto& versions = hello->supported_versions;
        if (versions && std::ranges::find(*versions, bot_protocol_version) == versions->end())
            end(bot_close::version, "version", fmt::format("this server speaks version {}", bot_protocol_version));
    }

    void act(const Json& message) {
        auto answer = read_turn_action(message);
        if (!answer) return fault(answer.error());
        bots_.inbox_.answered(*bot_, std::move(*answer));
    }

    void fault(const Error& error) {
        if (++faults_ >= max_faults) return end(bot_close::rate, "protocol", sentence(error));
        say("protocol", sentence(error));
    }

    void say(std::string_view code, std::string message) {
        peer_->send(encoded(ErrorFrame{.code = std::string(code), .message = std::move(message)}));
    }

    void end(std::uint16_t close_code, std::string_view code, std::string message) {
        done_ = true;
        say(code, message);
        peer_->close(close_code, std::string(code));
    }

    WebSocketBots& bots_;
    std::string authorization_;
    std::shared_ptr<WebSocketPeer> peer_;
    std::optional<BotId> bot_;
    TokenBucket bytes_, messages_;
    int faults_ = 0;
    bool done_ = false;
};

WebSocketBots::WebSocketBots(BotInbox& inbox, BotDirectory& directory, const Clock& clock)
    : inbox_(inbox), directory_(directory), clock_(clock) {}

WebSocketBots::~WebSocketBots() = default;

WebSocketRoute WebSocketBots::route() {
    return {.path = "/api/bot/ws",
            .max_message_bytes = max_message_bytes,
            .too_big_code = bot_close::too_large,
            .open = [this](const WebSocketRequest& request) {
                return std::make_unique<Socket>(*this, request.authorization);
            }};
}

void WebSocketBots::deliver(BotId bot, std::shared_ptr<const BotMessage> message) {
    if (const auto peer = peer_of(bot)) peer->send(std::make_shared<const std::string>(to_json(*message)));
}

bool WebSocketBots::reachable(BotId bot) { return peer_of(bot) != nullptr; }

std::shared_ptr<WebSocketPeer> WebSocketBots::peer_of(BotId bot) {
    const std::scoped_lock lock(mutex_);
    const auto found = bots_.find(bot);
    return found == bots_.end() ? nullptr : found->second.peer;
}

void WebSocketBots::dismiss(BotId bot) {
    const auto peer = peer_of(bot);
    if (!peer) return;
    peer->send(encoded(ErrorFrame{.code = "unauthenticated", .message = "the bot was deleted"}));
    peer->close(bot_close::unauthenticated, "unauthenticated");
}

void WebSocketBots::sweep() {
    const auto now = clock_.steady();
    std::vector<std::shared_ptr<WebSocketPeer>> late;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [peer, since] : waiting_)
            if (now - since >= authenticate_within) late.push_back(peer);
        for (const auto& peer : late) waiting_.erase(peer);
    }
    for (const auto& peer : late) peer->close(bot_close::unauthenticated, "no key within five seconds");
}

void WebSocketBots::await_key(const std::shared_ptr<WebSocketPeer>& peer) {
    const auto now = clock_.steady();
    const std::scoped_lock lock(mutex_);
    waiting_.emplace(peer, now);
}

/// Whether the socket still waited; it no longer does.
bool WebSocketBots::claim(const std::shared_ptr<WebSocketPeer>& peer) {
    const std::scoped_lock lock(mutex_);
    return waiting_.erase(peer) == 1;
}

void WebSocketBots::join(BotId bot, std::shared_ptr<WebSocketPeer> peer) {
    {
        const std::scoped_lock lock(mutex_);
        auto& presence = bots_[bot];
        std::swap(presence.peer, peer);
        presence.wants_resume = true;
    }
    if (peer) peer->close(bot_close::replaced, "replaced");
    announce(bot);
}

void WebSocketBots::leave(const std::shared_ptr<WebSocketPeer>& peer, std::optional<BotId> bot) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_.erase(peer);
        const auto found = bot ? bots_.find(*bot) : bots_.end();
        if (found == bots_.end() || found->second.peer != peer) return;
        found->second.peer.reset();
    }
    announce(*bot);
}

/// Tells the inbox what changed. One thread at a time does so for a bot, until there is no more news: otherwise the
/// `disconnected` of an old socket could arrive after the `connected` of a new one.
void WebSocketBots::announce(BotId bot) {
    {
        const std::scoped_lock lock(mutex_);
        const auto found = bots_.find(bot);
        if (found == bots_.end() || std::exchange(found->second.announcing, true)) return;
    }
    for (auto news = next_news(bot); news != News::none; news = next_news(bot)) tell(bot, news);
}

/// The next thing that the inbox should hear. With none left the announcer is done, and a bot that is gone is
/// forgotten.
WebSocketBots::News WebSocketBots::next_news(BotId bot) {
    const std::scoped_lock lock(mutex_);
    auto& presence = bots_.at(bot);
    const bool present = presence.peer != nullptr;
    if (std::exchange(presence.announced, present) != present) return present ? News::connected : News::disconnected;
    if (std::exchange(presence.wants_resume, false) && present) return News::resume;
    presence.announcing = false;
    if (!present) bots_.erase(bot);
    return News::none;
}

void WebSocketBots::tell(BotId bot, News news) {
    if (news == News::connected) inbox_.connected(bot);
    if (news == News::disconnected) inbox_.disconnected(bot);
    if (news == News::resume) inbox_.resume(bot);
}

}  // namespace agon
