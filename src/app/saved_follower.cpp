#include "app/saved_follower.hpp"

#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace agon {

namespace asio = boost::asio;

namespace {
constexpr Duration back_after_a_save = seconds(1);
/// Of so many events in a second, the rest of the burst can wait no longer.
constexpr Seq events_worth_reading = 10'000;
}  // namespace

SavedFollower::SavedFollower(std::string_view name, Engine& engine, asio::io_context& context)
    : Follower(engine.journal(), context, events_worth_reading), engine_(engine), name_(name), context_(context) {}

void SavedFollower::follow() {
    const auto cursor = engine_.store().saved_cursor(name_);
    reached_ = cursor;
    follow_from(cursor);
}

// --- saving -------------------------------------------------------------------------------------------------------------

void SavedFollower::save() {
    if (has_rows() && gives_way()) return;
    const auto seq = cursor();
    try {
        if (has_rows()) save_now(seq);
    } catch (const StoreBroken& broken) {
        if (!std::exchange(failing_, true))
            log::error("rows of a follower cannot be saved", {{"follower", name_}, {"why", broken.what()}});
        return release(std::current_exception());
    }
    reached_.store(seq, std::memory_order_release);
    release(nullptr);
}

bool SavedFollower::gives_way() const { return waiting_.empty() && engine_.clock().steady() < back_until_; }

void SavedFollower::save_now(Seq seq) {
    engine_.store().save({rows(), Cursor{name_, seq}});
    rows_saved();
    failing_ = false;
    back_until_ = engine_.clock().steady() + back_after_a_save;
}

// --- waiting ------------------------------------------------------------------------------------------------------------

Task<void> SavedFollower::reach() {
    const auto until = engine_.journal().last_seq();
    if (reached_.load(std::memory_order_acquire) >= until) co_return;
    auto executor = co_await asio::this_coro::executor;
    constexpr asio::use_awaitable_t<asio::io_context::executor_type> token;
    co_await asio::async_initiate<decltype(token), void(std::exception_ptr)>(
        [this, until, &executor](auto handler) {
            auto done = [caller = &executor.context(), h = std::move(handler)](std::exception_ptr why) mutable {
                asio::post(*caller, [h = std::move(h), why]() mutable { std::move(h)(why); });
            };
            asio::post(context_, [this, w = Waiter{until, std::move(done)}]() mutable { wait(std::move(w)); });
        },
        token);
}

void SavedFollower::wait(Waiter waiter) {
    waiting_.push_back(std::move(waiter));
    save();
    wake();
}

/// Those whose wait is over, or everybody, with what broke.
void SavedFollower::release(std::exception_ptr why_not) {
    const auto over = [&](const Waiter& w) { return why_not || w.until <= reached_; };
    const auto first = std::ranges::stable_partition(waiting_, std::not_fn(over)).begin();
    std::vector<Waiter> done(std::make_move_iterator(first), std::make_move_iterator(waiting_.end()));
    waiting_.erase(first, waiting_.end());
    for (auto& waiter : done) waiter.done(why_not);
}

}  // namespace agon
