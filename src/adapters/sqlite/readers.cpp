#include "adapters/sqlite/readers.hpp"

namespace agon::sqlite {

Readers::Loan Readers::lend() {
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            auto database = std::move(free_.back());
            free_.pop_back();
            return {*this, std::move(database)};
        }
    }
    return {*this, std::make_unique<Database>(file_, Access::read_only)};
}

void Readers::take_back(std::unique_ptr<Database> database) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(database));
}

}  // namespace agon::sqlite
