#include "cli/commands.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <system_error>

#include "cli/server.hpp"

namespace agon::cli {

int fail(int status, std::string_view what) {
    fmt::print(stderr, "agon: {}\n", what);
    return status;
}

int guarded(const Run& run) {
    try {
        return run();
    } catch (const std::exception& e) {
        return fail(1, e.what());
    }
}

void add_openapi(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("openapi", "print the OpenAPI 3.1 document of the API");
    command->footer("Example:\n  agon openapi > openapi.json");
    command->callback([&chosen] {
        chosen = [] {
            fmt::print("{}\n", openapi_text());
            return 0;
        };
    });
}

void add_version(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("version", "print the version");
    static bool json = false;
    command->add_flag("--json", json, "as JSON");
    command->footer("Example:\n  agon version --json");
    command->callback([&chosen] {
        chosen = [] {
            json ? fmt::print("{{\"version\":\"{}\"}}\n", AGON_VERSION) : fmt::print("agon {}\n", AGON_VERSION);
            return 0;
        };
    });
}

}  // namespace agon::cli
