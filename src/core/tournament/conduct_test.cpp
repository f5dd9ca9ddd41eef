// Whole tournaments of every format: played through with everything that may happen on the way.
#include <doctest/doctest.h>

#include "base/prng.hpp"
#include "core/formats/stage_table.hpp"
#include "core/tournament/scenario_testing.hpp"

namespace agon {

using namespace scenario;

namespace {

using formats::MatchStatus;

TournamentCreated planned(std::vector<StagePlan> stages, std::int64_t entrants) {
    auto what = created(entrants, Driver::manual);
    what.format = stages.front().format;
    what.stages = std::move(stages);
    return what;
}

StagePlan stage(std::string format, formats::StageOptions options = {}, std::int64_t advance = 0) {
    StagePlan plan;
    static_cast<formats::StageOptions&>(plan) = std::move(options);
    plan.format = std::move(format);
    plan.advance = advance;
    return plan;
}

/// A tournament of so many that has started.
Tournament started(const TournamentCreated& what, std::uint8_t entrants) {
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (std::uint8_t i = 1; i <= entrants; ++i) REQUIRE(execute(t, enter(entrant(i))).has_value());
    const auto begun = execute(t, StartTournament{.draw_seed = 7});
    REQUIRE_MESSAGE(begun.has_value(), begun.error().message);
    return t;
}

std::vector<MatchNumber> live(const Tournament& t) {
    std::vector<MatchNumber> numbers;
    for (MatchNumber m = 1; m <= t.match_count(); ++m)
        if (t.match(m).status == MatchStatus::in_progress) numbers.push_back(m);
    return numbers;
}

/// The one with the smaller number wins every match.
void play_by_strength(Tournament& t) {
    while (t.status == Status::in_progress) {
        const auto matches = live(t);
        REQUIRE_FALSE(matches.empty());
        for (const auto m : matches) {
            const bool first = t.player(m, 0)->id < t.player(m, 1)->id;
            REQUIRE(execute(t, ReportResult{.match = m, .winner_side = std::uint8_t(first ? 0 : 1)}).has_value());
        }
    }
}

/// What a history led to, whatever way it took: when something happened and how often it was tried is left out.
std::string outcome(const Tournament& t) {
    auto text = fmt::format("{} champion {}\n", static_cast<int>(t.status), t.champion ? t.champion->text() : "none");
    for (MatchNumber m = 1; m <= t.match_count(); ++m) {
        const auto& match = t.match(m);
        text += fmt::format("{}: {} v {}, status {}, winner {}, forfeit {}, score {} {}-{}\n", m, match.players[0],
                            match.players[1], static_cast<int>(match.status), match.winner_side, match.forfeit,
                            match.has_score, match.score[0], match.score[1]);
    }
    for (const auto& place : places(t)) text += fmt::format("{} {}-{}, ", place.entrant, place.first, place.last);
    return text;
}

}  // namespace

TEST_CASE("groups, then a playoff: the best of each group go on, and places run through") {
    auto t = started(planned({stage("round_robin", {.groups = 2}, 2), stage("single_elimination")}, 8), 8);
    CHECK(t.match_count() == 12);
    play_by_strength(t);
    CHECK(t.stages.size() == 2);
    CHECK(t.match_count() == 12 + 3);
    CHECK(t.round_of(13) == 4);
    CHECK(t.champion == entrant(1));
    const auto all = places(t);
    CHECK(all.size() == 8);
    CHECK(all[0] == EntrantPlace{0, 1, 1});
    CHECK(all[4].first == 5);
    CHECK(all[4].last == 6);
    // Those of one group meet again in the final only.
    const auto& groups = t.stages[0].stage.settings().group_of;
    for (const MatchNumber m : {13, 14})
        CHECK(groups[t.seed_of[t.index_of.at(t.player(m, 0)->id)]] !=
              groups[t.seed_of[t.index_of.at(t.player(m, 1)->id)]]);
}

TEST_CASE("the host may change the order between stages, and only the order") {
    auto what = planned({stage("swiss", {}, 4), stage("single_elimination")}, 8);
    what.options.stage_review = true;
    auto t = started(what, 8);
    while (!t.arranged)
        for (const auto m : live(t)) REQUIRE(execute(t, ReportResult{.match = m, .winner_side = std::uint8_t{0}}));
    CHECK(t.stages.size() == 1);
    std::vector<EntrantId> order;
    for (const auto index : *t.arranged) order.push_back(t.entrants[index].id);
    std::swap(order[0], order[3]);
    REQUIRE(execute(t, ArrangeStage{order}).has_value());
    auto short_list = order;
    short_list.pop_back();
    CHECK(execute(t, ArrangeStage{short_list}).error().pointer == "/order");
    REQUIRE(execute(t, Advance{}).has_value());
    CHECK(t.stages.size() == 2);
    CHECK(t.entrants[t.stages[1].order[0]].id == order[0]);
}

TEST_CASE("who does not check in loses the place to who waits") {
    auto what = created(2, Driver::hosted);
    what.options.check_in = 60;
    what.options.waiting_list = true;
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (const auto id : {ana, ben, cem}) REQUIRE(execute(t, enter(id)).has_value());
    CHECK(t.waiting.size() == 1);
    CHECK(execute(t, enter(cem)).error().code == Code::conflict);
    REQUIRE(execute(t, CheckIn{ana}).has_value());
    CHECK(execute(t, CheckIn{ana})->empty());
    CHECK(execute(t, CloseCheckIn{}).error().code == Code::wrong_state);
    const auto after = execute(t, CloseCheckIn{}, t0 + seconds(60));
    REQUIRE(after.has_value());
    CHECK(show(*after) ==
          show(TournamentEvents{EntrantWithdrawn{ben, "not_checked_in"}, CheckInClosed{}, EntrantPromoted{cem}}));
    CHECK(t.has(cem));
    CHECK(t.status == Status::ready);
}

TEST_CASE("starting early ends the check-in") {
    auto what = created(4, Driver::hosted);
    what.options.check_in = 3600;
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (const auto id : {ana, ben, cem}) REQUIRE(execute(t, enter(id)).has_value());
    CHECK(execute(t, StartTournament{}).error().message == "at least 2 participants are needed, 0 checked in");
    for (const auto id : {ana, cem}) REQUIRE(execute(t, CheckIn{id}).has_value());
    REQUIRE(execute(t, StartTournament{}).has_value());
    CHECK(t.entrants.size() == 2);
    CHECK_FALSE(t.has(ben));
}

TEST_CASE("one in the waiting list moves up when a place becomes free") {
    auto what = created(2, Driver::hosted);
    what.options.waiting_list = true;
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (const auto id : {ana, ben, cem, dana}) REQUIRE(execute(t, enter(id)).has_value());
    REQUIRE(execute(t, WithdrawEntrant{cem}).has_value());
    const auto events = execute(t, WithdrawEntrant{ana});
    CHECK(show(*events) == show(TournamentEvents{EntrantWithdrawn{ana}, EntrantPromoted{dana}}));
    CHECK(t.status == Status::ready);
}

TEST_CASE("who leaves forfeits what is left, and keeps what is won") {
    auto t = started(planned({stage("round_robin")}, 4), 4);
    const auto first = live(t).front();
    const auto gone = t.player(first, 0)->id;
    REQUIRE(execute(t, ReportResult{.match = first, .winner_side = std::uint8_t{0}}).has_value());
    const auto events = execute(t, Leave{gone, Leaving::withdrawn, "rain"});
    REQUIRE(events.has_value());
    CHECK(execute(t, Leave{gone, Leaving::withdrawn, "rain"})->empty());
    play_by_strength(t);
    int forfeits = 0;
    for (MatchNumber m = 1; m <= t.match_count(); ++m) forfeits += t.match(m).forfeit;
    CHECK(forfeits == 2);
    CHECK(t.winner(first)->id == gone);
}

TEST_CASE("who never played can be taken out as if it had never come") {
    auto what = planned({stage("round_robin")}, 4);
    what.options.withdrawal = WithdrawalPolicy::remove;
    what.options.auto_advance = false;
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (const auto id : {ana, ben, cem, dana}) REQUIRE(execute(t, enter(id)).has_value());
    REQUIRE(execute(t, StartTournament{}).has_value());
    const auto first = live(t).front();
    const auto played = t.player(first, 0)->id;
    CHECK(std::get<EntrantLeft>(decide(t, Leave{played, Leaving::withdrawn, ""}, t0)->front()).removed == false);
}

TEST_CASE(
    "a late entrant of a Swiss tournament plays from the next round on, and a bye on request is none of its games") {
    auto what = planned({stage("swiss", {.rounds = 3})}, 8);
    what.options.late_entry = true;
    auto t = started(what, 4);
    CHECK(execute(t, GrantBye{entrant(1), 1, ByeKind::half}).error() ==
          Error{Code::invalid, "must be a round that is not drawn yet, from 2 to 3", "/round"});
    REQUIRE(execute(t, GrantBye{entrant(1), 2, ByeKind::half}).has_value());
    REQUIRE(execute(t, enter(entrant(5))).has_value());
    CHECK(execute(t, enter(entrant(5))).error().code == Code::conflict);
    for (const auto m : live(t)) REQUIRE(execute(t, ReportResult{.match = m, .winner_side = std::uint8_t{0}}));
    std::set<EntrantId> playing;
    for (const auto m : live(t)) playing.insert({t.player(m, 0)->id, t.player(m, 1)->id});
    CHECK(execute(t, GrantBye{entrant(1), 2, ByeKind::half}).error().message ==
          "must be 3, the only round that is not drawn yet");
    CHECK(playing.contains(entrant(5)));
    CHECK_FALSE(playing.contains(entrant(1)));
    play_by_strength(t);
    CHECK(places(t).size() == 5);
}

TEST_CASE("a late entrant comes into the smallest group, and the draw is of those who were there") {
    auto what = planned({stage("swiss", {.rounds = 2, .groups = 2})}, 16);
    what.options.late_entry = true;
    auto t = started(what, 7);
    REQUIRE(execute(t, enter(entrant(8))).has_value());
    const auto& stage = t.stages[0].stage;
    CHECK(formats::seeds_of(stage, stage.group_of(7)).size() == 4);
    CHECK(t.drawn == 7);
    play_by_strength(t);
    CHECK(places(t).size() == 8);
}

TEST_CASE("who has left does not go on to the next stage") {
    auto t = started(planned({stage("round_robin", {.groups = 2}, 1), stage("single_elimination")}, 6), 6);
    const auto first = live(t).front();
    const auto gone = std::min(t.player(first, 0)->id, t.player(first, 1)->id);
    REQUIRE(
        execute(t, ReportResult{.match = first, .winner_side = std::uint8_t(t.player(first, 0)->id == gone ? 0 : 1)}));
    REQUIRE(execute(t, Leave{gone, Leaving::withdrawn, ""}).has_value());
    play_by_strength(t);
    REQUIRE(t.stages.size() == 2);
    CHECK_FALSE(t.stages[1].seed_of(t.index_of.at(gone)).has_value());
}

TEST_CASE("a Swiss tournament that runs out of pairings ends as it stands, and says why") {
    auto t = started(planned({stage("swiss", {.rounds = 3})}, 4), 4);
    // The third round of four is forced; after a withdrawal of two there is nobody left to meet.
    const auto matches = live(t);
    for (const auto m : matches) REQUIRE(execute(t, ReportResult{.match = m, .winner_side = std::uint8_t{0}}));
    REQUIRE(execute(t, Leave{entrant(1), Leaving::withdrawn, ""}).has_value());
    REQUIRE(execute(t, Leave{entrant(2), Leaving::withdrawn, ""}).has_value());
    REQUIRE(execute(t, Leave{entrant(3), Leaving::withdrawn, ""}).has_value());
    while (t.status == Status::in_progress) {
        const auto now = live(t);
        REQUIRE_FALSE(now.empty());
        for (const auto m : now) REQUIRE(execute(t, ReportResult{.match = m, .winner_side = std::uint8_t{0}}));
    }
    CHECK(t.status == Status::completed);
    CHECK(t.stages[0].stage.stopped().has_value());
}

TEST_CASE("matches are the best of as many rounds as their round says") {
    auto what = created(8, Driver::hosted);
    what.options.best_of = {{"default", 3}, {"semi_finals", 5}, {"final", 7}, {"1", 1}};
    const auto t = started(what, 8);
    CHECK(best_of(t, 1) == 1);
    CHECK(best_of(t, 5) == 5);
    CHECK(best_of(t, 7) == 7);
    CHECK_FALSE(best_of(started(created(4), 4), 1).has_value());
}

// --- corrections --------------------------------------------------------------------------------------------------------

TEST_CASE("a correction keeps, rewinds or replays what rests on the old result") {
    // 1 beats 4, 2 beats 3, 1 beats 2.
    auto t = started(planned({stage("single_elimination")}, 4), 4);
    play_by_strength(t);
    REQUIRE(t.champion == entrant(1));
    const CorrectResult wrong{.result = {.match = 1, .winner_side = std::uint8_t{1}}};

    auto kept = wrong;
    kept.mode = CorrectionMode::keep;
    auto k = t;
    REQUIRE(execute(k, kept).has_value());
    CHECK(k.status == Status::completed);
    CHECK(k.champion == entrant(1));
    CHECK(k.winner(1)->id == entrant(4));

    auto r = t;
    const auto events = execute(r, wrong);
    REQUIRE(events.has_value());
    CHECK(std::get<ResultCorrected>(events->front()).undone == std::vector<MatchNumber>{3});
    CHECK(r.status == Status::in_progress);
    CHECK(live(r) == std::vector<MatchNumber>{3});
    CHECK(r.player(3, 0)->id == entrant(4));
    CHECK(r.attempt(3) == 2);

    // The same two meet again: their result is taken over.
    auto p = t;
    REQUIRE(
        execute(p, CorrectResult{.mode = CorrectionMode::replay,
                                 .result = {.match = 1, .winner_side = std::uint8_t{0}, .score = formats::Score{2, 1}}})
            .has_value());
    CHECK(p.status == Status::completed);
    CHECK(p.champion == entrant(1));
    CHECK(p.match(1).score == formats::Score{2, 1});
}

TEST_CASE("a corrected score agrees with what is corrected, and is not negative or beyond all measure") {
    auto t = started(planned({stage("round_robin")}, 2), 2);
    REQUIRE(execute(t, ReportResult{.match = 1, .winner_side = std::uint8_t{0}}).has_value());
    const auto result = [](std::optional<std::uint8_t> winner, formats::Score score) {
        return CorrectResult{.result = {.match = 1, .winner_side = winner, .score = score}};
    };
    const auto forfeit = [&](std::uint8_t winner, formats::Score score) {
        auto c = result(winner, score);
        c.result.forfeit = true;
        return c;
    };
    const auto nobody = [&](formats::Score score) {
        auto c = result({}, score);
        c.result.nobody_wins = true;
        return c;
    };
    const auto again = [&](formats::Score score) {
        auto c = result({}, score);
        c.reopen = true;
        return c;
    };
    const struct {
        CorrectResult correction;
        std::string_view pointer, message;
    } refused[] = {
        {result(0, {0, -1}), "/score_b", "must be at least 0"},
        {result(1, {-5, -3}), "/score_a", "must be at least 0"},
        {result(0, {1'000'001, 0}), "/score_a", "must be at most 1000000"},
        {result(0, {0, 2}), "/winner_id", "the scores do not agree with the winner"},
        {result(0, {1, 1}), "/winner_id", "the scores do not agree with the winner"},
        {result({}, {2, 1}), "/winner_id", "a draw has equal scores"},
        {forfeit(0, {0, 2}), "/winner_id", "the scores do not agree with the winner"},
        {forfeit(0, {-1, -1}), "/score_a", "must be at least 0"},
        {nobody({3, 1}), "/score_a", "a match that nobody won has no score"},
        {again({1, 0}), "/score_a", "a match that is played again has no score"},
    };
    for (const auto& [correction, pointer, message] : refused) {
        CAPTURE(message);
        const auto events = execute(t, correction);
        REQUIRE_FALSE(events.has_value());
        CHECK(events.error() == Error{Code::invalid, std::string(message), std::string(pointer)});
        CHECK(preview(t, correction, t0).error().message == message);
    }
    for (const auto& good : {result(1, {0, 2}), result({}, {1, 1}), forfeit(0, {1, 1}), forfeit(1, {0, 1}),
                             nobody({0, 0}), again({0, 0})}) {
        auto corrected = t;
        CHECK(execute(corrected, good).has_value());
    }
}

TEST_CASE("a correction to the result that stands does nothing, whatever its score") {
    auto t = started(planned({stage("round_robin")}, 2), 2);
    const ReportResult on_time{.match = 1, .winner_side = std::uint8_t{0}, .score = formats::Score{1, 1}};
    REQUIRE(execute(t, on_time).has_value());
    CHECK(execute(t, CorrectResult{.result = on_time})->empty());
}

TEST_CASE("a correction keeps to the highest score that may be reported") {
    auto what = planned({stage("round_robin")}, 2);
    what.details.reports.max_score = 11;
    auto t = started(what, 2);
    REQUIRE(execute(t, ReportResult{.match = 1, .winner_side = std::uint8_t{0}}).has_value());
    const auto second_won = [](std::int64_t score) {
        return CorrectResult{.result = {.match = 1, .winner_side = std::uint8_t{1}, .score = formats::Score{8, score}}};
    };
    CHECK(execute(t, second_won(12)).error() == Error{Code::invalid, "must be at most 11", "/score_b"});
    CHECK(execute(t, second_won(11)).has_value());
}

TEST_CASE("a preview tells what a correction does, and does nothing") {
    auto t = started(planned({stage("single_elimination")}, 4), 4);
    play_by_strength(t);
    const auto before = show(t);
    const auto told = preview(t, CorrectResult{.result = {.match = 1, .winner_side = std::uint8_t{1}}}, t0);
    REQUIRE(told.has_value());
    CHECK(show(t) == before);
    REQUIRE(told->matches.size() == 2);
    CHECK(told->matches[0].winner_after == entrant(4));
    CHECK(told->matches[1].after == MatchStatus::in_progress);
    CHECK(told->champion_before == entrant(1));
    CHECK_FALSE(told->champion_after.has_value());
    CHECK(told->places_after.front().last == 2);
}

TEST_CASE("correcting a group's match after the playoff began undoes the playoff") {
    auto t = started(planned({stage("round_robin", {.groups = 2}, 2), stage("single_elimination")}, 8), 8);
    play_by_strength(t);
    REQUIRE(execute(t, CorrectResult{.reopen = true, .result = {.match = 1}}).has_value());
    CHECK(t.stages.size() == 1);
    CHECK(live(t) == std::vector<MatchNumber>{1});
    play_by_strength(t);
    CHECK(t.champion == entrant(1));
}

// --- everything at once -------------------------------------------------------------------------------------------------

namespace {

std::vector<std::vector<StagePlan>> all_plans() {
    std::vector<std::vector<StagePlan>> plans;
    for (const auto* format : formats::all_formats()) {
        const std::string name(format->name);
        plans.push_back({stage(name)});
        plans.push_back({stage(name, {.grand_final = formats::GrandFinal::single, .third_place = true})});
        plans.push_back({stage(name, {.rounds = 2, .grand_final = formats::GrandFinal::none})});
        plans.push_back({stage("round_robin", {.groups = 2}, 2), stage(name)});
        plans.push_back({stage(name, {}, 4), stage("round_robin", {.rounds = 2})});
    }
    return plans;
}

struct Chaos {
    Prng prng;
    Tournament t;
    TournamentEvents log;

