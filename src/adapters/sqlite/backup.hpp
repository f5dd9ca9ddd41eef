/// A backup's file: the database `agon.db` as it stood at one moment, and beside the log a label, which holds what else a
/// data directory needs. An SQLite database in one file, without a write-ahead log.
///
/// Everything here throws StoreBroken where SQLite or the disk fails. Writes to the copy are not shown to anybody
/// before they are whole: work on a file of your own, then give it its name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace agon::sqlite {

struct BackupLabel {
    /// When the copying began: everything that was acknowledged before is in it.
    Instant made_at;
    /// The version of the program that made it.
    std::string program;
    /// The key file's text; empty in a backup without keys.
    std::string keys;
};

/// Copies the database to `copy`, which must not exist, readable for its owner alone. Others may read and write the
/// original meanwhile, in this process or another: the copy is what was committed when it began. The original's
/// write-ahead log cannot be emptied as long.
void copy_database(const std::filesystem::path& original, const std::filesystem::path& copy);

/// Puts the label into a database that nobody else has open, brings all of it into the one file, and syncs that.
void label_backup(const std::filesystem::path& copy, const BackupLabel&);

/// Nothing where the file is a database, but no backup.
std::optional<BackupLabel> read_label(const std::filesystem::path& backup);

/// The opposite of `label_backup`: a database as a data directory holds it, synced.
void remove_label(const std::filesystem::path& copy);

}  // namespace agon::sqlite
