#include "adapters/live/live_sockets.hpp"

#include "adapters/bots/token_bucket.hpp"
#include "faces/player/live_frames.hpp"

namespace agon {

namespace {

using namespace player;

/// Sent before the client's reading is waited for; well below what its queue holds.
constexpr std::size_t missed_at_once = 64;

template <class Reply>
std::shared_ptr<const std::string> encoded(const Reply& reply) {
    return LiveMessage({.channel = {}, .name = Reply::event, .seq = 0, .data = codec::to_json<spelling>(reply)})
        .frame();
}

/// `channel: field required`
std::string sentence(const Error& error) {
    return error.pointer.empty() ? error.message : error.pointer.substr(1) + ": " + error.message;
}

}  // namespace

/// One connection. Its functions are called one at a time, so what it keeps needs no lock.
class LiveSockets::Socket : public WebSocketHandler {
public:
    Socket(LiveSockets& sockets, std::string authorization, std::optional<Identity> who)
        : sockets_(sockets),
          authorization_(std::move(authorization)),
          who_(std::move(who)),
          messages_(max_messages_per_second, sockets.clock_.steady()) {}

    void opened(std::shared_ptr<WebSocketPeer> peer) override {
        peer_ = std::move(peer);
        sockets_.await_auth(peer_);
        if (who_) welcome();
    }

    void message(std::string_view text) override {
        if (done_) return;
        if (!messages_.take(1, sockets_.clock_.steady())) return end("too many messages in a second");
        const auto json = parse_json(text);
        if (!json) return fault(json.error());
        const auto* object = json->if_object();
        const auto* event = object ? object->if_contains("event") : nullptr;
        const auto* data = object ? object->if_contains("data") : nullptr;
        if (!event || !event->is_string()) return fault({Code::invalid, "must be an object with an event", ""});
        dispatch(std::string_view(event->get_string()), data ? *data : Json(JsonObject{}));
    }

    void drained() override { catch_up(); }

    void closed() override {
        done_ = true;
        subscriptions_.clear();
        sockets_.forget(peer_);
    }

private:
    void dispatch(std::string_view event, const Json& data) {
        if (event == PingRequest::event) return say(PongReply{sockets_.clock_.now()});
        if (event == AuthRequest::event) return hear<AuthRequest>(data, &Socket::authenticate);
        if (!who_) return fault({Code::unauthenticated, "say auth with a token first", ""});
        if (event == SubscribeRequest::event) return hear<SubscribeRequest>(data, &Socket::subscribe);
        if (event == UnsubscribeRequest::event) return hear<UnsubscribeRequest>(data, &Socket::unsubscribe);
        fault({Code::invalid, "unknown event; there are auth, subscribe, unsubscribe and ping", ""});
    }

    template <class Request>
    void hear(const Json& data, void (Socket::*then)(Request)) {
        auto request = codec::read<Request, spelling>(data);
        if (!request) return fault(request.error());
        (this->*then)(std::move(*request));
    }

    void authenticate(AuthRequest request) {
        auto authorization = "Bearer " + request.token;
        auto user = sockets_.user_of(authorization);
        if (!user) return end(user.error().message);
        if (who_ && who_->user_id != user->user_id) return end("another user's token");
        const bool renewed = who_.has_value();
        who_ = std::move(*user);
        authorization_ = std::move(authorization);
        if (!renewed) return welcome();
        if (sockets_.watch(peer_, authorization_, who_->role)) say(AuthenticatedReply{who_->user_id, who_->username});
    }

    void welcome() {
        if (!sockets_.watch(peer_, authorization_, who_->role)) return;
        say(AuthenticatedReply{who_->user_id, who_->username});
        open({.name = channel_of(who_->user_id), .stream = {}}, {});
    }

    void subscribe(SubscribeRequest request) {
        auto channel = find_channel(sockets_.engine_, *who_, request.channel);
        if (!channel) return fault(channel.error(), request.channel);
        const auto name = channel->name;
        const bool full = subscriptions_.size() >= max_subscriptions && !subscriptions_.contains(name);
        if (full) return fault({Code::exhausted, "too many subscriptions; unsubscribe from some", ""}, name);
        subscriptions_.erase(name);
        if (auto opened = open(std::move(*channel), request.since); !opened) return fault(opened.error(), name);
        say(SubscribedReply{name, subscriptions_.at(name)->began_at()});
        catch_up();
    }

    void unsubscribe(UnsubscribeRequest request) {
        const auto channel = find_channel(sockets_.engine_, *who_, request.channel);
        if (!channel) return fault(channel.error(), request.channel);
        subscriptions_.erase(channel->name);
        say(UnsubscribedReply{channel->name});
    }