    bool does(const TournamentCommand& command) {
        auto events = execute(t, command);
        if (events) log.insert(log.end(), events->begin(), events->end());
        return events.has_value();
    }
    MatchNumber any_match() { return static_cast<MatchNumber>(1 + prng.below(t.match_count())); }

    void report(MatchNumber m) {
        ReportResult result{.match = m};
        const auto fate = prng.below(12);
        result.nobody_wins = fate == 0;
        const bool draw = fate == 1 && !t.run_of(m).stage.format().needs_winner;
        if (fate > 0 && !draw) result.winner_side = static_cast<std::uint8_t>(prng.below(2));
        if (fate > 6) result.score = formats::Score{static_cast<std::int64_t>(prng.below(5)), 2};
        result.forfeit = fate == 2;
        CHECK(does(result));
    }
    void correct() {
        CorrectResult c{.mode = static_cast<CorrectionMode>(prng.below(3)), .result = {.match = any_match()}};
        c.reopen = prng.below(3) == 0;
        c.result.winner_side = static_cast<std::uint8_t>(prng.below(2));
        does(c);
    }
    void disturb() {
        switch (prng.below(5)) {
            case 0: correct(); break;
            case 1: does(Leave{entrant(static_cast<std::uint8_t>(1 + prng.below(20))), Leaving::withdrawn, ""}); break;
            case 2:
                does(Leave{entrant(static_cast<std::uint8_t>(1 + prng.below(20))), Leaving::disqualified, ""});
                break;
            case 3: does(enter(entrant(static_cast<std::uint8_t>(30 + prng.below(4))))); break;
            default:
                does(GrantBye{entrant(static_cast<std::uint8_t>(1 + prng.below(20))),
                              static_cast<std::uint32_t>(1 + prng.below(4)), ByeKind::half});
        }
    }
};

bool nobody_twice(const Tournament& t) {
    std::set<EntrantId> busy;
    for (const auto m : live(t))
        for (const std::size_t side : {0, 1})
            if (!busy.insert(t.player(m, side)->id).second) return false;
    return true;
}

/// Places cover everybody, and go on without a gap.
bool is_a_ranking(const std::vector<EntrantPlace>& all, std::size_t entrants) {
    std::set<EntrantIndex> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!seen.insert(all[i].entrant).second) return false;
        if (all[i].first > i + 1 || all[i].last < i + 1) return false;
        if (i > 0 && all[i].first != all[i - 1].first && all[i].first != all[i - 1].last + 1) return false;
    }
    return seen.size() == entrants;
}

}  // namespace

