#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/trf/draft.hpp"

namespace agon::trf {

namespace {

constexpr std::size_t value_column = 5;

/// Records that are one text.
struct TextRecord {
    std::string_view record;
    std::string Report::* text;
};
constexpr TextRecord text_records[] = {
    {"012", &Report::name},        {"022", &Report::city},         {"032", &Report::federation},
    {"042", &Report::start_date},  {"052", &Report::end_date},     {"062", &Report::players_count},
    {"072", &Report::rated_count}, {"082", &Report::teams_count},  {"092", &Report::type},
    {"102", &Report::arbiter},     {"122", &Report::time_control}, {"172", &Report::ranking_method},
    {"182", &Report::controller},  {"192", &Report::type_code},    {"202", &Report::tiebreaks},
    {"212", &Report::standings},   {"222", &Report::time_code},
};

/// A second record of the same kind is kept as it stands.
bool read_text(Report& report, const Line& line) {
    const auto* found = std::ranges::find(text_records, line.record(), &TextRecord::record);
    if (found == std::end(text_records) || !(report.*found->text).empty()) return false;
    report.*found->text = line.text_from(value_column - 1);
    return true;
}

Refusal read_deputy(Draft& draft, const Line& line) {
    if (auto name = line.text_from(value_column - 1); !name.empty()) draft.report.deputies.push_back(std::move(name));
    return {};
}

Refusal read_round_dates(Draft& draft, const Line& line) {
    auto& dates = draft.report.round_dates;
    dates.clear();
    for (std::size_t round = 1; round <= max_rounds && opponent_in(round).first <= line.width(); ++round) {
        const auto first = opponent_in(round).first;
        dates.push_back(line.text({first, first + 7}));
    }
    while (!dates.empty() && dates.back().empty()) dates.pop_back();
    return {};
}

Refusal read_total_rounds(Draft& draft, const Line& line) {
    const Columns columns{4, std::max<std::size_t>(line.width(), 4)};
    const auto rounds = line.number_at(columns, "number of rounds", max_rounds);
    if (!rounds) return rounds.error();
    auto& total = draft.report.total_rounds;
    if (total != 0 && total != *rounds)
        return wrong(line.place(columns),
                     fmt::format("the rounds are {}, but {} by line {}", *rounds, total, draft.total_rounds_place.line))
            .error();
    total = *rounds;
    draft.total_rounds_place = line.place(columns);
    return {};
}

Refusal set_initial_colour(Draft& draft, Colour colour, const Place& place) {
    auto& said = draft.report.initial_colour;
    if (said != Colour::none && said != colour) return wrong(place, "the other initial colour was said before").error();
    said = colour;
    return {};
}

Refusal read_initial_colour(Draft& draft, const Line& line) {
    const auto letter = line.text_from(value_column - 1);
    const auto place = line.place({value_column, value_column});
    if (letter == "W" || letter == "w") return set_initial_colour(draft, Colour::white, place);
    if (letter == "B" || letter == "b") return set_initial_colour(draft, Colour::black, place);
    return wrong(place, fmt::format("the initial colour is '{}'; it is W or B", letter)).error();
}

/// `XXC white1 rank`; words of other programs are kept.
Refusal read_configuration(Draft& draft, const Line& line) {
    bool all_known = true;
    for (auto columns = line.word_from(4); columns; columns = line.word_from(columns->last + 1)) {
        const auto word = line.text(*columns);
        Refusal refusal;
        if (word == "white1")
            refusal = set_initial_colour(draft, Colour::white, line.place(*columns));
        else if (word == "black1")
            refusal = set_initial_colour(draft, Colour::black, line.place(*columns));
        else if (word == "rank")
            draft.report.is_ranked_by_order = true;
        else
            all_known = false;
        if (refusal) return refusal;
    }
    if (!all_known) draft.report.others.push_back(line.text({1, line.width()}));
    return {};
}

/// Points that follow from no result cannot be checked, nor paired by.
Refusal refuse_abnormal_points(Draft&, const Line& line) {
    return wrong(line.place(), "points that do not follow from results are not supported").error();
}

struct RecordReader {
    std::string_view record;
    Refusal (*read)(Draft&, const Line&);
};
constexpr RecordReader readers[] = {
    {"001", read_player},
    {"112", read_deputy},
    {"132", read_round_dates},
    {"142", read_total_rounds},
    {"152", read_initial_colour},
    {"162", read_point_system},
    {"240", read_byes},
    {"250", read_acceleration},
    {"260", read_forbidden},
    {"299", refuse_abnormal_points},
    {"XXR", read_total_rounds},
    {"XXC", read_configuration},
    {"XXP", read_always_forbidden},
    {"XXA", read_players_acceleration},
    {"XXZ", read_absent},
    {"XXS", read_engine_point_list},
    {"BBW", read_engine_points},
    {"BBD", read_engine_points},
    {"BBL", read_engine_points},
    {"BBZ", read_engine_points},
    {"BBF", read_engine_points},
    {"BBU", read_engine_points},
};

Refusal read_line(Draft& draft, const RawLine& raw) {
    const Line line(raw);
    if (const auto column = line.control_character())  // it may stand in the record's name, which is not told
        return wrong({line.number(), "001", {*column, *column}}, "a control character").error();
    const auto* found = std::ranges::find(readers, line.record(), &RecordReader::record);
    if (found != std::end(readers)) return found->read(draft, line);
    if (read_text(draft.report, line)) return {};
    if (draft.report.others.size() == max_others)
        return wrong(line.place(), fmt::format("more than {} records that mean nothing here", max_others)).error();
    draft.report.others.emplace_back(raw.text);
    return {};
}

/// By the players' numbers, or as they stand where the file says that their order is the order of strength.
void order_players(Draft& draft) {
    auto& players = draft.report.players;
    std::vector<std::size_t> order(players.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!draft.report.is_ranked_by_order)
        std::ranges::sort(order, {}, [&](std::size_t i) { return players[i].number; });
    std::vector<Player> ordered;
    std::vector<std::size_t> lines;
    for (const auto i : order) {
        lines.push_back(draft.player_lines[i]);
        ordered.push_back(std::move(players[i]));
    }
    players = std::move(ordered);
    draft.player_lines = std::move(lines);
}

Refusal check_mentions(const Draft& draft) {
    const auto& players = draft.report.players;
    for (const auto& [player, place] : draft.mentions)
        if (draft.line_of_number[player] == 0)
            return wrong(place, fmt::format("player {}, but the file has {} players", player, players.size())).error();
    return {};
}

Refusal check_total_rounds(const Draft& draft) {
    const auto total = draft.report.total_rounds;
    const auto played = rounds_played(draft.report);
    if (total == 0 || played <= total) return {};
    return wrong(draft.total_rounds_place, fmt::format("{} is less than the rounds played, {}", total, played)).error();
}

Refusal finish(Draft& draft) {
    auto& report = draft.report;
    if (report.players.empty()) return Error{Code::invalid, "no player (record 001) in the file", {}};
    order_players(draft);
    report.scoring = draft.points.scoring();
    for (auto& player : report.players)
        if (const auto found = draft.acceleration.find(player.number); found != draft.acceleration.end())
            player.acceleration = found->second;
    for (const auto check : {check_mentions, check_cards, check_total_rounds, check_points})
        if (auto refusal = check(draft)) return refusal;
    return {};
}

}  // namespace

Result<Report> read(std::string_view file) {
    if (file.size() >= max_bytes)
        return refused(Code::invalid, fmt::format("the file has {} bytes; the most is {}", file.size(), max_bytes - 1));
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF", end_of_dos_file = "\x1a";
    if (file.starts_with(byte_order_mark)) file.remove_prefix(byte_order_mark.size());
    if (file.ends_with(end_of_dos_file)) file.remove_suffix(1);
    Draft draft;
    Lines lines(file);
    while (const auto raw = lines.next())
        if (auto refusal = read_line(draft, *raw)) return std::unexpected(*std::move(refusal));
    if (auto refusal = finish(draft)) return std::unexpected(*std::move(refusal));
    return std::move(draft.report);
}

}  // namespace agon::trf
