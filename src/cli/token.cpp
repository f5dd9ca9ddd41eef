#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace agon::cli {

namespace {

struct TokenArguments {
    std::string data = "./agon-data";
    std::string username;
    std::string role;
    std::string ttl = "1h";
    bool json = false;
};

/// `90s`, `15m`, `1h`, `7d`
std::optional<Duration> parse_ttl(std::string_view text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr + 1 != end || number <= 0 || number > 100'000'000) return std::nullopt;
    switch (*read.ptr) {
        case 's': return std::chrono::seconds(number);
        case 'm': return std::chrono::minutes(number);
        case 'h': return std::chrono::hours(number);
        case 'd': return std::chrono::days(number);
        default: return std::nullopt;
    }
}

int print_token(const TokenArguments& arguments) {
    const auto ttl = parse_ttl(arguments.ttl);
    if (!ttl) return fail(2, fmt::format("--ttl {}: write a number and s, m, h or d, as in 15m", arguments.ttl));
    if (const auto name = parse_username(arguments.username); !name)
        return fail(2, fmt::format("--username: {}", name.error().message));

    Offline offline(arguments.data);
    std::optional<users::Role> role;
    if (!arguments.role.empty()) role = codec::enum_of<codec::log_spelling, users::Role>(arguments.role);
    const auto identity = find_or_create_user(offline.engine, arguments.username, role);
    if (!identity) return fail(1, identity.error().message);
    const auto token = Tokens(offline.keys).issue(*identity, offline.clock.now(), *ttl, offline.random);
    if (arguments.json)
        fmt::print("{}\n", to_text(JsonObject{{"token", token},
                                              {"user_id", identity->user_id.text()},
                                              {"username", identity->username},
                                              {"expires_in", ttl->count() / 1'000'000}}));
    else
        fmt::print("{}\n", token);
    return 0;
}

}  // namespace

void add_token(CLI::App& program, Run& chosen) {
    static TokenArguments arguments;
    auto* command = program.add_subcommand("token", "print a bearer token for a user, who is created if missing");
    add_data_option(*command, arguments.data);
    command->add_option("--username", arguments.username, "whose token")->required();
    command->add_option("--role", arguments.role, "player, host or admin; a new user is a player")
        ->check(CLI::IsMember({"player", "host", "admin"}));
    command->add_option("--ttl", arguments.ttl, "how long it is good, as in 15m, 1h, 7d")->capture_default_str();
    command->add_flag("--json", arguments.json, "as JSON");
    command->footer("Example:\n  curl -H \"Authorization: Bearer $(agon token --username ana --role admin)\" …");
    command->callback([&chosen] { chosen = [] { return print_token(arguments); }; });
}

}  // namespace agon::cli