TEST_CASE("every format ends, whatever happens on the way, and the log leads to the same state") {
    for (const auto& plan : all_plans())
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            CAPTURE(plan.front().format);
            CAPTURE(plan.size());
            CAPTURE(seed);
            Chaos chaos{Prng{seed}, {}, {}};
            const auto entrants = static_cast<std::uint8_t>(4 + chaos.prng.below(14));
            auto what = planned(plan, 32);
            what.options.late_entry = seed % 2 == 0;
            what.options.withdrawal = seed % 3 == 0 ? WithdrawalPolicy::remove : WithdrawalPolicy::forfeit;
            what.colours = seed % 4 == 0;
            if (!check_plan(plan, entrants)) continue;
            REQUIRE(chaos.does(CreateTournament{what}));
            for (std::uint8_t i = 1; i <= entrants; ++i) REQUIRE(chaos.does(enter(entrant(i))));
            REQUIRE(chaos.does(StartTournament{.draw_seed = seed}));
            int disturbances = 20;
            for (int steps = 0; chaos.t.status == Status::in_progress; ++steps) {
                REQUIRE(steps < 2000);
                if (chaos.prng.below(4) == 0 && disturbances-- > 0) chaos.disturb();
                if (chaos.t.status != Status::in_progress) break;
                const auto matches = live(chaos.t);
                REQUIRE_FALSE(matches.empty());
                REQUIRE(nobody_twice(chaos.t));
                REQUIRE(is_a_ranking(places(chaos.t), chaos.t.entrants.size()));
                chaos.report(matches[chaos.prng.below(matches.size())]);
            }
            CHECK(is_a_ranking(places(chaos.t), chaos.t.entrants.size()));
            Tournament again;
            for (const auto& event : chaos.log) evolve(again, event, t0);
            REQUIRE(show(again) == show(chaos.t));
        }
}

