#include "app/verify.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// A disk on which something was played, to be damaged by hand.
struct Desk : World {
    BotId rock = builtin("rock"), cycle = builtin("cycle");
    TournamentId cup = playing({rock, cycle}, {{"rounds_per_match", 1}});
    std::unique_ptr<Store> hand = open_memory_store(outside.disk);

    Version version(const StreamName& stream) { return static_cast<Version>(hand->read(stream, 0).size()); }
    template <class Variant>
    void append(const StreamName& stream, const Variant& event) {
        append_raw(stream, encode(event));
    }
    void append_raw(const StreamName& stream, NewEvent event) {
        hand->commit(std::vector{
            Batch{.at = t0, .appends = {{stream, version(stream), {std::move(event)}}}, .rows = {}, .cursor = {}}});
    }
    void change(RowChange row) {
        if (row.table->derived)
            save_by_hand(*hand, Ratings::follower_name, {std::move(row)});
        else
            hand->commit(std::vector{Batch{.at = t0, .appends = {}, .rows = {std::move(row)}, .cursor = {}}});
    }
    /// A tournament's events, written as they come.
    TournamentId written(const TournamentEvents& events) {
        const auto id = make_tournament_id(t0, 77, 78);
        for (const auto& event : events) append(id.text(), event);
        return id;
    }
};

EntrantId entrant(BotId bot) { return EntrantId{bot.uuid}; }

TournamentCreated manual_cup(std::int64_t places = 4) {
    return {.name = "Cup",
            .game_type = "rps",
            .format = "single_elimination",
            .max_entrants = places,
            .driver = Driver::manual,
            .options = {},
            .game_options = JsonObject{},
            .created_by = {}};
}

const EntrantId ana{Uuid{{1}}}, ben{Uuid{{2}}}, cem{Uuid{{3}}}, dana{Uuid{{4}}};

EntrantRegistered registered(EntrantId id) { return {id, "somebody", {}}; }
MatchCompleted won(MatchNumber match, EntrantId winner, EntrantId loser) {
    return {.match = match, .winner = winner, .loser = loser, .score = {}, .decision = {}};
}

void check_names(const Verdict& verdict, std::string_view what) {
    std::string all;
    for (const auto& complaint : verdict.complaints) all += complaint + "\n";
    CHECK_MESSAGE(all.find(what) != all.npos, "not among the complaints: ", std::string(what), "\n", all);
}

/// Of a log alone: rows that are not there are another complaint.
void check_log(const TournamentEvents& events, std::string_view complaint) {
    Desk desk;
    desk.written(events);
    check_names(desk.verdict(), complaint);
}

const TournamentEvents two{manual_cup(), RegistrationOpened{}, registered(ana), registered(ben)};
const TournamentEvents begun{manual_cup(),
                             RegistrationOpened{},
                             registered(ana),
                             registered(ben),
                             registered(cem),
                             registered(dana),
                             TournamentStarted{{0, 1, 2, 3}, 7},
                             MatchStarted{1},
                             MatchStarted{2}};

TournamentEvents with(TournamentEvents events, const TournamentEvents& more) {
    events.insert(events.end(), more.begin(), more.end());
    return events;
}

}  // namespace

TEST_CASE("an empty store, and one on which was played, are clean") {
    World empty;
    CHECK(empty.verdict().events == 0);
    CHECK_CLEAN(empty.verdict());
    Desk desk;
    const auto verdict = desk.verdict();
    CHECK_CLEAN(verdict);
    CHECK(verdict.streams == 4);  // two bots, a tournament, a game
    CHECK(verdict.events == desk.hand->last_seq());
}

TEST_CASE("events that cannot be read, and streams of no kind, are named") {
    Desk desk;
    desk.append_raw(desk.cup.text(), {"FromTheFuture", "{}"});
    desk.append_raw("thing_1", {"Happened", "{}"});
    desk.append_raw(desk.rock.text(), {"KeyRotated", "not json"});
    check_names(desk.verdict(), desk.cup.text() + ": event");
    check_names(desk.verdict(), "thing_1: event 1");
    check_names(desk.verdict(), desk.rock.text() + ": event 2 (KeyRotated)");
}

TEST_CASE("a hole in a stream is named") {
    Desk desk;
    struct Holed : FaultyStore {
        using FaultyStore::FaultyStore;
        std::vector<Recorded> follow(Seq after, std::size_t limit) override {
            auto events = FaultyStore::follow(after, limit);
            if (after == 0 && events.size() > 5) events.erase(events.begin() + 4);
            return events;
        }
    } holed{open_memory_store(desk.outside.disk)};
    check_names(verify(holed), "version 4 follows 2");
}

