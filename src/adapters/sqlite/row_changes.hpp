/// The row changes of one transaction: of several changes to one row only the last is written.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

class RowChanges {
public:
    /// The changes are not copied and must live until `write`.
    void add(std::span<const RowChange> changes);
    /// Once, at the end.
    void write(Database&);

private:
    struct Place {
        const Table* table;
        std::string_view key;
        bool operator==(const Place&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Place& place) const {
            return std::hash<std::string_view>{}(place.key) ^ std::hash<const Table*>{}(place.table);
        }
    };

    std::unordered_map<Place, std::size_t, Hash> places_;
    std::vector<const RowChange*> last_;
};

}  // namespace agon::sqlite
