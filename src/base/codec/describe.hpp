/// What the codec knows of a type: described structs and enums (Boost.Describe), and notes that a struct gives on its
/// fields.
///
///     struct Join {
///         BotId bot_id;
///         std::int64_t stake = 10;
///         static constexpr codec::Note notes[] = {
///             {.field = "bot_id", .doc = "the bot to register"},
///             {.field = "stake", .doc = "in coins", .min = 0, .max = 100, .has_default = true},
///         };
///     };
///     BOOST_DESCRIBE_STRUCT(Join, (), (bot_id, stake))
///
/// A field without a note is required, unless it is `std::optional` or `codec::Omittable`.
#pragma once

#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "base/codec/json.hpp"
#include "base/codec/spelling.hpp"
#include "base/id.hpp"
#include "base/money.hpp"
#include "base/time.hpp"

namespace agon::codec {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

/// What a field means and may hold: bounds of a number, or of a text's or list's length.
struct Note {
    std::string_view field;
    std::string_view doc;
    double min = -unbounded;
    double max = unbounded;
    /// A text that is shown as a name: not blank, and without characters that hide or turn what stands beside them.
    bool is_name = false;
    /// A missing field keeps the value of the struct's member initialiser.
    bool has_default = false;
};

/// A value that is left out when there is none, where `std::optional` prints `null`.
template <class T>
struct Omittable : std::optional<T> {
    using std::optional<T>::optional;
    template <class U>
        requires(!std::same_as<std::remove_cvref_t<U>, Omittable>)
    Omittable& operator=(U&& value) {
        std::optional<T>::operator=(std::forward<U>(value));
        return *this;
    }
    friend bool operator==(const Omittable& a, const Omittable& b) {
        return static_cast<const std::optional<T>&>(a) == static_cast<const std::optional<T>&>(b);
    }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_omittable = false;
template <class T>
inline constexpr bool is_omittable<Omittable<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept Text = std::same_as<T, std::string> || std::same_as<T, std::string_view>;
template <class T>
concept Number = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// `agon::arena::JoinRequest` → `JoinRequest`
template <class T>
constexpr std::string_view type_name() {
    static constexpr auto name = [](std::string_view text) {
        text.remove_prefix(text.find("T = ") + 4);
        text.remove_suffix(1);
        if (const auto colon = text.rfind("::"); colon != text.npos) text.remove_prefix(colon + 2);
        return text;
    }(__PRETTY_FUNCTION__);
    return name;
}

/// `TurnRequest` → `turn_request`
std::string snake_case(std::string_view type);

/// The struct's own note, else that of the described struct it inherits from.
template <class T>
constexpr Note note_on(std::string_view field) {
    // A field of that name is no list of notes.
    if constexpr (requires { T::notes[0].field; })
        for (const auto& note : T::notes)
            if (note.field == field) return note;
    Note found;
    if constexpr (boost::describe::has_describe_bases<T>::value)
        boost::mp11::mp_for_each<boost::describe::describe_bases<T, boost::describe::mod_public>>([&](auto base) {
            if (found.field.empty()) found = note_on<typename decltype(base)::type>(field);
        });
    return found;
}

/// Calls `f` with each member's descriptor, in order.
template <class T, class F>
constexpr void for_each_member(F&& f) {
    boost::mp11::mp_for_each<Members<T>>(std::forward<F>(f));
}

/// The word of an enumerator, or an empty view where the value has none.
template <Spelling S, DescribedEnum E>
constexpr std::string_view word_of(E value) {
    std::string_view found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (d.value == value) found = word<S, decltype(d)>();
    });
    return found;
}

template <Spelling S, DescribedEnum E>
constexpr std::optional<E> enum_of(std::string_view text) {
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (word<S, decltype(d)>() == text) found = d.value;
    });
    return found;
}

/// `'a', 'b' or 'c'`, for messages that say what is allowed.
std::string either(const std::vector<std::string_view>& words);

template <Spelling S, DescribedEnum E>
std::vector<std::string_view> words_of() {
    std::vector<std::string_view> words;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { words.push_back(word<S, decltype(d)>()); });
    return words;
}

}  // namespace agon::codec
