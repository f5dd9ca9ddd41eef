/// A file's lines, and the fields in a line's columns. Columns count from 1, as the format's description does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/standings/cross_table.hpp"

namespace agon::trf {

struct Columns {
    std::size_t first = 0;
    std::size_t last = 0;
    Columns shifted(std::size_t by) const { return {first + by, last + by}; }
};

/// Where in a file something stands, for messages; the whole line where there are no columns.
struct Place {
    std::size_t line = 0;
    std::string record;
    Columns columns;
};

/// `line 14, columns 92–95: what`; other records than the players' are named: `line 3, record 162, columns 7–10: what`.
std::unexpected<Error> wrong(const Place&, std::string_view what);

struct RawLine {
    /// From 1, empty lines included.
    std::size_t number = 0;
    std::string_view text;
};
/// A file's lines that are not blank, one after the other, without their ends.
class Lines {
public:
    explicit Lines(std::string_view file) : rest_(file) {}
    std::optional<RawLine> next();

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// A line whose columns can be asked for; behind its end are blanks.
class Line {
public:
    explicit Line(const RawLine&);

    std::size_t number() const { return number_; }
    std::size_t width() const { return columns_.size(); }
    std::string record() const { return text({1, 3}); }
    Place place(Columns columns = {}) const { return {number_, record(), columns}; }

    char32_t at(std::size_t column) const { return column <= columns_.size() ? columns_[column - 1] : U' '; }
    bool is_blank(Columns) const;
    /// In UTF-8, without blanks at both ends.
    std::string text(Columns) const;
    std::string text_from(std::size_t column) const { return text({column, width()}); }
    /// The first word from a column on, between blanks and tabs, or nothing:
    /// `for (auto word = line.word_from(4); word; word = line.word_from(word->last + 1))`
    std::optional<Columns> word_from(std::size_t column) const;

    /// The first control character other than a tab, or nothing.
    std::optional<std::size_t> control_character() const;

    /// A whole number from 0 to `most`; nothing where the columns are blank.
    Result<std::optional<std::uint32_t>> number_in(Columns, std::string_view what, std::uint32_t most) const;
    /// Like `number_in`, but from 1, and there must be one.
    Result<std::uint32_t> number_at(Columns, std::string_view what, std::uint32_t most) const;
    /// Points as in `11.5`, in tenths; nothing where the columns are blank.
    Result<std::optional<standings::Points>> points_in(Columns, std::string_view what) const;

private:
    std::size_t number_;
    std::u32string columns_;
};

}  // namespace agon::trf
