/// The Store in memory, for tests, simulation and `agon demo`: everything is gone with its data.
#pragma once

#include <memory>

#include "app/store.hpp"

namespace agon {

/// What a memory store keeps. It outlives the store, as a disk does: a second store over the same data is a restart.
struct MemoryData;

/// Fresh and empty.
std::shared_ptr<MemoryData> make_memory_data();

/// A store over `data`, thread-safe as the port says; several may share the data. Never throws StoreBroken.
std::unique_ptr<Store> open_memory_store(std::shared_ptr<MemoryData> data = make_memory_data());

}  // namespace agon
