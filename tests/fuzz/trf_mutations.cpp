/// A bounded number of seeded mutations of sample reports, through the same function as libFuzzer: in every preset.
///
///     AGON_MUTATIONS=1000000 trf_mutations
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "trf_round_trip.hpp"

namespace agon::trf {

namespace {

constexpr std::uint64_t usual_mutations = 20'000;

std::vector<std::string> samples() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(AGON_TRF_SAMPLES)) {
        std::ifstream in(entry.path(), std::ios::binary);
        files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    std::ranges::sort(files);
    return files;
}

/// One change of a few bytes, or a piece moved within the file or between two files.
void mutate(std::string& file, const std::string& other, Prng& prng) {
    constexpr std::string_view likely = " 0123456789wb-=+UHFZ.\r\n\tX\xef\xff\xc3";
    const auto at = static_cast<std::size_t>(prng.below(file.size() + 1));
    const auto length = static_cast<std::size_t>(prng.below(12));
    switch (prng.below(5)) {
        case 0: file.insert(at, 1, likely[prng.below(likely.size())]); break;
        case 1:
            if (at < file.size()) file[at] = likely[prng.below(likely.size())];
            break;
        case 2: file.erase(at, length); break;
        case 3: file.insert(at, other.substr(prng.below(other.size() + 1), length * 10)); break;
        default:
            if (at < file.size()) file[at] = static_cast<char>(prng.below(256));
    }
}

}  // namespace

TEST_CASE("fuzz: mutated reports are read and written again, or refused with one line") {
    const auto* told = std::getenv("AGON_MUTATIONS");
    const auto wanted = told ? std::strtoull(told, nullptr, 10) : usual_mutations;
    const auto files = samples();
    REQUIRE(files.size() > 1);
    for (const auto& file : files) CHECK(testing::round_trip(file));
    std::uint64_t read = 0;
    for (std::uint64_t seed = 0; seed < wanted; ++seed) {
        Prng prng(seed);
        auto file = files[prng.below(files.size())];
        for (auto changes = prng.below(4) + 1; changes > 0; --changes)
            mutate(file, files[prng.below(files.size())], prng);
        read += testing::round_trip(file);
    }
    CHECK(read > wanted / 20);
    CHECK(read < wanted);
}

}  // namespace agon::trf
