/// What background work does where the store let it down: it pauses, and tries again.
#pragma once

#include "app/store.hpp"
#include "base/log.hpp"

namespace agon {

inline constexpr Duration retry_after = seconds(1);

/// Logs what could not be done, and why. Not for a full disk: whoever hears of the journal's commits tells that once,
/// and all that waits for space would tell it again and again.
inline void log_retry(std::string_view what, const log::Field& about, const StoreBroken& why) {
    if (!why.is_storage_full()) log::error(what, {about, {"why", why.what()}});
}

}  // namespace agon
