#include "app/swiss_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/formats/dutch/dutch.hpp"

namespace agon::swiss {

namespace {

namespace dutch = formats::dutch;
using standings::Colour;
using standings::CrossTable;
using standings::Row;
using trf::Number;
using trf::Report;

/// FIDE's names for the Dutch System in force, with or without Baku acceleration; it was adopted in 2025, and older
/// drafts name it after 2026.
bool is_dutch(std::string_view type_code) {
    constexpr std::string_view baku = "_BAKU";
    if (type_code.ends_with(baku)) type_code.remove_suffix(baku.size());
    return type_code.empty() || type_code == "FIDE_DUTCH" || type_code == "FIDE_DUTCH_2025" ||
           type_code == "FIDE_DUTCH_2026";
}

/// Files of team events and of other systems say so.
std::optional<Error> why_not_dutch(const Report& report) {
    if (!is_dutch(report.type_code))
        return Error{Code::invalid,
                     fmt::format("record 192 says {}; Agon pairs by the FIDE (Dutch) System of 2026", report.type_code),
                     {}};
    for (const auto& other : report.others)
        if (other.starts_with("013") || other.starts_with("310"))
            return Error{Code::invalid, fmt::format("record {}: Agon does not pair teams", other.substr(0, 3)), {}};
    return {};
}

/// The table as it stood before a round.
CrossTable before_round(const CrossTable& whole, std::uint32_t round) {
    auto table = whole;
    for (auto& player : table.players) player.rounds.resize(round - 1);
    return table;
}

/// The rules' pairing of `round`; `whole` holds all rounds before it, and perhaps more.
std::optional<dutch::Pairing> pair_round(const Report& report, const CrossTable& whole, std::uint32_t round) {
    const auto table = before_round(whole, round);
    auto facts = trf::facts_of_round(report, round, whole.total_rounds);
    return dutch::pair_next_round({.table = table,
                                   .present = std::move(facts.present),
                                   .initial_colour = facts.initial_colour,
                                   .forbidden = std::move(facts.forbidden),
                                   .acceleration = std::move(facts.acceleration)});
}

RoundPairing by_number(const Report& report, std::uint32_t round, const dutch::Pairing& pairing) {
    const auto number = [&](Row row) { return report.players[row].number; };
    RoundPairing out{.round = round};
    for (const auto& pair : pairing.pairs)
        out.boards.push_back({static_cast<std::uint32_t>(out.boards.size() + 1), number(pair.white), number(pair.black),
                              with_numbers_of(report, pair.why_pair), with_numbers_of(report, pair.why_colours)});
    if (pairing.bye) out.bye = Bye{number(*pairing.bye), with_numbers_of(report, pairing.why_bye)};
    return out;
}

/// What a round was to a player: `7-4`, or `7-4 without colours`, `a bye of 3`, `nothing for 3`.
std::string round_text(const Report& report, Row row, std::uint32_t round) {
    const auto& player = report.players[row];
    if (round > player.rounds.size()) return fmt::format("nothing for {}", player.number);
    const auto& entry = player.rounds[round - 1];
    if (entry.opponent == 0) return fmt::format("a bye ({}) for {}", trf::result_letter(entry), player.number);
    if (entry.colour == Colour::black) return fmt::format("{}-{}", entry.opponent, player.number);
    return fmt::format("{}-{}", player.number, entry.opponent);
}

/// A forfeited game may stand in a file without colours.
bool is_board(const Report& report, Row white, Row black, std::uint32_t round) {
    const auto& rounds = report.players[white].rounds;
    if (round > rounds.size()) return false;
    const auto& entry = rounds[round - 1];
    return entry.opponent == report.players[black].number && entry.colour != Colour::black;
}

bool has_pairing_bye(const CrossTable& table, Row row, std::uint32_t round) {
    return table.players[row].rounds[round - 1].outcome == standings::Outcome::pairing_bye;
}

/// Who has the bye of an odd field in the file; there may be several, which no rule gives.
std::vector<Row> byes_in_file(const CrossTable& table, std::uint32_t round) {
    std::vector<Row> rows;
    for (Row row = 0; row < table.players.size(); ++row)
        if (has_pairing_bye(table, row, round)) rows.push_back(row);
    return rows;
}

std::string byes_text(const Report& report, const std::vector<Row>& rows) {
    std::string text;
    for (const auto row : rows) text += fmt::format("{}{}", text.empty() ? "" : ", ", report.players[row].number);
    return text.empty() ? "nobody" : text;
}

void compare_round(const Report& report, const CrossTable& table, std::uint32_t round, std::vector<Difference>& found) {
    const auto pairing = pair_round(report, table, round);
    if (!pairing) {
        found.push_back({round, 0, "the file has a pairing, the rules allow none"});
        return;
    }
    std::uint32_t board = 0;
    for (const auto& pair : pairing->pairs) {
        ++board;
        if (is_board(report, pair.white, pair.black, round)) continue;
        found.push_back({round, board,
                         fmt::format("the file has {}, the rules give {}-{}", round_text(report, pair.white, round),
                                     report.players[pair.white].number, report.players[pair.black].number)});
    }
    const auto byes = byes_in_file(table, round);
    const auto by_rules = pairing->bye ? std::vector{*pairing->bye} : std::vector<Row>{};
    if (byes != by_rules)
        found.push_back({round, 0,
                         fmt::format("the file gives the bye to {}, the rules to {}", byes_text(report, byes),
                                     byes_text(report, by_rules))});
}

}  // namespace

Result<RoundPairing> pair_next_round(const Report& report, std::uint32_t total_rounds) {
    if (auto why = why_not_dutch(report)) return std::unexpected(*std::move(why));
    auto table = trf::cross_table(report);
    const auto round = trf::rounds_played(report) + 1;
    if (report.total_rounds == 0 && total_rounds == 0)
        return refused(Code::invalid, "the file does not say how many rounds there are (record 142); add --rounds N");
    if (total_rounds != 0) table.total_rounds = total_rounds;
    if (round > table.total_rounds)
        return refused(Code::wrong_state, fmt::format("all {} rounds are played", round - 1));
    const auto pairing = pair_round(report, table, round);
    if (!pairing)
        return refused(Code::conflict, fmt::format("there is no legal pairing of round {}; an arbiter decides", round));
    return by_number(report, round, *pairing);
}

Result<std::vector<Difference>> check(const Report& report) {
    if (auto why = why_not_dutch(report)) return std::unexpected(*std::move(why));
    const auto table = trf::cross_table(report);
    std::vector<Difference> found;
    for (std::uint32_t round = 1; round <= trf::rounds_played(report); ++round)
        compare_round(report, table, round, found);
    return found;
}

std::string with_numbers_of(const Report& report, std::string_view sentence) {
    constexpr std::string_view mark = "o. ";  // of `No. ` and `no. `
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::string out;
    for (auto at = sentence.find(mark); at != sentence.npos; at = sentence.find(mark)) {
        out += sentence.substr(0, at + mark.size());
        sentence.remove_prefix(at + mark.size());
        const auto digits = sentence.substr(
            0, static_cast<std::size_t>(std::ranges::find_if_not(sentence, is_digit) - sentence.begin()));
        std::size_t row = 0;
        for (const char c : digits) row = row * 10 + static_cast<std::size_t>(c - '0');
        const bool is_row = row >= 1 && row <= report.players.size();
        out += is_row ? fmt::format("{}", report.players[row - 1].number) : std::string(digits);
        sentence.remove_prefix(digits.size());
    }
    return out += sentence;
}

}  // namespace agon::swiss
