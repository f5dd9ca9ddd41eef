/// Who is which seed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::seeding {

enum class Method { random, rating, registration, manual };
BOOST_DESCRIBE_ENUM(Method, random, rating, registration, manual)

/// What a draw knows of an entrant; entrants stand in order of registration.
struct Candidate {
    std::optional<double> rating;
    std::optional<std::uint32_t> manual_seed;
};

/// The entrants by seed, the top seed first.
/// `random`: Fisher and Yates with `draw_seed`, which is recorded, so that anyone can repeat it.
/// `rating`: highest first; those without a rating come last. `manual`: by the given seeds; those without come last.
/// Equal ones stay in order of registration.
std::vector<EntrantIndex> draw(Method, const std::vector<Candidate>&, std::uint64_t draw_seed);

}  // namespace agon::seeding
