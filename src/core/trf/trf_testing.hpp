/// Small files for the tests of reports.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "core/trf/trf.hpp"

namespace agon::trf::testing {

/// A record 001 with nothing but what counts: `entries` begin in column 92, as in `   2 w 1     3 b =`.
inline std::string player_line(Number number, std::string_view points, std::string_view entries = "") {
    const auto head = fmt::format("001 {:>4}  {:>3} {:<33} {:>4}", number, "", fmt::format("Player {}", number),
                                  number < 2000 ? 2000 - number : 1);
    return fmt::format("{:<80}{:>4} {:>4}{}{}\n", head, points, "", entries.empty() ? "" : "  ", entries);
}

/// Four players after two rounds: 1-3, 4-2; 1-4, 3-2.
inline std::string small_event() {
    return "012 Small event\nXXR 3\n" + player_line(1, "1.5", "   3 w 1     4 w =") +
           player_line(2, "0.0", "   4 b 0     3 b 0") + player_line(3, "1.0", "   1 b 0     2 w 1") +
           player_line(4, "1.5", "   2 w 1     1 b =");
}

/// The file with the first `from` replaced; a test's way to make one mistake.
inline std::string with(std::string file, std::string_view from, std::string_view to) {
    const auto at = file.find(from);
    if (at == file.npos) return "nothing to replace: " + std::string(from);
    return file.replace(at, from.size(), to);
}

inline std::string refusal_of(std::string_view file) {
    const auto report = read(file);
    return report ? "read" : report.error().message;
}

}  // namespace agon::trf::testing
