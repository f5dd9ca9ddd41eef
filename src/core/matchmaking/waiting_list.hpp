/// A doubly linked list through an array that the caller owns, kept in order. What comes is nearly always the last, so
/// it is sought from the back.
#pragma once

#include <vector>

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
    template <class Before>
    void insert(std::vector<Entry>& entries, Slot slot, Before before) {
        auto behind = last_;
        while (behind != no_slot && !before(behind, slot)) behind = (entries[behind].*links).prev;
        const auto ahead = behind == no_slot ? first_ : (entries[behind].*links).next;
        entries[slot].*links = {behind, ahead};
        (behind == no_slot ? first_ : (entries[behind].*links).next) = slot;
        (ahead == no_slot ? last_ : (entries[ahead].*links).prev) = slot;
    }

    void erase(std::vector<Entry>& entries, Slot slot) {
        const auto [prev, next] = entries[slot].*links;
        (prev == no_slot ? first_ : (entries[prev].*links).next) = next;
        (next == no_slot ? last_ : (entries[next].*links).prev) = prev;
    }

private:
    Slot first_ = no_slot, last_ = no_slot;
};

}  // namespace agon::matchmaking
