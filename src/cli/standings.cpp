#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/swiss_files.hpp"
#include "base/codec/codec.hpp"
#include "cli/commands.hpp"
#include "cli/report_file.hpp"
#include "core/standings/standings.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::cli {

namespace {

using standings::Edition;
using standings::TieBreak;

constexpr std::string_view usual_tiebreaks = "buchholz_cut1,buchholz,sonneborn_berger,direct_encounter";

struct StandingsArguments {
    std::string file;
    std::string tiebreaks;
    std::string edition = "fide_2026";
    std::uint64_t lots_seed = 0;
    bool round_robin = false;
    bool explain = false;
    bool json = false;
};

struct Cell {
    TieBreak tiebreak{};
    std::string value;
    codec::Omittable<std::string> why;
};
BOOST_DESCRIBE_STRUCT(Cell, (), (tiebreak, value, why))

struct Line {
    /// Equal ones share the places `place` to `place_to`.
    std::uint32_t place = 0;
    std::uint32_t place_to = 0;
    trf::Number number = 0;
    std::string title;
    std::string name;
    std::string federation;
    std::uint32_t rating = 0;
    std::vector<Cell> values;
};
BOOST_DESCRIBE_STRUCT(Line, (), (place, place_to, number, title, name, federation, rating, values))

std::vector<std::string_view> words_of_list(std::string_view list) {
    std::vector<std::string_view> words;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        auto word = list.substr(0, comma);
        while (word.starts_with(' ')) word.remove_prefix(1);
        while (word.ends_with(' ')) word.remove_suffix(1);
        if (!word.empty()) words.push_back(word);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return words;
}

/// By its name, `buchholz_cut1`, or as the handbook and record 202 abbreviate it: `BH-C1`, `BH/C1`.
std::optional<TieBreak> tiebreak_of(std::string_view word) {
    if (const auto found = codec::enum_of<codec::log_spelling, TieBreak>(word)) return found;
    std::string acronym(word);
    for (auto& c : acronym) c = c == '/' ? '-' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const auto* rule : standings::all_tiebreaks())
        if (!rule->acronym.empty() && rule->acronym == acronym) return rule->tiebreak;
    return std::nullopt;
}

Result<std::vector<TieBreak>> tiebreaks_of(std::string_view list) {
    std::vector<TieBreak> tiebreaks;
    for (const auto word : words_of_list(list)) {
        const auto tiebreak = tiebreak_of(word);
        if (!tiebreak)
            return refused(Code::invalid,
                           fmt::format("--tiebreaks: there is no '{}'; there are {}", word,
                                       fmt::join(codec::words_of<codec::log_spelling, TieBreak>(), ", ")));
        tiebreaks.push_back(*tiebreak);
    }
    return tiebreaks;
}

/// What the command line says, else what the file says where all of it is known, else what is usual.
Result<std::vector<TieBreak>> chosen_tiebreaks(const StandingsArguments& arguments, const trf::Report& report) {
    if (!arguments.tiebreaks.empty()) return tiebreaks_of(arguments.tiebreaks);
    for (const auto& list : {report.standings, report.tiebreaks})
        if (const auto found = tiebreaks_of(list); found && !found->empty()) return found;
    return tiebreaks_of(usual_tiebreaks);
}

std::vector<Line> lines_of(const trf::Report& report, const standings::Settings& settings,
                           const StandingsArguments& arguments) {
    auto table = trf::cross_table(report);
    table.round_robin = arguments.round_robin || report.type_code.find("ROUNDROBIN") != std::string::npos;
    const auto order = standings::order_of(settings);
    std::vector<Line> lines;
    for (const auto& standing : standings::rank(table, settings)) {
        const auto& player = report.players[standing.row];
        auto& line = lines.emplace_back(Line{standing.first,
                                             standing.last,
                                             player.number,
                                             player.title,
                                             player.name,
                                             player.federation,
                                             player.rating,
                                             {}});
        for (std::size_t i = 0; i < order.size(); ++i) {
            auto& cell =
                line.values.emplace_back(Cell{order[i], standings::value_text(order[i], standing.values[i]), {}});
            if (arguments.explain)
                cell.why = swiss::with_numbers_of(report, standings::explain(table, settings, order[i], standing.row));
        }
    }
    return lines;
}

