/// Lists in pages, as the Player API has them.
#pragma once

#include "faces/player/player.hpp"

namespace agon::player {

struct PageQuery {
    std::int64_t page = 1;
    std::int64_t limit = 20;
    static constexpr codec::Note notes[] = {
        {.field = "page", .doc = "Which page, from 1", .min = 1, .max = 1'000'000'000, .has_default = true},
        {.field = "limit", .doc = "Items per page", .min = 1, .max = 100, .has_default = true},
    };
    std::int64_t offset() const { return (page - 1) * limit; }
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (page, limit))

struct Pagination {
    std::int64_t page = 0;
    std::int64_t limit = 0;
    std::int64_t total_pages = 0;
    bool has_next = false;
    bool has_prev = false;
};
BOOST_DESCRIBE_STRUCT(Pagination, (), (page, limit, total_pages, has_next, has_prev))

inline Pagination pagination(std::int64_t page, std::int64_t limit, std::int64_t total) {
    const auto pages = (total + limit - 1) / limit;
    return {page, limit, pages, page < pages, page > 1};
}

}  // namespace agon::player
