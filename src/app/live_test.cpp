#include "app/live.hpp"

#include <boost/asio/post.hpp>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Tells every event in the channel of its stream, and `loud` ones in the channel `all` too.
class PlainTeller : public LiveTeller {
public:
    explicit PlainTeller(int& told) : told_(told) {}
    void tell(const Recorded& recorded, const LiveInterest& interest, std::vector<LiveEvent>& out) override {
        ++told_;
        for (const auto& channel : {recorded.stream, std::string(recorded.type == "loud" ? "all" : "")})
            if (interest.has(channel)) out.push_back({channel, "heard", recorded.seq, std::to_string(recorded.seq)});
    }

private:
    int& told_;
};

using Seqs = std::vector<Seq>;

/// A hub over a disk, with nothing happening but when a test says so.
struct Rig {
    explicit Rig(std::size_t threads = 1) {
        for (std::size_t i = 0; i < threads; ++i) {
            contexts.push_back(std::make_unique<boost::asio::io_context>(1));
            pointers.push_back(contexts.back().get());
        }
        live.emplace(store, journal, pointers, [this] { return std::make_unique<PlainTeller>(told); });
        live->start();
    }
    void append(const StreamName& stream, std::string type = "quiet") {
        journal.submit({.at = t0, .appends = {{stream, versions[stream]++, {{std::move(type), "{}"}}}}}, {}, nullptr,
                       {});
    }
    void commit(const StreamName& stream, std::string type = "quiet") {
        append(stream, std::move(type));
        journal.flush();
    }
    /// One step of one thread, if there is one to do.
    bool step(std::size_t thread) {
        contexts[thread]->restart();
        return contexts[thread]->poll_one() > 0;
    }
    void settle() {
        for (bool busy = true; busy;) {
            busy = journal.flush();
            for (std::size_t i = 0; i < contexts.size(); ++i) busy = step(i) || busy;
        }
    }
    /// Those of the events in the log that a channel's watcher hears after `since`.
    Seqs in_log(std::string_view channel, Seq since) {
        Seqs seqs;
        for (const auto& e : store.follow(since, 1'000'000))
            if (e.stream == channel || (channel == "all" && e.type == "loud")) seqs.push_back(e.seq);
        return seqs;
    }

    FaultyStore store{open_memory_store(make_memory_data())};
    Journal journal{store};
    std::vector<std::unique_ptr<boost::asio::io_context>> contexts;
    std::vector<boost::asio::io_context*> pointers;
    int told = 0;
    std::optional<Live> live;
    std::map<StreamName, Version> versions;
};

struct Watcher {
    Watcher(Rig& rig, std::string channel, std::optional<Seq> since = {}) {
        const auto stream = channel == "all" ? StreamName{} : channel;
        auto made = rig.live->subscribe({channel, stream}, since, [this](const LiveMessage& m) { take(m); });
        REQUIRE(made.has_value());
        subscription = std::move(*made);
    }
    Watcher(Watcher&&) = delete;
    void take(const LiveMessage& message) {
        CHECK(message.data() == std::to_string(message.seq()));
        heard.push_back(message.seq());
    }
    void catch_up(std::size_t limit = 1'000) {
        const auto missed = subscription->missed(limit);
        CHECK(missed.size() <= limit);
        for (const auto& message : missed) take(message);
    }
    Seqs heard;
    std::unique_ptr<LiveSubscription> subscription;
};

}  // namespace

TEST_CASE("a watcher hears each event of its channel once, in order, and no other channel's") {
    Rig rig;
    rig.commit("a");
    rig.settle();
    Watcher a(rig, "a"), b(rig, "b"), all(rig, "all");
    CHECK(a.subscription->is_live());
    CHECK(a.subscription->began_at() == rig.journal.last_seq());
    for (const auto* stream : {"a", "b", "a", "c"}) rig.append(stream);
    rig.append("b", "loud");
    rig.settle();
    CHECK(a.heard == Seqs{2, 4});
    CHECK(b.heard == Seqs{3, 6});
    CHECK(all.heard == Seqs{6});
}

TEST_CASE("a message is the event's frame, shared by all who hear it") {
    const LiveMessage message({"c", "match.started", 7, R"({"seq":7})"});
    CHECK(*message.frame() == R"({"event":"match.started","data":{"seq":7}})");
    CHECK(message.data() == R"({"seq":7})");
}

TEST_CASE("what was missed comes first and in order, in pieces as large as asked for") {
    Rig rig;
    for (int i = 0; i < 10; ++i) rig.commit(i % 2 ? "b" : "a");
    rig.settle();
    Watcher a(rig, "a", 3);
    CHECK(!a.subscription->is_live());
    CHECK(a.subscription->began_at() == 10);
    a.catch_up(2);
    CHECK(a.heard == Seqs{5, 7});
    rig.commit("a");
    rig.settle();
    CHECK(a.heard == Seqs{5, 7});
    a.catch_up();
    CHECK(a.subscription->is_live());
    CHECK(a.heard == Seqs{5, 7, 9, 11});
    rig.commit("a");
    rig.settle();
    CHECK(a.heard == Seqs{5, 7, 9, 11, 12});
}