TEST_CASE("what the rules would never have written is named") {
    check_log({registered(ana)}, "not created yet");
    check_log(with(two, {registered(ana)}), "registered twice");
    check_log(with({manual_cup(2)}, {RegistrationOpened{}, registered(ana), registered(ben), registered(cem)}),
              "more entrants than places");
    check_log(with(two, {EntrantWithdrawn{cem}}), "not registered");
    check_log(with(two, {TournamentStarted{{0, 0}, 7}}), "the draw");
    check_log(with(two, {TournamentStarted{{0}, 7}}), "the draw");
    check_log(with(two, {TournamentStarted{{0, 2}, 7}}), "the draw");
    check_log(with(begun, {MatchStarted{3}}), "not ready to start");
    check_log(with(begun, {MatchStarted{9}}), "no such match");
    check_log(with(begun, {won(1, ana, dana), won(1, ana, dana)}), "not in progress");
    check_log(with(begun, {won(3, ana, ben)}), "not in progress");
    check_log(with(begun, {won(1, ben, ana)}), "did not play");
    check_log(with(begun, {TournamentCompleted{ana}}), "completed with open matches");
    check_log(with(two, {TournamentStarted{{0, 1}, 7}, MatchStarted{1}, won(1, ana, ben), TournamentCompleted{ben}}),
              "champion");
    check_log(with(two, {TournamentStarted{{0, 1}, 7}, MatchStarted{1}, won(1, ana, ben), TournamentCompleted{}}),
              "champion");
}

TEST_CASE("a hosted match whose result is not that of its game is named") {
    const auto bracket = [](Desk& desk, const MatchCompleted& result) {
        auto cup = manual_cup();
        cup.driver = Driver::hosted;
        return desk.written({cup, RegistrationOpened{}, registered(entrant(desk.rock)), registered(entrant(desk.cycle)),
                             TournamentStarted{{0, 1}, 7}, MatchStarted{1}, result});
    };
    Desk none;
    bracket(none, won(1, entrant(none.rock), entrant(none.cycle)));
    check_names(none.verdict(), "its game has none");

    for (const bool score : {false, true}) {
        Desk other;
        const auto id = game_id(match_id(make_tournament_id(t0, 77, 78), 1), 1).text();
        using games::GameEvent;
        other.append(id, GameEvent(games::GameStarted{"rps",
                                                      *games::find_game("rps")->complete_options(JsonObject{}),
                                                      {{other.rock, "rock"}, {other.cycle, "cycle"}},
                                                      1}));
        other.append(id, GameEvent(games::GameFinished{Seat{1}, {0, 2}, games::EndedBy::play, ""}));
        auto result = score ? won(1, entrant(other.cycle), entrant(other.rock))
                            : won(1, entrant(other.rock), entrant(other.cycle));
        if (score) result.score = std::vector<std::int64_t>{2, 0};
        bracket(other, result);
        check_names(other.verdict(), score ? "score is not its game's" : "winner is not its game's");
    }
}

TEST_CASE("rows that say something else than the log are named, each kind of them") {
    Desk desk;
    auto row = rows::select<rows::TournamentRow>(desk->store, {}).rows.at(0);
    row.status = Status::cancelled;
    desk.change(rows::set_row(row));
    check_names(desk.verdict(), desk.cup.text() + ": its tournament row says something else than the log");

    desk.change(rows::remove_row<rows::TournamentRow>(desk.cup.text()));
    check_names(desk.verdict(), desk.cup.text() + ": its tournament row is missing");

    desk.change(rows::remove_row<rows::BotRow>(desk.rock.text()));
    check_names(desk.verdict(), desk.rock.text() + ": its bot row is missing");

    desk.change(rows::set_row(
        rows::UserRow{.user_id = UserId{Uuid{{5}}}, .username = "ghost", .role = "admin", .created_at = t0}));
    check_names(desk.verdict(), UserId{Uuid{{5}}}.text() + ": a user row without a log");
}

TEST_CASE("the row of a deleted bot that is still there is named") {
    Desk desk;
    const auto row = rows::select<rows::BotRow>(desk->store, {}).rows.at(0);
    REQUIRE(desk->run(desk->bots.remove(row.bot_id)).has_value());
    CHECK_CLEAN(desk.verdict());
    desk.change(rows::set_row(row));
    check_names(desk.verdict(), row.bot_id.text() + ": its bot row is still there");
}

