#include "core/occasions/occasion.hpp"

#include <doctest/doctest.h>

namespace agon::occasions {

namespace {

constexpr Instant t0{1'700'000'000'000'000};

void run(Occasion& occasion, const OccasionCommand& command, std::size_t events) {
    const auto decided = decide(occasion, command);
    REQUIRE(decided.has_value());
    CHECK(decided->size() == events);
    for (const auto& event : *decided) evolve(occasion, event, t0);
}

}  // namespace

TEST_CASE("an occasion is created once, changed in part, and deleted for good") {
    Occasion occasion;
    run(occasion, CreateOccasion{"Finals", "All of them"}, 1);
    CHECK(occasion.created_at == t0);
    CHECK(decide(occasion, CreateOccasion{"Other", ""}).error().code == Code::conflict);
    run(occasion, ChangeOccasion{"Hall", {}}, 1);
    CHECK(occasion.title == "Hall");
    CHECK(occasion.description == "All of them");
    run(occasion, ChangeOccasion{"Hall", "All of them"}, 0);
    run(occasion, ChangeOccasion{}, 0);
    run(occasion, ChangeOccasion{{}, ""}, 1);
    CHECK(occasion.description.empty());
    run(occasion, DeleteOccasion{}, 1);
    CHECK(!occasion.is_live());
    for (const OccasionCommand& command : {OccasionCommand(ChangeOccasion{"x", {}}), OccasionCommand(DeleteOccasion{})})
        CHECK(decide(occasion, command).error() == Error{Code::not_found, "no such event", ""});
    CHECK(decide(occasion, CreateOccasion{"x", ""}).error().code == Code::conflict);
}

TEST_CASE("nothing happens to an occasion that is not there") {
    CHECK(decide(Occasion{}, DeleteOccasion{}).error().code == Code::not_found);
    CHECK(decide(Occasion{}, ChangeOccasion{"x", {}}).error().code == Code::not_found);
}

}  // namespace agon::occasions
