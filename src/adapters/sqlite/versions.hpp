/// The versions of the streams written lately, so that an append to one of them reads nothing.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "app/store.hpp"

namespace agon::sqlite {

/// Two generations: what is asked for moves into the young one; when that is full, it becomes the old one and what was
/// old is forgotten. So at least the `capacity` streams used last are known, and at most twice as many.
class Versions {
public:
    explicit Versions(std::size_t capacity) : capacity_(capacity) {}

    /// The version to read and change; null when it is not known. Valid until the next call.
    Version* find(const StreamName& stream) {
        if (const auto found = young_.find(stream); found != young_.end()) return &found->second;
        const auto found = old_.find(stream);
        return found == old_.end() ? nullptr : &set(stream, found->second);
    }

    Version& set(const StreamName& stream, Version version) {
        if (young_.size() >= capacity_) {
            old_ = std::move(young_);
            young_.clear();
        }
        return young_.insert_or_assign(stream, version).first->second;
    }

    void forget() {
        young_.clear();
        old_.clear();
    }

private:
    std::size_t capacity_;
    std::unordered_map<StreamName, Version> young_;
    std::unordered_map<StreamName, Version> old_;
};

}  // namespace agon::sqlite
