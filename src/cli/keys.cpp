#include <fmt/format.h>

#include "adapters/system/system.hpp"
#include "base/codec/codec.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace agon::cli {

namespace {

struct KeyArguments {
    std::string data = "./agon-data";
    std::size_t keep = 2;
    bool json = false;
};

struct ListedKey {
    std::string key_id;
    /// Each of them verifies.
    bool signs = false;
};
BOOST_DESCRIBE_STRUCT(ListedKey, (), (key_id, signs))

int list(const KeyArguments& arguments) {
    SystemRandom random;
    const auto keys = load_keys(arguments.data, random, false);
    std::vector<ListedKey> all{{ServerKeys::key_id(keys.signing_seed), true}};
    for (const auto& seed : keys.old_signing_seeds) all.push_back({ServerKeys::key_id(seed), false});
    if (arguments.json)
        fmt::print("{}\n", codec::to_json<codec::Spelling{}>(all));
    else
        for (const auto& key : all) fmt::print("{}  {}\n", key.key_id, key.signs ? "signs" : "verifies");
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
    show->add_flag("--json", arguments.json, "as JSON");
    show->footer("Example:\n  agon keys list --data /var/lib/agon --json");
    show->callback([&chosen] { chosen = [] { return list(arguments); }; });
    auto* change = keys->add_subcommand("rotate", "sign with a new key; the last ones still verify");
    add_data_option(*change, arguments.data);
    change->add_option("--keep", arguments.keep, "so many old keys; 0 ends every access token")
        ->check(CLI::Range(0, 16))
        ->capture_default_str();
    change->add_flag("--json", arguments.json, "the keys that there are then, as JSON");
    change->footer(
        "Examples:\n"
        "  agon keys rotate --data /var/lib/agon\n"
        "  agon keys rotate --keep 0      after a leak: everybody signs in again, or refreshes");
    change->callback([&chosen] { chosen = [] { return rotate(arguments); }; });
    keys->footer(
        "Examples:\n"
        "  agon keys rotate --data /var/lib/agon\n"
        "  agon keys rotate --keep 0      after a leak: everybody signs in again, or refreshes\n"
        "A running server takes new keys up within a second.");
}

}  // namespace agon::cli