    Result<void> open(LiveChannel channel, std::optional<Seq> since) {
        auto name = channel.name;
        auto made =
            sockets_.live_.subscribe(std::move(channel), since,
                                     [peer = peer_.get()](const LiveMessage& message) { peer->send(message.frame()); });
        if (!made) return std::unexpected(std::move(made.error()));
        subscriptions_.insert_or_assign(std::move(name), std::move(*made));
        return {};
    }

    /// Sends what was missed, so much at a time as the client reads.
    void catch_up() {
        for (auto& [name, subscription] : subscriptions_) {
            if (subscription->is_live()) continue;
            for (const auto& message : subscription->missed(missed_at_once)) peer_->send(message.frame());
            if (!subscription->is_live()) return;
        }
    }

    void fault(const Error& error, std::string_view channel = {}) {
        if (++faults_ >= max_faults) return end(sentence(error));
        ErrorReply reply{.message = sentence(error), .channel = {}};
        if (!channel.empty()) reply.channel = std::string(channel);
        say(reply);
    }

    template <class Reply>
    void say(const Reply& reply) {
        peer_->send(encoded(reply));
    }

    void end(const std::string& why) {
        done_ = true;
        say(ErrorReply{.message = why, .channel = {}});
        peer_->close(live_policy_close, "refused; the error says why");
    }

    LiveSockets& sockets_;
    std::string authorization_;
    std::optional<Identity> who_;
    std::shared_ptr<WebSocketPeer> peer_;
    std::map<std::string, std::unique_ptr<LiveSubscription>> subscriptions_;
    TokenBucket messages_;
    int faults_ = 0;
    bool done_ = false;
};

LiveSockets::LiveSockets(Live& live, Engine& engine, const Access& access, const Clock& clock)
    : live_(live), engine_(engine), access_(access), clock_(clock) {}

LiveSockets::~LiveSockets() = default;

WebSocketRoute LiveSockets::route() {
    return {.path = "/ws",
            .max_message_bytes = max_message_bytes,
            .open = [this](const WebSocketRequest& request) -> std::unique_ptr<WebSocketHandler> {
                if (request.authorization.empty()) return std::make_unique<Socket>(*this, "", std::nullopt);
                auto user = user_of(request.authorization);
                if (!user) return nullptr;
                return std::make_unique<Socket>(*this, request.authorization, std::move(*user));
            }};
}

Result<Identity> LiveSockets::user_of(const std::string& authorization) const {
    const auto actor = access_.identify(authorization);
    if (!actor) return std::unexpected(actor.error());
    if (actor->newcomer) return refused(Code::unauthenticated, "the user of this token has not been here yet");
    if (auto allowed = access_.check_role(Needs::player, *actor); !allowed)
        return std::unexpected(std::move(allowed.error()));
    return *actor->user;
}

void LiveSockets::sweep() {
    const auto now = clock_.steady();
    std::vector<std::pair<std::shared_ptr<WebSocketPeer>, Watch>> due;
    {
        const std::scoped_lock lock(mutex_);
        for (auto& [peer, watch] : watched_) {
            if (now < watch.due) continue;
            due.emplace_back(peer, watch);
            watch.due = now + check_every;
        }
        for (const auto& [peer, watch] : due)
            if (watch.authorization.empty()) watched_.erase(peer);
    }
    for (const auto& [peer, watch] : due) {
        if (watch.authorization.empty()) {
            peer->close(live_policy_close, "no token within ten seconds");
            continue;
        }
        const auto user = user_of(watch.authorization);
        if (!user || user->role != watch.role) peer->close(live_policy_close, "the credentials are not valid any more");
    }
}

void LiveSockets::await_auth(const std::shared_ptr<WebSocketPeer>& peer) {
    const std::scoped_lock lock(mutex_);
    watched_.emplace(peer, Watch{.due = clock_.steady() + authenticate_within});
}

bool LiveSockets::watch(const std::shared_ptr<WebSocketPeer>& peer, std::string authorization, users::Role role) {
    const std::scoped_lock lock(mutex_);
    const auto found = watched_.find(peer);
    if (found == watched_.end()) return false;
    found->second = {std::move(authorization), role, clock_.steady() + check_every};
    return true;
}

void LiveSockets::forget(const std::shared_ptr<WebSocketPeer>& peer) {
    const std::scoped_lock lock(mutex_);
    watched_.erase(peer);
}

}  // namespace agon
