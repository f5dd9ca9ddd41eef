#include "core/standings/text.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace agon::standings {

namespace {

std::string note_on_cut(const Part& part) {
    if (part.fate == Part::Fate::cut_as_highest)
        return fmt::format(", without the highest, {}", number_text(part.value));
    if (part.voluntary)
        return fmt::format(", without {} of round {}, which was unplayed by choice", number_text(part.value),
                           part.round + 1);
    return fmt::format(", without {}, {}", number_text(part.value), "that of the opponent with the fewest points");
}

/// `1 point`, `2.5 points`.
std::string with_unit(Points tenths) { return fmt::format("{} point{}", points_text(tenths), tenths == 10 ? "" : "s"); }

/// Whose points the dummy opponent has.
std::string reason_for_dummy(const Facts& facts, Row row, const Part& part) {
    if (part.score == facts.points[row]) return "the player's own";
    if (part.against == Part::Against::dummy_for_forfeit) return "those of the opponent who was scheduled";
    const auto& scoring = facts.table.scoring;
    return 2 * scoring.draw == scoring.win && scoring.win == 10 ? "half the rounds" : "a draw in every round";
}

std::string_view name_of_unplayed(Outcome outcome) {
    if (was_paired(outcome)) return "a forfeit";
    return outcome == Outcome::absent ? "an absence" : "a bye";
}

std::string note_on_dummy(const Facts& facts, Row row, const Part& part) {
    return fmt::format("; round {}: {} counts as an opponent with {} ({})", part.round + 1,
                       name_of_unplayed(facts.table.players[row].rounds[part.round].outcome), with_unit(part.score),
                       reason_for_dummy(facts, row, part));
}

std::string note_on_adjusted(const Facts& facts, Row row, const Part& part) {
    const auto opponent = facts.table.players[row].rounds[part.round].opponent;
    if (facts.table.round_robin || facts.adjusted[opponent] == facts.points[opponent]) return {};
    return fmt::format("; {} counts with {} instead of {}, as byes at the end count as draws", player_text(opponent),
                       with_unit(facts.adjusted[opponent]), points_text(facts.points[opponent]));
}

}  // namespace

std::string number_text(std::int64_t hundredths) {
    const auto size = std::abs(hundredths);
    const auto sign = hundredths < 0 ? "-" : "";
    if (size % 100 == 0) return fmt::format("{}{}", sign, size / 100);
    if (size % 10 == 0) return fmt::format("{}{}.{}", sign, size / 100, size / 10 % 10);
    return fmt::format("{}{}.{:02}", sign, size / 100, size % 100);
}

std::string player_text(Row row) { return fmt::format("No. {}", row + 1); }

std::string listed(const std::vector<std::string>& words, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 < words.size() ? ", " : fmt::format(" {} ", last);
        text += words[i];
    }
    return text;
}

std::string rounds_text(const std::vector<std::uint32_t>& rounds) {
    if (rounds.empty()) return {};
    std::vector<std::string> numbers;
    numbers.reserve(rounds.size());
    for (const auto round : rounds) numbers.push_back(fmt::format("{}", round + 1));
    return fmt::format("round{} {}", rounds.size() > 1 ? "s" : "", listed(numbers));
}

std::string notes_on(const Facts& facts, Row row, const std::vector<Part>& parts) {
    std::string notes;
    for (const auto& part : parts)
        if (part.fate != Part::Fate::counts) notes += note_on_cut(part);
    for (const auto& part : parts)
        notes += part.against == Part::Against::opponent ? note_on_adjusted(facts, row, part)
                                                         : note_on_dummy(facts, row, part);
    return notes;
}

}  // namespace agon::standings
