#include "app/tournament_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec/codec.hpp"
#include "core/formats/stage_table.hpp"

namespace agon {

namespace {

constexpr codec::Spelling words{};

struct StageList {
    std::optional<std::vector<StagePlan>> stages;
    static constexpr codec::Note notes[] = {{.field = "stages", .min = 1, .max = 8}};
};
BOOST_DESCRIBE_STRUCT(StageList, (), (stages))

std::vector<std::string_view> format_names() {
    std::vector<std::string_view> names;
    for (const auto* format : formats::all_formats()) names.push_back(format->name);
    return names;
}

Error below(std::string_view where, Error error) {
    error.pointer = std::string(where) + error.pointer;
    return error;
}

Result<void> check_format(const std::string& name, std::string pointer) {
    if (formats::find_format(name)) return {};
    return refused(Code::invalid, "must be " + codec::either(format_names()), std::move(pointer));
}

/// What the format fills in by itself, beside the defaults of the options.
void fill(StagePlan& stage) {
    const auto& format = *formats::find_format(stage.format);
    if (!stage.tiebreaks && format.by_points) stage.tiebreaks = formats::default_tiebreaks(format);
    if (format.complete) {
        formats::Settings settings{.options = stage};
        format.complete(settings);
        static_cast<formats::StageOptions&>(stage) = std::move(settings.options);
    }
    if (!stage.points.bye) stage.points.bye = stage.points.win;
}

/// The stages as the host lists them, or the one that `format` and the options beside it make.
Result<std::vector<StagePlan>> stages_of(const std::optional<std::string>& format, const Json& config) {
    auto listed = codec::read<StageList, words>(config);
    if (!listed) return std::unexpected(below("/config", std::move(listed.error())));
    if (!listed->stages) {
        auto options = codec::read<formats::StageOptions, words>(config);
        if (!options) return std::unexpected(below("/config", std::move(options.error())));
        StagePlan only;
        static_cast<formats::StageOptions&>(only) = std::move(*options);
        only.format = format.value_or("single_elimination");
        if (auto ok = check_format(only.format, "/format"); !ok) return std::unexpected(ok.error());
        return std::vector{std::move(only)};
    }
    auto& stages = *listed->stages;
    for (std::size_t i = 0; i < stages.size(); ++i)
        if (auto ok = check_format(stages[i].format, fmt::format("/config/stages/{}/format", i)); !ok)
            return std::unexpected(ok.error());
    if (format && *format != stages.front().format)
        return refused(Code::invalid, "must be the format of the first of config.stages, or be left out", "/format");
    return std::move(stages);
}

constexpr std::string_view round_words[] = {"default", "final", "semi_finals", "quarter_finals", "third_place"};

bool is_round(std::string_view word) {
    if (std::ranges::find(round_words, word) != std::end(round_words)) return true;
    return !word.empty() && word.size() <= 4 && word[0] != '0' && word.find_first_not_of("0123456789") == word.npos;
}

/// Every length that a match may have must be one that the game can play.
Result<void> check_best_of(const games::Game& game, const TournamentOptions& options, const Json& config) {
    for (const auto& [round, rounds] : options.best_of) {
        const auto pointer = "/config/best_of/" + round;
        if (game.best_of.empty())
            return refused(Code::invalid, fmt::format("{} has no number of rounds", game.name), "/config/best_of");
        if (!is_round(round))
            return refused(
                Code::invalid,
                "must be default, final, semi_finals, quarter_finals, third_place or a round's number, from 1 to 9999",
                pointer);
        auto longer = config;
        longer.as_object()[game.best_of] = rounds;
        if (auto ok = game.complete_options(longer); !ok)
            return refused(Code::invalid, std::move(ok.error().message), pointer);
    }
    return {};
}

}  // namespace

Result<void> complete_stages(std::vector<StagePlan>& stages, std::uint32_t max_entrants) {
    if (auto ok = check_plan(stages, max_entrants); !ok) return ok;
    for (auto& stage : stages) fill(stage);
    return {};
}

Result<Config> complete_config(const games::Game& game, const std::optional<std::string>& format, const Json& config,
                               std::uint32_t max_entrants) {
    auto options = codec::read<TournamentOptions, words>(config);
    if (!options) return std::unexpected(below("/config", std::move(options.error())));
    auto stages = stages_of(format, config);
    if (!stages) return std::unexpected(std::move(stages.error()));
    auto game_options = game.complete_options(config);
    if (!game_options) return std::unexpected(below("/config", std::move(game_options.error())));
    if (auto ok = check_best_of(game, *options, config); !ok) return std::unexpected(ok.error());
    if (auto ok = complete_stages(*stages, max_entrants); !ok) return std::unexpected(below("/config", ok.error()));
    options->no_show_timeout = no_show_seconds(*options);
    return Config{*options, std::move(*stages), std::move(*game_options)};
}

namespace {

/// The stage's format, what it reads of the options, and how many go on.
Json stage_json(const StagePlan& stage, bool with_format) {
    const auto all = *parse_json(codec::to_json<codec::log_spelling>(stage));
    const auto& reads = formats::find_format(stage.format)->reads;
    JsonObject shown;
    if (with_format) shown["format"] = stage.format;
    for (const auto word : reads) shown[word] = all.at(word);
    if (with_format && stage.advance > 0) shown["advance"] = stage.advance;
    return shown;
}

}  // namespace

Json to_json(const Config& config) {
    auto all = config.game_options;
    const auto options = *parse_json(codec::to_json<codec::log_spelling>(config.options));
    for (const auto& member : options.as_object()) all.as_object()[member.key()] = member.value();
    if (config.stages.size() == 1) {
        const auto stage = stage_json(config.stages.front(), false);
        for (const auto& member : stage.as_object()) all.as_object()[member.key()] = member.value();
        return all;
    }
    boost::json::array stages;
    for (const auto& stage : config.stages) stages.push_back(stage_json(stage, true));
    all.as_object()["stages"] = std::move(stages);
    return all;
}

}  // namespace agon
