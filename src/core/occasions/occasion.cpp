#include "core/occasions/occasion.hpp"

namespace agon::occasions {

namespace {

using Events = std::vector<OccasionEvent>;

/// Only what is another than it was.
Events change(const Occasion& occasion, const ChangeOccasion& c) {
    OccasionChanged changed;
    if (c.title && *c.title != occasion.title) changed.title = *c.title;
    if (c.description && *c.description != occasion.description) changed.description = *c.description;
    if (!changed.title && !changed.description) return {};
    return {changed};
}

}  // namespace

Result<std::vector<OccasionEvent>> decide(const Occasion& occasion, const OccasionCommand& command) {
    if (const auto* c = std::get_if<CreateOccasion>(&command)) {
        if (occasion.exists) return refused(Code::conflict, "already exists");
        return Events{OccasionCreated{c->title, c->description}};
    }
    if (!occasion.is_live()) return refused(Code::not_found, "no such event");
    if (const auto* c = std::get_if<ChangeOccasion>(&command)) return change(occasion, *c);
    return Events{OccasionDeleted{}};
}

void evolve(Occasion& occasion, const OccasionEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const OccasionCreated& e) {
                       occasion = {.title = e.title, .description = e.description, .created_at = at, .exists = true};
                   },
                   [&](const OccasionChanged& e) {
                       if (e.title) occasion.title = *e.title;
                       if (e.description) occasion.description = *e.description;
                   },
                   [&](const OccasionDeleted&) { occasion.deleted = true; },
               },
               event);
}

}  // namespace agon::occasions
