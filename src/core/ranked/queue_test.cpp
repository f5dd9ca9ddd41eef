#include <set>

#include "base/prng.hpp"
#include "core/ranked/queue_testing.hpp"

namespace agon::ranked {

using namespace testing;

TEST_CASE("a pair that only the window of 300 brings together meets at exactly 240 s, at 350 at exactly 300 s") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1500, at(0));
    line.join(3, 3000, at(10));
    line.join(4, 3350, at(10));
    line.advance_until(at(239.999999));
    CHECK(line.matches().empty());
    line.advance_until(at(400));
    CHECK(line.matches() == "1+2@240 3+4@310");
    CHECK(line.all<TicketExpired>().empty());
    CHECK(line.queue.waiting() == 0);
}

TEST_CASE("a timer that rings late decides what would have been, with the instants at which it would have been") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1500, at(0));
    line.join(3, 3000, at(10));
    line.advance(at(1000));
    CHECK(line.matches() == "1+2@240");
    REQUIRE(line.all<TicketExpired>().size() == 1);
    CHECK(line.all<TicketExpired>()[0].expired_at == at(310));
}

TEST_CASE("with wait credit the window reaches its ceiling, although waiting ends before") {
    Line line;
    line.join(1, 1000, at(0));
    line.join(2, 1500, at(0));
    line.advance_until(at(300));
    CHECK(line.all<TicketExpired>().size() == 2);
    CHECK(line.join(1, 1000, at(360)).empty());
    CHECK(line.join(2, 1500, at(330)).empty());
    line.advance_until(at(700));
    CHECK(line.matches() == "1+2@480");
}

TEST_CASE("credit is gone after a minute, and with who leaves of their own will") {
    Line line;
    line.join(1, 1000, at(0));
    line.advance_until(at(300));
    line.join(1, 1000, at(360.000001));
    CHECK(line.all<TicketQueued>().back().ticket.enqueued_at == at(360.000001));
    line.leave(1, at(400));
    line.join(1, 1000, at(401));
    CHECK(line.all<TicketQueued>().back().ticket.enqueued_at == at(401));
}

TEST_CASE("who waits, is asked or plays does not join again") {
    Line line(with_ready_check());
    CHECK(line.join(1, 1200, at(0)).empty());
    CHECK(line.join(1, 1200, at(1)) == "already in the matchmaking queue");
    line.join(2, 1200, at(2));
    REQUIRE(line.all<PairProposed>().size() == 1);
    CHECK(line.join(1, 1200, at(3)) == "already in the matchmaking queue");
    line.accept(1, at(3));
    line.accept(2, at(3));
    CHECK(line.join(1, 1200, at(4)) == "a ranked match is not over yet");
    CHECK(line.leave(1, at(4)) == "not in the matchmaking queue");
    const auto match = line.all<PairMatched>()[0].match;
    CHECK(number_of(match) == 0);
    CHECK(line.run(EndMatch{match}, at(5)).empty());
    const auto before = line.log.size();
    CHECK(line.run(EndMatch{match}, at(6)).empty());
    CHECK(line.log.size() == before);
    CHECK(line.join(1, 1200, at(6)).empty());
}

TEST_CASE("a widened window is told once to each who still waits") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 2400, at(30));
    line.advance_until(at(125));
    std::string told;
    for (const auto& e : line.all<WindowsWidened>())
        for (const auto& w : e.players)
            told += fmt::format("{}:{}@{} ", Line::number(w.player), w.window,
                                static_cast<double>(w.next_expansion_at->us) / 1e6);
    CHECK(told == "1:150@120 2:150@150 1:200@180 ");
}

// --- the ready check ---------------------------------------------------------------------------------------------------

