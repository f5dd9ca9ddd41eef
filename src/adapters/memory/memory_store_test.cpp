#include "adapters/memory/memory_store.hpp"

#include "app/store_conformance.hpp"

namespace agon {

TEST_CASE("the memory store keeps the rules of the port") {
    std::shared_ptr<MemoryData> data;
    store_conformance(
        [&] {
            data = make_memory_data();
            return open_memory_store(data);
        },
        [&] { return open_memory_store(data); });
}

}  // namespace agon
