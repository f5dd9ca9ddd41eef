/// Bots that we call: each message is POSTed to the bot's URL, signed (signature.hpp), and the reply to a
/// `turn_request` is the `turn_action`. The protocol is written down in docs/bots.md.
#pragma once

#include "adapters/outbound/http_client.hpp"
#include "app/bots.hpp"
#include "app/clock.hpp"

namespace agon {

/// May be called from any thread. What it is built with outlives it, and the client is stopped before it is destroyed,
/// since replies come back through the client's callbacks.
class WebhookBots : public BotCarrier {
public:
    WebhookBots(HttpClient&, BotInbox&, WebhookDirectory&, const Clock&);

    /// How long a message waits while others are under way. Then it is given up; the clock of a turn runs unheard.
    static constexpr std::chrono::seconds longest_wait{60};

    /// A `turn_request` goes before every other message to its host. Once it is sent, the inbox is told; it is asked
    /// within its own time (`timeout_ms` and `bank_ms`, at most 15 seconds) and asked once more when the connection failed
    /// or the status was 5xx. A 200 with a `turn_action` goes to the inbox; everything else is no answer, and the clock
    /// decides. Other messages are sent once, within 5 seconds, and their replies ignored.
    void deliver(BotId, std::shared_ptr<const BotMessage>) override;
    /// Always: whether a webhook answers is known only once it is called.
    bool reachable(BotId) override { return true; }
    bool sends_later() const override { return true; }

private:
    struct Turn;

    void tell(BotId, WebhookEndpoint, std::shared_ptr<const BotMessage>);
    void ask(std::shared_ptr<Turn>);
    bool prepare(Turn&, OutboundRequest&);
    void start_clock(Turn&, Duration now);
    void heard(std::shared_ptr<Turn>, const OutboundReply&);
    void answer(const Turn&, const OutboundReply&);

    HttpClient& client_;
    BotInbox& inbox_;
    WebhookDirectory& directory_;
    const Clock& clock_;
};

}  // namespace agon
