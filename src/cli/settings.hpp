/// What the server may be told: by flags, by the environment, by a TOML file; the first of these wins. Every setting
/// stands once, in `add_server_options`: its flag `--listen` is also AGON_LISTEN and the file's key `listen`.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

#include "base/codec/json.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace agon::cli {

struct Settings {
    std::string listen = "127.0.0.1:8000";
    std::string data = "./agon-data";
    std::string store = "sqlite";
    std::string bus = "local";
    std::string config;
    std::string rate_limits = "on";
    /// Empty: open on a loopback address, else closed.
    std::string arena;
    std::string log_format = "text";
    std::string log_level = "info";
    int threads = 0;
    /// 0: nobody is.
    int inactive_days = 90;
    /// Address ranges that webhooks may call although they are not public, as in 127.0.0.0/8.
    std::vector<std::string> webhooks_allow;
    std::string webhooks_http = "off";
    /// Another issuer's public keys (a file or a URL), its name, and what its tokens call this server: all three, or none.
    std::string jwks;
    std::string jwks_issuer;
    std::string jwks_audience;
    /// A file with the rules of matchmaking; or the table of that name in the config file, as JSON.
    std::string matchmaking;
    std::string matchmaking_table;
    /// Where what was not given by a flag was given: `--jwks` → `AGON_JWKS`, or `agon.toml: line 3: jwks`.
    std::map<std::string, std::string> places;

    /// How to name a flag to whoever gave it.
    std::string place_of(const std::string& flag) const;
};

/// Adds every setting as an option of `command`.
void add_server_options(CLI::App& command, Settings&);

/// Fills in from `settings.config` what neither a flag nor the environment gave, and the places of both. Refused with the
/// file, the line and what is allowed.
Result<void> apply_config_file(CLI::App& command, Settings&);

/// A TOML file as JSON. Refused with the file and the line.
Result<Json> read_toml(const std::string& file);
/// `rules.toml: line 7`, of what a JSON Pointer into the file means, or of what would hold it; the file alone where it is
/// not TOML.
std::string line_in_toml(const std::string& file, std::string_view pointer);

struct Address {
    std::string host;
    std::uint16_t port = 0;
};
/// `127.0.0.1:8000`, `[::1]:0`, `localhost:80`.
Result<Address> parse_listen(const std::string&);
/// Of an option.
CLI::Validator is_listen_address();
bool is_loopback(const std::string& host);

void configure_log(const Settings&);

}  // namespace agon::cli
