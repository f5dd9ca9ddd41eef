// What holds in every format, whatever happens.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "base/prng.hpp"
#include "core/formats/format.hpp"

namespace agon::formats {

namespace {

struct Begin {
    MatchNumber match;
};
struct Complete {
    MatchNumber match;
    Ending ending;
};
struct DrawRounds {
    std::uint32_t first;
    std::vector<PlannedRound> rounds;
};
struct Stop {
    std::string why;
};
struct Leave {
    Seed seed;
};
struct Vacate {
    Seed seed;
};
struct Admit {};
struct AskForBye {
    RequestedBye bye;
};
using Operation = std::variant<Begin, Complete, DrawRounds, Stop, Leave, Vacate, Admit, AskForBye>;
using History = std::vector<Operation>;

struct Apply {
    Stage& stage;
    void operator()(const Begin& o) const { stage.begin(o.match); }
    void operator()(const Complete& o) const { stage.complete(o.match, o.ending); }
    void operator()(const DrawRounds& o) const { stage.draw(o.rounds); }
    void operator()(const Stop& o) const { stage.stop(o.why); }
    void operator()(const Leave& o) const { stage.leave(o.seed); }
    void operator()(const Vacate& o) const { stage.vacate(o.seed); }
    void operator()(const Admit&) const { stage.admit(1500); }
    void operator()(const AskForBye& o) const { stage.request_bye(o.bye); }
};

std::string name(Seed s) { return s == pending ? "?" : s == nobody ? "-" : std::to_string(s + 1); }

/// All that can be seen of a stage.
std::string show(const Stage& stage) {
    std::string text = fmt::format("finished {} wants draw {}\n", stage.is_finished(), stage.wants_draw());
    for (MatchNumber n = 1; n <= stage.match_count(); ++n) {
        const auto& m = stage.match(n);
        text += fmt::format("{}: {} v {} {} {} {} {}-{}\n", n, name(m.players[0]), name(m.players[1]),
                            static_cast<int>(m.status), m.winner_side, m.forfeit, m.score[0], m.score[1]);
    }
    for (const auto& r : stage.rounds()) text += fmt::format("round of {}, open {}\n", r.count, r.open);
    for (const auto m : stage.startable()) text += fmt::format("may begin {}\n", m);
    for (const auto& p : stage.format().rank(stage)) text += fmt::format("{}: {}-{}, ", p.seed + 1, p.first, p.last);
    return text;
}

/// Settings that the format takes.
Settings random_settings(const Format& format, Prng& prng) {
    for (;;) {
        Settings settings{.entrants = static_cast<std::uint32_t>(2 + prng.below(prng.below(3) == 0 ? 39 : 9)),
                          .colours = prng.below(2) == 0,
                          .lots_seed = prng.next()};
        auto& options = settings.options;
        options.grand_final = static_cast<GrandFinal>(prng.below(3));
        options.third_place = prng.below(2) == 0;
        if (prng.below(2) == 0) options.rounds = static_cast<std::int64_t>(1 + prng.below(4));
        if (prng.below(3) == 0) options.points = {.win = 3, .draw = 1, .loss = 0, .bye = 2};
        options.groups = prng.below(3) == 0 ? static_cast<std::int64_t>(2 + prng.below(3)) : 1;
        for (Seed s = 0; s < settings.entrants && options.groups > 1; ++s)
            settings.group_of.push_back(static_cast<std::uint16_t>(s % static_cast<std::uint64_t>(options.groups)));
        if (prng.below(2) == 0)
            for (Seed s = 0; s < settings.entrants; ++s)
                settings.ratings.push_back(static_cast<std::int32_t>(1000 + prng.below(1000)));
        if (format.check(settings)) return settings;
    }
}

/// A stage to which things happen, and the history that leads to where it stands.
class Play {
public:
    Play(const Format& format, Settings settings, Prng& prng)
        : prng_(prng),
          settings_(std::move(settings)),
          taking_back_(prng.below(25)),
          leaving_(prng.below(prng.below(2) == 0 ? 4 : 20)),
          neither_(prng.below(40)),
          stage(format, settings_) {}

    bool is_over() const { return stage.is_finished(); }

    void something(bool calm) {
        if (stage.wants_draw()) return draw();
        if (calm) return play();
        if (happens(taking_back_)) return take_back();
        if (happens(leaving_)) return leave();
        if (happens(leaving_)) return vacate();
        if (stage.format().takes_late_entrants && happens(4)) return later_swiss();
        play();
    }

    Stage replayed() const {
        Stage again(stage.format(), settings_);
        for (const auto& o : history_) std::visit(Apply{again}, o);
        return again;
    }

private:
    bool happens(std::uint64_t percent) { return prng_.below(100) < percent; }

