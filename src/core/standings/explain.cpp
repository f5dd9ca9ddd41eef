#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings {

namespace {

/// Who is equal in everything that the settings put before the tie-break; in points where they do not list it.
Ties ties_before(TieBreak tiebreak, const Facts& facts) {
    const auto order = order_of(facts.settings);
    const bool listed_there = std::ranges::find(order, tiebreak) != order.end();
    Ties ties(facts.points.size());
    for (const auto earlier : order) {
        if (earlier == tiebreak) break;
        if (!listed_there && earlier != TieBreak::points) continue;
        const auto& rule = rule_of(earlier);
        ties.split(rule.values(facts, ties), rule.best);
    }
    return ties;
}

}  // namespace

std::string value_text(TieBreak tiebreak, std::int64_t value) {
    switch (rule_of(tiebreak).digits) {
        case Digits::two:
            return fmt::format("{}{}.{:02}", value < 0 ? "-" : "", std::abs(value) / 100, std::abs(value) % 100);
        case Digits::place: return value == 0 ? "–" : number_text(value);
        case Digits::as_needed: break;
    }
    return number_text(value);
}

std::string explain(const CrossTable& table, const Settings& settings, TieBreak tiebreak, Row row) {
    const Facts facts(table, settings);
    const auto& rule = rule_of(tiebreak);
    const auto ties = ties_before(tiebreak, facts);
    const auto value = value_text(tiebreak, rule.values(facts, ties)[row]);
    const auto why = rule.why(facts, ties, row);
    return fmt::format("{} {}{}{}", rule.title, value, why.empty() ? "" : ": ", why);
}

}  // namespace agon::standings
