#include <fmt/format.h>

#include "adapters/system/system.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace agon::cli {

namespace {

struct KeyArguments {
    std::string data = "./agon-data";
    std::size_t keep = 2;
};

int list(const KeyArguments& arguments) {
    SystemRandom random;
    const auto keys = load_keys(arguments.data, random, false);
    fmt::print("{}  signs\n", ServerKeys::key_id(keys.signing_seed));
    for (const auto& seed : keys.old_signing_seeds) fmt::print("{}  verifies\n", ServerKeys::key_id(seed));
    return 0;
}

int rotate(const KeyArguments& arguments) {
    SystemRandom random;
    auto keys = load_keys(arguments.data, random, false);
    keys.rotate(random, arguments.keep);
    save_keys(arguments.data, keys);
    return list(arguments);
}

}  // namespace

void add_keys(CLI::App& program, Run& chosen) {
    static KeyArguments arguments;
    auto* keys = program.add_subcommand("keys", "the keys that sign access tokens; a server may run meanwhile");
    keys->require_subcommand(1);
    auto* show = keys->add_subcommand("list", "the keys by their ids");
    add_data_option(*show, arguments.data);
    show->callback([&chosen] { chosen = [] { return list(arguments); }; });
    auto* change = keys->add_subcommand("rotate", "sign with a new key; the last ones still verify");
    add_data_option(*change, arguments.data);
    change->add_option("--keep", arguments.keep, "so many old keys; 0 ends every access token")
        ->check(CLI::Range(0, 16))
        ->capture_default_str();
    change->callback([&chosen] { chosen = [] { return rotate(arguments); }; });
    keys->footer(
        "Examples:\n"
        "  agon keys rotate --data /var/lib/agon\n"
        "  agon keys rotate --keep 0      after a leak: everybody signs in again, or refreshes\n"
        "A running server takes new keys up within a second.");
}

}  // namespace agon::cli
