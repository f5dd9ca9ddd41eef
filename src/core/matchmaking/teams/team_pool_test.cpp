#include "core/matchmaking/teams/team_pool.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "base/prng.hpp"
#include "core/matchmaking/teams/teams_testing.hpp"

namespace agon::matchmaking::teams {

using namespace testing;

namespace {

struct Queue {
    TeamPool pool;
    TeamDecisions decided = {};

    explicit Queue(TeamRules rules) : pool(rules) {}
    Result<void> join(Party p, Instant now, std::optional<Instant> since = {}) {
        return pool.join(std::move(p), since, now, decided);
    }
    TeamDecisions take() { return std::exchange(decided, {}); }
};

MatchId match_numbered(std::uint64_t n) { return {player(n).uuid}; }

}  // namespace

TEST_CASE("two against two meet as soon as the fourth is there, a party on one side") {
    Queue q(rules_of(2));
    REQUIRE(q.join(party(1, {1200, 1220}), at(0)));
    REQUIRE(q.join(party(10, {1230}), at(1)));
    CHECK(q.take().empty());
    REQUIRE(q.join(party(20, {1210}), at(2)));
    const auto decided = q.take();
    REQUIRE(decided.size() == 1);
    const auto& made = std::get<TeamMatched>(decided[0]);
    CHECK(made.at == at(2));
    CHECK(made.sides[0].size() + made.sides[1].size() == 3);
    CHECK(q.pool.players() == 0);
    CHECK(!q.pool.next_deadline());
}

TEST_CASE("windows widen together, to the microsecond, and a match comes before the timeout of that instant") {
    Queue q(rules_of(1));
    REQUIRE(q.join(party(1, {1000}), at(0)));
    REQUIRE(q.join(party(2, {1350}), at(0)));
    q.pool.advance(at(300) - Duration{1}, q.decided);
    CHECK(q.take().empty());
    CHECK(q.pool.next_deadline() == at(300));
    q.pool.advance(at(300), q.decided);
    CHECK(std::holds_alternative<TeamMatched>(q.take().at(0)));
}

TEST_CASE("a party times out as one, and its wait credit counts when it comes back") {
    Queue q(rules_of(2));
    REQUIRE(q.join(party(1, {1000, 1000}), at(0)));
    q.pool.advance(at(400), q.decided);
    const auto decided = q.take();
    REQUIRE(decided.size() == 1);
    CHECK(std::get<PartyTimedOut>(decided[0]).at == at(300));
    REQUIRE(q.join(party(1, {1000, 1000}), at(400), at(0)));
    REQUIRE(q.join(party(3, {1350, 1350}), at(410), at(110)));
    CHECK(std::holds_alternative<TeamMatched>(q.take().at(0)));
}

TEST_CASE("who waits in one party is refused in another, and leaving takes the whole party") {
    Queue q(rules_of(3));
    REQUIRE(q.join(party(1, {1000, 1000}), at(0)));
    CHECK(q.join(party(2, {1000}), at(1)).error().code == Code::conflict);
    CHECK(q.pool.leave(player(2), at(2), q.decided)->size() == 2);
    CHECK(q.pool.players() == 0);
    CHECK(q.pool.leave(player(1), at(2), q.decided).error().code == Code::not_found);
}

TEST_CASE("a match that is short of players is filled before a new one is made, on the side that it makes fairest") {
    Queue q(rules_of(2));
    REQUIRE(q.pool.ask_backfill(
        {match_numbered(7), 0, {{{{player(50), 1200}, {player(51), 1250}}, {{player(52), 1200}}}}}, at(0), q.decided));
    for (std::uint64_t i = 0; i < 4; ++i) REQUIRE(q.join(party(i, {1240}), at(1 + static_cast<double>(i))));
    const auto decided = q.take();
    REQUIRE(decided.size() == 1);
    const auto& filled = std::get<Backfilled>(decided[0]);
    CHECK(filled.side == 1);
    CHECK(filled.party.members[0].player == player(0));
    CHECK(q.pool.players() == 3);
}

TEST_CASE("a request to fill takes those who wait already, the oldest first, as far as they fit") {
    Queue q(rules_of(3));
    REQUIRE(q.join(party(1, {1200, 1200, 1200}), at(0)));
    REQUIRE(q.join(party(10, {1210}), at(1)));
    REQUIRE(q.join(party(20, {1900}), at(2)));
    const BackfillRequest request{
        match_numbered(7), 0, {{{{player(50), 1200}, {player(51), 1250}}, {{player(52), 1200}, {player(53), 1200}}}}};
    REQUIRE(q.pool.ask_backfill(request, at(3), q.decided));
    const auto decided = q.take();
    REQUIRE(decided.size() == 1);
    CHECK(std::get<Backfilled>(decided[0]).party.members[0].player == player(10));
    CHECK(q.pool.cancel_backfill(match_numbered(7)));
    CHECK(!q.pool.cancel_backfill(match_numbered(7)));
}

TEST_CASE("after an outage all look around at once, and the matches are made better together") {
    Queue q(rules_of(1));
    TeamSnapshot before{.at = at(100), .parties = {}, .running = {}};
    std::uint64_t number = 1;
    for (const double rating : {1200, 1290, 1210, 1280}) {
        auto p = waiting(party(number++, {rating}), at(100));
        before.parties.push_back(p);
    }
    before.parties.push_back(waiting(party(9, {2500}), at(50)));
    auto pool = TeamPool::restore(rules_of(1), before);
    CHECK(pool.snapshot().parties == before.parties);
    pool.resume(at(1000), seconds(30), q.decided);
    const auto decided = q.take();
    REQUIRE(decided.size() == 2);
    for (const auto& d : decided) {
        const auto& made = std::get<TeamMatched>(d);
        CHECK(std::abs(made.sides[0][0].members[0].rating - made.sides[1][0].members[0].rating) == 10);
    }
    CHECK(pool.next_deadline() == at(1030));
}

TEST_CASE("swapping parties between two matches makes both closer, and breaks no rule") {
    const auto rules = rules_of(1);
    const auto made = [](std::uint64_t a, double x, std::uint64_t b, double y) {
        return TeamMatched{at(100), 0, {{waiting(party(a, {x}), at(90))}, {waiting(party(b, {y}), at(90))}}, {}, 0.5};
    };
    TeamDecisions both = {made(1, 1200, 2, 1290), made(3, 1210, 4, 1280)};
    improve(both, rules, Windows(rules.pool));
    for (const auto& d : both) {
        const auto& sides = std::get<TeamMatched>(d).sides;
        CHECK(std::abs(sides[0][0].members[0].rating - sides[1][0].members[0].rating) == 10);
    }
    CHECK(std::get<TeamMatched>(both[0]).win_probability == doctest::Approx(0.5).epsilon(0.05));

    TeamDecisions avoiding = {made(1, 1200, 2, 1290), made(3, 1210, 4, 1280)};
    std::get<TeamMatched>(avoiding[0]).sides[0][0].avoids = {player(3)};
    std::get<TeamMatched>(avoiding[0]).sides[1][0].avoids = {player(3), player(4)};
    improve(avoiding, rules, Windows(rules.pool));
    CHECK(std::get<TeamMatched>(avoiding[0]).sides[1][0].members[0].player == player(2));
}

// --- random events -----------------------------------------------------------------------------------------------------

namespace {

/// Plays random events and knows who waits, so that it can say whether a match was missed.
class RandomTeams {
public:
    RandomTeams(TeamRules rules, std::uint64_t seed) : rules_(rules), prng_(seed), pool_(rules) {
        rules_.fillings = 1'000'000;
        rules_.candidates = 64;
    }