/// Cells under each other; the name alone starts at the left.
void print_table(const std::vector<std::vector<std::string>>& rows, std::size_t name_column) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], codec::count_characters(row[i]));
    for (const auto& row : rows) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - codec::count_characters(row[i]), ' ');
            text += (i == 0 ? "" : "  ") + (i == name_column ? row[i] + blanks : blanks + row[i]);
        }
        fmt::print("{}\n", text);
    }
}

std::string place_text(const Line& line) {
    return line.place == line.place_to ? fmt::format("{}", line.place)
                                       : fmt::format("{}-{}", line.place, line.place_to);
}

std::string heading_of(TieBreak tiebreak) {
    const auto& rule = standings::rule_of(tiebreak);
    return std::string(rule.acronym.empty() ? rule.title : rule.acronym);
}

void print_lines(const std::vector<Line>& lines, const std::vector<TieBreak>& order) {
    std::vector<std::vector<std::string>> rows{{"place", "no.", "name", "rating"}};
    for (const auto tiebreak : order) rows[0].push_back(heading_of(tiebreak));
    for (const auto& line : lines) {
        auto& row = rows.emplace_back();
        const auto name = shown_name(line.name);
        row = {place_text(line), fmt::format("{}", line.number), line.title.empty() ? name : line.title + " " + name,
               line.rating == 0 ? "" : fmt::format("{}", line.rating)};
        for (const auto& cell : line.values) row.push_back(cell.value);
    }
    print_table(rows, 2);
}

void print_reasons(const std::vector<Line>& lines) {
    for (const auto& line : lines) {
        fmt::print("\n{}. {} (no. {})\n", place_text(line), shown_name(line.name), line.number);
        for (const auto& cell : line.values) fmt::print("   {}\n", cell.why.value_or(""));
    }
}

int print_standings(const StandingsArguments& arguments) {
    const auto report = read_report(arguments.file);
    if (!report) return fail(1, report.error().message);
    auto tiebreaks = chosen_tiebreaks(arguments, *report);
    if (!tiebreaks) return fail(2, tiebreaks.error().message);
    const standings::Settings settings{.tiebreaks = *std::move(tiebreaks),
                                       .edition = *codec::enum_of<codec::log_spelling, Edition>(arguments.edition),
                                       .lots_seed = arguments.lots_seed};
    const auto lines = lines_of(*report, settings, arguments);
    if (arguments.json) {
        fmt::print("{}\n", codec::to_json<codec::log_spelling>(lines));
        return 0;
    }
    print_lines(lines, standings::order_of(settings));
    if (arguments.explain) print_reasons(lines);
    return 0;
}

}  // namespace

void add_standings(CLI::App& program, Run& chosen) {
    static StandingsArguments arguments;
    auto* command = program.add_subcommand("standings", "the standings of a tournament report file (TRF)");
    command->add_option("FILE", arguments.file, "the file; - is standard input")->required();
    command->add_option("--tiebreaks", arguments.tiebreaks,
                        fmt::format("in their order, as in {}, which they are where neither this nor the file says "
                                    "otherwise",
                                    usual_tiebreaks));
    command->add_option("--edition", arguments.edition, "of the handbook's tie-break rules")
        ->check(CLI::IsMember({"fide_2023", "fide_2026"}))
        ->capture_default_str();
    command->add_option("--lots-seed", arguments.lots_seed, "for the tie-break lots: the same one draws the same lots")
        ->capture_default_str();
    command->add_flag("--round-robin", arguments.round_robin,
                      "everybody meets everybody, so unplayed games count as there");
    command->add_flag("--explain", arguments.explain, "how each value comes about");
    command->add_flag("--json", arguments.json, "as JSON");
    command->footer(fmt::format(
        "Tie-breaks: {}.\nExamples:\n  agon standings final.trf\n  agon standings final.trf --tiebreaks "
        "direct_encounter,buchholz_cut1,wins --explain\n  agon standings final.trf --edition fide_2023 --json",
        fmt::join(codec::words_of<codec::log_spelling, TieBreak>(), ", ")));
    command->callback([&chosen] { chosen = [] { return print_standings(arguments); }; });
}

}  // namespace agon::cli
