// agon: one program; each subcommand stands in src/cli/.
#include "cli/commands.hpp"

#ifdef AGON_MIMALLOC
#include <mimalloc.h>
#endif

namespace {

/// What was freed is given back to the system after a second, not after 25 ms: a server that is asked things in bursts would
/// give its memory back between them and take it again, page by page.
void set_up_memory() {
#ifdef AGON_MIMALLOC
    mi_option_set(mi_option_decommit_delay, 1'000);
    mi_option_set(mi_option_segment_decommit_delay, 1'000);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    set_up_memory();
    CLI::App program{"Agon runs tournaments and matchmaking, from registration to champion.", "agon"};
    program.require_subcommand(1);
    program.set_help_all_flag("--help-all", "every command's help");
    program.set_version_flag("--version", agon::cli::version_line(), "print the version");
    program.footer("`agon help` lists the commands; `agon COMMAND --help` tells of one, with examples.");

    agon::cli::Run chosen;
    agon::cli::add_serve(program, chosen);
    agon::cli::add_demo(program, chosen);
    agon::cli::add_token(program, chosen);
    agon::cli::add_user(program, chosen);
    agon::cli::add_admin(program, chosen);
    agon::cli::add_keys(program, chosen);
    agon::cli::add_openapi(program, chosen);
    agon::cli::add_asyncapi(program, chosen);
    agon::cli::add_backup(program, chosen);
    agon::cli::add_restore(program, chosen);
    agon::cli::add_verify(program, chosen);
    agon::cli::add_verify_draw(program, chosen);
    agon::cli::add_swiss(program, chosen);
    agon::cli::add_standings(program, chosen);
    agon::cli::add_simulate(program, chosen);
    agon::cli::add_ratings(program, chosen);
    agon::cli::add_version(program, chosen);
    agon::cli::add_help(program, chosen);

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        // A word that is no command is named, instead of the command that it was meant to be.
        if (program.get_subcommands().empty() && argc > 1 && argv[1][0] != '-')
            return agon::cli::fail(2, "there is no command " + std::string(argv[1]) + " (see agon help)");
        if (e.get_exit_code() == 0) return program.exit(e);
        return agon::cli::usage_error(program, e);
    }
    return agon::cli::guarded(chosen);
}
