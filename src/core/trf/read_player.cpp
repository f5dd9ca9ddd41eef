// Record 001: a player and his rounds.
#include <fmt/format.h>

#include "core/trf/draft.hpp"

namespace agon::trf {

namespace {

/// Blank by the format; anything else means that the fields are not in their columns.
constexpr std::size_t blanks_of_record[] = {4, 9, 14, 48, 53, 57, 69, 80, 85, 90, 91};

std::unexpected<Error> shifted(const Line& line, std::size_t column) {
    return wrong(line.place({column, column}),
                 fmt::format("'{}' where a blank stands between two fields", line.text({column, column})));
}

Outcome outcome_of(char letter) {
    switch (letter) {
        case '1':
        case 'W': return Outcome::win;
        case '=':
        case 'D': return Outcome::draw;
        case '0':
        case 'L': return Outcome::loss;
        case '+': return Outcome::forfeit_win;
        case '-': return Outcome::forfeit_loss;
        case 'U': return Outcome::pairing_bye;
        case 'F': return Outcome::full_bye;
        case 'H': return Outcome::half_bye;
        default: return Outcome::absent;
    }
}

/// The result's letter in capitals, or 0 where it is none of the format's.
char letter_of(char32_t c) {
    if (c >= U'a' && c <= U'z') c -= U'a' - U'A';
    constexpr std::u32string_view letters = U"1=0+-WDLUFHZ ";
    return letters.find(c) == letters.npos ? '\0' : static_cast<char>(c);
}

Result<Colour> colour_of(const Line& line, Columns column) {
    switch (line.at(column.first)) {
        case U'w':
        case U'W': return Colour::white;
        case U'b':
        case U'B': return Colour::black;
        case U'-':
        case U' ': return Colour::none;
        default: break;
    }
    return wrong(line.place(column), fmt::format("the colour is '{}'; it is w, b or -", line.text(column)));
}

/// Without an opponent: `0000 - U`. Older programs write `=`, `+` and `-` for the three byes.
Result<Entry> bye_of(const Line& line, Columns result, char letter) {
    switch (letter) {
        case '=': return Entry{.outcome = Outcome::half_bye};
        case '+': return Entry{.outcome = Outcome::pairing_bye};
        case '-': return Entry{.outcome = Outcome::absent};
        case '1':
        case '0':
        case 'W':
        case 'D':
        case 'L': return wrong(line.place(result), fmt::format("the result is {}, but there is no opponent", letter));
        default: return Entry{.outcome = outcome_of(letter)};
    }
}

Result<Entry> game_of(const Line& line, std::size_t round, Entry entry, char letter) {
    const auto result = result_in(round);
    if (letter == ' ')
        return wrong(line.place(result), fmt::format("there is no result against player {}", entry.opponent));
    entry.outcome = outcome_of(letter);
    entry.is_rated = letter != 'W' && letter != 'D' && letter != 'L';
    if (!standings::was_paired(entry.outcome))
        return wrong(line.place(result),
                     fmt::format("{} is a bye, but player {} is the opponent", letter, entry.opponent));
    if (standings::was_played(entry.outcome) && entry.colour == Colour::none)
        return wrong(line.place(colour_in(round)),
                     fmt::format("a game against player {} without a colour", entry.opponent));
    return entry;
}

/// Nothing where the ten columns are blank.
Result<std::optional<Entry>> entry_of(const Line& line, std::size_t round) {
    const auto columns = opponent_in(round);
    const auto result = result_in(round);
    if (line.is_blank({columns.first - 2, result.last})) return std::nullopt;
    for (const auto blank : {columns.first - 2, columns.first - 1, columns.last + 1, result.first - 1})
        if (!line.is_blank({blank, blank})) return shifted(line, blank);

    const auto opponent = line.number_in(columns, "opponent", max_number);
    if (!opponent) return std::unexpected(opponent.error());
    const auto colour = colour_of(line, colour_in(round));
    if (!colour) return std::unexpected(colour.error());
    const char letter = letter_of(line.at(result.first));
    if (letter == '\0')
        return wrong(line.place(result),
                     fmt::format("the result is '{}'; it is one of 1 = 0 + - W D L U F H Z", line.text(result)));
    if (opponent->value_or(0) != 0) return game_of(line, round, {.opponent = **opponent, .colour = *colour}, letter);
    if (*colour != Colour::none) return wrong(line.place(colour_in(round)), "a colour, but no opponent");
    return bye_of(line, result, letter);
}

Refusal read_rounds(const Line& line, std::vector<Entry>& rounds) {
    for (std::size_t round = 1; opponent_in(round).first - 2 <= line.width(); ++round) {
        const auto entry = entry_of(line, round);
        if (!entry) return entry.error();
        if (!*entry) continue;
        if (round > max_rounds)
            return wrong(line.place(opponent_in(round)), fmt::format("more than {} rounds", max_rounds)).error();
        rounds.resize(round);
        rounds.back() = **entry;
    }
    return {};
}

Refusal read_person(const Line& line, Player& player) {
    player.sex = line.text({10, 10});
    player.title = line.text({11, 13});
    player.name = line.text({15, 47});
    player.federation = line.text({54, 56});
    player.fide_id = line.text({58, 68});
    player.birth_date = line.text({70, 79});
    const auto rating = line.number_in({49, 52}, "rating", 9999);
    if (!rating) return rating.error();
    const auto points = line.points_in(points_columns, "points");
    if (!points) return points.error();
    const auto rank = line.number_in({86, 89}, "rank", 9999);
    if (!rank) return rank.error();
    player.rating = rating->value_or(0);
    player.points = *points;
    player.rank = rank->value_or(0);
    return {};
}

}  // namespace

Refusal read_player(Draft& draft, const Line& line) {
    for (std::size_t column = 1; column <= line.width(); ++column)
        if (line.at(column) == U'\t')
            return wrong(line.place({column, column}), "a tab; fields stand in columns of blanks").error();
    for (const auto column : blanks_of_record)
        if (!line.is_blank({column, column})) return shifted(line, column).error();
    Player player;
    const auto number = line.number_at(number_columns, "player's number", max_number);
    if (!number) return number.error();
    player.number = *number;
    if (const auto before = std::exchange(draft.line_of_number[*number], line.number()))
        return wrong(line.place(number_columns), fmt::format("number {} is the player's of line {}", *number, before))
            .error();
    if (auto refusal = read_person(line, player)) return refusal;
    if (auto refusal = read_rounds(line, player.rounds)) return refusal;
    draft.report.players.push_back(std::move(player));
    draft.player_lines.push_back(line.number());
    return {};
}

}  // namespace agon::trf
