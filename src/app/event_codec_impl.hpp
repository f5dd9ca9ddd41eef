// The bodies of encode and decode.
#pragma once

#include "app/event_codec.hpp"

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
