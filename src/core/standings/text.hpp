/// How figures are written in the sentences of `explain`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/standings/unplayed.hpp"

namespace agon::standings {

/// Hundredths with as many decimals as needed: `12.5`, `8.25`, `3`, `-2`.
std::string number_text(std::int64_t hundredths);
/// Tenths likewise.
inline std::string points_text(Points tenths) { return number_text(tenths * 10); }
/// `No. 3` for row 2.
std::string player_text(Row);
/// `No. 3, No. 5 and No. 8`; `and` may be another word.
std::string listed(const std::vector<std::string>&, std::string_view last = "and");
/// `round 3`, `rounds 1, 3 and 4`; empty for none. Rounds from 0.
std::string rounds_text(const std::vector<std::uint32_t>&);

/// What was cut, and why an unplayed round or an opponent counts as it does: phrases that go on after a sum.
std::string notes_on(const Facts&, Row, const std::vector<Part>&);

}  // namespace agon::standings
