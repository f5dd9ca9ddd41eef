#include "faces/player/execute.hpp"
#include "faces/player/paging.hpp"

namespace agon::player {

namespace {

struct EventRequest {
    std::string title;
    std::string description;
    static constexpr codec::Note notes[] = {
        {.field = "title", .min = 1, .max = 200, .is_name = true},
        {.field = "description", .max = 10'000, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(EventRequest, (), (title, description))

struct EventChange {
    codec::Omittable<std::string> title;
    codec::Omittable<std::string> description;
    static constexpr codec::Note notes[] = {
        {.field = "title", .doc = "What is not given stays", .min = 1, .max = 200, .is_name = true},
        {.field = "description", .max = 10'000},
    };
};
BOOST_DESCRIBE_STRUCT(EventChange, (), (title, description))

struct EventView {
    OccasionId id;
    std::string title;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(EventView, (), (id, title, description))

struct EventList {
    std::vector<EventView> events;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(EventList, (), (events, total_count, pagination))

auto view_of(OccasionId id) {
    return [id](const occasions::Occasion& v) { return EventView{id, v.title, v.description}; };
}

Task<Result<EventList>> list(Context& c, Query<PageQuery> query) {
    const RowQuery rows{.order_by = "created_at", .descending = true, .limit = query->limit, .offset = query->offset()};
    const auto found = rows::select<rows::OccasionRow>(c.services.engine.store(), rows);
    EventList page{.total_count = found.total, .pagination = pagination(query->page, query->limit, found.total)};
    for (const auto& row : found.rows) page.events.push_back({row.event_id, row.title, row.description});
    co_return page;
}

Task<Result<EventView>> create(Context& c, Body<EventRequest> body) {
    const OccasionId id{new_uuid(c)};
    co_return co_await execute<OccasionAggregate>(c, id, occasions::CreateOccasion{body->title, body->description},
                                                  view_of(id));
}

Task<Result<EventView>> get(Context& c, OccasionId id) {
    const auto event =
        co_await c.services.engine.read<OccasionAggregate>(id, [](const occasions::Occasion& v) { return v; });
    if (!event.is_live()) co_return refused(Code::not_found, "no such event");
    co_return view_of(id)(event);
}

Task<Result<EventView>> change(Context& c, OccasionId id, Body<EventChange> body) {
    co_return co_await execute<OccasionAggregate>(c, id, occasions::ChangeOccasion{body->title, body->description},
                                                  view_of(id));
}

Task<Result<NoContent>> remove(Context& c, OccasionId id) {
    co_return co_await execute<OccasionAggregate>(c, id, occasions::DeleteOccasion{},
                                                  [](const occasions::Occasion&) { return NoContent{}; });
}

}  // namespace

std::vector<Endpoint> event_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, list>(Method::get, "/api/v1/events", "Events, the newest first", Needs::player),
        endpoint<S, create>(Method::post, "/api/v1/events", "Add an event", Needs::admin, 201),
        endpoint<S, get>(Method::get, "/api/v1/events/{event_id}", "Get an event", Needs::player),
        endpoint<S, change>(Method::put, "/api/v1/events/{event_id}", "Change an event", Needs::admin),
        endpoint<S, remove>(Method::delete_, "/api/v1/events/{event_id}", "Delete an event", Needs::admin, 204),
    };
}

}  // namespace agon::player
