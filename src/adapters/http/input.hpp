/// What a connection has received and not yet used: a block that grows, and forgets from the front.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace agon {

class Input {
public:
    bool empty() const { return begin_ == end_; }
    std::size_t size() const { return end_ - begin_; }
    /// Valid until the next call of `room`.
    std::string_view view() const { return {bytes_.data() + begin_, size()}; }
    /// The same bytes, to be changed in place.
    char* data() { return bytes_.data() + begin_; }

    /// Space for at least `wanted` more bytes behind what is here.
    std::pair<char*, std::size_t> room(std::size_t wanted = 1024) {
        if (empty()) begin_ = end_ = 0;
        if (bytes_.size() - end_ < wanted) make_room(wanted);
        return {bytes_.data() + end_, bytes_.size() - end_};
    }
    void filled(std::size_t bytes) { end_ += bytes; }
    void drop(std::size_t bytes) { begin_ += bytes; }
    void drop_all() { begin_ = end_; }
    /// Gives back the memory that one large body took. Only where it is empty; ends all views.
    void shrink() {
        if (!empty() || bytes_.size() <= most_kept) return;
        std::vector<char>{}.swap(bytes_);
        begin_ = end_ = 0;
    }

private:
    static constexpr std::size_t most_kept = 16 * 1024;

    void make_room(std::size_t wanted) {
        if (begin_ > 0 && !empty()) std::memmove(bytes_.data(), bytes_.data() + begin_, size());
        end_ = size();
        begin_ = 0;
        if (bytes_.size() - end_ < wanted)
            bytes_.resize(std::max(std::max<std::size_t>(4096, bytes_.size() * 2), end_ + wanted));
    }

    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace agon