TEST_CASE("ratings that the log does not come to are named") {
    Desk desk;
    REQUIRE(desk->run(reached(desk->ratings)));
    auto row = rows::select<rows::RatingRow>(desk->store, {}).rows.at(0);
    row.rating += 1;
    desk.change(rows::set_row(row));
    check_names(desk.verdict(), "but the log comes to");
    desk.change(rows::remove_row<rows::RatingRow>(row.key));
    check_names(desk.verdict(), row.key + ": its rating is missing");
    row.key = "rps/bot_nobody";
    desk.change(rows::set_row(row));
    check_names(desk.verdict(), "rps/bot_nobody: a rating without a game");
}

TEST_CASE("counts and changes of ratings that the log does not come to are named") {
    Desk desk;
    REQUIRE(desk->run(reached(desk->ratings)));
    auto row = rows::select<rows::RatingRow>(desk->store, {}).rows.at(0);
    std::swap(row.wins, row.losses);
    desk.change(rows::set_row(row));
    check_names(desk.verdict(), row.key + ": its games won, lost and drawn");

    const auto match = match_id(desk.cup, 1);
    auto rated = *Ratings::rated_match(desk->store, match);
    rated.a.after.value += 1;
    desk.change(rows::set_row(rated));
    check_names(desk.verdict(), match.text() + ": what it did to ratings is not what the log comes to");
    desk.change(rows::remove_row<rows::RatedMatchRow>(match.text()));
    check_names(desk.verdict(), match.text() + ": what it did to ratings is not remembered");
    rated.match_id = match_id(desk.cup, 2);
    desk.change(rows::set_row(rated));
    check_names(desk.verdict(), rated.match_id.text() + ": it is remembered as rated");
}

TEST_CASE("corrections and attempts that the rules would never have written are named") {
    const ResultCorrected corrected{.match = 1, .winner = dana, .loser = ana};
    check_log(with(begun, {corrected}), "a correction of a match that had no result");
    check_log(with(begun, {ResultCorrected{.match = 9}}), "no such match");
    auto undone = corrected;
    undone.undone = {9};
    check_log(with(begun, {won(1, ana, dana), undone}), "no such match");
    check_log(with(begun, {MatchStarted{1, 2}}), "not ready to start");
    check_log(with(begun, {won(1, ana, dana), ResultCorrected{.match = 1, .reopened = true}, MatchStarted{1, 1}}),
              "attempt 1 of the match follows 1");
    // What was rewound has no result any more.
    check_log(with(begun, {won(1, ana, dana), ResultCorrected{.match = 1, .reopened = true}, won(1, ana, dana)}),
              "not in progress");
    undone.undone = {3};
    check_log(with(begun, {won(1, ana, dana), won(2, ben, cem), MatchStarted{3}, undone, MatchStarted{3, 2},
                           won(3, ana, ben)}),
              "did not play");
}

TEST_CASE("a result before the match began is named, unless somebody left or it is taken over") {
    const TournamentEvents ready(begun.begin(), begun.end() - 2);
    check_log(with(ready, {won(1, ana, dana)}), "not in progress");
    for (const bool replayed : {false, true}) {
        Desk desk;
        auto result = won(1, ana, dana);
        result.replayed = replayed;
        auto events = ready;
        if (!replayed) events.push_back(EntrantLeft{dana, Leaving::withdrawn, "", false});
        events.push_back(result);
        desk.written(events);
        for (const auto& complaint : desk.verdict().complaints)
            CHECK_MESSAGE(complaint.find("in progress") == complaint.npos, complaint);
    }
}

TEST_CASE("an entrant in two live matches is named") {
    auto cup = manual_cup();
    cup.format = "round_robin";
    cup.stages.emplace_back().format = "round_robin";
    auto events = begun;
    events.front() = cup;
    events.resize(events.size() - 2);
    for (MatchNumber m = 1; m <= 6; ++m) events.push_back(MatchStarted{m});
    check_log(events, "an entrant is in two live matches");
}

TEST_CASE("a reopened match is held against the game of its own attempt") {
    Desk desk;
    const auto reopened =
        desk->run(desk->tournaments.order(desk.cup, CorrectResult{.reopen = true, .result = {.match = 1}}));
    REQUIRE(reopened.has_value());
    CHECK_CLEAN(desk.verdict());
    const auto second = game_id(match_id(desk.cup, 1), 2).text();
    CHECK(desk.version(second) > 0);
    struct Lost : FaultyStore {
        using FaultyStore::FaultyStore;
        StreamName lost;
        std::vector<Recorded> follow(Seq after, std::size_t limit) override {
            auto events = FaultyStore::follow(after, limit);
            std::erase_if(events, [this](const Recorded& e) { return e.stream == lost; });
            return events;
        }
    } store{open_memory_store(desk.outside.disk)};
    store.lost = second;
    check_names(verify(store), "its game has none");
}

}  // namespace agon
