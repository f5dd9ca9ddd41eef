#include "cli/server_options.hpp"

#include <fstream>

namespace agon::cli {

namespace {

std::unexpected<Error> bad_jwks(const Settings& s, const std::string& what) {
    return refused(Code::invalid, s.place_of("--jwks") + ": " + what);
}

/// Null where no other issuer is set.
Result<std::shared_ptr<JwksWatch>> outside_issuer(const Settings& s) {
    if (s.jwks.empty() && s.jwks_issuer.empty() && s.jwks_audience.empty()) return nullptr;
    if (s.jwks.empty() || s.jwks_issuer.empty() || s.jwks_audience.empty())
        return bad_jwks(s, "give --jwks, --jwks-issuer and --jwks-audience together");
    auto watch = JwksWatch::open(s.jwks, s.jwks_issuer, s.jwks_audience);
    if (!watch) return bad_jwks(s, s.jwks + ": " + watch.error().message);
    return std::move(*watch);
}

/// Points to the key: `rules.toml: line 7: matchmaking/pools/0/window: must be …`.
Result<MatchmakingSettings> matchmaking_settings(const Settings& s) {
    const auto& file = s.matchmaking.empty() ? s.config : s.matchmaking;
    if (s.matchmaking.empty() && s.matchmaking_table.empty()) return MatchmakingSettings{};
    auto json = [&]() -> Result<Json> {
        if (s.matchmaking.empty()) return parse_json(s.matchmaking_table);
        if (!s.matchmaking.ends_with(".json")) return read_toml(s.matchmaking);  // names the file in its refusals
        std::ifstream stream(s.matchmaking);
        if (!stream) return refused(Code::invalid, file + ": cannot be read");
        auto read = parse_json(std::string(std::istreambuf_iterator<char>(stream), {}));
        if (!read) read.error().message = file + ": " + read.error().message;
        return read;
    }();
    if (!json) return std::unexpected(json.error());
    auto settings = read_matchmaking_settings(*json);
    if (settings) return settings;
    const auto& e = settings.error();
    const auto place = line_in_toml(file, (s.matchmaking.empty() ? "/matchmaking" : "") + e.pointer);
    return refused(Code::invalid, place + ": matchmaking" + e.pointer + ": " + e.message);
}

}  // namespace

Result<ServerOptions> options_of(const Settings& s) {
    auto listen = parse_listen(s.listen);
    if (!listen) return std::unexpected(listen.error());
    auto outside = outside_issuer(s);
    if (!outside) return std::unexpected(outside.error());
    auto matchmaking = matchmaking_settings(s);
    if (!matchmaking) return std::unexpected(matchmaking.error());
    const bool open = s.arena.empty() ? is_loopback(listen->host) : s.arena == "open";
    return ServerOptions{.listen = *listen,
                         .threads = s.threads,
                         .arena_open = open,
                         .webhooks_allow = s.webhooks_allow,
                         .webhooks_http = s.webhooks_http == "on",
                         .rate_limits = s.rate_limits == "on",
                         .matchmaking = std::move(*matchmaking),
                         .inactive_after = std::chrono::days(s.inactive_days),
                         .outside = std::move(*outside),
                         .thinking_time = {},
                         .changed_keys = {}};
}

}  // namespace agon::cli
