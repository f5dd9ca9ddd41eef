/// A data directory as a command works on it, beside a server that may be running: store, engine, journal on the calling
/// thread.
#pragma once

#include "adapters/system/argon2.hpp"
#include "adapters/system/system.hpp"
#include "app/users.hpp"
#include "cli/server.hpp"

namespace agon::cli {

struct Offline {
    /// Makes the directory where it is missing, and says so. Throws as `open_store` and `load_keys` do.
    explicit Offline(const std::string& data);

    std::string data;
    SystemClock clock;
    SystemRandom random;
    ServerKeys keys;
    std::unique_ptr<Store> store;
    Journal journal{*store};
    Engine engine{*store, journal, clock};
    Argon2Hasher hasher;
};

/// Adds `--data` to a command.
void add_data_option(CLI::App& command, std::string& data);

}  // namespace agon::cli
