#include "core/tournament/tournament.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/prng.hpp"
#include "core/tournament/scenario_testing.hpp"

namespace agon {

using namespace scenario;

namespace {

const TournamentEvents upcoming{created(2)};
const TournamentEvents open_for_two = upcoming + TournamentEvents{RegistrationOpened{}};
const TournamentEvents one_of_two = open_for_two + TournamentEvents{registered(ana)};
const TournamentEvents full =
    one_of_two + TournamentEvents{registered(ben), RegistrationClosed{.full = true, .starts_at = {}}};
const TournamentEvents playing = full + TournamentEvents{TournamentStarted{{0, 1}, 7}, MatchStarted{1}};
const TournamentEvents over = playing + TournamentEvents{completed(1, ana, ben), TournamentCompleted{ana}};
const TournamentEvents called_off = one_of_two + TournamentEvents{TournamentCancelled{"rain"}};

/// Ana, Ben, Cem and Dana have begun; Ana meets Dana, Ben meets Cem.
const TournamentEvents four{created(4),
                            RegistrationOpened{},
                            registered(ana),
                            registered(ben),
                            registered(cem),
                            registered(dana),
                            RegistrationClosed{.full = true, .starts_at = {}},
                            TournamentStarted{{0, 1, 2, 3}, 7},
                            MatchStarted{1},
                            MatchStarted{2}};

const StartTournament start_now{.draw_seed = 7, .ratings = {}};

ReportResult won_by(MatchNumber match, std::uint8_t side) {
    return {.match = match, .winner_side = side, .score = {}, .decision = {}};
}

/// Every command that a life-cycle order stands for.
std::optional<TournamentCommand> command_of(Order order) {
    switch (order) {
        case Order::open_registration: return OpenRegistration{};
        case Order::register_entrant: return enter(cem);
        case Order::withdraw_entrant: return WithdrawEntrant{ana};
        case Order::close_registration: return CloseRegistration{};
        case Order::start: return start_now;
        case Order::report_result: return won_by(1, 0);
        case Order::cancel: return CancelTournament{"rain"};
        case Order::leave: return Leave{ana, Leaving::withdrawn, ""};
        case Order::generate_bracket: return GenerateBracket{start_now};
        case Order::delete_: return DeleteTournament{};
        case Order::correct_result: return CorrectResult{.result = won_by(1, 1)};
        case Order::check_in:
        case Order::admit_late:
        case Order::grant_bye:
        case Order::change:
        case Order::set_seeds:
        case Order::advance: return std::nullopt;  // only where the options or the format have them
        case Order::reopen_registration:
        case Order::complete: return std::nullopt;  // they follow by themselves
    }
    return std::nullopt;
}

struct Stand {
    Status status;
    TournamentEvents events;
};

/// A tournament of three places in each status, in which every allowed order can be carried out.
const std::vector<Stand>& stands() {
    static const std::vector<Stand> all = [] {
        const TournamentEvents ready{created(3), RegistrationOpened{}, registered(ana), registered(ben),
                                     RegistrationClosed{}};
        const TournamentEvents begun = ready + TournamentEvents{TournamentStarted{{0, 1}, 7}, MatchStarted{1}};
        const TournamentEvents open{created(3), RegistrationOpened{}, registered(ana), registered(ben)};
        return std::vector<Stand>{
            {Status::upcoming, {created(3)}},
            {Status::registration_open, open},
            {Status::ready, ready},
            {Status::in_progress, begun},
            {Status::completed, begun + TournamentEvents{completed(1, ana, ben), TournamentCompleted{ana}}},
            {Status::cancelled, open + TournamentEvents{TournamentCancelled{"rain"}}},
        };
    }();
    return all;
}

constexpr Order all_orders[] = {Order::open_registration,
                                Order::register_entrant,
                                Order::withdraw_entrant,
                                Order::close_registration,
                                Order::start,
                                Order::report_result,
                                Order::cancel};

/// Closing twice, and the same result twice, are harmless: nothing changes.
bool is_repeat(Status from, Order order) {
    return (from == Status::ready && order == Order::close_registration) ||
           (from == Status::completed && order == Order::report_result);
}

Tournament replayed(const TournamentEvents& events) {
    Tournament t;
    for (const auto& event : events) evolve(t, event, t0);
    return t;
}

}  // namespace

// --- the life cycle -----------------------------------------------------------------------------------------------------

TEST_CASE("every order in every status does what the life cycle's table says, and nothing else") {
    for (const auto& stand : stands())
        for (const auto order : all_orders) {
            CAPTURE(static_cast<int>(stand.status));
            CAPTURE(static_cast<int>(order));
            auto t = replayed(stand.events);
            REQUIRE(t.status == stand.status);
            const auto outcome = decide(t, *command_of(order), t0);
            if (is_repeat(stand.status, order)) {
                REQUIRE(outcome.has_value());
                CHECK(outcome->empty());
                continue;
            }
            CHECK(outcome.has_value() == allows(stand.status, order));
            if (!outcome) {
                CHECK(outcome.error().code == Code::wrong_state);
                continue;
            }
            for (const auto& event : *outcome) evolve(t, event, t0);
            CHECK(t.status == leads_to(stand.status, order));
        }
}

TEST_CASE("a tournament is created with its registration open, or opened by hand later") {
    given({}).when(CreateTournament{created(2)}).then({created(2), RegistrationOpened{}});
    given({}).when(CreateTournament{created(2), false}).then({created(2)});
    given(upcoming).when(OpenRegistration{}).then({RegistrationOpened{}});
    given(upcoming).when(CreateTournament{created(2)}).refused(Code::conflict);
}

TEST_CASE("a tournament has from 2 to 65,536 places") {
    for (const auto places : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, most_entrants + 1})
        given({}).when(CreateTournament{created(places)}).refused(Code::invalid);
    const auto refusal = decide(Tournament{}, CreateTournament{created(1)}, t0);
    CHECK(refusal.error().pointer == "/max_participants");
    given({}).when(CreateTournament{created(most_entrants)}).then({created(most_entrants), RegistrationOpened{}});
}

