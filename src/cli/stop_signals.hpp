/// SIGINT and SIGTERM, as something to wait for.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace agon::cli {

/// Blocks SIGINT and SIGTERM for this thread and those it will start; `wait_for_stop` then takes them.
void block_stop_signals();
/// True once a stop signal came; false after `timeout`. No timeout waits for ever.
bool wait_for_stop(std::optional<Duration> timeout);

}  // namespace agon::cli
