#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "adapters/system/system.hpp"
#include "cli/commands.hpp"
#include "cli/server.hpp"
#include "cli/stop_signals.hpp"

namespace agon::cli {

namespace {

std::string listen_failure(const Settings& settings, const std::system_error& e) {
    const auto what = settings.place_of("--listen") + " " + settings.listen;
    if (e.code() == std::errc::address_in_use)
        return what + ": the address is in use (by another agon? try --listen 127.0.0.1:0)";
    if (e.code() == std::errc::permission_denied) return what + ": not allowed; ports below 1024 need root";
    return what + ": " + e.code().message();
}

/// The data directory, ours alone while this lives.
std::optional<DirectoryLock> lock_data(const Settings& settings) {
    make_data_directory(settings.data);
    return std::optional<DirectoryLock>(std::in_place, settings.data);
}

constexpr int exit_untrusted_disk = 4;

/// At once, as if killed: nothing more is answered, and nothing is synced that the disk may have lost. Whoever starts the
/// program anew has it read what is really there.
[[noreturn]] void end_on_untrusted_disk(const StoreBroken& broken) {
    log::error("the disk failed, so agon ends; nothing that was acknowledged is lost: check the disk, start agon again",
               {{"why", broken.what()}, {"exit_status", exit_untrusted_disk}});
    std::_Exit(exit_untrusted_disk);
}

int serve(CLI::App& command, Settings& settings) {
    if (auto ok = apply_config_file(command, settings); !ok) return fail(2, ok.error().message);
    auto options = options_of(settings);
    if (!options) return fail(2, options.error().message);
    configure_log(settings);
    block_stop_signals();

    const bool durable = settings.store == "sqlite";
    const auto lock = durable ? lock_data(settings) : std::nullopt;
    SystemRandom random;
    const auto keys = durable ? load_keys(settings.data, random, true) : ServerKeys::make(random);
    std::unique_ptr<Store> store;
    try {
        store = open_store(settings, end_on_untrusted_disk);
    } catch (const StoreBroken& e) {
        return fail(3, e.what());
    }
    KeyWatch watch(settings.data, random);
    if (durable) options->changed_keys = [&watch] { return watch.changed(); };
    Server server(std::move(*options), std::move(store), keys);
    const auto setup_token = server.setup_token();
    try {
        server.start();
    } catch (const std::system_error& e) {
        return fail(1, listen_failure(settings, e));
    }
    const auto host = settings.listen.substr(0, settings.listen.rfind(':'));
    fmt::print("listening on http://{}:{}\n", host, server.port());
    if (setup_token)
        fmt::print("nobody is an admin yet; once, within a day: http://{}:{}/setup?token={}\n", host, server.port(),
                   *setup_token);
    std::fflush(stdout);
    wait_for_stop(std::nullopt);
    log::info("stopping");
    server.stop();
    return 0;
}

}  // namespace

void add_serve(CLI::App& program, Run& chosen) {
    static Settings settings;
    auto* command = program.add_subcommand("serve", "serve tournaments over HTTP");
    add_server_options(*command, settings);
    command->footer(
        "Examples:\n"
        "  agon serve\n"
        "  agon serve --listen 127.0.0.1:0 --data /var/lib/agon --log-format json\n"
        "  AGON_LISTEN=0.0.0.0:80 agon serve --arena closed --config /etc/agon.toml\n"
        "Flags win over the environment, the environment over the file.");
    command->callback([command, &chosen] { chosen = [command] { return serve(*command, settings); }; });
}

}  // namespace agon::cli