TEST_CASE("nothing can be done with a tournament that does not exist") {
    for (const auto order : all_orders)
        given({}).when(*command_of(order)).refused(Code::not_found, "no such tournament");
}

// --- registration ---------------------------------------------------------------------------------------------------------

TEST_CASE("an entrant registers, once") {
    given(open_for_two).when(enter(ana)).then({registered(ana)});
    given(one_of_two).when(enter(ana)).refused(Code::conflict, "already registered");
    given(upcoming).when(enter(ana)).refused(Code::wrong_state, "registration is not open yet");
}

TEST_CASE("the last place closes the registration") {
    given(one_of_two).when(enter(ben)).then({registered(ben), RegistrationClosed{.full = true, .starts_at = {}}});
}

TEST_CASE("a full tournament refuses the next entrant and says so; whoever is in is told that") {
    given(full).when(enter(cem)).refused(Code::exhausted, "full");
    given(full).when(enter(ana)).refused(Code::conflict, "already registered");
}

TEST_CASE("with auto_start, the last place announces when the tournament starts") {
    const auto automatic = created(2, Driver::hosted, {.auto_start = true, .start_delay = 60, .no_show_timeout = {}});
    const TournamentEvents one{automatic, RegistrationOpened{}, registered(ana)};
    const RegistrationClosed closed{.full = true, .starts_at = t0 + seconds(60)};
    given(one).when(enter(ben)).then({registered(ben), closed});

    const auto announced = one + TournamentEvents{registered(ben), closed};
    given(announced)
        .at(t0 + seconds(59))
        .when(StartAsAnnounced{start_now})
        .refused(Code::wrong_state, "not due to start");
    given(announced)
        .at(t0 + seconds(60))
        .when(StartAsAnnounced{start_now})
        .then({TournamentStarted{{0, 1}, 7}, MatchStarted{1}});
    given(announced).when(start_now).then({TournamentStarted{{0, 1}, 7}, MatchStarted{1}});
}

