/// A bracket for the terminal.
#pragma once

#include <string>

#include "core/tournament/tournament.hpp"

namespace agon::cli {

/// `round 2: AlphaBot beats BetaMind 2-1`
std::string result_line(const Tournament&, const MatchCompleted&);
/// `champion: AlphaBot, after 63 matches`
std::string champion_line(const Tournament&);

/// The whole picture for a terminal of 80 columns, drawn over the last one: progress by round, the latest rounds as a
/// tree once they fit, the last result; above it the address that is served.
std::string live_frame(const Tournament&, const std::string& last_result, const std::string& address);

/// `Round of 16`, `Quarter-finals`, `Semi-finals`, `Final`
std::string round_name(const StageRun&, std::size_t round);

}  // namespace agon::cli
