/// SIGINT and SIGTERM, as something to wait for; and those that say what a failed write says as well.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace agon::cli {

/// Blocks SIGINT and SIGTERM for this thread and those it will start; `wait_for_stop` then takes them. A closed pipe
/// (SIGPIPE) and a limit on the size of files (SIGXFSZ) do not end the program: the write fails.
void block_stop_signals();
/// True once a stop signal came; false after `timeout`. No timeout waits for ever.
bool wait_for_stop(std::optional<Duration> timeout);

}  // namespace agon::cli
