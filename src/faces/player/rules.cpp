#include "faces/player/rules.hpp"

#include <cmath>

#include "app/tournament_config.hpp"

namespace agon::player {

namespace {

/// A stage as a host writes it.
struct Stage : formats::StageOptions {
    Format format{};
    std::int64_t advance = 0;
    static constexpr codec::Note notes[] = {
        {.field = "advance", .min = 0, .max = 65536, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(Stage, (formats::StageOptions), (format, advance))

struct MoreRules {
    /// In per cent, by place.
    std::optional<std::vector<double>> prize_split;
    std::optional<std::vector<Stage>> stages;
    static constexpr codec::Note notes[] = {
        {.field = "prize_split", .min = 1, .max = 100},
        {.field = "stages", .min = 1, .max = 8},
    };
};
BOOST_DESCRIBE_STRUCT(MoreRules, (), (prize_split, stages))

std::string stage_format(Format format) {
    if (format == Format::swiss_system) format = Format::swiss;
    return std::string(codec::word_of<codec::log_spelling>(format));
}

StagePlan plan_of(const formats::StageOptions& options, Format format, std::int64_t advance) {
    StagePlan plan;
    static_cast<formats::StageOptions&>(plan) = options;
    plan.format = stage_format(format);
    plan.advance = advance;
    return plan;
}

std::unexpected<Error> below_rules(Error error) {
    error.pointer = "/rules" + error.pointer;
    return std::unexpected(std::move(error));
}

template <class T>
Result<void> read(T& out, const Json& rules) {
    if (auto mistake = codec::read_into<spelling>(out, rules)) return below_rules(std::move(*mistake));
    return {};
}

/// Per cent with two places after the point, as hundredths of them.
Result<std::vector<std::int64_t>> split_of(const std::vector<double>& shares) {
    std::vector<std::int64_t> split;
    for (const auto share : shares) {
        const auto hundredths = std::round(share * 100);
        if (std::abs(share * 100 - hundredths) > 1e-6)
            return refused(Code::invalid, "a share has at most two places after the point", "/rules/prize_split");
        split.push_back(static_cast<std::int64_t>(hundredths));
    }
    if (auto ok = ledger::check_split(split); !ok)
        return refused(Code::invalid, std::move(ok.error().message), "/rules/prize_split");
    return split;
}

/// As they are listed, or the one that the format and the rules beside it make.
Result<std::vector<StagePlan>> stages_of(const MoreRules& more, const Json& rules, Format format) {
    std::vector<StagePlan> plans;
    if (more.stages) {
        for (const auto& stage : *more.stages) plans.push_back(plan_of(stage, stage.format, stage.advance));
        return plans;
    }
    formats::StageOptions options;
    if (auto ok = read(options, rules); !ok) return std::unexpected(std::move(ok.error()));
    plans.push_back(plan_of(options, format, 0));
    return plans;
}

}  // namespace

Result<void> apply_rules(TournamentChanged& what, const std::optional<Format>& format) {
    const auto& rules = what.details.rules;
    TournamentOptions options{.seeding = seeding::Method::rating, .auto_advance = false};
    ReportRules reports;
    MoreRules more;
    if (auto ok = read(options, rules); !ok) return ok;
    if (auto ok = read(reports, rules); !ok) return ok;
    if (auto ok = read(more, rules); !ok) return ok;
    const auto only = format ? *format : shown_format(what.stages.front().format);
    auto stages = stages_of(more, rules, only);
    if (!stages) return std::unexpected(std::move(stages.error()));
    if (auto ok = complete_stages(*stages, static_cast<std::uint32_t>(what.max_entrants)); !ok)
        return below_rules(std::move(ok.error()));
    what.details.money.prize_split_bp = ledger::default_split_bp();
    if (more.prize_split) {
        auto split = split_of(*more.prize_split);
        if (!split) return std::unexpected(std::move(split.error()));
        what.details.money.prize_split_bp = std::move(*split);
    }
    what.options = std::move(options);
    what.details.reports = reports;
    what.stages = std::move(*stages);
    return {};
}

}  // namespace agon::player
