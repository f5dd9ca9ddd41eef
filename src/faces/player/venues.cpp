#include "faces/player/execute.hpp"
#include "faces/player/paging.hpp"

namespace agon::player {

namespace {

struct VenueRequest {
    std::string name;
    std::string address;
    static constexpr codec::Note notes[] = {
        {.field = "name", .min = 1, .max = 200, .is_name = true},
        {.field = "address", .max = 1000, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(VenueRequest, (), (name, address))

struct VenueChange {
    codec::Omittable<std::string> name;
    codec::Omittable<std::string> address;
    static constexpr codec::Note notes[] = {
        {.field = "name", .doc = "What is not given stays", .min = 1, .max = 200, .is_name = true},
        {.field = "address", .max = 1000},
    };
};
BOOST_DESCRIBE_STRUCT(VenueChange, (), (name, address))

struct VenueView {
    VenueId id;
    std::string name;
    std::string address;
};
BOOST_DESCRIBE_STRUCT(VenueView, (), (id, name, address))

struct VenueList {
    std::vector<VenueView> venues;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(VenueList, (), (venues, total_count, pagination))

auto view_of(VenueId id) {
    return [id](const venues::Venue& v) { return VenueView{id, v.name, v.address}; };
}

Task<Result<VenueList>> list(Context& c, Query<PageQuery> query) {
    const RowQuery rows{.order_by = "created_at", .descending = true, .limit = query->limit, .offset = query->offset()};
    const auto found = rows::select<rows::VenueRow>(c.services.engine.store(), rows);
    VenueList page{.total_count = found.total, .pagination = pagination(query->page, query->limit, found.total)};
    for (const auto& row : found.rows) page.venues.push_back({row.venue_id, row.name, row.address});
    co_return page;
}

Task<Result<VenueView>> create(Context& c, Body<VenueRequest> body) {
    const VenueId id{new_uuid(c)};
    co_return co_await execute<VenueAggregate>(c, id, venues::CreateVenue{body->name, body->address}, view_of(id));
}

Task<Result<VenueView>> get(Context& c, VenueId id) {
    const auto venue = co_await c.services.engine.read<VenueAggregate>(id, [](const venues::Venue& v) { return v; });
    if (!venue.is_live()) co_return refused(Code::not_found, "no such venue");
    co_return view_of(id)(venue);
}

Task<Result<VenueView>> change(Context& c, VenueId id, Body<VenueChange> body) {
    co_return co_await execute<VenueAggregate>(c, id, venues::ChangeVenue{body->name, body->address}, view_of(id));
}

Task<Result<NoContent>> remove(Context& c, VenueId id) {
    co_return co_await execute<VenueAggregate>(c, id, venues::DeleteVenue{},
                                               [](const venues::Venue&) { return NoContent{}; });
}

}  // namespace

std::vector<Endpoint> venue_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, list>(Method::get, "/api/v1/venues", "Venues, the newest first", Needs::player),
        endpoint<S, create>(Method::post, "/api/v1/venues", "Add a venue", Needs::admin, 201),
        endpoint<S, get>(Method::get, "/api/v1/venues/{venue_id}", "Get a venue", Needs::player),
        endpoint<S, change>(Method::put, "/api/v1/venues/{venue_id}", "Change a venue", Needs::admin),
        endpoint<S, remove>(Method::delete_, "/api/v1/venues/{venue_id}", "Delete a venue", Needs::admin, 204),
    };
}

}  // namespace agon::player
