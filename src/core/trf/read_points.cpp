// Records 162, BB? and XXS: what results are worth.
#include <fmt/format.h>

#include "core/trf/draft.hpp"

namespace agon::trf {

/// Record 162: W is a win, also by forfeit, and a full-point bye; D a draw and a half-point bye; A an absence and a
/// forfeit loss; the pairing-allocated bye is worth a win where P does not say otherwise.
Scoring PointSystem::scoring() const {
    Scoring s;
    s.win = win.value_or(s.win);
    s.draw = draw.value_or(s.draw);
    s.loss = loss.value_or(s.loss);
    s.forfeit_win = forfeit_win.value_or(s.win);
    s.full_bye = full_bye.value_or(s.win);
    s.half_bye = half_bye.value_or(s.draw);
    s.absent = absent.value_or(s.absent);
    s.forfeit_loss = forfeit_loss.value_or(s.absent);
    s.pairing_bye = pairing_bye.value_or(s.win);
    return s;
}

namespace {

using Slot = std::optional<Points> PointSystem::*;

struct Word {
    std::string_view word;
    Slot slot;
};
constexpr Word letters_of_162[] = {{"W", &PointSystem::win},
                                   {"D", &PointSystem::draw},
                                   {"L", &PointSystem::loss},
                                   {"A", &PointSystem::absent},
                                   {"P", &PointSystem::pairing_bye}};
constexpr Word engine_records[] = {{"BBW", &PointSystem::win},          {"BBD", &PointSystem::draw},
                                   {"BBL", &PointSystem::loss},         {"BBZ", &PointSystem::absent},
                                   {"BBF", &PointSystem::forfeit_loss}, {"BBU", &PointSystem::pairing_bye}};
constexpr Word words_of_xxs[] = {
    {"W", &PointSystem::win},           {"WW", &PointSystem::win},         {"BW", &PointSystem::win},
    {"D", &PointSystem::draw},          {"WD", &PointSystem::draw},        {"BD", &PointSystem::draw},
    {"L", &PointSystem::loss},          {"WL", &PointSystem::loss},        {"BL", &PointSystem::loss},
    {"ZPB", &PointSystem::absent},      {"HPB", &PointSystem::half_bye},   {"FPB", &PointSystem::full_bye},
    {"PAB", &PointSystem::pairing_bye}, {"FW", &PointSystem::forfeit_win}, {"FL", &PointSystem::forfeit_loss}};

template <std::size_t N>
const Word* find(const Word (&words)[N], std::string_view word) {
    const auto* found = std::ranges::find(words, word, &Word::word);
    return found == std::end(words) ? nullptr : found;
}

Result<Points> points_at(const Line& line, Columns columns) {
    const auto points = line.points_in(columns, "points");
    if (!points) return std::unexpected(points.error());
    if (!*points) return wrong(line.place(columns), "the points are missing");
    return **points;
}

/// White's and Black's wins are worth the same here, so what is said twice must be equal.
Refusal set(PointSystem& points, Slot slot, Points value, const Line& line, Columns columns) {
    auto& said = points.*slot;
    if (said && *said != value)
        return wrong(line.place(columns),
                     fmt::format("{} points, but {} were said before", points_text(value), points_text(*said)))
            .error();
    said = value;
    return {};
}

}  // namespace

Refusal read_point_system(Draft& draft, const Line& line) {
    for (Columns letter{6, 6}; letter.first <= line.width(); letter = letter.shifted(9)) {
        const Columns value{letter.first + 1, letter.first + 4};
        if (line.is_blank({letter.first, value.last})) continue;
        const auto points = points_at(line, value);
        if (!points) return points.error();
        const auto word = line.text(letter);
        if (word == "X") continue;  // a game not yet over: there is no result letter for it
        const auto* found = find(letters_of_162, word);
        if (!found) return wrong(line.place(letter), fmt::format("'{}' is none of W, D, L, A, P, X", word)).error();
        if (auto refusal = set(draft.points, found->slot, *points, line, value)) return refusal;
    }
    return {};
}

Refusal read_engine_points(Draft& draft, const Line& line) {
    const Columns value{4, std::max<std::size_t>(line.width(), 4)};
    const auto points = points_at(line, value);
    if (!points) return points.error();
    return set(draft.points, find(engine_records, line.record())->slot, *points, line, value);
}

/// `XXS W=3.0 D=1.0 PAB=3.0`
Refusal read_engine_point_list(Draft& draft, const Line& line) {
    for (auto word = line.word_from(4); word; word = line.word_from(word->last + 1)) {
        const auto columns = *word;
        const auto text = line.text(columns);
        const auto equals = std::min(text.find('='), text.size());
        const auto* found = find(words_of_xxs, text.substr(0, equals));
        if (!found || equals == text.size())
            return wrong(line.place(columns), fmt::format("'{}' is no value of a result, as in W=3.0", text)).error();
        const auto points = points_at(line, {columns.first + equals + 1, columns.last});
        if (!points) return points.error();
        if (auto refusal = set(draft.points, found->slot, *points, line, columns)) return refusal;
    }
    return {};
}

}  // namespace agon::trf
