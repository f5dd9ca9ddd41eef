#include "app/timers.hpp"

#include <doctest/doctest.h>

namespace agon {

namespace {

struct Desk {
    boost::asio::io_context context;
    Timers timers;
    std::string rung;

    Timers::Handle at(double when, std::string name) {
        return timers.at(seconds(when), context, [this, name] { rung += name; });
    }
    std::string run_until(double now) {
        timers.run_due(seconds(now));
        context.restart();
        context.poll();
        return std::exchange(rung, {});
    }
};

}  // namespace

TEST_CASE("timers ring in the order of their deadlines, equal ones in the order in which they were set") {
    Desk desk;
    desk.at(3, "c");
    desk.at(1, "a");
    desk.at(2, "b");
    desk.at(2, "B");
    CHECK(desk.timers.next() == seconds(1));
    CHECK(desk.run_until(0.5).empty());
    CHECK(desk.run_until(2) == "abB");
    CHECK(desk.timers.next() == seconds(3));
    CHECK(desk.run_until(10) == "c");
    CHECK(!desk.timers.next());
}

TEST_CASE("a cancelled timer does not ring; cancelling once more, or nothing, is harmless") {
    Desk desk;
    const auto a = desk.at(1, "a");
    desk.at(1, "b");
    desk.timers.cancel(a);
    desk.timers.cancel(a);
    desk.timers.cancel(Timers::none);
    CHECK(desk.run_until(2) == "b");
    desk.timers.cancel(a);
}

TEST_CASE("the owner is told when the earliest deadline comes closer, and only then") {
    Desk desk;
    int told = 0;
    desk.timers.on_earlier([&] { ++told; });
    desk.at(5, "");
    desk.at(6, "");
    CHECK(told == 1);
    desk.at(4, "");
    CHECK(told == 2);
}

TEST_CASE("a timer may set the next") {
    Desk desk;
    desk.timers.at(seconds(1), desk.context, [&] { desk.at(2, "second"); });
    CHECK(desk.run_until(1).empty());
    CHECK(desk.run_until(2) == "second");
}

}  // namespace agon