TEST_CASE("both accept, and the match is ready; twice is once") {
    Line line(with_ready_check());
    line.join(1, 1200, at(0));
    line.join(2, 1210, at(5));
    REQUIRE(line.all<PairProposed>().size() == 1);
    CHECK(line.all<PairProposed>()[0].deadline == at(5 + 10 + 0.25));
    CHECK(line.queue.waiting() == 2);
    CHECK(line.accept(1, at(6)).empty());
    CHECK(line.accept(1, at(7)).empty());
    CHECK(line.all<MatchAccepted>().size() == 1);
    CHECK(line.accept(2, at(8)).empty());
    CHECK(line.matches() == "1+2@8");
    CHECK(line.all<PairMatched>()[0].was_asked);
    CHECK(line.accept(2, at(9)).empty());
    CHECK(line.accept(3, at(9)) == "no such match to accept");
}

TEST_CASE("the time to accept is 10 s and a twentieth of the wait, at most 30 s") {
    CHECK(time_to_accept(seconds(0)) == seconds(10));
    CHECK(time_to_accept(seconds(100)) == seconds(15));
    CHECK(time_to_accept(seconds(4000)) == seconds(30));
}

TEST_CASE("nobody is asked who joined a moment ago") {
    auto settings = with_ready_check();
    settings.queue.ready_skip_s = 20;
    Line line(settings);
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(19.9));
    line.join(3, 1200, at(30));
    line.join(4, 1200, at(50));
    CHECK(line.matches() == "1+2@19.9");
    CHECK(line.all<PairProposed>().size() == 1);
}

TEST_CASE("who declines is penalised and out; the innocent goes on with its wait, though it had not answered") {
    Line line(with_ready_check());
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(50));
    CHECK(line.decline(2, at(55)).empty());
    REQUIRE(line.all<ProposalFailed>().size() == 1);
    const auto failed = line.all<ProposalFailed>()[0];
    CHECK(failed.declined);
    CHECK(failed.by == std::vector{PlayerPenalised{player(2), 1, at(55)}});
    CHECK(failed.others == std::vector{player(1)});
    const auto back = line.all<TicketReturned>().at(0).ticket;
    CHECK(back.player == player(1));
    CHECK(back.enqueued_at == at(0));
    CHECK(back.timeout_at == at(305));
    CHECK_FALSE(line.queue.holds(player(2)));
    CHECK_FALSE(line.queue.penalties.contains(player(1)));
    // The first time is a warning.
    CHECK(line.join(2, 1200, at(56)).empty());
}

TEST_CASE("who does not answer in time is penalised, and who accepted is matched with the next at once") {
    Line line(with_ready_check());
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(0));
    line.join(3, 1290, at(1));
    line.accept(1, at(2));
    line.advance_until(at(10));
    CHECK(line.all<ProposalFailed>().at(0).by == std::vector{PlayerPenalised{player(2), 1, at(10)}});
    REQUIRE(line.all<PairProposed>().size() == 2);
    CHECK(line.all<PairProposed>()[1].older.player == player(1));
    CHECK(line.all<PairProposed>()[1].younger.player == player(3));
    CHECK(line.accept(2, at(10)) == "no such match to accept");
}

TEST_CASE("penalties grow with each offence and are forgotten by clean days and clean matches") {
    Line line(with_ready_check());
    double now = 0;
    const auto offend = [&] {
        line.join(1, 1200, at(now));
        line.join(2, 1200, at(now));
        line.decline(1, at(now));
        line.leave(2, at(now));
        const auto p = line.all<ProposalFailed>().back().by.at(0);
        const auto closed = static_cast<double>((p.until - at(now)).count()) / 60e6;
        now += 60 * closed;
        return closed;
    };
    CHECK(offend() == 0);
    CHECK(offend() == 1);
    CHECK(offend() == 5);
    CHECK(line.join(1, 1200, at(now - 1)).starts_with("an opponent was let down; matchmaking is open again at "));
    CHECK(line.queue.penalties.at(player(1)).offences == 3);
    now += 86400;
    CHECK(offend() == 5);
    for (int i = 0; i < 5; ++i) {
        line.join(1, 1200, at(now));
        line.join(3, 1200, at(now));
        line.accept(1, at(now));
        line.accept(3, at(now));
        line.run(EndMatch{line.all<PairMatched>().back().match}, at(now));
    }
    CHECK(offend() == 5);
    for (int i = 0; i < 7; ++i) offend();
    CHECK(offend() == 18 * 60);
}

