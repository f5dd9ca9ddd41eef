#include "cli/settings.hpp"

#include <toml++/toml.h>

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <sstream>

#include "adapters/outbound/address_rules.hpp"
#include "cli/commands.hpp"

namespace agon::cli {

namespace {

/// `--rate-limits` → `AGON_RATE_LIMITS`
std::string environment_name(std::string flag) {
    std::string name = "AGON_";
    for (const char c : flag.substr(2))
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

CLI::Option* with_environment(CLI::Option* option) {
    return option->envname(environment_name("--" + option->get_lnames().front()));
}

std::string key_of(const CLI::Option& option) {
    auto key = option.get_lnames().front();
    std::ranges::replace(key, '-', '_');
    return key;
}

std::vector<CLI::Option*> settings_of(CLI::App& command) {
    std::vector<CLI::Option*> found;
    for (auto* option : command.get_options([](CLI::Option* o) { return !o->get_envname().empty(); }))
        found.push_back(option);
    return found;
}

/// In how many places they differ.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

/// The known key that differs in the fewest places, where that is fewer than every third.
std::string suggestion(std::string_view key, const std::vector<CLI::Option*>& options) {
    std::string best;
    for (const auto* option : options)
        if (best.empty() || distance(key, key_of(*option)) < distance(key, best)) best = key_of(*option);
    return 3 * distance(key, best) < std::max(key.size(), best.size()) ? " (did you mean `" + best + "`?)" : "";
}

/// As a flag would have it.
std::vector<std::string> words_of(const toml::node& node) {
    if (const auto* list = node.as_array()) {
        std::vector<std::string> words;
        for (const auto& item : *list)
            for (auto& word : words_of(item)) words.push_back(std::move(word));
        return words;
    }
    if (const auto text = node.value_exact<std::string>()) return {*text};
    if (const auto number = node.value_exact<std::int64_t>()) return {std::to_string(*number)};
    if (const auto flag = node.value_exact<bool>()) return {*flag ? "on" : "off"};
    return {};
}

std::string line_text(const std::string& file, const toml::source_region& where) {
    return file + ": line " + std::to_string(where.begin.line);
}

std::unexpected<Error> at_line(const std::string& file, const toml::source_region& where, const std::string& what) {
    return refused(Code::invalid, line_text(file, where) + ": " + what);
}

/// `--threads: …` → `threads: …`
std::string with_key(const CLI::Option& option, std::string what) {
    const auto flag = option.get_name();
    if (const auto at = what.find(flag); at != what.npos) what.replace(at, flag.size(), key_of(option));
    return what;
}

Result<void> apply_key(Settings& settings, std::string_view key, const toml::node& node,
                       const std::vector<CLI::Option*>& options) {
    const auto& file = settings.config;
    const auto found = std::ranges::find_if(options, [&](const CLI::Option* o) { return key_of(*o) == key; });
    if (found == options.end())
        return at_line(file, node.source(), "unknown key `" + std::string(key) + "`" + suggestion(key, options));
    if ((*found)->count() > 0) return {};
    const auto words = words_of(node);
    const auto* list = node.as_array();
    if (words.empty() && !(list && list->empty()))
        return at_line(file, node.source(), std::string(key) + ": must be a text, a whole number, or true or false");
    try {
        (*found)->add_result(words);
        (*found)->run_callback();
    } catch (const CLI::Error& e) {
        return at_line(file, node.source(), with_key(**found, e.what()));
    }
    settings.places[(*found)->get_name()] = line_text(file, node.source()) + ": " + std::string(key);
    return {};
}

}  // namespace

void add_server_options(CLI::App& command, Settings& s) {
    const auto add = [&](const char* flag, auto& value, const char* doc) {
        return with_environment(command.add_option(flag, value, doc)->capture_default_str());
    };
    add("--listen", s.listen, "address and port to serve on; port 0 picks a free one")->check(is_listen_address());
    add("--data", s.data, "directory that holds all of the server's state");
    add("--store", s.store, "where the log is kept")->check(CLI::IsMember({"sqlite", "memory"}));
    add("--bus", s.bus, "how nodes tell each other of events")->check(CLI::IsMember({"local"}));
    add("--config", s.config, "a TOML file with any of these settings");
    add("--rate-limits", s.rate_limits, "limit requests per caller")->check(CLI::IsMember({"on", "off"}));
    add("--arena", s.arena,
        "who may change tournaments of bots: everybody (open; the default on a loopback address), or holders of tokens "
        "and keys (closed)")
        ->check(CLI::IsMember({"open", "closed"}));
    add("--log-format", s.log_format, "for people or for machines")->check(CLI::IsMember({"text", "json"}));
    add("--log-level", s.log_level, "the least that is logged")
        ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
    add("--threads", s.threads, "threads that serve; 0: one per core")->check(CLI::Range(0, 256));
    add("--webhooks-allow", s.webhooks_allow, "private address ranges that webhooks may call, as in 127.0.0.0/8")
        ->delimiter(',')
        ->check([](const std::string& text) {
            const auto range = parse_cidr(text);
            return range ? std::string{} : range.error().message;
        });
    add("--jwks", s.jwks,
        "the public keys (JWKS) of another issuer whose access tokens are good here, too: a file, or an https URL");
    add("--jwks-issuer", s.jwks_issuer, "that issuer, as its tokens name it (iss)");
    add("--jwks-audience", s.jwks_audience, "this server, as that issuer's tokens name it (aud)");
    add("--matchmaking", s.matchmaking,
        "a TOML or JSON file with the rules of matchmaking (docs/matchmaking.md); in the config file also a table");
    add("--inactive-days", s.inactive_days,
        "days without a rated match after which leaderboards show a player as inactive; 0: never")
        ->check(CLI::Range(0, 36500));
    add("--webhooks-http", s.webhooks_http, "allow webhooks without TLS")->check(CLI::IsMember({"on", "off"}));
}

namespace {

std::string json_text(const toml::table& table) {
    std::ostringstream out;
    out << toml::json_formatter{table};
    return out.str();
}

Result<toml::table> parse_toml(const std::string& file) {
    try {
        return toml::parse_file(file);
    } catch (const toml::parse_error& e) {
        if (e.source().begin.line == 0) return refused(Code::invalid, file + ": cannot be read");
        return at_line(file, e.source(), std::string(e.description()));
    }
}

}  // namespace

Result<Json> read_toml(const std::string& file) {
    const auto table = parse_toml(file);
    if (!table) return std::unexpected(table.error());
    auto json = parse_json(json_text(*table));
    if (!json) return refused(Code::invalid, file + ": " + json.error().message);
    return std::move(*json);
}

namespace {

/// The member of a table, the item of a list, or null.
const toml::node* child_of(const toml::node& node, const std::string& step) {
    if (const auto* table = node.as_table()) return table->get(step);
    std::size_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    const auto* list = node.as_array();
    return list && read.ec == std::errc{} ? list->get(index) : nullptr;
}

}  // namespace

std::string line_in_toml(const std::string& file, std::string_view pointer) {
    const auto table = parse_toml(file);
    if (!table) return file;
    const toml::node* node = &*table;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        const auto* child = child_of(*node, std::string(pointer.substr(0, end)));
        if (!child) break;
        node = child;
        pointer.remove_prefix(end);
    }
    return line_text(file, node->source());
}

std::string Settings::place_of(const std::string& flag) const {
    const auto found = places.find(flag);
    return found == places.end() ? flag : found->second;
}

Result<void> apply_config_file(CLI::App& command, Settings& settings) {
    auto options = settings_of(command);
    for (const auto* option : options)
        if (is_from_environment(command, *option)) settings.places[option->get_name()] = option->get_envname();
    if (settings.config.empty()) return {};
    // The file does not name another.
    std::erase_if(options, [](const CLI::Option* option) { return option->get_name() == "--config"; });
    const auto table = parse_toml(settings.config);
    if (!table) return std::unexpected(table.error());
    for (const auto& [key, node] : *table)
        if (const auto* rules = node.as_table(); rules && key == "matchmaking") {
            if (settings.matchmaking.empty()) settings.matchmaking_table = json_text(*rules);
        } else if (auto ok = apply_key(settings, key.str(), node, options); !ok)
            return ok;
    return {};
}

Result<Address> parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto wrong = [&](const char* what) { return refused(Code::invalid, text + ": " + what); };
    if (colon == text.npos) return wrong("no port; write address:port, as in 127.0.0.1:8000");
    Address address{text.substr(0, colon), 0};
    const bool bracketed = address.host.starts_with('[') && address.host.ends_with(']');
    if (bracketed) address.host = address.host.substr(1, address.host.size() - 2);
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, address.port);
    if (read.ec != std::errc{} || read.ptr != end) return wrong("the port must be a number from 0 to 65535");
    if (address.host.empty()) return wrong("no address; write 0.0.0.0 for every one of this machine");
    boost::system::error_code failure;
    const auto number = boost::asio::ip::make_address(address.host, failure);
    const bool is_number = !failure && number.is_v6() == bracketed;
    if (!is_number && (bracketed || address.host != "localhost"))
        return wrong("the address must be an IPv4 address, an IPv6 address in brackets, or localhost");
    return address;
}

CLI::Validator is_listen_address() {
    return CLI::Validator(
        [](std::string& text) {
            const auto address = parse_listen(text);
            return address ? std::string{} : address.error().message;
        },
        "");
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

void configure_log(const Settings& s) {
    constexpr std::string_view levels[] = {"debug", "info", "warn", "error", "off"};
    const auto level = std::ranges::find(levels, s.log_level) - std::begin(levels);
    log::configure(s.log_format == "json" ? log::Format::json : log::Format::text, static_cast<log::Level>(level));
}

}  // namespace agon::cli
