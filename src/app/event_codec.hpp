/// Events as the log holds them: the struct's name as type, its fields as JSON.
#pragma once

#include "app/store.hpp"
#include "base/codec/codec.hpp"

namespace agon {

// The two below are compiled once per variant of events (app/entities.cpp, app/entities_of_tournaments.cpp): who needs
// them for another includes app/event_codec_impl.hpp.

template <class... E>
NewEvent encode(const std::variant<E...>& event);

/// Throws StoreBroken for an event that this program does not know: a newer one wrote it.
template <class Variant>
Variant decode(const Recorded& recorded);

/// Whether the event is one of these; nothing is decoded.
template <class... E>
bool is_one_of(const Recorded& recorded) {
    return ((recorded.type == codec::type_name<E>()) || ...);
}

/// The event if it is an `E`.
template <class E>
std::optional<E> decode_if(const Recorded& recorded) {
    if (!is_one_of<E>(recorded)) return std::nullopt;
    auto event = codec::read_text<E>(recorded.data);
    if (!event)
        throw StoreBroken("event " + std::to_string(recorded.seq) + " (" + recorded.type +
                          ") cannot be read: " + event.error().pointer + " " + event.error().message);
    return std::move(*event);
}

}  // namespace agon
