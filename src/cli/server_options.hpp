/// What a server is made of, from its settings.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "adapters/jwks/jwks_watch.hpp"
#include "app/matchmaking_settings.hpp"
#include "cli/settings.hpp"

namespace agon::cli {

struct ServerOptions {
    Address listen;
    int threads = 0;
    bool arena_open = true;
    std::vector<std::string> webhooks_allow;
    bool webhooks_http = false;
    bool rate_limits = true;
    MatchmakingSettings matchmaking;
    /// As `Services::inactive_after`.
    Duration inactive_after{0};
    /// Whose tokens are good here, too; or null.
    std::shared_ptr<JwksWatch> outside;
    /// How long built-in bots think; none for no time at all.
    std::function<Duration(std::uint64_t)> thinking_time;
    /// Asked once a second for keys that another process changed; may throw.
    std::function<std::optional<ServerKeys>()> changed_keys;
};

/// The options that the settings come to; refused where one is wrong. Asks for the outside issuer's keys.
Result<ServerOptions> options_of(const Settings&);

}  // namespace agon::cli
