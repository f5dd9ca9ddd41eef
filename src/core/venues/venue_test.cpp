#include "core/venues/venue.hpp"

#include <doctest/doctest.h>

namespace agon::venues {

namespace {

constexpr Instant t0{1'700'000'000'000'000};

void run(Venue& venue, const VenueCommand& command, std::size_t events) {
    const auto decided = decide(venue, command);
    REQUIRE(decided.has_value());
    CHECK(decided->size() == events);
    for (const auto& event : *decided) evolve(venue, event, t0);
}

}  // namespace

TEST_CASE("a venue is created once, changed in part, and deleted for good") {
    Venue venue;
    run(venue, CreateVenue{"Arena", "1 Street"}, 1);
    CHECK(venue.created_at == t0);
    CHECK(decide(venue, CreateVenue{"Other", ""}).error().code == Code::conflict);
    run(venue, ChangeVenue{"Hall", {}}, 1);
    CHECK(venue.name == "Hall");
    CHECK(venue.address == "1 Street");
    run(venue, ChangeVenue{"Hall", "1 Street"}, 0);
    run(venue, ChangeVenue{}, 0);
    run(venue, ChangeVenue{{}, ""}, 1);
    CHECK(venue.address.empty());
    run(venue, DeleteVenue{}, 1);
    CHECK(!venue.is_live());
    for (const VenueCommand& command : {VenueCommand(ChangeVenue{"x", {}}), VenueCommand(DeleteVenue{})})
        CHECK(decide(venue, command).error() == Error{Code::not_found, "no such venue", ""});
    CHECK(decide(venue, CreateVenue{"x", ""}).error().code == Code::conflict);
}

TEST_CASE("nothing happens to a venue that is not there") {
    CHECK(decide(Venue{}, DeleteVenue{}).error().code == Code::not_found);
    CHECK(decide(Venue{}, ChangeVenue{"x", {}}).error().code == Code::not_found);
}

}  // namespace agon::venues
