#include <ranges>

#include "app/matchmaking.hpp"
#include "faces/player/execute.hpp"
#include "faces/player/paging.hpp"
#include "faces/player/profile.hpp"

namespace agon::player {

namespace {

struct BlockView {
    UserRef user;
    Instant blocked_at;
};
BOOST_DESCRIBE_STRUCT(BlockView, (), (user, blocked_at))

struct BlockList {
    std::vector<BlockView> blocks;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(BlockList, (), (blocks, total_count, pagination))

using Blocked = std::pair<UserId, Instant>;

/// The latest first.
Task<std::vector<Blocked>> blocked_by(Context& c) {
    co_return co_await c.services.engine.read<UserAggregate>(c.user().user_id, [](const users::User& u) {
        std::vector<Blocked> all(u.blocked.begin(), u.blocked.end());
        std::ranges::stable_sort(all, std::greater<>{}, &Blocked::second);
        return all;
    });
}

Task<Result<BlockList>> list(Context& c, Query<PageQuery> query) {
    const auto all = co_await blocked_by(c);
    const auto total = static_cast<std::int64_t>(all.size());
    BlockList page{.blocks = {}, .total_count = total, .pagination = pagination(query->page, query->limit, total)};
    for (const auto& [user, since] : all | std::views::drop(query->offset()) | std::views::take(query->limit))
        page.blocks.push_back({user_ref(c.services.engine.store(), user), since});
    co_return page;
}

/// Counts at once, also for a ticket that waits already.
Task<Result<BlockView>> block(Context& c, UserId user) {
    auto& engine = c.services.engine;
    const auto me = c.user().user_id;
    const bool exists = engine.peek<UserAggregate>(user, [](const users::User& u) { return u.exists; });
    if (!exists) co_return refused(Code::not_found, "no such user");
    const auto project = [user, ref = user_ref(engine.store(), user)](const users::User& u) {
        return BlockView{ref, u.blocked.at(user)};
    };
    auto done = co_await execute<UserAggregate>(c, me, users::BlockUser{me, user}, project);
    if (done) co_await c.services.matchmaking->heed_blocks(me);
    co_return done;
}

Task<Result<NoContent>> unblock(Context& c, UserId user) {
    co_return co_await execute<UserAggregate>(c, c.user().user_id, users::UnblockUser{user},
                                              [](const users::User&) { return NoContent{}; });
}

}  // namespace

std::vector<Endpoint> block_endpoints() {
    constexpr auto S = spelling;
    constexpr auto rate = Rate::matchmaking;
    return {
        endpoint<S, list>(Method::get, "/api/v1/blocks", "Whom you blocked, the latest first", Needs::player, 200,
                          rate),
        endpoint<S, block>(Method::put, "/api/v1/blocks/{user_id}", "Never be matched with a player by matchmaking",
                           Needs::player, 200, rate)
            .also({409}),
        endpoint<S, unblock>(Method::delete_, "/api/v1/blocks/{user_id}", "Block a player no longer", Needs::player,
                             204, rate),
    };
}

}  // namespace agon::player
