/// Values whose copies cost next to nothing until they differ: copies are one value in memory, and whoever changes it
/// first takes a copy of its own. For states that are tried out and thrown away.
///
/// Each copy is a value of its own, which another thread may have; one copy is used by one thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace agon {

template <class T>
class SharedValue {
public:
    SharedValue() : box_(new Box) {}
    SharedValue(const SharedValue& other) : box_(other.box_) { box_->owners.fetch_add(1, std::memory_order_relaxed); }
    SharedValue(SharedValue&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
    SharedValue& operator=(SharedValue other) noexcept {
        std::swap(box_, other.box_);
        return *this;
    }
    ~SharedValue() {
        if (box_ && box_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box_;
    }

    const T& operator*() const { return box_->value; }
    const T* operator->() const { return &box_->value; }

    /// To write to; good until this is copied. What `*` gave before may be another's from now on.
    T& change() {
        if (box_->owners.load(std::memory_order_acquire) != 1) *this = SharedValue(new Box{box_->value});
        return box_->value;
    }

private:
    struct Box {
        T value{};
        std::atomic<std::uint32_t> owners = 1;
    };
    explicit SharedValue(Box* box) : box_(box) {}

    Box* box_;
};

/// An array in blocks of `block` elements, each of them shared. A copy costs a count per block.
template <class T, std::size_t block>
class SharedArray {
public:
    explicit SharedArray(std::size_t size = 0) : blocks_((size + block - 1) / block), size_(size) {}

    std::size_t size() const { return size_; }
    const T& operator[](std::size_t i) const { return (*blocks_[i / block])[i % block]; }
    /// To write to; good until this is copied. What `[]` gave of the same block before may be another's from now on.
    T& change(std::size_t i) { return blocks_[i / block].change()[i % block]; }
    /// One more at the end, as it is made by default.
    void grow() {
        if (size_++ % block == 0) blocks_.emplace_back();
    }

private:
    std::vector<SharedValue<std::array<T, block>>> blocks_;
    std::size_t size_;
};

}  // namespace agon
