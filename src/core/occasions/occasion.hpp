/// A place where tournaments are held.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::occasions {

struct OccasionCreated {
    std::string title;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(OccasionCreated, (), (title, description))

/// What is not given stays.
struct OccasionChanged {
    codec::Omittable<std::string> title;
    codec::Omittable<std::string> description;
};
BOOST_DESCRIBE_STRUCT(OccasionChanged, (), (title, description))

struct OccasionDeleted {};
BOOST_DESCRIBE_STRUCT(OccasionDeleted, (), ())

using OccasionEvent = std::variant<OccasionCreated, OccasionChanged, OccasionDeleted>;

struct CreateOccasion {
    std::string title;
    std::string description;
};
struct ChangeOccasion {
    std::optional<std::string> title;
    std::optional<std::string> description;
};
struct DeleteOccasion {};
using OccasionCommand = std::variant<CreateOccasion, ChangeOccasion, DeleteOccasion>;

struct Occasion {
    std::string title;
    std::string description;
    Instant created_at;
    bool exists = false;
    bool deleted = false;

    bool is_live() const { return exists && !deleted; }
};

/// A deleted one is as one that never was, but that its id is taken.
Result<std::vector<OccasionEvent>> decide(const Occasion&, const OccasionCommand&);
void evolve(Occasion&, const OccasionEvent&, Instant at);

}  // namespace agon::occasions
