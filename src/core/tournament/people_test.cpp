// Tournaments of people: what is announced, money, and what players say of their matches.
#include <doctest/doctest.h>

#include "core/tournament/scenario_testing.hpp"

namespace agon {

using namespace scenario;

namespace {

const TournamentId cup{Uuid{{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 0, 0, 0, 0}}};

TournamentCreated announced(std::int64_t places, MoneyTerms money = {}, ReportRules reports = {}) {
    auto what = created(places, Driver::manual);
    what.tournament_id = cup;
    what.details.money = std::move(money);
    what.details.reports = reports;
    return what;
}

Tournament opened(const TournamentCreated& what, const std::vector<EntrantId>& entrants = {}) {
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what}).has_value());
    for (const auto id : entrants) REQUIRE(execute(t, enter(id)).has_value());
    return t;
}

Tournament playing(const TournamentCreated& what, const std::vector<EntrantId>& entrants) {
    auto t = opened(what, entrants);
    REQUIRE(execute(t, StartTournament{.draw_seed = 7}).has_value());
    return t;
}

/// The transfers that the events record: `prize 800`.
std::string moved(const TournamentEvents& events) {
    std::string text;
    for (const auto& event : events)
        if (const auto* e = std::get_if<ledger::MoneyMoved>(&event)) {
            std::int64_t amount = 0;
            for (const auto& entry : e->transfer.entries) amount = std::max(amount, entry.amount.units);
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                                codec::word_of<codec::log_spelling>(e->transfer.kind), amount);
        }
    return text;
}

void refuses(Tournament& t, const TournamentCommand& command, Code code, std::string_view message, Instant now = t0) {
    const auto before = show(t);
    const auto outcome = execute(t, command, now);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == code);
    CHECK(outcome.error().message == message);
    CHECK(show(t) == before);
}

const MoneyTerms five_hundred{.entry_fee = Money{500}};
const ReportRules confirmed{.max_score = 11, .confirm_results = true};
const std::vector<std::int64_t> eleven_eight{11, 8};

ClaimResult claims(EntrantId by, EntrantId winner, std::vector<std::int64_t> score = eleven_eight) {
    return {1, by, winner, std::move(score)};
}

}  // namespace

// --- money --------------------------------------------------------------------------------------------------------------

TEST_CASE("who enters pays, who leaves before the start has it back, and the pool is what was paid") {
    auto t = opened(announced(4, five_hundred));
    CHECK(moved(*execute(t, enter(ana))) == "entry_fee 500");
    CHECK(moved(*execute(t, enter(ben))) == "entry_fee 500");
    CHECK(t.prize_pool() == Money{1000});
    CHECK(moved(*execute(t, WithdrawEntrant{ana})) == "refund 500");
    CHECK(t.prize_pool() == Money{500});
    CHECK(moved(*execute(t, enter(ana))) == "entry_fee 500");
}

TEST_CASE("completion pays the prizes once and leaves nothing in the escrow") {
    auto t = playing(announced(2, five_hundred), {ana, ben});
    const auto events = execute(t, claims(ana, ana));
    REQUIRE(events.has_value());
    CHECK(t.status == Status::completed);
    // 50/30 of two entrants: 62.5 and 37.5 per cent.
    CHECK(moved(*events) == "prize 625, prize 375");
    CHECK(t.escrow.balance == Money{});
    CHECK(execute(t, claims(ben, ana))->empty());
    refuses(t, CorrectResult{.result = {.match = 1, .winner_side = 1}}, Code::wrong_state,
            "the prizes are paid; adjust the wallets instead");
}