// --- whom one meets ----------------------------------------------------------------------------------------------------

TEST_CASE("the last opponent is passed over where somebody else is near, and met again where nobody is") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(0));
    line.run(EndMatch{line.all<PairMatched>()[0].match}, at(60));
    SUBCASE("somebody else is near, though farther") {
        line.join(1, 1200, at(61));
        line.join(3, 1290, at(62), {player(1)});
        line.join(2, 1200, at(63));
        CHECK(line.matches() == "1+2@0 3+2@63");
    }
    SUBCASE("nobody else is there") {
        line.join(1, 1200, at(61));
        line.join(2, 1200, at(63));
        CHECK(line.matches() == "1+2@0 1+2@63");
    }
}

TEST_CASE("blocked players do not meet, whoever of the two blocked") {
    Line line;
    line.join(1, 1200, at(0), {player(2)});
    line.join(2, 1200, at(0));
    line.advance_until(at(299));
    CHECK(line.matches().empty());
}

namespace {

std::vector<UserId> players(std::uint64_t from, std::uint64_t to) {
    std::vector<UserId> all;
    for (auto i = from; i <= to; ++i) all.push_back(player(i));
    return all;
}

}  // namespace

TEST_CASE("whom a player blocked for good and avoids for once are passed by alike, and counted together, each once") {
    Line line;
    const auto join = [&line](std::uint64_t who, std::vector<UserId> avoids, std::vector<UserId> blocked) {
        return line.run(
            JoinQueue{"pool", "", line.settings, player(who), 1200, std::move(avoids), std::move(blocked), 7}, at(0));
    };
    CHECK(join(1, {player(2)}, {player(3)}).empty());
    CHECK(join(2, {}, {}).empty());
    CHECK(line.matches().empty());
    CHECK(join(4, players(101, 113), players(201, 251)) ==
          "at most 63 players can be avoided; 51 are blocked already and 13 more are named");
    CHECK(line.log.size() == 3);
    CHECK(join(4, players(101, 163), players(103, 150)).empty());
    CHECK(line.matches() == "1+4@0");
    CHECK(join(3, players(9, 9), players(9, 9)).empty());
    CHECK(line.all<TicketQueued>().back().ticket.avoids == players(9, 9));
}

TEST_CASE("a block counts for the ticket that waits already, for both of the pair, and with the wait so far") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1320, at(10));
    CHECK(line.run(AvoidPlayers{player(1), {player(2), player(2)}}, at(20)).empty());
    REQUIRE(line.all<PlayersAvoided>().size() == 1);
    CHECK(line.all<PlayersAvoided>()[0].avoids == std::vector{player(2)});
    const auto before = line.log.size();
    CHECK(line.run(AvoidPlayers{player(1), {player(2)}}, at(21)).empty());
    CHECK(line.run(AvoidPlayers{player(7), {player(2)}}, at(21)).empty());
    CHECK(line.log.size() == before);
    line.advance_until(at(100));
    CHECK(line.matches().empty());
    CHECK(line.queue.ticket_of(player(1))->enqueued_at == at(0));
    line.join(3, 1350, at(120));
    CHECK(line.matches() == "2+3@120");
    line.advance_until(at(299));
    CHECK(line.queue.ticket_of(player(1))->timeout_at == at(300));
    CHECK(state_text(line.replayed()) == state_text(line.queue));
}