    std::string run(int events) {
        for (int i = 0; i < events; ++i) {
            now_ = now_ + Duration{static_cast<std::int64_t>(prng_.below(8'000'000))};
            step();
            for (const auto& d : decided_)
                if (const auto wrong = apply(d); !wrong.empty()) return fmt::format("event {}: {}", i, wrong);
            decided_.clear();
            if (pool_.parties() != waiting_.size()) return fmt::format("event {}: other parties wait", i);
            if (i % 8 == 0 && missed()) return fmt::format("event {}: a match was missed", i);
        }
        return {};
    }
    std::size_t matches() const { return matches_; }

private:
    void step() {
        if (prng_.below(10) == 0 && !waiting_.empty()) {
            const auto who = waiting_[prng_.below(waiting_.size())].members[0].player;
            if (const auto left = pool_.leave(who, now_, decided_)) forget_ = left->members[0].player;
        } else if (prng_.below(4) == 0) {
            pool_.advance(now_, decided_);
        } else {
            Party p = party(next_player_, std::vector<double>(1 + prng_.below(rules_.team_size)), rules_.regions);
            next_player_ += 10;
            for (auto& m : p.members) {
                m.rating = 1000 + static_cast<double>(prng_.below(600));
                m.wants = static_cast<Roles>(1 << prng_.below(rules_.team_size));
                m.accepts = static_cast<Roles>(prng_.below(1u << rules_.team_size));
            }
            for (auto& rtt : p.rtt_ms) rtt = static_cast<std::int32_t>(prng_.below(150));
            REQUIRE(pool_.join(p, {}, now_, decided_));
            waiting_.push_back(waiting(p, now_));
        }
        if (forget_) drop(*std::exchange(forget_, std::nullopt));
    }
    bool drop(PlayerId first) {
        return std::erase_if(waiting_, [&](const Party& p) { return p.members[0].player == first; }) == 1;
    }
    std::string apply(const TeamDecision& d) {
        if (const auto* out = std::get_if<PartyTimedOut>(&d))
            return drop(out->party.members[0].player) ? "" : "one timed out who did not wait";
        const auto& made = std::get<TeamMatched>(d);
        ++matches_;
        const Windows windows(rules_.pool);
        std::vector<Party> all;
        for (const auto& side : made.sides) {
            std::size_t players = 0;
            for (const auto& p : side) players += p.size(), all.push_back(p);
            if (players != rules_.team_size) return "a side is not full";
        }
        for (const auto& p : all) {
            if (!drop(p.members[0].player)) return "one met who did not wait";
            if ((acceptable_regions(p, rules_, windows, made.at) >> made.region & 1) == 0) return "too far away";
            for (const auto& o : all)
                if (&p != &o && !may_meet(p, o, rules_, windows, made.at)) return "two met who may not";
        }
        return {};
    }
    /// Whether a match can be made of those who wait.
    bool missed() const {
        const Windows windows(rules_.pool);
        for (std::size_t first = 0; first < waiting_.size() && waiting_.size() <= 64; ++first) {
            std::vector<const Party*> list = {&waiting_[first]};
            for (const auto& p : waiting_)
                if (&p != list[0]) list.push_back(&p);
            if (best_match(list, rules_, windows, pool_now())) return true;
        }
        return false;
    }
    Instant pool_now() const { return now_; }

    TeamRules rules_;
    Prng prng_;
    TeamPool pool_;
    Instant now_;
    std::vector<Party> waiting_;
    TeamDecisions decided_;
    std::optional<PlayerId> forget_;
    std::uint64_t next_player_ = 0;
    std::size_t matches_ = 0;
};

}  // namespace

TEST_CASE("whatever happens, matches keep the rules, and none that could be made is missed") {
    constexpr int events = matchmaking::testing::sanitized ? 150 : 1200;
    std::uint64_t seed = 1;
    for (const std::size_t size : {1, 2, 3, 5}) {
        for (const bool strict : {false, true}) {
            auto rules = rules_of(size);
            rules.fillings = 100'000;
            rules.regions = 2;
            if (strict) rules.roles = TeamRules::RoleRule::strict;
            RandomTeams run(rules, seed++);
            const auto wrong = run.run(events);
            CHECK_MESSAGE(wrong.empty(), size, " a side", strict ? ", strict roles" : "", ": ", wrong);
            CHECK((run.matches() > 2 || strict));
        }
    }
}

}  // namespace agon::matchmaking::teams
