#include "base/shared_value.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

namespace agon {
namespace {

TEST_CASE("copies are one value until one of them changes") {
    SharedValue<std::string> a;
    a.change() = "first";
    auto b = a;
    CHECK(&*a == &*b);
    b.change() += ", then second";
    CHECK(*a == "first");
    CHECK(*b == "first, then second");
}

TEST_CASE("who is alone changes in place, also once a copy is gone") {
    SharedValue<std::string> a;
    const auto* where = &*a;
    a.change() = "alone";
    {
        const auto copy = a;
    }
    a.change() = "alone again";
    CHECK(&*a == where);
}

TEST_CASE("an array grows by blocks and copies only those that are changed") {
    SharedArray<int, 4> a;
    for (int i = 0; i < 10; ++i) {
        a.grow();
        a.change(static_cast<std::size_t>(i)) = i;
    }
    auto b = a;
    b.change(5) = 50;
    CHECK(b[5] == 50);
    CHECK(a[5] == 5);
    CHECK(b[4] == 4);
    CHECK(&a[4] != &b[4]);
    CHECK(&a[0] == &b[0]);
    b = a;
    CHECK(b[5] == 5);
    CHECK(b.size() == 10);
}

TEST_CASE("copies on two threads do not meet") {
    SharedArray<int, 4> a(16);
    for (int round = 0; round < 1000; ++round) {
        std::jthread other([copy = a]() mutable {
            for (std::size_t i = 0; i < 16; ++i) copy.change(i) += copy[15 - i] + 1;
        });
        for (std::size_t i = 0; i < 16; ++i) a.change(i) = round;
    }
    for (std::size_t i = 0; i < 16; ++i) CHECK(a[i] == 999);
}

}  // namespace
}  // namespace agon
