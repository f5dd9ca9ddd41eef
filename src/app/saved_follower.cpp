#include "app/saved_follower.hpp"

#include <boost/asio/post.hpp>

namespace agon {

namespace asio = boost::asio;

namespace {
constexpr Duration longest_back = seconds(1);
}

SavedFollower::SavedFollower(std::string_view name, Engine& engine, asio::io_context& context)
    : Follower(engine.journal(), context), engine_(engine), name_(name), context_(context) {}

void SavedFollower::follow() {
    const auto cursor = engine_.store().cursor(name_);
    reached_ = seq_ = cursor;
    follow_from(cursor);
}

// --- saving -------------------------------------------------------------------------------------------------------------

void SavedFollower::handled(Seq seq) {
    seq_ = seq;
    save();
    release(nullptr);
}

void SavedFollower::save() {
    if (saving_ || !has_rows() || gives_way()) return;
    saving_ = true;
    back_since_.reset();
    saving_until_ = seq_;
    Batch batch{.at = engine_.clock().now(), .rows = take_rows(), .cursor = Cursor{name_, seq_}};
    engine_.journal().submit(std::move(batch), {}, &context_, [this](const CommitOutcome& outcome) { saved(outcome); });
}

bool SavedFollower::gives_way() {
    if (!waiting_.empty() || !engine_.journal().is_crowded()) return false;
    const auto now = engine_.clock().steady();
    if (!back_since_) back_since_ = now;
    return now - *back_since_ < longest_back;
}

void SavedFollower::saved(const CommitOutcome& outcome) {
    saving_ = false;
    if (!outcome.accepted()) {
        rows_not_saved();
        return release(outcome.broken ? outcome.broken
                                      : std::make_exception_ptr(StoreBroken(name_ + " could not be saved")));
    }
    rows_saved();
    reached_.store(saving_until_, std::memory_order_release);
    save();
    release(nullptr);
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
    release(nullptr);
}

/// Those whose wait is over, or everybody, with what broke.
void SavedFollower::release(std::exception_ptr why_not) {
    if (!saving_ && !has_rows()) reached_.store(seq_, std::memory_order_release);
    const auto over = [&](const Waiter& w) { return why_not || w.until <= reached_; };
    const auto first = std::ranges::stable_partition(waiting_, std::not_fn(over)).begin();
    std::vector<Waiter> done(std::make_move_iterator(first), std::make_move_iterator(waiting_.end()));
    waiting_.erase(first, waiting_.end());
    for (auto& waiter : done) waiter.done(why_not);
}

}  // namespace agon
