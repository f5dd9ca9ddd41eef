#include "app/rating_rules.hpp"

#include <fmt/format.h>

#include "app/event_codec.hpp"
#include "app/ratings.hpp"

namespace agon {

namespace {

const RatingRule default_rule;
constexpr std::string_view period = "period_days";

/// The codec passes over members that it does not know; a setting that is not there is a mistake.
Result<void> check_names(const ratings::Engine& engine, const Json& settings) {
    const auto known = engine.write_settings(*engine.read_settings(JsonObject{}));
    std::vector<std::string_view> names;
    for (const auto& member : known.as_object()) names.push_back(member.key());
    for (const auto& member : settings.as_object())
        if (!known.as_object().contains(member.key()))
            return refused(Code::invalid, fmt::format("{} has no such setting: {}", engine.name, codec::either(names)),
                           "/" + std::string(member.key()));
    return {};
}

/// Settings on the log are complete: those without a rating period are from before there were any, and let nobody rest.
Json with_period(const ratings::RatingEngineChosen& chosen) {
    auto settings = chosen.settings;
    const auto* engine = ratings::find_engine(chosen.engine);
    const auto rests =
        engine && engine->write_settings(*engine->read_settings(JsonObject{})).as_object().contains(period);
    if (rests && !settings.as_object().contains(period)) settings.as_object()[period] = 0;
    return settings;
}

}  // namespace

Result<RatingRule> rating_rule(std::string_view name, const Json& settings) {
    const auto* engine = ratings::find_engine(name);
    if (!engine) {
        std::vector<std::string_view> names;
        for (const auto* known : ratings::all_engines()) names.push_back(known->name);
        return refused(Code::invalid, "must be " + codec::either(names), "/engine");
    }
    if (auto known = check_names(*engine, settings); !known) return std::unexpected(std::move(known.error()));
    auto read = engine->read_settings(settings);
    if (!read) return std::unexpected(std::move(read.error()));
    return RatingRule{engine, *std::move(read)};
}

RatingRules RatingRules::read(Store& store) {
    RatingRules rules;
    for (const auto& recorded : store.read(std::string(rating_rules_stream), 0))
        if (const auto chosen = decode_if<ratings::RatingEngineChosen>(recorded)) rules.choose(*chosen);
    return rules;
}

void RatingRules::choose(const ratings::RatingEngineChosen& chosen) {
    auto rule = rating_rule(chosen.engine, with_period(chosen));
    if (!rule)
        throw StoreBroken(fmt::format("the ratings of {} want the engine {}: {} {}", chosen.game_type, chosen.engine,
                                      rule.error().pointer, rule.error().message));
    rules_[chosen.game_type] = *std::move(rule);
}

const RatingRule& RatingRules::of(const std::string& game_type) const {
    const auto found = rules_.find(game_type);
    return found == rules_.end() ? default_rule : found->second;
}

void switch_engine(Store& store, const std::string& game_type, const RatingRule& rule, Instant now) {
    const ratings::RatingRuleEvent chosen{ratings::RatingEngineChosen{game_type, std::string(rule.engine->name),
                                                                      rule.engine->write_settings(rule.settings)}};
    const StreamName stream(rating_rules_stream);
    // First, so that no crash leaves ratings of the one engine to the other: begun anew they are right with either.
    Derived none{.cursor = {std::string(Ratings::follower_name), 0}};
    rows::clear<rows::RatingRow>(store, none.rows);
    rows::clear<rows::RatedMatchRow>(store, none.rows);
    rows::clear<rows::RatingChangeRow>(store, none.rows);
    store.save(none);
    Batch batch{.at = now};
    batch.appends.push_back({stream, static_cast<Version>(store.read(stream, 0).size()), {encode(chosen)}});
    if (!store.commit({&batch, 1}).front().accepted())
        throw StoreBroken("the engine was chosen by somebody else at the same moment; try again");
}

}  // namespace agon
