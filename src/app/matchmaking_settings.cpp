#include "app/matchmaking_settings.hpp"

#include "base/codec/codec.hpp"

namespace agon {

namespace {

template <class T>
bool has_field(std::string_view name) {
    bool found = false;
    codec::for_each_member<T>([&](auto member) { found = found || name == member.name; });
    return found;
}

/// Reads the keys that belong to `part` over what it holds, and takes them out of `given`.
template <class T>
Result<void> overlay(T& part, JsonObject& given, const std::string& where) {
    auto whole = parse_json(codec::to_json<codec::log_spelling>(part)).value().as_object();
    JsonObject rest;
    for (const auto& [key, value] : given) {
        if (has_field<T>(key))
            whole[key] = value;
        else
            rest[key] = value;
    }
    auto read = codec::read<T, codec::log_spelling>(Json(whole));
    if (!read) return refused(Code::invalid, read.error().message, where + read.error().pointer);
    part = *read;
    given = std::move(rest);
    return {};
}

Result<ranked::QueueSettings> settings_over(ranked::QueueSettings settings, JsonObject given,
                                            const std::string& where) {
    if (auto ok = overlay(settings.pool, given, where); !ok) return std::unexpected(ok.error());
    if (auto ok = overlay(settings.queue, given, where); !ok) return std::unexpected(ok.error());
    if (auto ok = overlay(settings.match, given, where); !ok) return std::unexpected(ok.error());
    if (!given.empty())
        return refused(Code::invalid, "no such setting", where + "/" + std::string(given.begin()->key()));
    if (auto ok = matchmaking::check(settings.pool); !ok)
        return refused(Code::invalid, ok.error().message, where + ok.error().pointer);
    return settings;
}

/// Takes a word out of a table; empty where there is none.
Result<std::string> take_word(JsonObject& table, const char* key, const std::string& where) {
    const auto found = table.find(key);
    if (found == table.end()) return std::string{};
    const auto* text = found->value().if_string();
    if (!text || !is_pool_word(*text))
        return refused(Code::invalid, "must be 1 to 40 letters, digits, `_`, `-` or `.`", where + "/" + key);
    std::string word(*text);
    table.erase(found);
    return word;
}

Result<ListedPool> read_pool(const Json& json, const ranked::QueueSettings& common, const std::string& where) {
    if (!json.is_object()) return refused(Code::invalid, "must be a table", where);
    auto table = json.as_object();
    const auto game = take_word(table, "game", where);
    if (!game) return std::unexpected(game.error());
    const auto region = take_word(table, "region", where);
    if (!region) return std::unexpected(region.error());
    auto settings = settings_over(common, std::move(table), where);
    if (!settings) return std::unexpected(settings.error());
    return ListedPool{game->empty() ? std::string(default_queue_game) : *game, *region, std::move(*settings)};
}

}  // namespace

bool is_pool_word(std::string_view word) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    return !word.empty() && word.size() <= 40 && std::ranges::all_of(word, fits);
}

const ranked::QueueSettings& MatchmakingSettings::of(std::string_view game, std::string_view region) const {
    for (const auto& pool : pools)
        if (pool.game == game && pool.region == region) return pool.settings;
    return common;
}

bool MatchmakingSettings::allows(std::string_view game, std::string_view region) const {
    if (!only_listed || (game == default_queue_game && region.empty())) return true;
    return std::ranges::any_of(pools, [&](const ListedPool& p) { return p.game == game && p.region == region; });
}

Result<MatchmakingSettings> read_matchmaking_settings(const Json& json) {
    if (!json.is_object()) return refused(Code::invalid, "must be a table", "");
    MatchmakingSettings settings;
    auto table = json.as_object();
    JsonArray pools;
    if (const auto found = table.find("pools"); found != table.end()) {
        if (!found->value().is_array()) return refused(Code::invalid, "must be a list of tables", "/pools");
        pools = found->value().as_array();
        table.erase(found);
    }
    if (const auto found = table.find("only_listed"); found != table.end()) {
        if (!found->value().is_bool()) return refused(Code::invalid, "must be true or false", "/only_listed");
        settings.only_listed = found->value().as_bool();
        table.erase(found);
    }
    auto common = settings_over({}, std::move(table), "");
    if (!common) return std::unexpected(common.error());
    settings.common = std::move(*common);
    for (std::size_t i = 0; i < pools.size(); ++i) {
        auto pool = read_pool(pools[i], settings.common, "/pools/" + std::to_string(i));
        if (!pool) return std::unexpected(pool.error());
        settings.pools.push_back(std::move(*pool));
    }
    return settings;
}

}  // namespace agon
