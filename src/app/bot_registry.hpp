/// Bots: registered, given keys, deleted, looked up.
#pragma once

#include "app/bots.hpp"
#include "app/engine.hpp"
#include "app/tokens.hpp"

namespace agon {

struct NewBot {
    std::string name;
    std::vector<std::string> game_types;
    bots::Connection connection;
    std::string description;
    std::string source_url;
    std::optional<UserId> owner;
};

class BotRegistry : public WebhookDirectory {
public:
    /// `check_webhook` says whether a URL may be called (the outbound rules).
    using CheckWebhook = std::function<Result<void>(std::string_view url)>;
    BotRegistry(Engine& engine, const Tokens& tokens, Random& random, CheckWebhook check_webhook)
        : engine_(engine), tokens_(tokens), random_(random), check_webhook_(std::move(check_webhook)) {}

    /// What the caller sees once and never again.
    struct Secrets {
        BotId bot_id;
        std::string api_key;
        /// Empty without a webhook.
        std::string webhook_secret;
        Instant old_key_ends_at;
    };
    /// Refused with a pointer (`/connection/strategy`, `/game_types/0`, …).
    Task<Result<Secrets>> register_bot(NewBot);
    /// Both keys work for an hour.
    Task<Result<Secrets>> rotate_key(BotId);
    /// First it leaves every tournament that has not started, and withdraws from every one that runs: what a crash leaves
    /// undone, the next call does.
    Task<Result<void>> remove(BotId);

    /// Nothing where there is no such bot or no longer.
    Task<std::optional<bots::Bot>> find(BotId);

    std::optional<WebhookEndpoint> endpoint_of(BotId) override;

private:
    Result<void> check(const NewBot&) const;
    Task<Result<void>> leave_all(BotId);
    Task<Result<void>> leave(TournamentId, BotId);

    Engine& engine_;
    const Tokens& tokens_;
    Random& random_;
    CheckWebhook check_webhook_;
};

}  // namespace agon