TEST_CASE("a start that was not announced, or is void because somebody left, is refused") {
    given(full).when(StartAsAnnounced{start_now}).refused(Code::wrong_state, "not due to start");
    const auto automatic = created(2, Driver::hosted, {.auto_start = true, .start_delay = 0, .no_show_timeout = {}});
    const TournamentEvents left{automatic,
                                RegistrationOpened{},
                                registered(ana),
                                registered(ben),
                                RegistrationClosed{.full = true, .starts_at = t0},
                                EntrantWithdrawn{ben},
                                RegistrationReopened{}};
    given(left).when(StartAsAnnounced{start_now}).refused(Code::wrong_state, "not due to start");
}

TEST_CASE("who leaves a full tournament reopens it; who leaves one that was closed by hand does not") {
    given(full).when(WithdrawEntrant{ana}).then({EntrantWithdrawn{ana}, RegistrationReopened{}});
    const auto closed = one_of_two + TournamentEvents{RegistrationClosed{}};
    given(closed).when(WithdrawEntrant{ana}).then({EntrantWithdrawn{ana}});
    given(one_of_two).when(WithdrawEntrant{ben}).refused(Code::conflict, "not registered");
    given(playing).when(WithdrawEntrant{ana}).refused(Code::wrong_state, "already started");
}

TEST_CASE("the place of somebody who left can be taken, and the order of the others stays") {
    const auto left =
        TournamentEvents{created(3), RegistrationOpened{}, registered(ana), registered(ben), EntrantWithdrawn{ana}};
    const auto t = given(left).when(enter(cem)).then({registered(cem)}).state();
    CHECK(t.shown_seed(t.index_of.at(ben)) == 1);
    CHECK(t.shown_seed(t.index_of.at(cem)) == 2);
}

TEST_CASE("registration that was closed by hand stays closed") {
    given(one_of_two).when(CloseRegistration{}).then({RegistrationClosed{}});
    const auto closed = one_of_two + TournamentEvents{RegistrationClosed{}};
    given(closed).when(enter(ben)).refused(Code::wrong_state, "registration is closed");
    given(closed).when(CloseRegistration{}).then({});
}

// --- start ------------------------------------------------------------------------------------------------------------------

TEST_CASE("a tournament starts with two or more") {
    given(open_for_two).when(start_now).refused(Code::wrong_state, "at least 2 participants are needed, 0 registered");
    given(one_of_two).when(start_now).refused(Code::wrong_state, "at least 2 participants are needed, 1 registered");
    given(full).when(start_now).then({TournamentStarted{{0, 1}, 7}, MatchStarted{1}});
    given(playing).when(start_now).refused(Code::wrong_state, "already started");
    given(over).when(start_now).refused(Code::wrong_state, "already started");
    given(called_off).when(start_now).refused(Code::wrong_state, "cancelled");
}

TEST_CASE("the draw follows ratings, or seeds by hand, where the host says so") {
    auto by_rating = created(3);
    by_rating.options.seeding = seeding::Method::rating;
    const TournamentEvents three{by_rating,       RegistrationOpened{},
                                 registered(ana), registered(ben),
                                 registered(cem), RegistrationClosed{.full = true, .starts_at = {}}};
    given(three)
        .when(StartTournament{7, {{ben, 1300.0}, {cem, 1500.0}}})
        .then({TournamentStarted{{2, 1, 0}, 7, {}, {0, 1300, 1500}}, MatchStarted{2}});

    auto by_hand = created(2);
    by_hand.options.seeding = seeding::Method::manual;
    const TournamentEvents two{by_hand, RegistrationOpened{}, EntrantRegistered{ana, "Ana", 2},
                               EntrantRegistered{ben, "Ben", 1}};
    given(two).when(start_now).then({TournamentStarted{{1, 0}, 7}, MatchStarted{1}});
}

