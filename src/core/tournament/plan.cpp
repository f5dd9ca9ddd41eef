// Which stages can be played one after the other.

#include <fmt/format.h>

#include "core/tournament/tournament.hpp"

namespace agon {

namespace {

std::string place_of(const std::vector<StagePlan>& plan, std::size_t i) {
    return plan.size() == 1 ? std::string{} : fmt::format("/stages/{}", i);
}

/// Every stage but the last says how many of each group go on; `entrants` 0 where their number is not known yet.
Result<void> check_advance(const StagePlan& stage, bool is_last, std::uint32_t entrants) {
    if (is_last && stage.advance != 0) return refused(Code::invalid, "nobody goes on from the last stage", "/advance");
    if (is_last) return {};
    if (stage.advance < 1)
        return refused(Code::invalid, "how many go on to the next stage is missing; at least 1", "/advance");
    const auto group = entrants / stage.groups;
    if (entrants != 0 && stage.advance > group)
        return refused(Code::invalid,
                       fmt::format("{} of each group cannot go on, the smallest has {}", stage.advance, group),
                       "/advance");
    if (stage.groups * stage.advance < min_entrants)
        return refused(Code::invalid, fmt::format("at least {} must go on to the next stage", min_entrants),
                       "/advance");
    return {};
}

}  // namespace

Result<void> check_plan(const std::vector<StagePlan>& plan, std::uint32_t entrants) {
    for (std::size_t i = 0; i < plan.size(); ++i) {
        const auto* format = formats::find_format(plan[i].format);
        auto ok = format->check({.entrants = entrants, .options = plan[i]});
        if (ok) ok = check_advance(plan[i], i + 1 == plan.size(), entrants);
        if (!ok) return refused(Code::invalid, std::move(ok.error().message), place_of(plan, i) + ok.error().pointer);
        entrants = static_cast<std::uint32_t>(plan[i].groups * plan[i].advance);
    }
    return {};
}

}  // namespace agon
