/// What both files of the store have: row tables, and the cursors of followers.
#pragma once

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

/// Whether the file has the table as it is described.
bool has_table(Database&, const Table&);
/// Makes it, empty; away with one of that name.
void make_table(Database&, const Table&);
/// Away with it, where it is there.
void drop_table(Database&, const Table&);

Rows select(Database& reader, const RowQuery&);

Seq cursor_of(Database& reader, const std::string& follower);

}  // namespace agon::sqlite
