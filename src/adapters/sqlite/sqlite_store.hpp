/// The Store in one file, through SQLite: for one machine, durable, nothing to install.
#pragma once

#include <filesystem>
#include <memory>

#include "app/store.hpp"

namespace agon {

/// Opens `agon.db` in `directory`; creates both where they are missing, readable for their owner alone.
///
/// Several processes may have the same file open and write to it: each sees the others' commits, and an append that
/// came second is a conflict. Writers wait for each other up to 5 s.
///
/// Throws StoreBroken when the file is damaged, was written by a newer program, belongs to another one, or cannot be
/// opened. A commit that throws left nothing behind, with one exception: when the disk failed while syncing, nobody
/// knows what it kept. Then every later commit throws as well, while reading goes on; start the program again when
/// the disk is well. A full disk is no such failure: commits succeed again once there is space.
std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& directory);

}  // namespace agon
