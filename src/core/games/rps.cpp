#include "core/games/rps.hpp"

#include <array>
#include <cmath>

#include "base/codec/codec.hpp"

namespace agon::games {

namespace {

enum class Mode { first_to, fixed_turns };
BOOST_DESCRIBE_ENUM(Mode, first_to, fixed_turns)
enum class Tiebreaker { sudden_death, draw, higher_seed };
BOOST_DESCRIBE_ENUM(Tiebreaker, sudden_death, draw, higher_seed)

struct RpsOptions {
    std::int64_t rounds_per_match = 3;
    Tiebreaker tiebreaker = Tiebreaker::sudden_death;
    Mode mode = Mode::first_to;
    std::int64_t turns = 1000;
    std::int64_t max_sudden_death = 50;
    static constexpr codec::Note notes[] = {
        {.field = "rounds_per_match", .doc = "best of that many rounds", .min = 1, .max = 1001, .has_default = true},
        {.field = "tiebreaker",
         .doc = "what decides a match that stands level after all its rounds",
         .has_default = true},
        {.field = "mode", .doc = "win most of rounds_per_match, or play a fixed number of turns", .has_default = true},
        {.field = "turns", .doc = "how many, with mode fixed_turns", .min = 1, .max = 10000, .has_default = true},
        {.field = "max_sudden_death",
         .doc = "drawn rounds in a row that end a match",
         .min = 1,
         .max = 1000,
         .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(RpsOptions, (), (rounds_per_match, tiebreaker, mode, turns, max_sudden_death))

constexpr std::array<std::string_view, 3> choices{"rock", "paper", "scissors"};
constexpr char letters[] = {'r', 'p', 's', '-'};
/// A missed move, beside 0 rock, 1 paper, 2 scissors.
constexpr std::uint8_t missed = 3;
constexpr std::size_t remembered = 1000;

struct Played {
    std::array<std::uint8_t, 2> moves{};
    std::optional<Seat> winner;
};

struct RpsPosition {
    RpsOptions options;
    std::array<std::int64_t, 2> score{};
    std::int64_t decided = 0;
    std::int64_t draws_in_row = 0;
    std::vector<Played> played;

    std::int64_t turns() const { return static_cast<std::int64_t>(played.size()); }
    bool level() const { return score[0] == score[1]; }
    Seat leader() const { return score[0] > score[1] ? 0 : 1; }
};

const RpsPosition& at(const Position& position) { return *std::any_cast<RpsPosition>(&position); }
RpsPosition& at(Position& position) { return *std::any_cast<RpsPosition>(&position); }

/// Paper beats rock, scissors beat paper, rock beats scissors: each beats the one before it.
bool beats(std::uint8_t a, std::uint8_t b) { return b == missed ? a != missed : a != missed && a == (b + 1) % 3; }

Outcome standing(const RpsPosition& p) { return {.score = {p.score[0], p.score[1]}}; }

Outcome won(const RpsPosition& p, std::string decision = {}) {
    return {true, p.leader(), {p.score[0], p.score[1]}, std::move(decision)};
}

Outcome level(const RpsPosition& p, std::string decision) {
    return {true, std::nullopt, {p.score[0], p.score[1]}, std::move(decision)};
}

/// All rounds are played and nobody is clearly ahead: what the tie-breaker says. `at_end` is the difference that the
/// regular rounds ended with, so a later one was won in sudden death.
Outcome by_tiebreaker(const RpsPosition& p, bool still_tied, std::string level_decision) {
    if (p.options.tiebreaker == Tiebreaker::sudden_death) return still_tied ? standing(p) : won(p, "sudden_death");
    return level(p, std::move(level_decision));
}

Outcome first_to_outcome(const RpsPosition& p) {
    const auto needed = p.options.rounds_per_match / 2 + 1;
    if (std::max(p.score[0], p.score[1]) >= needed) {
        const bool extra = p.decided > p.options.rounds_per_match;
        return won(p, extra ? "sudden_death" : "");
    }
    if (p.decided < p.options.rounds_per_match) return standing(p);
    return by_tiebreaker(p, p.level(), "level");
}

/// The score of the first `turns` rounds: what comes after them is sudden death.
std::int64_t regular_difference(const RpsPosition& p) {
    std::int64_t difference = 0;
    for (std::int64_t i = 0; i < p.options.turns; ++i)
        if (const auto winner = p.played[static_cast<std::size_t>(i)].winner) difference += *winner == 0 ? 1 : -1;
    return difference;
}

Outcome fixed_turns_outcome(const RpsPosition& p) {
    if (p.turns() < p.options.turns) return standing(p);
    const auto margin = 1.96 * std::sqrt(2.0 * static_cast<double>(p.options.turns) / 3.0);
    const auto difference = regular_difference(p);
    if (std::abs(static_cast<double>(difference)) > margin) return won(p);
    // In sudden death the next decided round wins, whoever led within the margin.
    if (p.options.tiebreaker == Tiebreaker::sudden_death) {
        const auto& last = p.played.back();
        if (p.turns() == p.options.turns || !last.winner) return standing(p);
        return {true, last.winner, {p.score[0], p.score[1]}, "sudden_death"};
    }
    return level(p, "statistical_draw");
}

Outcome outcome(const Position& position) {
    const auto& p = at(position);
    auto result = p.options.mode == Mode::first_to ? first_to_outcome(p) : fixed_turns_outcome(p);
    if (!result.finished && p.draws_in_row >= p.options.max_sudden_death)
        return p.level() ? level(p, "draw_limit") : won(p, "draw_limit");
    return result;
}

void play(Position& position, std::span<const SeatChoice> turn) {
    auto& p = at(position);
    Played round{.moves = {missed, missed}, .winner = std::nullopt};
    for (const auto& seat : turn)
        if (seat.choice)
            round.moves[seat.seat] =
                static_cast<std::uint8_t>(std::ranges::find(choices, seat.choice->action) - choices.begin());
    if (beats(round.moves[0], round.moves[1])) round.winner = Seat{0};
    if (beats(round.moves[1], round.moves[0])) round.winner = Seat{1};
    if (round.winner) {
        ++p.score[*round.winner];
        ++p.decided;
        p.draws_in_row = 0;
    } else if (p.options.mode == Mode::first_to || p.turns() >= p.options.turns) {
        ++p.draws_in_row;  // a drawn regular turn of a fixed number is nothing out of the ordinary
    }
    p.played.push_back(round);
}

Json move_name(std::uint8_t move) { return move == missed ? Json(nullptr) : Json(choices[move]); }

/// `rp ss pr`: one word a round, the seat's own move first, the latest 1,000 rounds.
std::string history(const RpsPosition& p, Seat seat) {
    std::string text;
    const auto from = p.played.size() > remembered ? p.played.size() - remembered : 0;
    for (auto i = from; i < p.played.size(); ++i) {
        if (!text.empty()) text += ' ';
        text += letters[p.played[i].moves[seat]];
        text += letters[p.played[i].moves[1 - seat]];
    }
    return text;
}

Json last_round(const RpsPosition& p, Seat seat) {
    if (p.played.empty()) return nullptr;
    const auto& last = p.played.back();
    Json winner = nullptr;
    if (last.winner) winner = *last.winner == seat ? 0 : 1;
    return {{"moves", JsonArray{move_name(last.moves[seat]), move_name(last.moves[1 - seat])}}, {"winner", winner}};
}

std::int64_t turns_left(const RpsPosition& p) {
    const auto planned =
        p.options.mode == Mode::first_to ? p.options.rounds_per_match - p.decided : p.options.turns - p.turns();
    return std::max<std::int64_t>(planned, outcome(Position{p}).finished ? 0 : 1);
}

/// Own things first: `score[0]`, `moves[0]` and `winner` 0 are the seat's.
Json view(const Position& position, Seat seat) {
    const auto& p = at(position);
    return {{"round", p.turns() + 1},
            {"score", JsonArray{Json(p.score[seat]), Json(p.score[1 - seat])}},
            {"last", last_round(p, seat)},
            {"history", history(p, seat)},
            {"turns_left", turns_left(p)}};
}

/// By seat, the same for both players.
Json last_result(const Position& position) {
    const auto& p = at(position);
    if (p.played.empty()) return nullptr;
    const auto& last = p.played.back();
    JsonArray winners;
    if (last.winner) winners.push_back(Json(std::int64_t{*last.winner}));
    return {{"moves", JsonArray{move_name(last.moves[0]), move_name(last.moves[1])}},
            {"winner_seats", std::move(winners)},
            {"score", JsonArray{Json(p.score[0]), Json(p.score[1])}},
            {"timeouts", JsonArray{Json(last.moves[0] == missed), Json(last.moves[1] == missed)}}};
}

Result<void> check(const Position&, Seat, const Choice& choice) {
    if (std::ranges::find(choices, choice.action) != choices.end()) return {};
    return refused(Code::invalid, "must be " + codec::either({choices.begin(), choices.end()}), "/action");
}

Result<Json> complete_options(const Json& given) {
    auto options = codec::read<RpsOptions, codec::Spelling{}>(given);
    if (!options) return std::unexpected(options.error());
    return parse_json(codec::to_json<codec::log_spelling>(*options));
}

Position start(const Json& options, std::uint64_t) {
    auto read = codec::read<RpsOptions>(options);
    CHECK_THAT(read.has_value());
    return RpsPosition{.options = *read};
}

std::vector<Seat> to_move(const Position& position) {
    if (outcome(position).finished) return {};
    return {0, 1};
}

std::vector<std::string> valid_actions(const Position&, Seat) { return {choices.begin(), choices.end()}; }

std::int64_t round_number(const Position& position) { return at(position).turns() + 1; }

Json options_schema() {
    codec::Schemas all;
    codec::schema<codec::Spelling{}, RpsOptions>(all);
    return all.components.at("RpsOptions");
}

Json move_schema() {
    JsonArray words;
    for (const auto c : choices) words.push_back(Json(c));
    return {{"type", "object"},
            {"properties", {{"action", {{"type", "string"}, {"enum", std::move(words)}}}}},
            {"required", JsonArray{"action"}}};
}

// --- built-in players ---------------------------------------------------------------------------------------------

Choice named(std::uint8_t move) { return {std::string(choices[move % 3])}; }
std::uint8_t beater_of(std::uint8_t move) { return static_cast<std::uint8_t>((move + 1) % 3); }
std::uint8_t any(Prng& prng) { return static_cast<std::uint8_t>(prng.below(3)); }

/// The opponent's last move, or chance where there is none.
std::uint8_t last_of_opponent(const RpsPosition& p, Seat seat, Prng& prng) {
    if (p.played.empty() || p.played.back().moves[1 - seat] == missed) return any(prng);
    return p.played.back().moves[1 - seat];
}

/// The most frequent of three, the first of equals, or chance where all are zero.
std::uint8_t most_frequent(const std::array<std::int64_t, 3>& counts, Prng& prng) {
    if (counts == std::array<std::int64_t, 3>{}) return any(prng);
    return static_cast<std::uint8_t>(std::ranges::max_element(counts) - counts.begin());
}

Choice choose_random(const Position&, Seat, Prng& prng) { return named(any(prng)); }
Choice choose_rock(const Position&, Seat, Prng&) { return named(0); }
Choice choose_cycle(const Position& position, Seat, Prng&) {
    return named(static_cast<std::uint8_t>(at(position).turns() % 3));
}
Choice choose_copy_last(const Position& position, Seat seat, Prng& prng) {
    return named(last_of_opponent(at(position), seat, prng));
}
Choice choose_beat_last(const Position& position, Seat seat, Prng& prng) {
    return named(beater_of(last_of_opponent(at(position), seat, prng)));
}
Choice choose_frequency(const Position& position, Seat seat, Prng& prng) {
    std::array<std::int64_t, 3> counts{};
    for (const auto& round : at(position).played)
        if (const auto move = round.moves[1 - seat]; move != missed) ++counts[move];
    return named(beater_of(most_frequent(counts, prng)));
}
/// What the opponent played most often after its last move (a Markov chain of order one).
Choice choose_markov(const Position& position, Seat seat, Prng& prng) {
    const auto& played = at(position).played;
    std::array<std::int64_t, 3> counts{};
    for (std::size_t i = 0; i + 1 < played.size(); ++i) {
        const auto next = played[i + 1].moves[1 - seat];
        if (played[i].moves[1 - seat] == played.back().moves[1 - seat] && next != missed) ++counts[next];
    }
    return named(beater_of(most_frequent(counts, prng)));
}

constexpr Strategy strategies[] = {
    {"random", "each with a third", choose_random},
    {"rock", "always rock", choose_rock},
    {"cycle", "rock, paper, scissors in turn", choose_cycle},
    {"copy-last", "the opponent's last move", choose_copy_last},
    {"beat-last", "what beats the opponent's last move", choose_beat_last},
    {"frequency", "what beats the opponent's most frequent move", choose_frequency},
    {"markov", "what beats the opponent's most frequent reply to its own last move", choose_markov},
};

}  // namespace

const Game rps{
    .name = "rps",
    .title = "Rock Paper Scissors",
    .options_schema = options_schema,
    .move_schema = move_schema,
    .complete_options = complete_options,
    .start = start,
    .to_move = to_move,
    .valid_actions = valid_actions,
    .check = check,
    .play = play,
    .outcome = outcome,
    .view = view,
    .round = round_number,
    .last_result = last_result,
    .strategies = strategies,
    .best_of = "rounds_per_match",
};

}  // namespace agon::games
