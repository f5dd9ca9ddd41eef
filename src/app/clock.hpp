/// The PORTS to time and chance. The real ones stand in `adapters/system`, virtual ones in the simulation.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/time.hpp"

namespace agon {

/// May be called from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    /// The wall clock: what is written into events and shown to people. It may jump.
    virtual Instant now() const = 0;
    /// Since an arbitrary start; never goes back. Deadlines of turns and connections are measured by it.
    virtual Duration steady() const = 0;
};

/// Unpredictable bits: ids, keys, seeds of draws. May be called from any thread.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t bits() = 0;
    virtual void fill(std::span<std::uint8_t>) = 0;
};

}  // namespace agon
