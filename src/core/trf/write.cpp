#include <fmt/format.h>

#include <iterator>

#include "core/trf/trf.hpp"

namespace agon::trf {

namespace {

constexpr std::string_view line_end = "\r\n";

class Writer {
public:
    std::string text;

    template <class... A>
    void line(fmt::format_string<A...> format, A&&... arguments) {
        fmt::format_to(std::back_inserter(text), format, std::forward<A>(arguments)...);
        text += line_end;
    }
    void value(std::string_view record, std::string_view value) {
        if (!value.empty()) line("{} {}", record, value);
    }
};

/// `text` in columns: cut to `width` characters of UTF-8 and filled up with blanks.
std::string cell(std::string_view text, std::size_t width) {
    std::size_t characters = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (begins && characters == width) break;
        characters += begins;
    }
    return std::string(text.substr(0, end)) + std::string(width - characters, ' ');
}

std::string cell_right(std::string_view text, std::size_t width) {
    const auto left = cell(text, width);
    const auto blanks = left.size() - std::min(left.size(), left.find_last_not_of(' ') + 1);
    return std::string(blanks, ' ') + left.substr(0, left.size() - blanks);
}

/// Blank for 0.
std::string number_or_blank(std::uint32_t number) { return number == 0 ? "" : fmt::format("{}", number); }

char colour_letter(Colour colour) { return colour == Colour::white ? 'w' : colour == Colour::black ? 'b' : '-'; }

void write_event(Writer& out, const Report& r) {
    out.value("012", r.name);
    out.value("022", r.city);
    out.value("032", r.federation);
    out.value("042", r.start_date);
    out.value("052", r.end_date);
    out.value("062", r.players_count);
    out.value("072", r.rated_count);
    out.value("082", r.teams_count);
    out.value("092", r.type);
    out.value("102", r.arbiter);
    for (const auto& deputy : r.deputies) out.value("112", deputy);
    out.value("122", r.time_control);
}

void write_round_dates(Writer& out, const Report& r) {
    if (r.round_dates.empty()) return;
    std::string dates;
    for (const auto& date : r.round_dates) dates += cell(date, 8) + "  ";
    dates.erase(dates.find_last_not_of(' ') + 1);
    out.line("132{:88}{}", "", dates);
}

/// What programs of 2016 know by other names is said twice.
void write_rounds_and_colour(Writer& out, const Report& r) {
    if (r.total_rounds != 0) {
        out.line("142 {}", r.total_rounds);
        out.line("XXR {}", r.total_rounds);
    }
    if (r.initial_colour != Colour::none) {
        const bool is_white = r.initial_colour == Colour::white;
        out.line("152 {}", is_white ? 'W' : 'B');
        out.line("XXC {}", is_white ? "white1" : "black1");
    }
    if (r.is_ranked_by_order) out.line("XXC rank");
}

/// Only what differs from what follows by itself; record 162 says what it can, BBF and XXS the rest.
void write_points(Writer& out, const Scoring& s) {
    std::string said;
    const auto say = [&](char letter, Points points, Points otherwise) {
        if (points != otherwise)
            said += fmt::format("{}{}{:>4}", said.empty() ? "  " : "    ", letter, points_text(points));
    };
    say('W', s.win, 10);
    say('D', s.draw, 5);
    say('L', s.loss, 0);
    say('A', s.absent, 0);
    say('P', s.pairing_bye, s.win);
    if (!said.empty()) out.line("162{}", said);
    if (s.forfeit_loss != s.absent) out.line("BBF {:>4}", points_text(s.forfeit_loss));
    std::string list;
    if (s.forfeit_win != s.win) list += " FW=" + points_text(s.forfeit_win);
    if (s.full_bye != s.win) list += " FPB=" + points_text(s.full_bye);
    if (s.half_bye != s.draw) list += " HPB=" + points_text(s.half_bye);
    if (!list.empty()) out.line("XXS{}", list);
}

std::string entry_text(const Entry& e) {
    const auto opponent = e.opponent == 0 ? std::string("0000") : fmt::format("{:>4}", e.opponent);
    return fmt::format("  {} {} {}", opponent, colour_letter(e.colour), result_letter(e));
}

void write_player(Writer& out, const Player& p) {
    const auto points = p.points && *p.points <= max_points ? points_text(*p.points) : std::string();
    auto line = fmt::format("001 {:>4} {}{} {} {:>4} {} {} {} {:>4} {:>4}", p.number, cell(p.sex, 1),
                            cell_right(p.title, 3), cell(p.name, 33), number_or_blank(p.rating), cell(p.federation, 3),
                            cell_right(p.fide_id, 11), cell(p.birth_date, 10), points, number_or_blank(p.rank));
    for (const auto& entry : p.rounds) line += entry_text(entry);
    line.erase(line.find_last_not_of(' ') + 1);
    out.line("{}", line);
}

void write_pairing_records(Writer& out, const Report& r) {
    for (const auto& byes : r.byes) {
        auto line = fmt::format("240 {} {:03}", result_letter({.outcome = byes.kind}), byes.round);
        for (const auto player : byes.players) line += fmt::format(" {:>4}", player);
        out.line("{}", line);
    }
    for (const auto& a : r.accelerations)
        out.line("250      {:>4} {:03} {:03} {:>4} {:>4}", points_text(a.points), a.first_round, a.last_round,
                 a.first_player, a.last_player);
    for (const auto& f : r.forbidden) {
        auto line =
            f.last_round == 0 ? std::string("XXP") : fmt::format("260 {:03} {:03}", f.first_round, f.last_round);
        for (const auto player : f.players) line += fmt::format(" {:>4}", player);
        out.line("{}", line);
    }
    if (!r.absent.empty()) out.line("XXZ {}", fmt::join(r.absent, " "));
    for (const auto& player : r.players) {
        if (player.acceleration.empty()) continue;
        auto line = fmt::format("XXA {:>4}", player.number);
        for (const auto points : player.acceleration) line += fmt::format(" {:>4}", points_text(points));
        out.line("{}", line);
    }
}

}  // namespace

std::string points_text(Points points) { return fmt::format("{}.{}", points / 10, points % 10); }

char result_letter(const Entry& e) {
    switch (e.outcome) {
        case Outcome::win: return e.is_rated ? '1' : 'W';
        case Outcome::draw: return e.is_rated ? '=' : 'D';
        case Outcome::loss: return e.is_rated ? '0' : 'L';
        case Outcome::forfeit_win: return '+';
        case Outcome::forfeit_loss: return '-';
        case Outcome::pairing_bye: return 'U';
        case Outcome::full_bye: return 'F';
        case Outcome::half_bye: return 'H';
        case Outcome::absent: return 'Z';
    }
    return ' ';
}

std::string write(const Report& report) {
    Writer out;
    write_event(out, report);
    write_round_dates(out, report);
    write_rounds_and_colour(out, report);
    write_points(out, report.scoring);
    out.value("172", report.ranking_method);
    out.value("182", report.controller);
    out.value("192", report.type_code);
    out.value("202", report.tiebreaks);
    out.value("212", report.standings);
    out.value("222", report.time_code);
    for (const auto& player : report.players) write_player(out, player);
    write_pairing_records(out, report);
    for (const auto& other : report.others) out.line("{}", other);
    return std::move(out.text);
}

}  // namespace agon::trf
