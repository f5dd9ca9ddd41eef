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

Result<OutboundRequest> signed_request(const WebhookEndpoint& endpoint, const BotMessage& message,
                                       const std::string& body, Instant now, milliseconds timeout) {
    auto headers = sign_webhook(endpoint.secrets, webhook_id(message), now, body);
    if (!headers) return std::unexpected(headers.error());
    return OutboundRequest{endpoint.url,
                           {{"Content-Type", "application/json"},
                            {"webhook-id", std::move(headers->id)},
                            {"webhook-timestamp", std::move(headers->timestamp)},
                            {"webhook-signature", std::move(headers->signature)}},
                           body,
                           timeout};
}

void warn_unsigned(BotId bot, const Error& error) {
    spdlog::warn("bot {}: its webhook cannot be signed: {}", bot.text(), error.message);
}

bool worth_a_retry(const OutboundReply& reply) {
    return reply.outcome == Outcome::failed || (reply.outcome == Outcome::answered && reply.status >= 500);
}

}  // namespace

/// A turn that is being asked: what to send, and until when an answer counts.
struct WebhookBots::Turn {
    BotId bot;
    std::shared_ptr<const BotMessage> message;
    WebhookEndpoint endpoint;
    std::string body;
    Duration deadline{};  ///< of the steady clock
    int attempt = 1;

    const TurnRequest& request() const { return std::get<TurnRequest>(*message); }
};

WebhookBots::WebhookBots(HttpClient& client, BotInbox& inbox, WebhookDirectory& directory, const Clock& clock)
    : client_(client), inbox_(inbox), directory_(directory), clock_(clock) {}

void WebhookBots::deliver(BotId bot, std::shared_ptr<const BotMessage> message) {
    auto endpoint = directory_.endpoint_of(bot);
    if (!endpoint) return;
    auto body = to_json(*message);
    if (const auto* turn = std::get_if<TurnRequest>(message.get())) {
        const auto time = std::min(milliseconds(turn->timeout_ms + turn->bank_ms), longest_call);
        return ask(std::make_shared<const Turn>(
            Turn{bot, message, std::move(*endpoint), std::move(body), clock_.steady() + time}));
    }
    auto request = signed_request(*endpoint, *message, body, clock_.now(), notice_timeout);
    if (!request) return warn_unsigned(bot, request.error());
    client_.post(std::move(*request), [](const OutboundReply&) {});
}

void WebhookBots::ask(std::shared_ptr<const Turn> turn) {
    const auto left = std::chrono::floor<milliseconds>(turn->deadline - clock_.steady());
    if (left <= milliseconds(0)) return;
    auto request = signed_request(turn->endpoint, *turn->message, turn->body, clock_.now(), left);
    if (!request) return warn_unsigned(turn->bot, request.error());
    client_.post(std::move(*request), [this, turn](const OutboundReply& reply) { heard(turn, reply); });
}

void WebhookBots::heard(std::shared_ptr<const Turn> turn, const OutboundReply& reply) {
    if (turn->attempt == 1 && worth_a_retry(reply)) {
        auto again = *turn;
        again.attempt = 2;
        return ask(std::make_shared<const Turn>(std::move(again)));
    }
    if (reply.outcome == Outcome::answered && reply.status == 200) return answer(*turn, reply);
    spdlog::debug("bot {}: no answer to {}: {}", turn->bot.text(), turn->request().request_id,
                  reply.error.empty() ? fmt::format("status {}", reply.status) : reply.error);
}

void WebhookBots::answer(const Turn& turn, const OutboundReply& reply) {
    const auto json = parse_json(reply.body);
    auto said = json ? read_turn_action(*json, turn.request()) : std::unexpected(json.error());
    if (said) return inbox_.answered(turn.bot, std::move(*said));
    spdlog::debug("bot {}: its answer to {} cannot be read: {} {}", turn.bot.text(), turn.request().request_id,
                  said.error().pointer, said.error().message);
}

}  // namespace agon