TEST_CASE("who blocks the opponent while both are asked is still asked, and never asked about that one again") {
    Line line(with_ready_check());
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(0));
    CHECK(line.run(AvoidPlayers{player(1), {player(2)}}, at(1)).empty());
    CHECK(line.queue.proposals.size() == 1);
    line.decline(2, at(2));
    CHECK(line.all<TicketReturned>().at(0).ticket.avoids == std::vector{player(2)});
    line.join(2, 1200, at(3));
    line.advance_until(at(299));
    CHECK(line.all<PairProposed>().size() == 1);
    CHECK(state_text(line.replayed()) == state_text(line.queue));
}

// --- outages -----------------------------------------------------------------------------------------------------------

TEST_CASE("an outage counts as waiting, and nobody times out in the first thirty seconds after it") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1500, at(0));
    line.join(3, 3000, at(0));
    CHECK(line.run(ResumeQueue{line.settings, 1}, at(500)).empty());
    CHECK(line.matches() == "1+2@500");
    line.advance_until(at(529.999999));
    CHECK(line.all<TicketExpired>().empty());
    line.advance_until(at(530));
    CHECK(line.all<TicketExpired>().at(0).expired_at == at(530));
}

TEST_CASE("many who waited during an outage are paired a part at a time, the longest waiting first") {
    Line line;
    const double ratings[] = {1200, 1500, 3000, 3300};
    for (std::uint64_t i = 0; i < 4; ++i) line.join(i + 1, ratings[i], at(static_cast<double>(i)));
    const auto parts = line.queue.pool.parts(2);
    CHECK(parts == std::vector{at(2), matchmaking::Pool::never});
    CHECK(line.run(ResumeQueue{line.settings, 1, parts[0]}, at(500)).empty());
    CHECK(line.matches() == "1+2@500");
    CHECK(line.run(PairWaiting{parts[0], parts[1], 2}, at(500)).empty());
    CHECK(line.matches() == "1+2@500 3+4@500");
    CHECK(state_text(line.replayed()) == state_text(line.queue));
}

TEST_CASE("a proposal that was open during an outage gets its time again") {
    Line line(with_ready_check());
    line.join(1, 1200, at(0));
    line.join(2, 1200, at(0));
    line.run(ResumeQueue{line.settings, 1}, at(100));
    line.advance_until(at(109));
    CHECK(line.all<ProposalFailed>().empty());
    CHECK(line.accept(1, at(109)).empty());
    CHECK(line.accept(2, at(109)).empty());
    CHECK(line.matches() == "1+2@109");
}

TEST_CASE("other settings after a start hold for those who wait") {
    Line line;
    line.join(1, 1200, at(0));
    line.join(2, 1320, at(0));
    line.settings.pool.window = 150;
    CHECK(line.run(ResumeQueue{line.settings, 1}, at(10)).empty());
    CHECK(line.matches() == "1+2@10");
    const auto before = line.log.size();
    line.run(ResumeQueue{line.settings, 1}, at(11));
    CHECK(line.log.size() == before);
}

// --- as the pool would, and as the log says ----------------------------------------------------------------------------

namespace {

/// Random commands. The same joins and leaves go to a pool that remembers everything.
struct RandomLine {
    Line line;
    matchmaking::Pool pool;
    matchmaking::Decisions decisions;
    Prng prng;
    std::int64_t now_us = 0;

    RandomLine(QueueSettings settings, std::uint64_t seed) : line(settings), pool(settings.pool), prng(seed) {
        line.settings.queue.rematch_s = 0;
    }
    Instant now() const { return {now_us}; }
    double rating() { return 900 + static_cast<double>(prng.below(600)); }

