/// The database file on disk: made with care once, refused when it is not ours to touch.
#pragma once

#include <filesystem>

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

/// What a file is for.
enum class Holds {
    log,      ///< `agon.db`: the events, and the rows that are written with them
    derived,  ///< `derived.db`: what followers made of them
};

/// The absolute path of that file in `directory`. Throws StoreBroken where the directory is relative to none.
std::filesystem::path path_of(const std::filesystem::path& directory, Holds);

/// Opens the file for its one writer: WAL, every commit of the log synced, tables present. What is derived is synced with
/// the checkpoints only. Where they are missing the directory (0700) and the empty file (0600) are made, and the directory
/// entries synced, so that a power cut right after does not lose the name.
/// Throws StoreBroken, and changes nothing, when the file is damaged, was written by a newer program, or holds
/// another program's tables.
std::unique_ptr<Database> open_writer(const std::filesystem::path& file, Holds);

}  // namespace agon::sqlite