TEST_CASE("after a rewind everything is as if the wrong result had never been entered") {
    for (const auto& plan : all_plans())
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            CAPTURE(plan.front().format);
            CAPTURE(plan.size());
            CAPTURE(seed);
            Prng prng{seed};
            const auto entrants = static_cast<std::uint8_t>(4 + prng.below(10));
            if (!check_plan(plan, entrants)) continue;
            auto t = started(planned(plan, entrants), entrants);
            // One history in which all goes on, one that stops before the wrong result and whatever rested on it.
            std::vector<ReportResult> history;
            const auto length = 1 + prng.below(40);
            while (t.status == Status::in_progress && history.size() < length) {
                const auto matches = live(t);
                ReportResult result{.match = matches[prng.below(matches.size())]};
                result.winner_side = static_cast<std::uint8_t>(prng.below(2));
                REQUIRE(execute(t, result).has_value());
                history.push_back(result);
            }
            const auto& wrong = history[prng.below(history.size())];
            const auto corrected = execute(t, CorrectResult{.reopen = true, .result = {.match = wrong.match}});
            REQUIRE(corrected.has_value());
            const auto& undone = std::get<ResultCorrected>(corrected->front()).undone;
            auto never = started(planned(plan, entrants), entrants);
            for (const auto& result : history)
                if (result.match != wrong.match && std::ranges::find(undone, result.match) == undone.end())
                    execute(never, result);
            // A round robin lets later rounds stand, which could not have begun without the match.
            if (t.run_of(wrong.match).stage.format().name != "round_robin") REQUIRE(outcome(t) == outcome(never));
        }
}

}  // namespace agon