    void step() {
        now_us += static_cast<std::int64_t>(prng.below(prng.below(20) == 0 ? 90'000'000 : 4'000'000));
        const auto who = 1 + prng.below(60);
        switch (prng.below(4)) {
            case 0:
            case 1: join(who); break;
            case 2: leave(who); break;
            default: advance();
        }
        for (const auto& [match, players] : std::map(line.queue.live)) line.run(EndMatch{match}, now());
    }
    void join(std::uint64_t who) {
        advance();
        const auto points = rating();
        const auto since = line.queue.credits.look(player(who), now());
        const bool fresh = !line.queue.holds(player(who));
        CHECK(line.join(who, points, now()).empty() == fresh);
        if (fresh) CHECK(pool.join({player(who), points, since, {}}, now(), decisions).has_value());
    }
    void leave(std::uint64_t who) {
        advance();
        const bool there = pool.contains(player(who));
        CHECK(line.leave(who, now()).empty() == there);
        if (there) CHECK(pool.leave(player(who), now(), decisions).has_value());
    }
    void advance() {
        line.advance(now());
        pool.advance(now(), decisions);
    }
    std::string expected() const {
        std::string text;
        for (const auto& d : decisions)
            if (std::holds_alternative<matchmaking::Matched>(d))
                text += (text.empty() ? "" : " ") + matchmaking::testing::text(d);
        return text;
    }
};

}  // namespace

TEST_CASE("however blocks fall among joins, no pair is made after its block, and everybody else who may meet does") {
    auto ramped = plain();
    ramped.pool.ramp = matchmaking::Ramp::fixed;
    ramped.pool.ramp_s = 20;
    for (const auto& settings : {plain(), ramped, with_ready_check()})
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            CAPTURE(seed);
            Line line(settings);
            Prng prng(seed);
            std::map<UserId, std::vector<UserId>> blocked;
            std::size_t made = 0;
            const auto is_blocked = [&](UserId by, UserId of) { return is_among(blocked[by], of); };
            for (std::int64_t i = 0, us = 0; i < 800; ++i) {
                us += static_cast<std::int64_t>(prng.below(4'000'000));
                const Instant now{us};
                line.advance_until(now);
                const auto waiting = line.queue.pool.snapshot().tickets;
                const bool blocks = !waiting.empty() && prng.below(8) == 0;
                const auto who = blocks ? waiting[prng.below(waiting.size())].player : player(1 + prng.below(20));
                const auto other = player(1 + prng.below(20));
                if (blocks && blocked[who].size() < 3 && who != other) {
                    blocked[who].push_back(other);
                    CHECK(line.run(AvoidPlayers{who, blocked[who]}, now).empty());
                } else {
                    const double rating = 1000 + static_cast<double>(prng.below(400));
                    line.run(JoinQueue{"pool", "", line.settings, who, rating, {}, blocked[who], prng.next()}, now);
                }
                for (; made < line.log.size(); ++made) {
                    if (const auto* e = std::get_if<PairProposed>(&line.log[made].first)) {
                        CHECK_FALSE(is_blocked(e->older.player, e->younger.player));
                        CHECK_FALSE(is_blocked(e->younger.player, e->older.player));
                    }
                    const auto* e = std::get_if<PairMatched>(&line.log[made].first);
                    if (!e) continue;
                    const bool free = !is_blocked(e->players[0].player, e->players[1].player) &&
                                      !is_blocked(e->players[1].player, e->players[0].player);
                    CHECK((free || e->was_asked));
                }
                for (const auto& [match, players] : std::map(line.queue.live)) line.run(EndMatch{match}, now);
                for (const auto& proposal : std::map(line.queue.proposals))
                    if (prng.below(4) == 0) line.run(AcceptMatch{proposal.second.older.player}, now);
            }
            CHECK(line.all<PairProposed>().size() + line.all<PairMatched>().size() > 50);
            CHECK(line.all<PlayersAvoided>().size() > 5);
            CHECK(state_text(line.replayed()) == state_text(line.queue));
            // Nobody is overlooked: a pool that is taken up anew decides the same.
            auto pool = line.queue.pool, anew = matchmaking::Pool::restore(settings.pool, pool.snapshot());
            matchmaking::Decisions decided, decided_anew;
            pool.advance(pool.now() + seconds(600), decided);
            anew.advance(anew.now() + seconds(600), decided_anew);
            CHECK(decided == decided_anew);
        }
}

