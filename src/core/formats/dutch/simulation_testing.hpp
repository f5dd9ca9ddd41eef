/// Tournaments out of a seed, for the tests and the benchmark of pairing: who is there, what is played, with all the
/// oddities of real ones.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "base/prng.hpp"
#include "core/formats/dutch/dutch.hpp"

namespace agon::formats::dutch::testing {

/// Sanitizers make everything slower: tests then do less.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

/// Chances in per cent.
struct Habits {
    std::size_t players = 8;
    std::uint32_t rounds = 5;
    unsigned draws = 30;
    unsigned absences = 0;
    unsigned forfeits = 0;
    unsigned late_entries = 0;
    unsigned forbidden_pairs = 0;
    unsigned accelerated = 0;
    /// How often the better player wins a decided game; 50 is chance.
    unsigned strength = 60;
    bool colours = true;
    standings::Scoring scoring;
};

/// A tournament between two rounds. `position()` is valid while the object lives and stays where it is.
class Simulation {
public:
    Simulation(const Habits& habits, std::uint64_t seed) : habits_(habits), prng_(seed) {
        table_.players.resize(habits.players);
        table_.total_rounds = habits.rounds;
        table_.scoring = habits.scoring;
        initial_ = prng_.below(2) == 0 ? Colour::white : Colour::black;
        first_round_.assign(habits.players, 0);
        for (auto& first : first_round_)
            if (chance(habits.late_entries)) first = prng_.below(habits.rounds);
        if (habits.forbidden_pairs > 0)
            for (Row a = 0; a < habits.players; ++a)
                for (Row b = a + 1; b < habits.players; ++b)
                    if (chance(habits.forbidden_pairs)) forbidden_.push_back({a, b});
        if (habits.accelerated > 0) acceleration_.resize(habits.players, std::vector<Points>(habits.rounds, 0));
        for (auto& rounds : acceleration_)
            for (auto& points : rounds)
                if (chance(habits.accelerated)) points = prng_.below(2) == 0 ? 5 : 10;
        draw_absences();
    }

    bool over() const { return table_.rounds_played() >= habits_.rounds; }
    const CrossTable& table() const { return table_; }

    Position position() const {
        Position result{.table = table_, .initial_colour = initial_};
        for (const auto& absence : absent_) result.present.push_back(!absence);
        result.forbidden = forbidden_;
        result.acceleration = acceleration_;
        result.colours = habits_.colours;
        return result;
    }

    /// Plays a round that was paired so.
    void play(const Pairing& pairing) {
        using standings::Outcome;
        std::vector<standings::Round> round(table_.players.size());
        for (Row row = 0; row < round.size(); ++row)
            if (absent_[row]) round[row].outcome = *absent_[row];
        if (pairing.bye) round[*pairing.bye].outcome = Outcome::pairing_bye;
        for (const auto& pair : pairing.pairs) {
            auto &white = round[pair.white], &black = round[pair.black];
            white.opponent = pair.black;
            black.opponent = pair.white;
            white.colour = Colour::white;
            black.colour = Colour::black;
            if (chance(habits_.forfeits)) {
                white.outcome = Outcome::forfeit_loss;
                black.outcome = chance(20) ? Outcome::forfeit_loss : Outcome::forfeit_win;
                if (chance(50)) std::swap(white.outcome, black.outcome);
            } else if (chance(habits_.draws)) {
                white.outcome = black.outcome = Outcome::draw;
            } else {
                const bool better_wins = chance(habits_.strength);
                const bool white_wins = (pair.white < pair.black) == better_wins;
                white.outcome = white_wins ? Outcome::win : Outcome::loss;
                black.outcome = white_wins ? Outcome::loss : Outcome::win;
            }
        }
        for (Row row = 0; row < round.size(); ++row) table_.players[row].rounds.push_back(round[row]);
        draw_absences();
    }

    /// Plays a round that no rule paired: anybody against anybody, with any colours.
    void play_at_random() {
        std::vector<Row> rows;
        for (Row row = 0; row < absent_.size(); ++row)
            if (!absent_[row]) rows.push_back(row);
        prng_.shuffle(rows);
        Pairing pairing;
        for (std::size_t i = 0; i + 1 < rows.size(); i += 2)
            pairing.pairs.push_back({.white = rows[i], .black = rows[i + 1]});
        if (rows.size() % 2 == 1) pairing.bye = rows.back();
        play(pairing);
    }

private:
    bool chance(unsigned per_cent) { return prng_.below(100) < per_cent; }

    void draw_absences() {
        using standings::Outcome;
        absent_.assign(table_.players.size(), std::nullopt);
        const auto played = table_.rounds_played();
        for (std::size_t row = 0; row < absent_.size(); ++row) {
            if (first_round_[row] > played) {
                absent_[row] = Outcome::absent;
            } else if (chance(habits_.absences)) {
                const Outcome kinds[] = {Outcome::absent, Outcome::half_bye, Outcome::half_bye, Outcome::full_bye};
                absent_[row] = kinds[prng_.below(4)];
            }
        }
    }

    Habits habits_;
    Prng prng_;
    CrossTable table_;
    Colour initial_;
    std::vector<std::uint64_t> first_round_;
    std::vector<std::optional<standings::Outcome>> absent_;
    std::vector<std::pair<Row, Row>> forbidden_;
    std::vector<std::vector<Points>> acceleration_;
};

/// Small tournaments of every kind.
inline Habits random_habits(Prng& prng, std::size_t least_players, std::size_t most_players) {
    const auto sometimes = [&](unsigned most) {
        return prng.below(2) == 0 ? 0U : static_cast<unsigned>(prng.below(most + 1));
    };
    Habits habits;
    habits.players = least_players + prng.below(most_players - least_players + 1);
    habits.rounds = static_cast<std::uint32_t>(1 + prng.below(9));
    habits.draws = static_cast<unsigned>(prng.below(51));
    habits.absences = sometimes(15);
    habits.forfeits = sometimes(15);
    habits.late_entries = sometimes(20);
    habits.forbidden_pairs = prng.below(3) == 0 ? static_cast<unsigned>(prng.below(50)) : 0;
    habits.accelerated = prng.below(4) == 0 ? static_cast<unsigned>(prng.below(60)) : 0;
    habits.strength = static_cast<unsigned>(40 + prng.below(60));
    habits.colours = prng.below(10) != 0;
    if (prng.below(5) == 0) {
        habits.scoring = {
            .win = 30, .draw = 10, .loss = 0, .forfeit_win = 30, .pairing_bye = 30, .full_bye = 30, .half_bye = 10};
    } else if (prng.below(5) == 0) {
        habits.scoring.pairing_bye = prng.below(2) == 0 ? 0 : 5;
    }
    return habits;
}

}  // namespace agon::formats::dutch::testing
