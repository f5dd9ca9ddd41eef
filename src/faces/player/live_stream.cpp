#include "faces/player/live_stream.hpp"

#include <charconv>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace agon::player {

namespace {

constexpr std::size_t missed_at_once = 100;

void append(std::string& out, const LiveMessage& message) {
    fmt::format_to(std::back_inserter(out), "id: {}\nevent: {}\ndata: {}\n\n", message.seq(), message.name(),
                   message.data());
}

}  // namespace

LiveStream::LiveStream(Executor executor, std::function<bool()> may_go_on)
    : timer_(executor), may_go_on_(std::move(may_go_on)) {}

Result<void> LiveStream::subscribe(Live& live, LiveChannel channel, std::optional<Seq> since) {
    auto made = live.subscribe(std::move(channel), since, [this](const LiveMessage& message) { hear(message); });
    if (!made) return std::unexpected(std::move(made.error()));
    subscription_ = std::move(*made);
    return {};
}

void LiveStream::stop() {
    ended_ = true;
    timer_.cancel();
}

void LiveStream::hear(const LiveMessage& message) {
    if (waiting_.size() == most_waiting) return stop();
    waiting_.push_back(message);
    timer_.cancel();
}

std::string LiveStream::piece() {
    auto text = std::exchange(greeting_, {});
    for (const auto& message : subscription_->missed(missed_at_once)) append(text, message);
    for (; !waiting_.empty(); waiting_.pop_front()) append(text, waiting_.front());
    return text;
}

Task<bool> LiveStream::news() {
    timer_.expires_after(comment_every);
    const auto [failure] = co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{}));
    co_return failure == boost::asio::error::operation_aborted;
}

Task<std::string> LiveStream::next() {
    while (!ended_) {
        if (auto text = piece(); !text.empty()) co_return text;
        if (ended_ || co_await news()) continue;
        if (!may_go_on_()) break;
        co_return ":\n\n";
    }
    co_return std::string{};
}

namespace {

Result<std::optional<Seq>> last_event_id(const Request& request) {
    const auto header = request.header("last-event-id");
    if (!header || header->empty()) return std::optional<Seq>{};
    Seq seq = 0;
    const auto end = header->data() + header->size();
    const auto read = std::from_chars(header->data(), end, seq);
    if (read.ec != std::errc{} || read.ptr != end || seq < 0)
        return refused(Code::invalid, "the Last-Event-ID must be the seq of an event");
    return std::optional(seq);
}

Task<Result<EventStream>> events(Context& c, TournamentId id) {
    auto channel = find_channel(c.services.engine, c.user(), channel_of(id));
    if (!channel) co_return std::unexpected(std::move(channel.error()));
    const auto since = last_event_id(c.request);
    if (!since) co_return std::unexpected(since.error());
    const auto may_go_on = [&access = c.services.access,
                            credentials = std::string(c.request.header("authorization").value_or(""))] {
        return access.identify(credentials).has_value();
    };
    const auto stream = std::make_shared<LiveStream>(co_await boost::asio::this_coro::executor, may_go_on);
    if (auto begun = stream->subscribe(*c.services.live, std::move(*channel), *since); !begun)
        co_return std::unexpected(std::move(begun.error()));
    c.headers.emplace_back("Cache-Control", "no-store");
    // A proxy would keep the events back to send them in larger pieces.
    c.headers.emplace_back("X-Accel-Buffering", "no");
    co_return EventStream{stream};
}

}  // namespace

std::vector<Endpoint> live_endpoints() {
    return {endpoint<spelling, events>(Method::get, "/api/v1/tournaments/{tournament_id}/events",
                                       "What happens to the tournament, as server-sent events; `Last-Event-ID` resumes",
                                       Needs::player)};
}

}  // namespace agon::player
