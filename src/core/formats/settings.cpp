#include "core/formats/settings.hpp"

#include <fmt/format.h>

#include <cmath>

namespace agon::formats {

namespace {

standings::Points tenths(double points) { return std::llround(points * 10); }

bool is_in_tenths(double points) { return std::abs(points * 10 - std::round(points * 10)) < 1e-9; }

}  // namespace

standings::Scoring scoring_of(const MatchPoints& p) {
    const auto win = tenths(p.win), draw = tenths(p.draw), loss = tenths(p.loss);
    return {.win = win,
            .draw = draw,
            .loss = loss,
            .forfeit_win = win,
            .forfeit_loss = 0,
            .pairing_bye = tenths(p.bye.value_or(p.win)),
            .full_bye = win,
            .half_bye = draw,
            .absent = 0};
}

Result<void> check_points(const MatchPoints& p) {
    for (const auto points : {p.win, p.draw, p.loss, p.bye.value_or(0)})
        if (!is_in_tenths(points)) return refused(Code::invalid, "must be in tenths of a point", "/points");
    if (p.win <= p.loss || p.win < p.draw || p.draw < p.loss)
        return refused(Code::invalid, "a win must be worth more than a loss, and a draw something from a loss to a win",
                       "/points");
    return {};
}

Result<void> check_groups(const Settings& settings) {
    const auto groups = settings.options.groups;
    if (settings.entrants / groups >= 2) return {};
    return refused(
        Code::invalid,
        fmt::format("{} groups need at least {} entrants, there are {}", groups, 2 * groups, settings.entrants),
        "/groups");
}

}  // namespace agon::formats
