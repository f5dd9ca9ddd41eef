/// Fills row tables from the log: after an upgrade that gave a table new columns, or a first start of a program that
/// has a table more.
#pragma once

#include "app/store.hpp"

namespace agon::rows {

/// `names` as Store::prepare returned them. Reads the whole log. Derived tables
/// are their followers' work.
void rebuild(Store&, const std::vector<std::string>& names);

}  // namespace agon::rows
