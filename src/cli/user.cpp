#include <fmt/format.h>

#include <cstdio>
#include <iostream>

#include "app/passwords.hpp"
#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace agon::cli {

namespace {

struct UserArguments {
    std::string data = "./agon-data";
    std::string username;
    std::string role = "player";
    bool read_password = false;
    bool json = false;
};

std::optional<users::Role> role_of(const std::string& word) {
    return codec::enum_of<codec::log_spelling, users::Role>(word);
}

/// As the API's: nobody else will make it better.
std::string random_password(Random& random) {
    std::array<std::uint8_t, 15> bytes{};
    random.fill(bytes);
    return to_base64url(bytes);
}

/// The first line of standard input, or one that is made up: never from the command line, where everybody sees it.
std::string new_password(const UserArguments& arguments, Random& random) {
    if (!arguments.read_password) return random_password(random);
    std::string line;
    std::getline(std::cin, line);
    return line;
}

void print_password(const UserArguments& arguments, const Identity& who, const std::string& password) {
    if (arguments.json) {
        JsonObject made{{"user_id", who.user_id.text()}, {"username", who.username}};
        if (!arguments.read_password) made["password"] = password;
        fmt::print("{}\n", to_text(made));
    } else if (!arguments.read_password) {
        fmt::print("{}\n", password);
    }
}

int list(const UserArguments& arguments) {
    Offline offline(arguments.data);
    const auto all = list_users(*offline.store);
    if (arguments.json) {
        fmt::print("{}\n", codec::to_json<codec::Spelling{}>(all));
        return 0;
    }
    for (const auto& user : all)
        fmt::print("{:<8} {}  {}\n", user.role, to_rfc3339(user.created_at, true), user.username);
    return 0;
}

int create(const UserArguments& arguments) {
    Offline offline(arguments.data);
    const auto password = new_password(arguments, offline.random);
    const auto good = check_password(password, arguments.username);
    if (!good) return fail(2, "the password " + good.error().message);
    const auto made =
        create_user(offline.engine, arguments.username, *role_of(arguments.role), offline.hasher.hash(*good));
    if (!made) return fail(made.error().code == Code::invalid ? 2 : 1, "the name: " + made.error().message);
    print_password(arguments, *made, password);
    return 0;
}

/// Runs `change` on the user of that name.
template <class Change>
int change_user(const UserArguments& arguments, Change change) {
    Offline offline(arguments.data);
    const auto id = find_user(*offline.store, arguments.username);
    if (!id) return fail(1, fmt::format("there is no user {}", arguments.username));
    return change(offline, *id);
}

int set_role(const UserArguments& arguments) {
    return change_user(arguments, [&](Offline& offline, UserId id) {
        const auto ok = run_user_command(offline.engine, id, users::ChangeRole{*role_of(arguments.role)});
        return ok ? 0 : fail(1, ok.error().message);
    });
}

int reset_password(const UserArguments& arguments) {
    return change_user(arguments, [&](Offline& offline, UserId id) {
        const auto password = new_password(arguments, offline.random);
        const auto good = check_password(password, arguments.username);
        if (!good) return fail(2, "the password " + good.error().message);
        const users::UserCommand commands[] = {users::ChangePassword{offline.hasher.hash(*good), {}},
                                               users::RevokeAccess{}};
        for (const auto& command : commands)
            if (auto ok = run_user_command(offline.engine, id, command); !ok) return fail(1, ok.error().message);
        print_password(arguments, Identity{id, arguments.username, {}, {}, 0}, password);
        return 0;
    });
}

CLI::App* add(CLI::App& user, Run& chosen, UserArguments& arguments, const char* name, const char* about,
              int (*run)(const UserArguments&)) {
    auto* command = user.add_subcommand(name, about);
    add_data_option(*command, arguments.data);
    command->callback([&chosen, &arguments, run] { chosen = [&arguments, run] { return run(arguments); }; });
    return command;
}

}  // namespace

void add_user(CLI::App& program, Run& chosen) {
    static UserArguments arguments;
    auto* user = program.add_subcommand("user", "list, create and change users; a server may run meanwhile");
    user->require_subcommand(1);
    const auto named = [](CLI::App* c) {
        c->add_option("USERNAME", arguments.username, "whose")->required();
        return c;
    };
    const auto with_password = [](CLI::App* c) {
        c->add_flag("--read-password", arguments.read_password,
                    "read it from standard input; else one is made and printed");
        c->add_flag("--json", arguments.json, "as JSON");
    };
    const CLI::IsMember roles({"player", "host", "admin"});

    auto* all = add(*user, chosen, arguments, "list", "every user: role, since when, name", list);
    all->add_flag("--json", arguments.json, "as JSON");
    all->footer("Example:\n  agon user list --data /var/lib/agon --json");
    auto* make = named(add(*user, chosen, arguments, "create", "a new user, with a password", create));
    make->add_option("--role", arguments.role, "what the user may do")->check(roles)->capture_default_str();
    with_password(make);
    make->footer(
        "Examples:\n"
        "  agon user create ana --role host\n"
        "  agon user create ben --read-password --json < secret.txt");
    auto* change =
        named(add(*user, chosen, arguments, "role", "change what a user may do; access tokens end", set_role));
    change->add_option("ROLE", arguments.role, "player, host or admin")->required()->check(roles);
    change->footer("Example:\n  agon user role ana admin --data /var/lib/agon");
    auto* reset = named(add(*user, chosen, arguments, "reset-password",
                            "a new password; every session, access token and API key ends", reset_password));
    with_password(reset);
    reset->footer(
        "Examples:\n"
        "  agon user reset-password ana\n"
        "  agon user reset-password ana --read-password < secret.txt");
    user->footer(
        "Examples:\n"
        "  agon user list --data /var/lib/agon\n"
        "  agon user create ana --role host\n"
        "  agon user role ana admin\n"
        "  agon user reset-password ana --read-password < secret.txt");
}

}  // namespace agon::cli
