#include "core/venues/venue.hpp"

namespace agon::venues {

namespace {

using Events = std::vector<VenueEvent>;

/// Only what is another than it was.
Events change(const Venue& venue, const ChangeVenue& c) {
    VenueChanged changed;
    if (c.name && *c.name != venue.name) changed.name = *c.name;
    if (c.address && *c.address != venue.address) changed.address = *c.address;
    if (!changed.name && !changed.address) return {};
    return {changed};
}

}  // namespace

Result<std::vector<VenueEvent>> decide(const Venue& venue, const VenueCommand& command) {
    if (const auto* c = std::get_if<CreateVenue>(&command)) {
        if (venue.exists) return refused(Code::conflict, "already exists");
        return Events{VenueCreated{c->name, c->address}};
    }
    if (!venue.is_live()) return refused(Code::not_found, "no such venue");
    if (const auto* c = std::get_if<ChangeVenue>(&command)) return change(venue, *c);
    return Events{VenueDeleted{}};
}

void evolve(Venue& venue, const VenueEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const VenueCreated& e) {
                       venue = {.name = e.name, .address = e.address, .created_at = at, .exists = true};
                   },
                   [&](const VenueChanged& e) {
                       if (e.name) venue.name = *e.name;
                       if (e.address) venue.address = *e.address;
                   },
                   [&](const VenueDeleted&) { venue.deleted = true; },
               },
               event);
}

}  // namespace agon::venues