TEST_CASE("a declared pool is topped up by the house") {
    auto t = playing(announced(2, {.entry_fee = Money{500}, .prize_pool = Money{16'000}}), {ana, ben});
    CHECK(moved(*execute(t, claims(ana, ana))) == "top_up 15000, prize 10000, prize 6000");
}

TEST_CASE("cancelling returns every fee, also of those who wait for a place") {
    auto what = announced(2, five_hundred);
    what.options.waiting_list = true;
    auto t = opened(what, {ana, ben, cem});
    CHECK(moved(*execute(t, CancelTournament{"rain"})) == "refund 500, refund 500, refund 500");
    CHECK(t.escrow.balance == Money{});
}

TEST_CASE("whoever still waits when it starts has the fee back") {
    auto what = announced(2, five_hundred);
    what.options.waiting_list = true;
    auto t = opened(what, {ana, ben, cem});
    CHECK(moved(*execute(t, StartTournament{})) == "refund 500");
}

TEST_CASE("the disqualified have no prize") {
    auto t = playing(announced(2, five_hundred), {ana, ben});
    CHECK(moved(*execute(t, Leave{ben, Leaving::disqualified, "cheated"})) == "prize 1000");
}

TEST_CASE("money is fixed once somebody has entered") {
    auto t = opened(announced(4, five_hundred), {ana});
    TournamentChanged what{t.name, t.game_type, t.max_entrants, t.options, t.plan, t.details};
    what.details.money.entry_fee = Money{1};
    refuses(t, ChangeTournament{.basis = t.revision, .what = what}, Code::wrong_state,
            "entry fee and prizes are fixed once somebody has entered");
    REQUIRE(execute(t, WithdrawEntrant{ana}).has_value());
    auto fresh = opened(announced(4, five_hundred));
    REQUIRE(execute(fresh, ChangeTournament{.basis = fresh.revision, .what = what}).has_value());
    CHECK(moved(*execute(fresh, enter(ana))) == "entry_fee 1");
}

// --- announcing ---------------------------------------------------------------------------------------------------------

TEST_CASE("a change is made from the state that it was made for, and carries out the order") {
    Tournament t;
    REQUIRE(execute(t, CreateTournament{announced(4), false}).has_value());
    TournamentChanged what{"New name", t.game_type, 8, t.options, t.plan, t.details};
    refuses(t, ChangeTournament{.basis = t.revision + 1, .what = what}, Code::conflict, moved_on);
    REQUIRE(
        execute(t, ChangeTournament{.basis = t.revision, .what = what, .to = Status::registration_open}).has_value());
    CHECK(t.name == "New name");
    CHECK(t.max_entrants == 8);
    CHECK(t.status == Status::registration_open);
    refuses(t, ChangeTournament{.basis = t.revision, .what = what, .to = Status::completed}, Code::wrong_state,
            "a tournament that is REGISTRATION_OPEN cannot become COMPLETED");
}

TEST_CASE("a tournament has room for who has entered") {
    auto t = opened(announced(4), {ana, ben, cem});
    TournamentChanged what{t.name, t.game_type, 2, t.options, t.plan, t.details};
    refuses(t, ChangeTournament{.basis = t.revision, .what = what}, Code::invalid, "must be from 3 to 65536");
}

TEST_CASE("registration opens and closes at the announced times, not before") {
    auto what = announced(4);
    what.details.registration_opens_at = t0 + seconds(10);
    what.details.registration_closes_at = t0 + seconds(20);
    Tournament t;
    REQUIRE(execute(t, CreateTournament{what, false}).has_value());
    refuses(t, OpenAsAnnounced{}, Code::wrong_state, "registration is not due to open", t0 + seconds(9));
    REQUIRE(execute(t, OpenAsAnnounced{}, t0 + seconds(10)).has_value());
    refuses(t, CloseAsAnnounced{}, Code::wrong_state, "registration is not due to close", t0 + seconds(19));
    REQUIRE(execute(t, CloseAsAnnounced{}, t0 + seconds(20)).has_value());
    CHECK(t.status == Status::ready);
}

TEST_CASE("a deleted tournament is gone, and its fees are back") {
    auto t = opened(announced(4, five_hundred), {ana});
    CHECK(moved(*execute(t, DeleteTournament{})) == "refund 500");
    CHECK_FALSE(t.exists());
    auto running = playing(announced(4), {ana, ben});
    refuses(running, DeleteTournament{}, Code::wrong_state, "a running tournament cannot be deleted; cancel it first");
}

// --- the draw before the start --------------------------------------------------------------------------------------------

TEST_CASE("a bracket is generated before the start, and the start keeps it") {
    auto t = opened(announced(4), {ana, ben, cem, dana});
    REQUIRE(execute(t, GenerateBracket{{.draw_seed = 3}}).has_value());
    CHECK(t.is_drawn());
    CHECK(t.match_count() == 3);
    CHECK(t.match(1).status == formats::MatchStatus::ready);
    const auto order = t.order;
    REQUIRE(execute(t, StartTournament{.draw_seed = 99}).has_value());
    CHECK(t.order == order);
    CHECK(t.match(1).status == formats::MatchStatus::in_progress);
}

TEST_CASE("a generated bracket is void once somebody leaves") {
    auto t = opened(announced(4), {ana, ben, cem});
    REQUIRE(execute(t, GenerateBracket{}).has_value());
    REQUIRE(execute(t, WithdrawEntrant{ben}).has_value());
    CHECK_FALSE(t.is_drawn());
    REQUIRE(execute(t, GenerateBracket{}).has_value());
    CHECK(t.order.size() == 2);
}

TEST_CASE("the host's seeds are the draw") {
    auto t = opened(announced(4), {ana, ben, cem});
    refuses(t, SetSeeds{{ana, ben}}, Code::invalid, "must name each of the 3 participants once");
    refuses(t, SetSeeds{{ana, ben, ben}}, Code::invalid, "must name each of the 3 participants once");
    REQUIRE(execute(t, SetSeeds{{cem, ana, ben}}).has_value());
    REQUIRE(execute(t, StartTournament{}).has_value());
    CHECK(t.entrants[t.order[0]].id == cem);
    CHECK(t.entrants[t.order[2]].id == ben);
}

// --- what players say ---------------------------------------------------------------------------------------------------

TEST_CASE("a report is checked") {
    auto t = playing(announced(2, {}, {.max_score = 11}), {ana, ben});
    refuses(t, claims(cem, ana), Code::forbidden, "only the match's players may say so");
    refuses(t, claims(ana, cem), Code::invalid, "must be one of the two who play in the match");
    refuses(t, claims(ana, ana, {8, 11}), Code::invalid, "the scores do not agree with the winner");
    refuses(t, claims(ana, ana, {11, 11}), Code::invalid, "the scores do not agree with the winner");
    refuses(t, claims(ana, ana, {12, 8}), Code::invalid, "must be at most 11");
    refuses(t, claims(ana, ana, {11, -1}), Code::invalid, "must be at least 0");
    refuses(t, ClaimResult{1, ana, {}, {}}, Code::invalid, "a match of this format needs a winner");
    refuses(t, ClaimResult{2, ana, ana, {}}, Code::not_found, "no such match");
    REQUIRE(execute(t, claims(ana, ana)).has_value());
    CHECK(execute(t, claims(ben, ana))->empty());
    refuses(t, claims(ben, ben, {8, 11}), Code::conflict, "the match has another result already");
}

TEST_CASE("with confirmation a report counts once the opponent agrees") {
    auto t = playing(announced(2, {}, confirmed), {ana, ben});
    REQUIRE(execute(t, claims(ana, ana)).has_value());
    CHECK(t.status == Status::in_progress);
    CHECK(execute(t, claims(ana, ana))->empty());
    refuses(t, claims(ana, ana, {11, 9}), Code::conflict, "you have reported another result of this match already");
    refuses(t, ConfirmResult{1, ana}, Code::wrong_state, "the opponent confirms, not who reported it");
    SUBCASE("by confirming") { REQUIRE(execute(t, ConfirmResult{1, ben}).has_value()); }
    SUBCASE("by reporting the same") { REQUIRE(execute(t, claims(ben, ana)).has_value()); }
    CHECK(t.champion == ana);
    CHECK(execute(t, ConfirmResult{1, ben})->empty());
}

TEST_CASE("two who do not agree wait for the host") {
    auto t = playing(announced(2, {}, confirmed), {ana, ben});
    refuses(t, DisputeResult{1, ben, "no"}, Code::wrong_state, "no result of this match was reported");
    REQUIRE(execute(t, claims(ana, ana)).has_value());
    SUBCASE("after a dispute") { REQUIRE(execute(t, DisputeResult{1, ben, "I won"}).has_value()); }
    SUBCASE("after two reports") { REQUIRE(execute(t, claims(ben, ben, {8, 11})).has_value()); }
    CHECK(t.is_disputed(1));
    refuses(t, claims(ben, ana), Code::conflict, "the match is disputed; a host rules");
    refuses(t, ConfirmResult{1, ben}, Code::conflict, "the match is disputed; a host rules");
    REQUIRE(execute(t, RuleResult{1, ben, std::vector<std::int64_t>{8, 11}}).has_value());
    CHECK(t.champion == ben);
    CHECK(t.times[0].decision == "ruling");
    CHECK(t.claims.empty());
}

TEST_CASE("a report that nobody answers counts at its time") {
    auto rules = confirmed;
    rules.confirm_within = 60;
    auto t = playing(announced(2, {}, rules), {ana, ben});
    REQUIRE(execute(t, claims(ana, ana)).has_value());
    CHECK(execute(t, SettleClaims{}, t0 + seconds(59))->empty());
    REQUIRE_FALSE(execute(t, SettleClaims{}, t0 + seconds(60))->empty());
    CHECK(t.champion == ana);
}

TEST_CASE("whoever waits for an opponent wins after its time, unless it answers") {
    auto t = playing(announced(2, {}, {.no_show_wait = 600}), {ana, ben});
    REQUIRE(execute(t, ClaimNoShow{1, ana}).has_value());
    CHECK(execute(t, ClaimNoShow{1, ana})->empty());
    refuses(t, ClaimNoShow{1, ben}, Code::conflict, "the opponent says the same of you; answer first");
    SUBCASE("answered") {
        REQUIRE(execute(t, AnswerNoShow{1, ben}).has_value());
        CHECK(execute(t, SettleClaims{}, t0 + seconds(601))->empty());
        CHECK(t.status == Status::in_progress);
    }
    SUBCASE("not answered") {
        REQUIRE(execute(t, SettleClaims{}, t0 + seconds(600)).has_value());
        CHECK(t.champion == ana);
        CHECK(t.match(1).forfeit);
        CHECK(t.times[0].decision == "no_show");
    }
}

}  // namespace agon
