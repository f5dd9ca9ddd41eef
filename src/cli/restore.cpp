#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "adapters/sqlite/backup.hpp"
#include "adapters/system/system.hpp"
#include "cli/commands.hpp"
#include "cli/staging.hpp"

namespace agon::cli {

namespace {

namespace fs = std::filesystem;

struct RestoreArguments {
    std::string file;
    std::string data;
    bool anyway = false;
};

/// What a fresh disk, or a server that once ran there, leaves in a directory without data.
bool is_empty(const fs::path& directory) {
    return std::ranges::all_of(fs::directory_iterator(directory), [](const fs::directory_entry& entry) {
        return entry.path().filename() == "lost+found" || entry.path().filename() == "lock";
    });
}

void tell(const RestoreArguments& arguments, const sqlite::BackupLabel& label, const Verdict& verdict) {
    fmt::print("{}: restored from {}, made {} by agon {}: {} events in {} streams, {}\n", arguments.data,
               arguments.file, to_rfc3339(label.made_at, true), label.program, verdict.events, verdict.streams,
               verdict.is_clean() ? "all is well" : fmt::format("{} things wrong", verdict.complaints.size()));
    if (label.keys.empty())
        fmt::print(
            "It holds no keys: put keys.json there before the server starts, or every token and webhook secret is "
            "void.\n");
    fmt::print(
        "Whatever was changed after that moment is gone, log-outs and new passwords too. Start it with: agon serve "
        "--data {}\n",
        arguments.data);
}

/// What `work` with the backup comes to; a store that cannot be read is the backup's fault.
template <class F>
auto of_backup(const fs::path& file, F work) {
    try {
        return work();
    } catch (const StoreBroken& e) {
        throw std::runtime_error(
            fmt::format("{}: damaged, or not a backup; try another one ({})", file.string(), e.what()));
    }
}

/// Throws std::runtime_error where the file is no backup.
sqlite::BackupLabel label_of(const fs::path& file) {
    if (!fs::is_regular_file(file)) throw std::runtime_error(file.string() + ": there is no such file");
    const auto label = of_backup(file, [&] { return sqlite::read_label(file); });
    if (!label) throw std::runtime_error(file.string() + ": not a backup that `agon backup` made");
    return *label;
}

Verdict copied(const fs::path& file, const Staging& staging) {
    return of_backup(file, [&] {
        sqlite::copy_database(file, staging.database());
        sqlite::remove_label(staging.database());
        return staging.verified();
    });
}

int restore(const RestoreArguments& arguments) {
    const auto label = label_of(arguments.file);
    const auto keys = read_keys(label.keys);
    if (!keys && !label.keys.empty()) return fail(1, arguments.file + ": its keys cannot be read");
    make_data_directory(arguments.data);
    if (!is_empty(arguments.data))
        return fail(1, fmt::format("--data {}: not empty; move what is there away first", arguments.data));
    const DirectoryLock lock(arguments.data);
    const Staging staging(fs::path(arguments.data) / "restoring-XXXXXX");
    const auto verdict = copied(arguments.file, staging);
    if (!verdict.is_clean() && !arguments.anyway)
        return fail(1, fmt::format("{}: {} things wrong, so nothing was restored (--anyway does it all the same)",
                                   arguments.file, verdict.complaints.size()));
    // The database last: as long as it is not there, nothing is.
    if (keys) save_keys(arguments.data, *keys);
    publish(staging.database(), fs::path(arguments.data) / "agon.db");
    tell(arguments, label, verdict);
    return 0;
}

}  // namespace

void add_restore(CLI::App& program, Run& chosen) {
    static RestoreArguments arguments;
    auto* command = program.add_subcommand("restore", "make a data directory from a backup");
    command->add_option("FILE", arguments.file, "what `agon backup` made; it stays as it is")->required();
    command->add_option("--data", arguments.data, "the directory to restore into: empty, or not there")
        ->required()
        ->envname("AGON_DATA");
    command->add_flag("--anyway", arguments.anyway, "restore although `verify` finds something wrong");
    command->footer(
        "The backup is checked as `agon verify` does before it takes its place. Nothing is overwritten: to go back to "
        "a\n"
        "backup, stop the server, move its data directory away, and restore under the old name.\n"
        "Example:\n"
        "  agon restore /srv/backup/agon-2026-11-20.db --data /var/lib/agon\n"
        "Exit status 0: restored; 1: not, and why, and the directory is as empty as before.");
    command->callback([&chosen] { chosen = [] { return restore(arguments); }; });
}

}  // namespace agon::cli
