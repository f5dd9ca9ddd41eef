#include "adapters/sqlite/backup.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "adapters/system/system.hpp"
#include "base/codec/codec.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"
#include "cli/staging.hpp"

namespace agon::cli {

namespace {

namespace fs = std::filesystem;

struct BackupArguments {
    std::string file;
    std::string data = "./agon-data";
    bool without_keys = false;
    bool anyway = false;
    bool json = false;
};

std::string keys_of(const BackupArguments& arguments) {
    if (arguments.without_keys) return {};
    SystemRandom random;
    return keys_text(load_keys(arguments.data, random, false));
}

void tell(const BackupArguments& arguments, const Verdict& verdict, Instant made_at) {
    const auto bytes = static_cast<std::int64_t>(fs::file_size(arguments.file));
    if (arguments.json) {
        fmt::print("{}\n", to_text(JsonObject{{"file", arguments.file},
                                              {"made_at", to_rfc3339(made_at)},
                                              {"events", verdict.events},
                                              {"streams", verdict.streams},
                                              {"keys", !arguments.without_keys},
                                              {"clean", verdict.is_clean()},
                                              {"bytes", bytes}}));
        return;
    }
    fmt::print("{}: {} as of {}: {} events in {} streams, {}; {} bytes, {}\n", arguments.file, arguments.data,
               to_rfc3339(made_at, true), verdict.events, verdict.streams,
               verdict.is_clean() ? "all is well" : fmt::format("{} things wrong", verdict.complaints.size()), bytes,
               arguments.without_keys ? "without the keys" : "with the keys");
}

int back_up(const BackupArguments& arguments) {
    const auto original = fs::path(arguments.data) / "agon.db";
    if (!fs::exists(original)) return fail(1, fmt::format("--data {}: there is no agon.db", arguments.data));
    if (fs::exists(fs::symlink_status(arguments.file)))
        return fail(1, arguments.file + ": it is there already, and a backup is never overwritten");
    const Staging staging(arguments.file + ".making-XXXXXX");
    const sqlite::BackupLabel label{SystemClock().now(), AGON_VERSION, keys_of(arguments)};
    sqlite::copy_database(original, staging.database());
    const auto verdict = staging.verified();
    if (!verdict.is_clean() && !arguments.anyway)
        return fail(1, fmt::format("{}: {} things wrong, so no backup was kept (--anyway keeps one)", arguments.data,
                                   verdict.complaints.size()));
    sqlite::label_backup(staging.database(), label);
    publish(staging.database(), arguments.file);
    tell(arguments, verdict, label.made_at);
    return 0;
}

}  // namespace

void add_backup(CLI::App& program, Run& chosen) {
    static BackupArguments arguments;
    auto* command =
        program.add_subcommand("backup", "copy a data directory into one file, also while a server runs on it");
    command->add_option("FILE", arguments.file, "the backup; it must not exist")->required();
    add_data_option(*command, arguments.data);
    command->add_flag("--without-keys", arguments.without_keys, "leave keys.json out, where it is kept elsewhere");
    command->add_flag("--anyway", arguments.anyway, "keep the backup although `verify` finds something wrong in it");
    command->add_flag("--json", arguments.json, "tell as JSON");
    command->footer(
        "The backup is the state at one moment: everything that the server had acknowledged when the command began.\n"
        "It is checked as `agon verify` does before it gets its name, so a FILE that is there is whole.\n"
        "It holds the keys of the data directory too: with it alone a server goes on, and its tokens and webhook\n"
        "secrets stay good. Who can read it can make tokens, for anybody, so keep it as you keep keys. It is written\n"
        "for its owner alone (0600). Run the command as the user that the server runs as; FILE on a local disk.\n"
        "Examples:\n"
        "  agon backup /srv/backup/agon-$(date +%F).db --data /var/lib/agon\n"
        "  agon backup copy.db --without-keys --json\n"
        "`agon restore FILE --data DIR` brings it back. Exit status 0: the backup is there; 1: it is not, and why.");
    command->callback([&chosen] { chosen = [] { return back_up(arguments); }; });
}

}  // namespace agon::cli