    void happen(Operation o) {
        std::visit(Apply{stage}, o);
        history_.push_back(std::move(o));
    }

    void draw() {
        auto drawn = stage.format().next(stage);
        if (drawn.rounds.empty()) return happen(Stop{drawn.impossible});
        happen(DrawRounds{static_cast<std::uint32_t>(stage.rounds().size() + 1), std::move(drawn.rounds)});
    }

    /// Begins or ends a match; those of entrants who have left are forfeited.
    void play() {
        std::vector<MatchNumber> open;
        for (MatchNumber m = 1; m <= stage.match_count(); ++m)
            if (stage.match(m).status == MatchStatus::in_progress) open.push_back(m);
        const auto ready = stage.startable();
        RC_ASSERT(!open.empty() || !ready.empty());
        check_startable(ready);
        if (ready.empty() || (!open.empty() && prng_.below(2) == 0)) return end(open[prng_.below(open.size())]);
        const auto number = ready[prng_.below(ready.size())];
        const auto& players = stage.match(number).players;
        if (stage.has_left(players[0]) || stage.has_left(players[1])) return forfeit(number);
        if (prng_.below(8) == 0) return end(number);
        happen(Begin{number});
    }

    void check_startable(const std::vector<MatchNumber>& ready) const {
        std::set<Seed> busy;
        for (MatchNumber m = 1; m <= stage.match_count(); ++m)
            if (stage.match(m).status == MatchStatus::in_progress)
                for (const auto s : stage.match(m).players) RC_ASSERT(busy.insert(s).second);
        for (const auto m : ready) {
            RC_ASSERT(stage.match(m).status == MatchStatus::ready);
            for (const auto s : stage.match(m).players) {
                RC_ASSERT(busy.insert(s).second);
                RC_ASSERT(!stage.is_vacated(s));
            }
        }
    }

    void forfeit(MatchNumber number) {
        const auto& players = stage.match(number).players;
        const bool first = stage.has_left(players[0]), second = stage.has_left(players[1]);
        const auto winner = static_cast<std::uint8_t>(first && second ? 2 : first ? 1 : 0);
        happen(Complete{number, {.winner_side = winner, .forfeit = true}});
    }

    void end(MatchNumber number) {
        const auto side = static_cast<std::uint8_t>(prng_.below(2));
        if (happens(neither_)) return happen(Complete{number, {.winner_side = 2, .forfeit = true}});
        if (happens(5)) return happen(Complete{number, {.winner_side = side, .forfeit = true}});
        if (happens(25) && !stage.format().needs_winner)
            return happen(Complete{number, {.winner_side = 2, .score = Score{1, 1}}});
        happen(Complete{number, {.winner_side = side, .score = side == 0 ? Score{2, 0} : Score{1, 2}}});
    }

    Seed somebody() const { return static_cast<Seed>(prng_.below(stage.settings().entrants)); }

    void leave() {
        if (const auto s = somebody(); !stage.has_left(s)) happen(Leave{s});
    }
    void vacate() {
        if (const auto s = somebody(); !stage.has_left(s) && !stage.has_played(s)) happen(Vacate{s});
    }
    void later_swiss() {
        if (prng_.below(2) == 0 && stage.settings().group_of.empty()) return happen(Admit{});
        happen(AskForBye{{.seed = somebody(), .round = static_cast<std::uint32_t>(stage.rounds().size() + 1)}});
    }

    /// The match was never played, nor what rests on it.
    void take_back() {
        std::vector<MatchNumber> ended;
        for (MatchNumber m = 1; m <= stage.match_count(); ++m)
            if (stage.match(m).status == MatchStatus::completed && !stage.match(m).is_bye()) ended.push_back(m);
        if (ended.empty()) return;
        const auto number = ended[prng_.below(ended.size())];
        forget(number);
        stage.undo(number);
        RC_ASSERT(show(stage) == show(replayed()));
    }

    void forget(MatchNumber number) {
        auto undone = stage.dependents(number);
        undone.push_back(number);
        const auto round = stage.match(number).round;
        const auto is_undone = [&](MatchNumber m) { return std::ranges::find(undone, m) != undone.end(); };
        std::erase_if(history_, [&](const Operation& o) {
            if (const auto* b = std::get_if<Begin>(&o)) return is_undone(b->match);
            if (const auto* c = std::get_if<Complete>(&o)) return is_undone(c->match);
            if (const auto* d = std::get_if<DrawRounds>(&o)) return d->first > round;
            return std::holds_alternative<Stop>(o);
        });
    }

