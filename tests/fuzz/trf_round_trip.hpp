/// What must hold of any bytes that are given as a report: reading them neither crashes nor hangs, a refusal is one
/// line, and a report that was read is written so that it reads the same.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "core/trf/trf.hpp"

namespace agon::trf::testing {

/// Stops the program where something does not hold; whether the bytes were a report.
inline bool round_trip(std::string_view bytes) {
    const auto report = read(bytes);
    if (!report) {
        const auto& message = report.error().message;
        CHECK_THAT(!message.empty() && message.find_first_of("\r\n\t\x1b") == message.npos);
        return false;
    }
    const auto file = write(*report);
    const auto again = read(file);
    CHECK_THAT(again);
    CHECK_THAT(*again == *report);
    CHECK_THAT(write(*again) == file);

    const auto table = cross_table(*report);
    const auto played = rounds_played(*report);
    CHECK_THAT(table.players.size() == report->players.size() && table.rounds_played() == played);
    for (const auto round : {std::uint32_t{1}, played + 1}) {
        const auto facts = facts_of_round(*report, round, table.total_rounds);
        CHECK_THAT(facts.present.size() == table.players.size());
    }
    return true;
}

}  // namespace agon::trf::testing
