#include "app/flags.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;
using integrity::Signal;

namespace {

UserId person(std::uint8_t n) {
    UserId id;
    id.uuid.bytes[0] = 1, id.uuid.bytes[15] = n;
    return id;
}

struct Club : World {
    TournamentId cup(UserId a, UserId b, bool confirmed = false) {
        auto made = (*this)->run((*this)->tournaments.create({.name = "Cup",
                                                              .game_type = "rps",
                                                              .config = JsonObject{{"seeding", "registration"}},
                                                              .driver = Driver::manual}));
        REQUIRE(made.has_value());
        if (confirmed) {
            const auto t = state(*made);
            ChangeTournament change{.basis = t.revision,
                                    .what = {t.name, t.game_type, t.max_entrants, t.options, t.plan, t.details}};
            change.what.details.reports.confirm_results = true;
            REQUIRE((*this)->run((*this)->tournaments.order(*made, change)).has_value());
        }
        for (const auto who : {a, b})
            REQUIRE((*this)->run((*this)->tournaments.join(*made, {BotId{who.uuid}, who.text(), {}, {}})).has_value());
        REQUIRE((*this)->run((*this)->tournaments.start(*made)).has_value());
        return *made;
    }
    void won(UserId winner, UserId loser) {
        const auto made = cup(winner, loser);
        const auto side = state(made).player(1, 0)->id.uuid == winner.uuid ? 0 : 1;
        const ReportResult result{.match = 1, .winner_side = static_cast<std::uint8_t>(side)};
        REQUIRE((*this)->run((*this)->tournaments.order(made, result)).has_value());
    }
    std::vector<rows::FlagRow> flags() {
        (*this)->run(reached((*this)->flags));
        return rows::select<rows::FlagRow>((*this)->store, {.order_by = "key"}).rows;
    }
    /// Enough matches of others for a pair to stand out.
    void others() {
        for (std::uint8_t i = 0; i < 100; ++i)
            won(person(static_cast<std::uint8_t>(10 + i)), person(static_cast<std::uint8_t>(110 + i)));
    }
};

}  // namespace

TEST_CASE("what was played is counted at a wake; after a save rows stay back for a second, or until somebody waits") {
    Club club;
    const auto saved = [&] {
        club->settle();
        return rows::select<rows::IntegrityPlayerRow>(club->store, {}).rows.size();
    };
    club.won(person(1), person(2));
    CHECK(saved() == 0);
    club->flags.wake();
    CHECK(saved() == 2);
    club.won(person(3), person(4));
    club->flags.wake();
    CHECK(saved() == 2);
    SUBCASE("a second") {
        club->outside.clock.advance(seconds(1));
        club->flags.wake();
    }
    SUBCASE("somebody waits") {
        const auto done = club->spawn(reached(club->flags));
        club->settle();
        CHECK(done->get());
    }
    CHECK(saved() == 4);
}

TEST_CASE("who asks waits for the results before it, and for nothing else") {
    Club club;
    club.won(person(1), person(2));
    CHECK(club->run(reached(club->flags)));
    const auto read = club->flags.cursor();
    club.cup(person(3), person(4));
    CHECK(club->run(reached(club->flags)));
    CHECK(club->flags.cursor() == read);
    club.won(person(5), person(6));
    CHECK(club->run(reached(club->flags)));
    CHECK(club->flags.cursor() == club->store.last_seq());
}

TEST_CASE("a pair that keeps meeting is flagged once a week for each of the two, with its latest numbers") {
    Club club;
    club.others();
    for (int i = 0; i < 5; ++i) club.won(person(1), person(2));
    auto flags = club.flags();
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].signal == Signal::met_too_often);
    CHECK(flags[0].player == person(1));
    CHECK(flags[0].other == person(2));
    CHECK(flags[1].player == person(2));
    CHECK(flags[0].observed == 5);
    const auto first_at = flags[0].first_at;
    club->advance(seconds(60));
    club.won(person(1), person(2));
    flags = club.flags();
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].observed == 6);
    CHECK(flags[0].first_at == first_at);
    CHECK(flags[0].at > first_at);
}

TEST_CASE("whose claim a host decided otherwise is flagged the second time, and who disputed without cause") {
    Club club;
    const auto liar = entrant_of(person(1)), honest = entrant_of(person(2));
    const auto disputed = [&](EntrantId claims, EntrantId winner, EntrantId disputes, EntrantId ruled) {
        const auto made = club.cup(person(1), person(2), true);
        const auto order = [&](const TournamentCommand& command) {
            REQUIRE(club->run(club->tournaments.order(made, command)).has_value());
        };
        order(ClaimResult{1, claims, winner, {}});
        order(DisputeResult{1, disputes, "no"});
        order(RuleResult{1, ruled, {}});
    };
    disputed(liar, liar, honest, honest);
    CHECK(club.flags().empty());
    disputed(honest, honest, liar, honest);
    const auto flags = club.flags();
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].signal == Signal::false_claims);
    CHECK(flags[0].player == person(1));
    disputed(liar, liar, honest, liar);
    CHECK(club.flags().size() == 1);
}

TEST_CASE("what was counted outlives a crash, and nothing is counted twice") {
    Club club;
    club.others();
    for (int i = 0; i < 3; ++i) club.won(person(1), person(2));
    CHECK(club.flags().empty());
    club.restart();
    club.won(person(1), person(2));
    CHECK(club.flags().empty());
    club.won(person(1), person(2));
    REQUIRE(club.flags().size() == 2);
    CHECK(club.flags()[0].observed == 5);
}

TEST_CASE("read anew from its beginning, the log comes to the same flags") {
    Club club;
    club.others();
    for (int i = 0; i < 7; ++i) club.won(person(1), person(2));
    const auto before = club.flags();
    Derived none{.cursor = {std::string(Flags::follower_name), 0}};
    rows::clear<rows::IntegrityGameRow>(club->store, none.rows);
    rows::clear<rows::IntegrityPlayerRow>(club->store, none.rows);
    rows::clear<rows::IntegrityPairRow>(club->store, none.rows);
    rows::clear<rows::FlagRow>(club->store, none.rows);
    club->store.save(none);
    CHECK(rows::select<rows::FlagRow>(club->store, {}).rows.empty());
    club.restart();
    const auto after = club.flags();
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < after.size(); ++i) CHECK(rows::to_values(after[i]) == rows::to_values(before[i]));
}

}  // namespace agon
