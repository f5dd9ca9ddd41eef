// libFuzzer on the reader of reports (preset `fuzz`):
//
//     build/fuzz/tests/trf_fuzz -max_len=4096 -dict=tests/fuzz/trf.dict CORPUS tests/fuzz/trf
#include "trf_round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    agon::trf::testing::round_trip({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
