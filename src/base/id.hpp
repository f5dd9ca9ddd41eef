/// Identifiers: UUIDv7 inside (RFC 9562), printed as a canonical UUID or as a TypeID (prefix, underscore, 26
/// characters of Crockford base32). Both forms are read everywhere.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace agon {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const { return *this == Uuid{}; }
};

/// A fresh UUIDv7: 48 bits of `now` in milliseconds, then `random`'s bits.
Uuid uuid7(Instant now, std::uint64_t random_high, std::uint64_t random_low);

/// `018f3c1e-…`, 36 characters in lower case.
std::string to_uuid_text(const Uuid&);
void append_uuid_text(std::string& out, const Uuid&);
/// 26 characters of Crockford base32, lower case.
void append_base32(std::string& out, const Uuid&);

/// Reads a canonical UUID of either case.
std::optional<Uuid> parse_uuid(std::string_view);
/// Reads the 26 characters after a TypeID's underscore.
std::optional<Uuid> parse_base32(std::string_view);

/// An id that cannot be mistaken for another's. `Tag` names its prefix and its noun, as in
/// `struct BotTag { static constexpr std::string_view prefix = "bot", noun = "Bot"; };`
template <class Tag>
struct Id {
    using tag = Tag;
    Uuid uuid;

    auto operator<=>(const Id&) const = default;
    bool is_nil() const { return uuid.is_nil(); }

    /// `bot_01h455vb4pex5vsknk084sn02q`
    std::string text() const {
        std::string out{Tag::prefix};
        out += '_';
        append_base32(out, uuid);
        return out;
    }

    /// Reads either form; nothing where the text is neither, or is the TypeID of something else.
    static std::optional<Id> parse(std::string_view text) {
        if (text.size() == 36) {
            if (auto uuid = parse_uuid(text)) return Id{*uuid};
            return std::nullopt;
        }
        constexpr auto head = Tag::prefix.size() + 1;
        if (text.size() != head + 26 || !text.starts_with(Tag::prefix) || text[head - 1] != '_') return std::nullopt;
        if (auto uuid = parse_base32(text.substr(head))) return Id{*uuid};
        return std::nullopt;
    }
};

template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;

}  // namespace agon

template <>
struct std::hash<agon::Uuid> {
    std::size_t operator()(const agon::Uuid& id) const noexcept;
};
template <class Tag>
struct std::hash<agon::Id<Tag>> {
    std::size_t operator()(const agon::Id<Tag>& id) const noexcept { return std::hash<agon::Uuid>{}(id.uuid); }
};