TEST_CASE("a queue decides as a pool that never forgot anything") {
    auto ramped = plain();
    ramped.pool.ramp = matchmaking::Ramp::fixed;
    ramped.pool.ramp_s = 20;
    for (const auto& settings : {plain(), ramped})
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            RandomLine random(settings, seed);
            for (int i = 0; i < 400; ++i) random.step();
            CAPTURE(seed);
            CHECK(random.line.matches() == random.expected());
            CHECK(random.line.all<PairMatched>().size() > 20);
        }
}

TEST_CASE("replaying the events comes to the same state, also from a snapshot, and matches nobody anew") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        RandomLine random(plain(), seed);
        auto& line = random.line;
        for (int i = 0; i < 300; ++i) {
            random.step();
            if (i % 30 == 0) {
                const auto s = snapshot(line.queue);
                line.log.emplace_back(s, random.now());
                evolve(line.queue, s, random.now());
                CHECK(line.queue.snapshot_at + 1 == static_cast<std::int64_t>(line.log.size()));
            }
            if (i % 10 == 0) {
                CHECK(state_text(line.replayed()) == state_text(line.queue));
                const auto from = static_cast<std::size_t>(line.queue.snapshot_at);
                CHECK(state_text(line.replayed(from)) == state_text(line.queue));
                CHECK(line.replayed(from).next_deadline() == line.queue.next_deadline());
            }
        }
    }
}

TEST_CASE("no ticket is lost or doubled, and nobody is in two matches, under random commands with a ready check") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Line line(with_ready_check());
        Prng prng(seed);
        std::int64_t now_us = 0;
        for (int i = 0; i < 500; ++i) {
            now_us += static_cast<std::int64_t>(prng.below(5'000'000));
            const Instant now{now_us};
            const auto who = 1 + prng.below(30);
            switch (prng.below(6)) {
                case 0:
                case 1: line.join(who, 1000 + static_cast<double>(prng.below(400)), now); break;
                case 2:
                    // Those that are asked, in an order of their own.
                    for (const auto& [match, proposal] : std::map(line.queue.proposals)) {
                        line.run(AcceptMatch{proposal.older.player}, now);
                        if (prng.below(2)) line.run(AcceptMatch{proposal.younger.player}, now);
                    }
                    break;
                case 3: line.decline(who, now); break;
                case 4: line.advance(now); break;
                default:
                    if (!line.queue.live.empty()) line.run(EndMatch{line.queue.live.begin()->first}, now);
            }
            std::set<UserId> seen;
            std::size_t places = line.queue.pool.size() + line.queue.proposed.size() + line.queue.playing.size();
            for (std::uint64_t p = 1; p <= 30; ++p)
                if (line.queue.holds(player(p))) seen.insert(player(p));
            CHECK(seen.size() == places);
            CHECK(line.queue.proposed.size() == 2 * line.queue.proposals.size());
            CHECK(line.queue.playing.size() == 2 * line.queue.live.size());
        }
        const auto count = [](const auto& list) { return list.size(); };
        const auto in = count(line.all<TicketQueued>()) + count(line.all<TicketReturned>());
        std::size_t out = 2 * count(line.all<PairProposed>()) + count(line.all<TicketExpired>());
        CHECK(in == out + line.queue.pool.size());
        CHECK(count(line.all<PairMatched>()) > 5);
    }
}

TEST_CASE("a snapshot follows when the stream has grown by five thousand events") {
    Line line;
    line.join(1, 1000, at(0));
    for (int i = 0; line.all<QueueSnapshot>().empty(); ++i) {
        REQUIRE(i < 6000);
        line.join(2, 5000, at(i));
        line.leave(2, at(i));
    }
    CHECK(line.all<QueueSnapshot>()[0].events_before == snapshot_every);
    CHECK(state_text(line.replayed(snapshot_every)) == state_text(line.queue));
}

}  // namespace agon::ranked
