/// Whether requests should be sent here: what `/readyz` says.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "app/journal.hpp"

namespace agon::cli {

/// Any thread, but for `committed`.
class Readiness {
public:
    std::atomic<bool> started = false;
    std::atomic<bool> stopping = false;

    bool is_store_broken() const { return store_broken_.load().has_value(); }
    bool is_storage_full() const { return store_broken_.load() == StoreBroken::Kind::storage_full; }

    /// After each commit, on the journal's thread. A store that fails, or is well again, is logged once.
    void committed(const CommitReport&, Duration now);
    /// Status and body.
    std::pair<int, std::string> page() const;

private:
    /// Why commits fail, if they do.
    std::atomic<std::optional<StoreBroken::Kind>> store_broken_;
    /// On the journal's thread.
    Duration store_failed_at_{};
};

}  // namespace agon::cli
