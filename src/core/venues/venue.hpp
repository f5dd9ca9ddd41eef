/// A place where tournaments are held.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::venues {

struct VenueCreated {
    std::string name;
    std::string address;
};
BOOST_DESCRIBE_STRUCT(VenueCreated, (), (name, address))

/// What is not given stays.
struct VenueChanged {
    codec::Omittable<std::string> name;
    codec::Omittable<std::string> address;
};
BOOST_DESCRIBE_STRUCT(VenueChanged, (), (name, address))

struct VenueDeleted {};
BOOST_DESCRIBE_STRUCT(VenueDeleted, (), ())

using VenueEvent = std::variant<VenueCreated, VenueChanged, VenueDeleted>;

struct CreateVenue {
    std::string name;
    std::string address;
};
struct ChangeVenue {
    std::optional<std::string> name;
    std::optional<std::string> address;
};
struct DeleteVenue {};
using VenueCommand = std::variant<CreateVenue, ChangeVenue, DeleteVenue>;

struct Venue {
    std::string name;
    std::string address;
    Instant created_at;
    bool exists = false;
    bool deleted = false;

    bool is_live() const { return exists && !deleted; }
};

/// A deleted venue is as one that never was, but that its id is taken.
Result<std::vector<VenueEvent>> decide(const Venue&, const VenueCommand&);
void evolve(Venue&, const VenueEvent&, Instant at);

}  // namespace agon::venues
