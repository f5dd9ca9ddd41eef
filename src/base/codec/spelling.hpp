/// How a face writes what it shows. A described struct's fields are written once, in snake_case (ARCHITECTURE.md,
/// rule 5); a spelling turns names, enumerators, ids and instants into the face's own.
#pragma once

#include <array>
#include <string_view>

namespace agon::codec {

enum class Names { snake_case, camel_case };
enum class Words { lower, upper };
enum class Ids { type_id, uuid };
enum class Instants { exact, whole_seconds };
/// What a missing field that has no default means: `refuse` for requests, `keep_default` for our own log, whose old
/// events lack the fields that came later.
enum class Missing { refuse, keep_default };

struct Spelling {
    Names names = Names::snake_case;
    Words words = Words::lower;
    Ids ids = Ids::type_id;
    Instants instants = Instants::whole_seconds;
    Missing missing = Missing::refuse;
};

/// The log's and the rows' own.
inline constexpr Spelling log_spelling{.instants = Instants::exact, .missing = Missing::keep_default};

/// `start_time` → `startTime`, but `_count` stays; as characters that live for ever.
template <Names N, std::size_t Size>
struct FieldName {
    std::array<char, Size> chars{};
    std::size_t size = 0;
    constexpr explicit FieldName(std::string_view snake) {
        bool up = false;
        for (const char c : snake) {
            if (N == Names::camel_case && c == '_' && size > 0) {
                up = true;
                continue;
            }
            chars[size++] = up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            up = false;
        }
    }
    constexpr operator std::string_view() const { return {chars.data(), size}; }
};

template <Spelling S, class Member>
constexpr std::string_view field_name() {
    constexpr std::string_view snake = Member::name;
    static constexpr FieldName<S.names, snake.size()> spelt{snake};
    return spelt;
}

/// `registration_open` → `REGISTRATION_OPEN`; a trailing underscore that avoids a C++ keyword is not part of the word.
template <Words W, std::size_t Size>
struct EnumWord {
    std::array<char, Size> chars{};
    std::size_t size = 0;
    constexpr explicit EnumWord(std::string_view name) {
        for (const char c : name)
            chars[size++] = W == Words::upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (size > 0 && chars[size - 1] == '_') --size;
    }
    constexpr operator std::string_view() const { return {chars.data(), size}; }
};

template <Spelling S, class Enumerator>
constexpr std::string_view word() {
    constexpr std::string_view name = Enumerator::name;
    static constexpr EnumWord<S.words, name.size()> spelt{name};
    return spelt;
}

}  // namespace agon::codec
