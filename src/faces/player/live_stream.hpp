/// A channel as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `id` is the event's
/// seq, `event` its name, `data` its object. A comment every 15 seconds shows both ends that the other is there.
#pragma once

#include <deque>

#include <boost/asio/basic_waitable_timer.hpp>

#include "faces/player/live.hpp"

namespace agon::player {

/// Ends where the client is too slow (more than `most_waiting` events wait for it), where `may_go_on` says no, which is
/// asked with every comment, and where the server stops.
class LiveStream : public BodyStream {
public:
    static constexpr std::size_t most_waiting = 256;
    static constexpr auto comment_every = std::chrono::seconds(15);

    LiveStream(boost::asio::io_context::executor_type, std::function<bool()> may_go_on);

    /// Begins; refused as `Live::subscribe` is.
    Result<void> subscribe(Live&, LiveChannel, std::optional<Seq> since);
    Task<std::string> next() override;
    void stop() override;

private:
    void hear(const LiveMessage&);
    /// What can be sent now.
    std::string piece();
    /// False where the time for a comment has come.
    Task<bool> news();

    using Executor = boost::asio::io_context::executor_type;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                      Executor>
        timer_;
    std::function<bool()> may_go_on_;
    std::string greeting_ = "retry: 2000\n\n";
    std::deque<LiveMessage> waiting_;
    bool ended_ = false;
    std::unique_ptr<LiveSubscription> subscription_;
};

}  // namespace agon::player
