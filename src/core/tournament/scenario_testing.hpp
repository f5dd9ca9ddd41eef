/// Tests of a tournament's rules read as sentences:
///
///     given({created(2), registered(ana), registered(ben)}).when(Register{cem}).refused(Code::exhausted);
///
/// `when` runs the command and whatever follows from it by itself, as the engine does.
#pragma once

#include <doctest/doctest.h>

#include <set>

#include "base/codec/codec.hpp"
#include "core/tournament/tournament.hpp"

namespace agon::scenario {

inline constexpr Instant t0{1'700'000'000'000'000};

inline EntrantId entrant(std::uint8_t n) { return EntrantId{Uuid{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n}}}; }
inline const EntrantId ana = entrant(1), ben = entrant(2), cem = entrant(3), dana = entrant(4), eve = entrant(5);

/// An event as `MatchStarted{"match":1}`.
inline std::string show(const TournamentEvent& event) {
    return std::visit(
        [](const auto& e) {
            return std::string(codec::type_name<std::remove_cvref_t<decltype(e)>>()) +
                   codec::to_json<codec::log_spelling>(e);
        },
        event);
}

inline std::string show(const TournamentEvents& events) {
    std::string text;
    for (const auto& event : events) text += show(event) + "\n";
    return text;
}

/// Everything that a tournament's behaviour rests on, as text: equal states show the same.
inline std::string show(const Tournament& t) {
    auto text = fmt::format("{} {} {} starts {} champion {}\n", static_cast<int>(t.status), t.name, t.max_entrants,
                            t.starts_at ? t.starts_at->us : 0, t.champion ? t.champion->text() : "none");
    for (const auto& e : t.entrants)
        text += fmt::format("{} at {} ({}), ", e.id.text(), t.index_of.at(e.id), e.registered_at.us);
    for (const auto index : t.order) text += fmt::format("{} ", index);
    for (MatchNumber m = 1; m <= t.match_count(); ++m) {
        const auto& match = t.match(m);
        text += fmt::format("\n{}: {} v {}, status {}, winner {}, score {} {}-{}, {} {}", m, match.players[0],
                            match.players[1], static_cast<int>(match.status), match.winner_side, match.has_score,
                            match.score[0], match.score[1], t.times[m - 1].completed_at.us, t.times[m - 1].decision);
    }
    return text;
}

/// Runs the command as the engine does; the events that it led to, all of them.
inline Result<TournamentEvents> execute(Tournament& t, const TournamentCommand& command, Instant now = t0) {
    auto events = decide(t, command, now);
    if (!events) return events;
    TournamentEvents all;
    for (auto more = *events; !more.empty(); more = consequences(t, now))
        for (const auto& event : more) {
            evolve(t, event, now);
            all.push_back(event);
        }
    return all;
}

class When {
public:
    When(Tournament state, const TournamentCommand& command, Instant now) : state_(std::move(state)) {
        outcome_ = execute(state_, command, now);
    }
    /// These events and no others.
    When& then(const TournamentEvents& expected) {
        REQUIRE_MESSAGE(outcome_.has_value(), outcome_.error().message);
        CHECK(show(*outcome_) == show(expected));
        return *this;
    }
    void refused(Code code, std::string_view message = {}) const {
        REQUIRE(!outcome_.has_value());
        CHECK(outcome_.error().code == code);
        if (!message.empty()) CHECK(outcome_.error().message == message);
    }
    const Tournament& state() const { return state_; }

private:
    Tournament state_;
    Result<TournamentEvents> outcome_;
};

class Given {
public:
    explicit Given(const TournamentEvents& events) {
        for (const auto& event : events) evolve(state_, event, t0);
    }
    Given& at(Instant now) { return now_ = now, *this; }
    When when(const TournamentCommand& command) const { return {state_, command, now_}; }

private:
    Tournament state_;
    Instant now_ = t0;
};

inline Given given(const TournamentEvents& events) { return Given(events); }

/// A tournament of `places`, with a match's results reported by hand unless `driver` says otherwise.
inline TournamentCreated created(std::int64_t places, Driver driver = Driver::hosted, TournamentOptions options = {}) {
    options.seeding = seeding::Method::registration;
    return {.name = "Cup",
            .game_type = "rps",
            .format = "single_elimination",
            .max_entrants = places,
            .driver = driver,
            .options = options,
            .game_options = JsonObject{},
            .created_by = {}};
}

inline EntrantRegistered registered(EntrantId id) { return {id, id.text(), {}}; }
inline RegisterEntrant enter(EntrantId id) { return {id, id.text(), {}}; }
inline MatchCompleted completed(MatchNumber match, EntrantId winner, EntrantId loser, std::string decision = {}) {
    return {.match = match, .winner = winner, .loser = loser, .score = {}, .decision = std::move(decision)};
}

/// Adds events to a list of them.
inline TournamentEvents operator+(TournamentEvents events, const TournamentEvents& more) {
    events.insert(events.end(), more.begin(), more.end());
    return events;
}

}  // namespace agon::scenario
