/// The SQL of row tables, made from their descriptors. Names come from descriptors alone, values are always bound.
#pragma once

#include <string>

#include "app/store.hpp"

namespace agon::sqlite {

/// All of a descriptor that the file depends on; when it differs from the one stored, the table is made anew.
std::string description(const Table&);

/// What `create_sql` made, away with it, where it is there.
std::string drop_sql(const Table&);
/// DROP, CREATE, the indexes and the totals, as one script. The key's b-tree holds the row itself, and every index ends
/// in the key, so that ties come in its order.
///
/// For a listing there is one index for each subset of its filters: the filters, the order, the key. So skipping to a
/// page reads no row, and no entry of an index that is not of the list. Triggers keep how many rows there are of each
/// combination of the filters' values, in a table of its own.
std::string create_sql(const Table&);
/// Sets the row, new or not. Writes every index anew, changed or not.
std::string upsert_sql(const Table&);
/// Sets the row where it exists and nothing changes that is indexed, so that no index is written: the usual case, and
/// several times cheaper. Binds as `upsert_sql` does. Empty where it would be no cheaper.
std::string refresh_sql(const Table&);
std::string remove_sql(const Table&);

/// The statement of a query: first the values of `bound_values`, then limit and offset are bound. A page finds its keys
/// in an index alone, where one holds all that is asked for, and reads the rows of the page only.
std::string select_sql(const RowQuery&);
/// Whether it asks for the row of one key: what it finds is all there is.
bool is_by_key(const RowQuery&);
/// How many rows there are in all: only `bound_values` are bound.
std::string count_sql(const RowQuery&);
/// The filters' values that stand as parameters in the statements, in order.
std::vector<const Value*> bound_values(const RowQuery&);

}  // namespace agon::sqlite