    Prng& prng_;
    Settings settings_;
    History history_;
    /// In per cent of all that happens, or of all endings.
    std::uint64_t taking_back_, leaving_, neither_;

public:
    Stage stage;
};

/// Everybody has a place, and places are numbered as people number them.
void check_places(const Stage& stage) {
    const auto places = stage.format().rank(stage);
    RC_ASSERT(places.size() == stage.settings().entrants);
    std::set<Seed> seen;
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        RC_ASSERT(seen.insert(places[i].seed).second);
        RC_ASSERT(places[i].first <= i + 1);
        RC_ASSERT(i + 1 <= places[i].last);
        const bool same = i > 0 && places[i].first == places[i - 1].first;
        RC_ASSERT((same ? places[i].last == places[i - 1].last : places[i].first == i + 1));
        if (i > 0 && !same) RC_ASSERT(places[i - 1].last == i);
        // Who was taken out comes last, and shares with nobody who was not.
        const bool out = stage.is_vacated(places[i].seed), out_before = i > 0 && stage.is_vacated(places[i - 1].seed);
        RC_ASSERT(!out_before || out);
        RC_ASSERT(i == 0 || !same || out == out_before);
    }
}

/// How often two met, by pair. Swiss may pair again those of whom one did not come.
std::map<std::pair<Seed, Seed>, int> meetings(const Stage& stage) {
    std::map<std::pair<Seed, Seed>, int> met;
    for (MatchNumber n = 1; n <= stage.match_count(); ++n)
        if (const auto& m = stage.match(n); !m.is_bye() && !(stage.format().takes_late_entrants && m.forfeit))
            ++met[std::minmax(m.players[0], m.players[1])];
    return met;
}

constexpr std::size_t patience = 3000;

}  // namespace

TEST_CASE("every format ends whatever happens, with everybody placed at any time") {
    for (const auto* format : all_formats())
        CHECK(rc::check(std::string(format->name), [&](std::uint64_t seed) {
            Prng prng{seed};
            Play play(*format, random_settings(*format, prng), prng);
            std::size_t steps = 0;
            for (; !play.is_over() && steps < 20 * patience; ++steps) {
                play.something(steps > patience);
                if (steps % 8 == 0) check_places(play.stage);
            }
            RC_ASSERT(play.is_over());
            check_places(play.stage);
            RC_ASSERT(show(play.stage) == show(play.replayed()));
        }));
}

TEST_CASE("a copy of a stage goes its own way") {
    for (const auto* format : all_formats())
        CHECK(rc::check(std::string(format->name), [&](std::uint64_t seed) {
            Prng prng{seed};
            Play play(*format, random_settings(*format, prng), prng);
            for (auto steps = prng.below(60); steps > 0 && !play.is_over(); --steps) play.something(false);
            const auto before = show(play.stage);
            auto copy = play;
            for (int steps = 0; steps < 60 && !copy.is_over(); ++steps) copy.something(false);
            RC_ASSERT(show(play.stage) == before);
        }));
}

TEST_CASE("in formats by points nobody meets the same opponent twice, but once in every cycle of a round robin") {
    for (const auto* format : all_formats()) {
        if (!format->by_points) continue;
        CHECK(rc::check(std::string(format->name), [&](std::uint64_t seed) {
            Prng prng{seed};
            Play play(*format, random_settings(*format, prng), prng);
            while (!play.is_over()) play.something(true);
            const auto met = meetings(play.stage);
            const auto rounds = play.stage.settings().options.rounds.value_or(1);
            for (const auto& [pair, times] : met) {
                RC_ASSERT(play.stage.group_of(pair.first) == play.stage.group_of(pair.second));
                RC_ASSERT(times == (format->takes_late_entrants ? 1 : rounds));
            }
        }));
    }
}

TEST_CASE("another ending of a match leaves everything else as it is") {
    for (const auto* format : all_formats())
        CHECK(rc::check(std::string(format->name), [&](std::uint64_t seed) {
            Prng prng{seed};
            Play play(*format, random_settings(*format, prng), prng);
            while (!play.is_over()) play.something(true);
            const auto number = static_cast<MatchNumber>(1 + prng.below(play.stage.match_count()));
            const auto before = play.stage.match(number);
            if (before.status != MatchStatus::completed || before.is_bye()) return;
            play.stage.amend(number, {.winner_side = static_cast<std::uint8_t>(prng.below(3))});
            check_places(play.stage);
            play.stage.amend(number, before.ending());
            RC_ASSERT(show(play.stage) == show(play.replayed()));
        }));
}

}  // namespace agon::formats
