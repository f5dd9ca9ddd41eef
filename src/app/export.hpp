/// A tournament as a file for other programs: an arbiter's report, a table for a spreadsheet, or everything as JSON.
/// Pure functions of its state.
#pragma once

#include "core/tournament/tournament.hpp"
#include "core/trf/trf.hpp"

namespace agon {

enum class ExportFormat { trf, json, csv };
BOOST_DESCRIBE_ENUM(ExportFormat, trf, json, csv)

/// A Swiss tournament or a round robin as it stands, by seed; the home side has white. Refused with `wrong_state` before
/// the start, and with `invalid` where a report cannot hold it: eliminations, groups, and more than 9,999 players.
Result<trf::Report> report_of(const Tournament&);

/// The file's content. `trf` is refused as above.
Result<std::string> export_as(ExportFormat, TournamentId, const Tournament&);

}  // namespace agon
