/// Who waits near a rating: per level 4,096 buckets of one point and a two-level bitmap of those that hold somebody, so
/// that the next one to the left or right is a few bit scans away, however many buckets lie between.
///
/// Ratings outside 0 … 4095 share the outermost buckets; answers stay exact, because ratings themselves are compared.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/shared_value.hpp"
#include "core/matchmaking/settings.hpp"

namespace agon::matchmaking {

/// A place in the pool's array of tickets.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = ~Slot{0};

using Bucket = std::uint16_t;
inline constexpr int bucket_count = 4096;

constexpr Bucket bucket_of(double rating) {
    if (!(rating > 0)) return 0;
    return rating >= bucket_count - 1 ? bucket_count - 1 : static_cast<Bucket>(rating);
}

/// A set of buckets: 64 words of 64 bits, and one word that says which of them are not zero.
class BucketSet {
public:
    void insert(Bucket b) {
        words_[b / 64u] |= bit(b % 64u);
        summary_ |= bit(b / 64u);
    }
    void erase(Bucket b) {
        words_[b / 64u] &= ~bit(b % 64u);
        if (words_[b / 64u] == 0) summary_ &= ~bit(b / 64u);
    }
    bool empty() const { return summary_ == 0; }

    /// The nearest member below `b`, or −1.
    int below(int b) const {
        const auto word = static_cast<unsigned>(b) / 64u;
        if (const auto here = words_[word] & (bit(static_cast<unsigned>(b) % 64u) - 1))
            return static_cast<int>(word * 64) + last(here);
        const auto earlier = summary_ & (bit(word) - 1);
        if (earlier == 0) return -1;
        const auto found = static_cast<unsigned>(last(earlier));
        return static_cast<int>(found * 64) + last(words_[found]);
    }
    /// The nearest member above `b`, or `bucket_count`.
    int above(int b) const {
        const auto word = static_cast<unsigned>(b) / 64u;
        if (const auto here = words_[word] & ~low_bits(static_cast<unsigned>(b) % 64u))
            return static_cast<int>(word * 64) + std::countr_zero(here);
        const auto later = summary_ & ~low_bits(word);
        if (later == 0) return bucket_count;
        const auto found = static_cast<unsigned>(std::countr_zero(later));
        return static_cast<int>(found * 64) + std::countr_zero(words_[found]);
    }

private:
    static constexpr std::uint64_t bit(unsigned i) { return std::uint64_t{1} << i; }
    /// Bits 0 to `i`, with it.
    static constexpr std::uint64_t low_bits(unsigned i) { return (bit(i) - 1) | bit(i); }
    static int last(std::uint64_t word) { return 63 - std::countl_zero(word); }

    std::array<std::uint64_t, bucket_count / 64> words_{};
    std::uint64_t summary_ = 0;
};

/// One level's buckets. The lists' links stand in the elements of the array that the caller owns (a `SharedArray`), with
/// members `rating`, `bucket`, `bucket_prev` and `bucket_next`. A copy costs a count, the first change of it 16 KiB.
class RatingIndex {
public:
    bool empty() const { return buckets_->used.empty(); }

    template <class Entries>
    void insert(Entries& entries, Slot slot) {
        auto& entry = entries.change(slot);
        auto& [heads, used] = buckets_.change();
        entry.bucket = bucket_of(entry.rating);
        entry.bucket_prev = no_slot;
        entry.bucket_next = heads[entry.bucket];
        if (entry.bucket_next != no_slot)
            entries.change(entry.bucket_next).bucket_prev = slot;
        else
            used.insert(entry.bucket);
        heads[entry.bucket] = slot;
    }

    template <class Entries>
    void erase(Entries& entries, Slot slot) {
        const auto bucket = entries[slot].bucket;
        const auto prev = entries[slot].bucket_prev, next = entries[slot].bucket_next;
        if (next != no_slot) entries.change(next).bucket_prev = prev;
        if (prev != no_slot) {
            entries.change(prev).bucket_next = next;
            return;
        }
        auto& [heads, used] = buckets_.change();
        heads[bucket] = next;
        if (next == no_slot) used.erase(bucket);
    }

    /// Shows `visit` everyone within `reach` points of `rating`, first the same bucket, then leftward, then rightward,
    /// each bucket in no order, and somewhat beyond. `visit(slot)` returns the reach from then on, so that a find
    /// narrows what is still worth a look.
    template <class Entries, class Visit>
    void near(const Entries& entries, double rating, double reach, Visit visit) const {
        const auto& [heads, used] = *buckets_;
        const auto look = [&](int bucket) {
            for (auto slot = heads[static_cast<std::size_t>(bucket)]; slot != no_slot; slot = entries[slot].bucket_next)
                reach = visit(slot);
        };
        const int own = bucket_of(rating);
        look(own);
        for (int b = used.below(own); b >= 0 && rating - (b + 1) <= reach; b = used.below(b)) look(b);
        for (int b = used.above(own); b < bucket_count && b - rating <= reach; b = used.above(b)) look(b);
    }

private:
    struct Buckets {
        Buckets() { heads.fill(no_slot); }
        std::array<Slot, bucket_count> heads;
        BucketSet used;
    };
    SharedValue<Buckets> buckets_;
};

}  // namespace agon::matchmaking