TEST_CASE("where the host opens the rounds, only the first begins by itself") {
    auto by_hand = created(4, Driver::manual);
    by_hand.options.auto_advance = false;
    const TournamentEvents ready{by_hand,
                                 RegistrationOpened{},
                                 registered(ana),
                                 registered(ben),
                                 registered(cem),
                                 registered(dana),
                                 RegistrationClosed{.full = true}};
    const TournamentEvents begun{TournamentStarted{{0, 1, 2, 3}, 7}, MatchStarted{1}, MatchStarted{2}};
    given(ready).when(start_now).then(begun);
    given(ready + begun).when(Advance{}).refused(Code::wrong_state, "the current round is not finished");
    const auto one = ready + begun + TournamentEvents{completed(1, ana, dana)};
    given(one).when(won_by(2, 0)).then({completed(2, ben, cem)});
    given(one + TournamentEvents{completed(2, ben, cem)}).when(Advance{}).then({RoundOpened{2}, MatchStarted{3}});
    given(four).when(Advance{}).refused(Code::wrong_state, "rounds begin by themselves");
}

// --- results ----------------------------------------------------------------------------------------------------------------

TEST_CASE("the last result makes a champion") {
    given(playing).when(won_by(1, 1)).then({completed(1, ben, ana), TournamentCompleted{ben}});
}

TEST_CASE("two results of a round begin the next") {
    const auto after_one = four + TournamentEvents{completed(1, ana, dana)};
    given(four).when(won_by(1, 0)).then({completed(1, ana, dana)});
    given(after_one).when(won_by(2, 1)).then({completed(2, cem, ben), MatchStarted{3}});
}

TEST_CASE("a level match goes to the higher seed, and says so unless the game had a word for it") {
    given(playing)
        .when(ReportResult{.match = 1, .winner_side = {}, .score = formats::Score{1, 1}, .decision = {}})
        .then({MatchCompleted{1, ana, ben, std::vector<std::int64_t>{1, 1}, "higher_seed", true},
               TournamentCompleted{ana}});
    given(playing)
        .when(ReportResult{.match = 1, .winner_side = {}, .score = {}, .decision = "level"})
        .then({MatchCompleted{1, ana, ben, {}, "level", true}, TournamentCompleted{ana}});
}

TEST_CASE("where nobody wins, the next opponent has a bye") {
    const MatchCompleted nobody{
        .match = 1, .winner = {}, .loser = {}, .score = {}, .decision = "double_no_show", .forfeit = true};
    const ReportResult report{
        .match = 1, .winner_side = {}, .nobody_wins = true, .score = {}, .decision = "double_no_show"};
    given(four).when(report).then({nobody});
    given(four + TournamentEvents{nobody}).when(won_by(2, 0)).then({completed(2, ben, cem), TournamentCompleted{ben}});
}

TEST_CASE("where nobody wins the last match, there is no champion") {
    const ReportResult report{.match = 1, .winner_side = {}, .nobody_wins = true, .score = {}, .decision = {}};
    const auto t = given(playing)
                       .when(report)
                       .then({MatchCompleted{.match = 1, .decision = {}, .forfeit = true}, TournamentCompleted{}})
                       .state();
    CHECK(t.status == Status::completed);
    CHECK(!t.champion);
}

TEST_CASE("the same result twice changes nothing; another result is a conflict") {
    given(over).when(won_by(1, 0)).then({});
    given(over).when(won_by(1, 1)).refused(Code::conflict);
    given(over)
        .when(ReportResult{.match = 1, .winner_side = 0, .score = formats::Score{2, 0}, .decision = {}})
        .refused(Code::conflict);
    const auto after_one = four + TournamentEvents{completed(1, ana, dana)};
    given(after_one).when(won_by(1, 0)).then({});
    given(after_one).when(won_by(1, 1)).refused(Code::conflict);
}

