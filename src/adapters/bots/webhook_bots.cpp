#include "adapters/bots/webhook_bots.hpp"

#include <spdlog/spdlog.h>

#include "adapters/bots/turn_action.hpp"
#include "adapters/outbound/signature.hpp"
#include "base/codec/json.hpp"

namespace agon {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_call{15'000};
/// For what nobody waits for.
constexpr milliseconds notice_timeout{5'000};

/// Names a message for the receiver, the same each time it is sent: a turn by its request, the rest by their place in
/// the match.
std::string webhook_id(const BotMessage& message) {
    if (const auto* turn = std::get_if<TurnRequest>(&message)) return turn->request_id;
    return std::visit([](const Envelope& e) { return fmt::format("{}.{}", e.match_id.text(), e.seq); }, message);
}

/// Writes the message into the request, signed as of now. A secret that cannot sign is told, and false returned.
bool write_signed(OutboundRequest& request, const WebhookEndpoint& endpoint, BotId bot, const BotMessage& message,
                  Instant now) {
    request.body = to_json(message);
    auto headers = sign_webhook(endpoint.secrets, webhook_id(message), now, request.body);
    if (!headers) {
        spdlog::warn("bot {}: its webhook cannot be signed: {}", bot.text(), headers.error().message);
        return false;
    }
    request.headers = {{"Content-Type", "application/json"},
                       {"webhook-id", std::move(headers->id)},
                       {"webhook-timestamp", std::move(headers->timestamp)},
                       {"webhook-signature", std::move(headers->signature)}};
    return true;
}

bool worth_a_retry(const OutboundReply& reply) {
    return reply.outcome == Outcome::failed || (reply.outcome == Outcome::answered && reply.status >= 500);
}

}  // namespace

/// A turn that is being asked. Touched by the client's thread only, once it was posted.
struct WebhookBots::Turn {
    BotId bot;
    TurnRequest request;
    WebhookEndpoint endpoint;
    /// Of the steady clock; nothing as long as it waits to be sent for the first time.
    std::optional<Duration> sent_at{};
    int attempt = 1;
};

WebhookBots::WebhookBots(HttpClient& client, BotInbox& inbox, WebhookDirectory& directory, const Clock& clock)
    : client_(client), inbox_(inbox), directory_(directory), clock_(clock) {}

void WebhookBots::deliver(BotId bot, std::shared_ptr<const BotMessage> message) {
    auto endpoint = directory_.endpoint_of(bot);
    if (const auto* request = std::get_if<TurnRequest>(message.get())) {
        const auto turn = std::make_shared<Turn>(Turn{bot, *request, endpoint.value_or(WebhookEndpoint{})});
        return endpoint ? ask(turn) : start_clock(*turn, clock_.steady());
    }
    if (endpoint) tell(bot, std::move(*endpoint), std::move(message));
}

void WebhookBots::tell(BotId bot, WebhookEndpoint endpoint, std::shared_ptr<const BotMessage> message) {
    auto url = endpoint.url;
    const auto prepare = [this, bot, endpoint = std::move(endpoint), message](OutboundRequest& request) {
        request.timeout = notice_timeout;
        return write_signed(request, endpoint, bot, *message, clock_.now());
    };
    client_.post({.url = std::move(url), .prepare = prepare, .patience = longest_wait}, [](const OutboundReply&) {});
}

void WebhookBots::ask(std::shared_ptr<Turn> turn) {
    const bool again = turn->attempt > 1;
    client_.post({.url = turn->endpoint.url,
                  .urgency = again ? Urgency::highest : Urgency::high,
                  .fresh_connection = again,
                  .prepare = [this, turn](OutboundRequest& request) { return prepare(*turn, request); },
                  .patience = longest_wait},
                 [this, turn](const OutboundReply& reply) { heard(turn, reply); });
}

/// The turn is about to be sent: what it says of time is true now.
bool WebhookBots::prepare(Turn& turn, OutboundRequest& request) {
    const auto now = clock_.steady();
    if (!turn.sent_at) start_clock(turn, now);
    const auto gone = std::chrono::ceil<milliseconds>(now - *turn.sent_at);
    const milliseconds limit(turn.request.timeout_ms + turn.request.bank_ms);
    request.timeout = std::min(limit, longest_call) - gone;
    if (request.timeout <= milliseconds(0)) return false;
    auto message = turn.request;
    message.server_ts = clock_.now();
    message.timeout_ms = std::max<std::int64_t>(0, message.timeout_ms - gone.count());
    return write_signed(request, turn.endpoint, turn.bot, message, message.server_ts);
}

void WebhookBots::start_clock(Turn& turn, Duration now) {
    turn.sent_at = now;
    inbox_.sent(turn.bot, turn.request.match_id, turn.request.request_id, *turn.sent_at);
}

void WebhookBots::heard(std::shared_ptr<Turn> turn, const OutboundReply& reply) {
    if (!turn->sent_at) start_clock(*turn, clock_.steady());
    if (turn->attempt == 1 && worth_a_retry(reply)) {
        turn->attempt = 2;
        return ask(std::move(turn));
    }
    if (reply.outcome == Outcome::answered && reply.status == 200) return answer(*turn, reply);
    spdlog::debug("bot {}: no answer to {}: {}", turn->bot.text(), turn->request.request_id,
                  reply.error.empty() ? fmt::format("status {}", reply.status) : reply.error);
}

void WebhookBots::answer(const Turn& turn, const OutboundReply& reply) {
    const auto json = parse_json(reply.body);
    auto said = json ? read_turn_action(*json, turn.request) : std::unexpected(json.error());
    if (said) return inbox_.answered(turn.bot, std::move(*said));
    spdlog::debug("bot {}: its answer to {} cannot be read: {} {}", turn.bot.text(), turn.request.request_id,
                  said.error().pointer, said.error().message);
}

}  // namespace agon
