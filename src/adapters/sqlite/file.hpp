/// The database file on disk: made with care once, refused when it is not ours to touch.
#pragma once

#include <filesystem>

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

/// Creates `directory` (0700) and an empty file in it (0600) where they are missing, and syncs the directory entries,
/// so that a power cut right after does not lose the name. Returns the file's absolute path. Throws StoreBroken.
std::filesystem::path make_file(const std::filesystem::path& directory);

/// Opens the file for its one writer: WAL, every commit synced, tables present.
/// Throws StoreBroken, and changes nothing, when the file is damaged, was written by a newer program, or holds
/// another program's tables.
std::unique_ptr<Database> open_writer(const std::filesystem::path& file);

}  // namespace agon::sqlite
