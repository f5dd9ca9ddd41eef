/// A doubly linked list through a `SharedArray` that the caller owns, kept in order. What comes is nearly always the last, so
/// it is sought from the back.
#pragma once

#include "core/matchmaking/rating_index.hpp"

namespace agon::matchmaking {

struct Links {
    Slot prev = no_slot, next = no_slot;
};

/// `links` names the member of `Entry` that holds this list's links.
template <class Entry, Links Entry::* links>
class WaitingList {
public:
    Slot first() const { return first_; }

    /// Behind the last one that `before(that, slot)` says comes first.
    template <class Entries, class Before>
    void insert(Entries& entries, Slot slot, Before before) {
        auto behind = last_;
        while (behind != no_slot && !before(behind, slot)) behind = (entries[behind].*links).prev;
        const auto ahead = behind == no_slot ? first_ : (entries[behind].*links).next;
        entries.change(slot).*links = {behind, ahead};
        (behind == no_slot ? first_ : (entries.change(behind).*links).next) = slot;
        (ahead == no_slot ? last_ : (entries.change(ahead).*links).prev) = slot;
    }

    template <class Entries>
    void erase(Entries& entries, Slot slot) {
        const auto [prev, next] = entries[slot].*links;
        (prev == no_slot ? first_ : (entries.change(prev).*links).next) = next;
        (next == no_slot ? last_ : (entries.change(next).*links).prev) = prev;
    }

private:
    Slot first_ = no_slot, last_ = no_slot;
};

}  // namespace agon::matchmaking
