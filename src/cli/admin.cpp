#include <fmt/format.h>

#include "app/setup.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace agon::cli {

namespace {

struct LinkArguments {
    std::string data = "./agon-data";
    std::string url = "http://127.0.0.1:8000";
    bool json = false;
};

int print_link(const LinkArguments& arguments) {
    Offline offline(arguments.data);
    const auto link = fmt::format("{}/setup?token={}", arguments.url, make_setup_token(offline.engine, offline.random));
    fmt::print("{}\n", arguments.json ? to_text(JsonObject{{"link", link}}) : link);
    return 0;
}

}  // namespace

void add_admin(CLI::App& program, Run& chosen) {
    static LinkArguments arguments;
    auto* admin = program.add_subcommand("admin", "ways in for whoever runs the server");
    admin->require_subcommand(1);
    admin->footer("Example:\n  agon admin link --data /var/lib/agon");
    auto* link = admin->add_subcommand("link", "print a link with which somebody becomes an admin: once, within a day");
    add_data_option(*link, arguments.data);
    link->add_option("--url", arguments.url, "where the server is reached")->capture_default_str();
    link->add_flag("--json", arguments.json, "as JSON");
    link->footer(
        "Example:\n  agon admin link --data /var/lib/agon --url https://agon.example.org\nLinks before it are void.");
    link->callback([&chosen] { chosen = [] { return print_link(arguments); }; });
}

}  // namespace agon::cli
