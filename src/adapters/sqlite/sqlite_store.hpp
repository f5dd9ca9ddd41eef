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
/// opened. A commit that throws left nothing behind, with one exception: when the disk failed while syncing (a commit, or
/// the log's way into the database file), nobody knows what it kept. That is fatal: `on_fatal` is called, with the store
/// locked, and should end the program at once. Where it does not, every later commit throws, while reading goes on, and
/// nothing is synced any more, not even at the end; start the program again when the disk is well. A full disk (or quota,
/// or limit on the size of files) is no such failure: commits succeed again once there is space.
std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& directory, OnFatal on_fatal = {});

}  // namespace agon