TEST_CASE("a result needs a match that is being played, and one of its two players") {
    given(four).when(won_by(0, 0)).refused(Code::not_found);
    given(four).when(won_by(4, 0)).refused(Code::not_found);
    given(four).when(won_by(1, 2)).refused(Code::invalid);
    given(four).when(won_by(3, 0)).refused(Code::wrong_state, "the match is not in progress");
    given(full).when(won_by(1, 0)).refused(Code::wrong_state);
    given(four + TournamentEvents{TournamentCancelled{"rain"}})
        .when(won_by(1, 0))
        .refused(Code::wrong_state, "cancelled");
}

TEST_CASE("a tournament is cancelled until it is over") {
    for (const auto& events : {upcoming, open_for_two, full, playing})
        given(events).when(CancelTournament{"rain"}).then({TournamentCancelled{"rain"}});
    given(over).when(CancelTournament{"rain"}).refused(Code::wrong_state, "already completed");
    given(called_off).when(CancelTournament{"rain"}).refused(Code::wrong_state, "cancelled");
}

// --- properties ---------------------------------------------------------------------------------------------------------------

namespace {

/// The order of the life cycle that a command stands for.
std::optional<Order> order_of(const TournamentCommand& command) {
    return std::visit(overloaded{
                          [](const CreateTournament&) { return std::optional<Order>{}; },
                          [](const OpenRegistration&) { return std::optional(Order::open_registration); },
                          [](const RegisterEntrant&) { return std::optional(Order::register_entrant); },
                          [](const WithdrawEntrant&) { return std::optional(Order::withdraw_entrant); },
                          [](const CheckIn&) { return std::optional(Order::check_in); },
                          [](const CloseRegistration&) { return std::optional(Order::close_registration); },
                          [](const CloseCheckIn&) { return std::optional(Order::withdraw_entrant); },
                          [](const StartTournament&) { return std::optional(Order::start); },
                          [](const StartAsAnnounced&) { return std::optional(Order::start); },
                          [](const ArrangeStage&) { return std::optional(Order::advance); },
                          [](const Advance&) { return std::optional(Order::advance); },
                          [](const DrawRound&) { return std::optional(Order::advance); },
                          [](const Leave&) { return std::optional(Order::leave); },
                          [](const GrantBye&) { return std::optional(Order::grant_bye); },
                          [](const ReportResult&) { return std::optional(Order::report_result); },
                          [](const CorrectResult&) { return std::optional(Order::correct_result); },
                          [](const CancelTournament&) { return std::optional(Order::cancel); },
                          [](const OpenAsAnnounced&) { return std::optional(Order::open_registration); },
                          [](const CloseAsAnnounced&) { return std::optional(Order::close_registration); },
                          [](const ChangeTournament&) { return std::optional(Order::change); },
                          [](const DeleteTournament&) { return std::optional(Order::delete_); },
                          [](const GenerateBracket&) { return std::optional(Order::generate_bracket); },
                          [](const SetSeeds&) { return std::optional(Order::set_seeds); },
                          [](const ClaimResult&) { return std::optional(Order::report_result); },
                          [](const ConfirmResult&) { return std::optional(Order::report_result); },
                          [](const DisputeResult&) { return std::optional(Order::report_result); },
                          [](const RuleResult&) { return std::optional(Order::report_result); },
                          [](const ClaimNoShow&) { return std::optional(Order::report_result); },
                          [](const AnswerNoShow&) { return std::optional(Order::report_result); },
                          [](const SettleClaims&) { return std::optional(Order::report_result); },
                      },
                      command);
}

ReportResult random_result() {
    ReportResult result{.match = *rc::gen::inRange<MatchNumber>(0, 9), .winner_side = {}, .score = {}, .decision = {}};
    const auto what = *rc::gen::inRange(0, 4);
    result.nobody_wins = what == 3;
    if (what < 2) result.winner_side = static_cast<std::uint8_t>(what);
    return result;
}

TournamentCommand random_command() {
    const auto who = entrant(*rc::gen::inRange<std::uint8_t>(1, 8));
    switch (*rc::gen::inRange(0, 16)) {
        case 14: return GenerateBracket{{.draw_seed = *rc::gen::arbitrary<std::uint64_t>(), .ratings = {}}};
        case 15: return ClaimResult{*rc::gen::inRange<MatchNumber>(0, 9), who, who, {}};
        case 0: return OpenRegistration{};
        case 1: return WithdrawEntrant{who};
        case 2: return CloseRegistration{};
        case 3: return StartTournament{.draw_seed = *rc::gen::arbitrary<std::uint64_t>(), .ratings = {}};
        case 4: return StartAsAnnounced{};
        case 5: return *rc::gen::inRange(0, 4) == 0 ? TournamentCommand(CancelTournament{"rain"}) : enter(who);
        case 6:
        case 7:
        case 8:
        case 9: return enter(who);
        default: return random_result();
    }
}

bool nobody_plays_twice(const Tournament& t) {
    std::set<formats::Seed> busy;
    for (MatchNumber m = 1; m <= t.match_count(); ++m) {
        if (t.match(m).status != formats::MatchStatus::in_progress) continue;
        for (const auto player : t.match(m).players)
            if (!busy.insert(player).second) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("whatever is asked in whatever order: the life cycle holds, and the log leads to the same state") {
    CHECK(rc::check([] {
        Tournament t;
        TournamentEvents log;
        const auto remember = [&](const Result<TournamentEvents>& events) {
            if (events) log.insert(log.end(), events->begin(), events->end());
        };
        auto what = created(*rc::gen::inRange(2, 6), Driver::hosted);
        what.options.auto_start = *rc::gen::arbitrary<bool>();
        what.options.start_delay = 0;
        remember(execute(t, CreateTournament{what, *rc::gen::arbitrary<bool>()}));
        const auto steps = *rc::gen::inRange(0, 60);
        for (int i = 0; i < steps; ++i) {
            const auto command = random_command();
            const auto from = t.status;
            const auto events = execute(t, command);
            remember(events);
            if (events && !events->empty()) RC_ASSERT(allows(from, *order_of(command)));
            RC_ASSERT(nobody_plays_twice(t));
            RC_ASSERT(static_cast<std::int64_t>(t.entrants.size()) <= t.max_entrants);
        }
        RC_ASSERT(show(replayed(log)) == show(t));
    }));
}

TEST_CASE("a tournament of 2 to 40 ends, whatever the results, with at most one champion") {
    CHECK(rc::check([] {
        Prng prng{*rc::gen::arbitrary<std::uint64_t>()};
        const auto entrants = static_cast<std::uint8_t>(*rc::gen::inRange(2, 41));
        Tournament t;
        RC_ASSERT(execute(t, CreateTournament{created(entrants)}).has_value());
        for (std::uint8_t i = 1; i <= entrants; ++i) RC_ASSERT(execute(t, enter(entrant(i))).has_value());
        RC_ASSERT(execute(t, StartTournament{.draw_seed = prng.next(), .ratings = {}}).has_value());
        std::size_t results = 0;
        while (t.status == Status::in_progress) {
            std::vector<MatchNumber> live;
            for (MatchNumber m = 1; m <= t.match_count(); ++m)
                if (t.match(m).status == formats::MatchStatus::in_progress) live.push_back(m);
            RC_ASSERT(!live.empty());
            RC_ASSERT(nobody_plays_twice(t));
            const auto fate = prng.below(10);
            ReportResult result{.match = live[prng.below(live.size())], .winner_side = {}, .score = {}, .decision = {}};
            result.nobody_wins = fate == 0;
            if (fate > 1) result.winner_side = static_cast<std::uint8_t>(fate % 2);
            RC_ASSERT(execute(t, result).has_value());
            RC_ASSERT(++results < entrants);
        }
        RC_ASSERT(t.status == Status::completed);
        if (t.champion) RC_ASSERT(t.has(*t.champion));
    }));
}

}  // namespace agon
