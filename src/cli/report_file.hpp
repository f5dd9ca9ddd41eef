/// Files that a command reads and writes; `-` is standard input or output.
#pragma once

#include <string>

#include "core/trf/trf.hpp"

namespace agon::cli {

/// The report in a file. The refusal names the file: `round3.trf: line 14, columns 92–95: …`.
Result<trf::Report> read_report(const std::string& path);

/// Writes a file whole or leaves it as it was. Refused with what the system says.
Result<void> write_file(const std::string& path, std::string_view text);

/// A player's name for the terminal: without characters that hide or turn what stands beside them.
std::string shown_name(const std::string& name);

}  // namespace agon::cli
