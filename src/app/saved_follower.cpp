#include "app/saved_follower.hpp"

#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace agon {

namespace asio = boost::asio;

namespace {
constexpr Duration back_after_a_save = seconds(1);
constexpr std::size_t events_worth_waking = 5'000;
}  // namespace

SavedFollower::SavedFollower(std::string_view name, Engine& engine, asio::io_context& context)
    : Follower(engine.journal(), context), engine_(engine), name_(name), context_(context) {}

void SavedFollower::follow() {
    const auto cursor = engine_.store().saved_cursor(name_);
    reached_ = cursor;
    // Of what it has not read yet anything may concern it.
    last_concern_ = engine_.journal().last_seq();
    follow_from(cursor);
}

bool SavedFollower::is_worth_waking(const std::vector<Recorded>& events) {
    for (const auto& event : events) {
        if (!concerns(event)) continue;
        last_concern_.store(event.seq, std::memory_order_release);
        ++waiting_events_;
    }
    return waiting_events_ >= events_worth_waking;
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

bool SavedFollower::gives_way() const {
    const auto is_ready = [this](const Waiter& waiter) { return waiter.until <= cursor(); };
    return engine_.clock().steady() < back_until_ && std::ranges::none_of(waiting_, is_ready);
}

void SavedFollower::save_now(Seq seq) {
    engine_.store().save({rows(), Cursor{name_, seq}});
    rows_saved();
    failing_ = false;
    back_until_ = engine_.clock().steady() + back_after_a_save;
}

// --- waiting ------------------------------------------------------------------------------------------------------------

Task<void> SavedFollower::reach() {
    const auto until = last_concern_.load(std::memory_order_acquire);
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
