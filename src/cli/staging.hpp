/// Where a backup is made, or a data directory restored, out of everybody's sight until it is whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/verify.hpp"

namespace agon::cli {

/// A directory of its own for its owner alone, which goes with the object, whatever is in it.
class Staging {
public:
    /// `pattern` is a path that ends in XXXXXX, for a name that nobody has. Throws std::runtime_error.
    explicit Staging(const std::filesystem::path& pattern);
    Staging(const Staging&) = delete;
    ~Staging();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path database() const { return path_ / "agon.db"; }

    /// Checks what `agon verify` checks; the complaints go to standard error. Throws StoreBroken.
    Verdict verified() const;

private:
    std::filesystem::path path_;
};

/// Gives a file its final name and syncs the directory; what has that name already stays. Both on one file system.
/// Throws std::runtime_error.
void publish(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace agon::cli