TEST_CASE(
    "nothing is lost or doubled between replay and live, whenever one subscribes and however threads interleave") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        Prng prng(seed);
        Rig rig;
        std::vector<std::tuple<std::string, Seq, std::unique_ptr<Watcher>>> watchers;
        const std::array<std::string, 3> channels{"a", "b", "all"};
        for (int i = 0; i < 150; ++i) switch (prng.next() % 6) {
                case 0: rig.append(prng.next() % 2 ? "a" : "b", prng.next() % 3 ? "quiet" : "loud"); break;
                case 1: rig.journal.flush(); break;
                case 2:
                case 3: rig.step(0); break;
                case 4: {
                    const auto& channel = channels[prng.next() % channels.size()];
                    const auto last = rig.journal.last_seq();
                    std::optional<Seq> since;
                    if (prng.next() % 3) since = static_cast<Seq>(prng.next() % static_cast<std::uint64_t>(last + 1));
                    auto made = std::make_unique<Watcher>(rig, channel, since);
                    const auto from = since.value_or(made->subscription->began_at());
                    watchers.emplace_back(channel, from, std::move(made));
                    break;
                }
                case 5:
                    if (watchers.empty()) break;
                    std::get<2>(watchers[prng.next() % watchers.size()])->catch_up(prng.next() % 4);
                    break;
            }
        rig.settle();
        for (auto& [channel, since, watcher] : watchers) {
            CAPTURE(channel);
            CAPTURE(since);
            watcher->catch_up();
            CHECK(watcher->subscription->is_live());
            CHECK(watcher->heard == rig.in_log(channel, since));
        }
        watchers.clear();
        CHECK(rig.live->subscribers() == 0);
    }
}

TEST_CASE("each thread's watchers hear everything, with one batch for all of them") {
    Rig rig(2);
    std::array<std::vector<std::unique_ptr<Watcher>>, 2> watchers;
    for (std::size_t thread = 0; thread < 2; ++thread)
        boost::asio::post(*rig.pointers[thread], [&, thread] {
            for (int i = 0; i < 3; ++i) watchers[thread].push_back(std::make_unique<Watcher>(rig, "a"));
        });
    rig.settle();
    CHECK(rig.live->subscribers() == 6);
    rig.append("a");
    rig.append("a");
    rig.journal.flush();
    while (rig.step(0)) {
    }
    CHECK(watchers[0][2]->heard == Seqs{1, 2});
    CHECK(watchers[1][0]->heard.empty());
    CHECK(rig.step(1));
    CHECK(!rig.step(1));
    for (const auto& watcher : watchers[1]) CHECK(watcher->heard == Seqs{1, 2});
}

TEST_CASE("a position that the log has not reached counts as none") {
    Rig rig;
    rig.commit("a");
    rig.settle();
    Watcher a(rig, "a", 1'000);
    CHECK(a.subscription->is_live());
    rig.commit("a");
    rig.settle();
    CHECK(a.heard == Seqs{2});
}

TEST_CASE("a position that the hub has yet to reach is not told again") {
    Rig rig;
    rig.commit("a");
    rig.commit("a");  // on disk, and seen by whoever made it; the hub has not looked yet
    Watcher a(rig, "a", 1);
    rig.settle();
    CHECK(a.heard == Seqs{2});
}

TEST_CASE("a channel of many streams refuses what is too long ago, one of a single stream never does") {
    Rig rig;
    Batch many{.at = t0, .appends = {{"a", 0, {}}}};
    many.appends.front().events.resize(Live::most_missed + 1, {"quiet", "{}"});
    rig.journal.submit(std::move(many), {}, nullptr, {});
    rig.settle();
    const auto ignore = [](const LiveMessage&) {};
    const auto refusal = rig.live->subscribe({"all", {}}, 0, ignore);
    REQUIRE(!refusal.has_value());
    CHECK(refusal.error().code == Code::invalid);
    CHECK(rig.live->subscribers() == 0);
    CHECK(rig.live->subscribe({"all", {}}, 1, ignore).has_value());
    Watcher a(rig, "a", 0);
    a.catch_up(100'000);
    CHECK(a.heard.size() == Live::most_missed + 1);
}

TEST_CASE("one that has ended hears nothing, and where nobody watches nothing is told") {
    Rig rig;
    {
        Watcher a(rig, "a");
        CHECK(rig.live->subscribers() == 1);
    }
    CHECK(rig.live->subscribers() == 0);
    rig.commit("a");
    rig.settle();
    CHECK(rig.told == 0);
}

TEST_CASE("where the store cannot be read, catching up goes on where it was") {
    Rig rig;
    for (int i = 0; i < 3; ++i) rig.commit("a");
    rig.settle();
    Watcher a(rig, "a", 1);
    rig.store.failing_reads = 1;
    CHECK_THROWS_AS(a.subscription->missed(10), StoreBroken);
    a.catch_up();
    CHECK(a.heard == Seqs{2, 3});
}

}  // namespace agon
