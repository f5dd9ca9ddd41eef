/// The subcommands: one file each. Every one adds itself to the program and runs when it is chosen.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>

namespace agon::cli {

/// What to run after parsing; returns the exit status: 0 success, 1 failure, 2 usage.
using Run = std::function<int()>;

void add_serve(CLI::App& program, Run& chosen);
void add_demo(CLI::App& program, Run& chosen);
void add_token(CLI::App& program, Run& chosen);
void add_user(CLI::App& program, Run& chosen);
void add_admin(CLI::App& program, Run& chosen);
void add_keys(CLI::App& program, Run& chosen);
void add_openapi(CLI::App& program, Run& chosen);
void add_asyncapi(CLI::App& program, Run& chosen);
void add_backup(CLI::App& program, Run& chosen);
void add_restore(CLI::App& program, Run& chosen);
void add_verify(CLI::App& program, Run& chosen);
void add_verify_draw(CLI::App& program, Run& chosen);
void add_swiss(CLI::App& program, Run& chosen);
void add_standings(CLI::App& program, Run& chosen);
void add_simulate(CLI::App& program, Run& chosen);
void add_ratings(CLI::App& program, Run& chosen);
void add_version(CLI::App& program, Run& chosen);
void add_help(CLI::App& program, Run& chosen);

/// `agon 0.1.0`
std::string version_line();

/// Whether the option's value is that of its environment variable.
bool is_from_environment(const CLI::App& command, const CLI::Option&);

/// What is wrong with the command line, on standard error, and where to read on; returns 2.
int usage_error(const CLI::App& program, const CLI::ParseError&);

/// One clear line on standard error; returns `status`.
int fail(int status, std::string_view what);

/// Runs and turns what is thrown into one line and status 1.
int guarded(const Run&);

}  // namespace agon::cli
