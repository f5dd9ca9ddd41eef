/// Events as the log holds them: the struct's name as type, its fields as JSON.
#pragma once

#include "app/store.hpp"
#include "base/codec/codec.hpp"

namespace agon {

template <class... E>
NewEvent encode(const std::variant<E...>& event) {
    return std::visit(
        [](const auto& e) {
            using T = std::remove_cvref_t<decltype(e)>;
            NewEvent made{std::string(codec::type_name<T>()), {}};
            made.data.reserve(160);
            codec::write<codec::log_spelling>(made.data, e);
            return made;
        },
        event);
}

/// The event if it is an `E`.
template <class E>
std::optional<E> decode_if(const Recorded& recorded) {
    if (recorded.type != codec::type_name<E>()) return std::nullopt;
    auto event = codec::read_text<E>(recorded.data);
    if (!event)
        throw StoreBroken("event " + std::to_string(recorded.seq) + " (" + recorded.type +
                          ") cannot be read: " + event.error().pointer + " " + event.error().message);
    return std::move(*event);
}

/// Throws StoreBroken for an event that this program does not know: a newer one wrote it.
template <class Variant>
Variant decode(const Recorded& recorded) {
    std::optional<Variant> found;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Variant>>([&](auto type) {
        using E = typename decltype(type)::type;
        if (found) return;
        if (auto event = decode_if<E>(recorded)) found = std::move(*event);
    });
    if (!found) throw StoreBroken("event " + std::to_string(recorded.seq) + " has the unknown type " + recorded.type);
    return std::move(*found);
}

}  // namespace agon
