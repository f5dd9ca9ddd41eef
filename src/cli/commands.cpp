#include "cli/commands.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <system_error>

#include "cli/pages.hpp"

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

void add_asyncapi(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("asyncapi", "print the AsyncAPI 3.0 document of what is told live");
    command->footer("Example:\n  agon asyncapi > asyncapi.json");
    command->callback([&chosen] {
        chosen = [] {
            fmt::print("{}\n", asyncapi_text());
            return 0;
        };
    });
}

bool is_from_environment(const CLI::App& command, const CLI::Option& option) {
    return option.count() > 0 && std::ranges::find(command.parse_order(), &option) == command.parse_order().end();
}

namespace {

/// `--threads: …` where AGON_THREADS said it → `AGON_THREADS: …`
std::string with_variable(const CLI::App& command, std::string what) {
    for (const auto* option : command.get_options()) {
        const auto flag = option->get_name();
        const auto at = what.find(flag);
        const auto end = std::min(at, what.size() - flag.size()) + flag.size();
        const bool is_named = at != what.npos && (end == what.size() || what[end] == ':' || what[end] == ' ');
        if (is_named && is_from_environment(command, *option)) what.replace(at, flag.size(), option->get_envname());
    }
    return what;
}

}  // namespace

int usage_error(const CLI::App& program, const CLI::ParseError& error) {
    std::string name = "agon";
    const auto* command = &program;
    for (auto chosen = program.get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
        command = chosen.front();
        name += " " + command->get_name();
    }
    return fail(2, fmt::format("{} (see {} --help)", with_variable(*command, error.what()), name));
}

void add_help(CLI::App& program, Run& chosen) {
    static std::string about;
    auto* command = program.add_subcommand("help", "list the commands, or tell of one");
    command->add_option("COMMAND", about, "which");
    command->footer("Examples:\n  agon help\n  agon help serve");
    command->callback([&program, &chosen] {
        chosen = [&program] {
            const auto all = program.get_subcommands([](const CLI::App*) { return true; });
            const auto found = std::ranges::find(all, about, [](const CLI::App* c) { return c->get_name(); });
            const auto* of = found == all.end() ? nullptr : *found;
            if (!about.empty() && !of) return fail(2, fmt::format("there is no command {} (see agon help)", about));
            fmt::print("{}", of ? of->help("agon")
                                : program.get_formatter()->make_help(&program, "agon", CLI::AppFormatMode::Normal));
            return 0;
        };
    });
}

std::string version_line() { return "agon " AGON_VERSION; }

void add_version(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("version", "print the version");
    static bool json = false;
    command->add_flag("--json", json, "as JSON");
    command->footer("Example:\n  agon version --json");
    command->callback([&chosen] {
        chosen = [] {
            json ? fmt::print("{{\"version\":\"{}\"}}\n", AGON_VERSION) : fmt::print("{}\n", version_line());
            return 0;
        };
    });
}

}  // namespace agon::cli
