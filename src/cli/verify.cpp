#include "app/verify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "adapters/sqlite/sqlite_store.hpp"
#include "cli/commands.hpp"
#include "cli/server.hpp"

namespace agon::cli {

namespace {

struct VerifyArguments {
    std::string data = "./agon-data";
    bool json = false;
};

int verify_data(const VerifyArguments& arguments) {
    if (!std::filesystem::exists(std::filesystem::path(arguments.data) / "agon.db"))
        return fail(1, fmt::format("--data {}: there is no agon.db", arguments.data));
    // As it is: nothing is prepared, nothing is filled in.
    const auto store = open_sqlite_store(arguments.data);
    const auto verdict = verify(*store);
    if (arguments.json) {
        JsonArray complaints;
        for (const auto& complaint : verdict.complaints) complaints.push_back(Json(complaint));
        fmt::print("{}\n", to_text(JsonObject{{"clean", verdict.is_clean()},
                                              {"events", verdict.events},
                                              {"streams", verdict.streams},
                                              {"complaints", std::move(complaints)}}));
        return verdict.is_clean() ? 0 : 1;
    }
    for (const auto& complaint : verdict.complaints) fmt::print(stderr, "{}\n", complaint);
    fmt::print("{}: {} events in {} streams, {}\n", arguments.data, verdict.events, verdict.streams,
               verdict.is_clean() ? "all is well" : fmt::format("{} things wrong", verdict.complaints.size()));
    return verdict.is_clean() ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& program, Run& chosen) {
    static VerifyArguments arguments;
    auto* command =
        program.add_subcommand("verify", "check what must hold of a data directory, and name what does not");
    command->add_option("--data", arguments.data, "the data directory; no server need run on it")
        ->capture_default_str()
        ->envname("AGON_DATA");
    command->add_flag("--json", arguments.json, "as JSON");
    command->footer(
        "Example:\n  agon verify --data /var/lib/agon\nExit status 0: all is well; 1: something is wrong, or cannot be "
        "read.");
    command->callback([&chosen] { chosen = [] { return verify_data(arguments); }; });
}

}  // namespace agon::cli
