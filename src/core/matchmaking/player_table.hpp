/// Which slot a player's ticket has: a hash table with linear probing, of eight bytes a place and half empty, so that a
/// look-up touches one cache line as a rule.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/shared_value.hpp"
#include "core/matchmaking/rating_index.hpp"
#include "core/matchmaking/ticket.hpp"

namespace agon::matchmaking {

class PlayerTable {
public:
    PlayerTable() : places_(64) {}

    std::size_t size() const { return size_; }

    /// The player's slot, or `no_slot`. `player_in(slot)` tells whose a slot is.
    template <class PlayerIn>
    Slot find(const PlayerId& player, PlayerIn player_in) const {
        const auto hash = hash_of(player);
        for (auto i = hash & mask();; i = (i + 1) & mask()) {
            if (places_[i].slot == no_slot) return no_slot;
            if (places_[i].hash == hash && player_in(places_[i].slot) == player) return places_[i].slot;
        }
    }

    /// The player must not be in it yet.
    void insert(const PlayerId& player, Slot slot) {
        if (++size_ * 2 > places_.size()) grow();
        place({hash_of(player), slot});
    }

    /// The pair must be in it. What stood behind it moves up, so there are no tombstones (Knuth, TAOCP 6.4, algorithm R).
    void erase(const PlayerId& player, Slot slot) {
        auto hole = hash_of(player) & mask();
        while (places_[hole].slot != slot) hole = (hole + 1) & mask();
        for (auto i = (hole + 1) & mask(); places_[i].slot != no_slot; i = (i + 1) & mask()) {
            const auto home = places_[i].hash & mask();
            if (((i - home) & mask()) < ((i - hole) & mask())) continue;
            const auto moved = places_[i];
            places_.change(hole) = moved;
            hole = i;
        }
        places_.change(hole) = {};
        --size_;
    }

private:
    struct Place {
        std::uint32_t hash = 0;
        Slot slot = no_slot;
    };
    using Places = SharedArray<Place, 256>;

    static std::uint32_t hash_of(const PlayerId& player) {
        // The upper half of a product, so that ids which differ in a few bits only are spread too (Knuth, TAOCP 6.4).
        return static_cast<std::uint32_t>(std::hash<PlayerId>{}(player) * 0x9e3779b97f4a7c15 >> 32);
    }
    std::uint32_t mask() const { return static_cast<std::uint32_t>(places_.size() - 1); }

    void place(Place p) {
        auto i = p.hash & mask();
        while (places_[i].slot != no_slot) i = (i + 1) & mask();
        places_.change(i) = p;
    }
    void grow() {
        const auto old = std::exchange(places_, Places(places_.size() * 2));
        for (std::size_t i = 0; i < old.size(); ++i)
            if (old[i].slot != no_slot) place(old[i]);
    }

    Places places_;
    std::size_t size_ = 0;
};

}  // namespace agon::matchmaking
