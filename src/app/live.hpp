/// Live channels: what the log tells, told on to whoever watches.
///
/// A channel has a name (`tournament:018f…`, `user:018f…`). A *teller* says what an event of the log is to the channels
/// that it touches: at most one live event per channel, a function of the log up to there and of nothing else. So what
/// is replayed is, letter for letter, what was told live.
///
/// The hub follows the log and tells each event once; what it makes is shared by all who hear it. A subscription lives on
/// one io_context, and there everything happens without locks: the hub posts one batch per io_context, not one per
/// subscriber.
///
/// Nothing is lost and nothing doubled between replay and live. Watching is announced first, under the lock under which
/// the hub takes its next event: from the position given then, every event of the channel comes to the subscriber's
/// io_context. What was missed is read from the log until it reaches what was delivered there; with that the
/// subscription is live. Each keeps the seq that it has heard, and hears only what comes after it.
#pragma once

#include <map>
#include <span>

#include "app/follower.hpp"
#include "base/result.hpp"

namespace agon {

/// What an event of the log is to one channel. `data` is a JSON object that holds `channel`, `seq` and `time`; `name`
/// lives for ever.
struct LiveEvent {
    std::string channel;
    std::string_view name;
    Seq seq = 0;
    std::string data;
};

/// The same as it is sent, shared by everybody who hears it.
class LiveMessage {
public:
    explicit LiveMessage(LiveEvent);
    const std::string& channel() const { return channel_; }
    std::string_view name() const { return name_; }
    Seq seq() const { return seq_; }
    /// `{"event":"match.started","data":{…}}`
    const std::shared_ptr<const std::string>& frame() const { return frame_; }
    /// The object in it.
    std::string_view data() const;

private:
    std::string channel_;
    std::string_view name_;
    Seq seq_;
    std::shared_ptr<const std::string> frame_;
};

/// Which channels are watched.
class LiveInterest {
public:
    virtual ~LiveInterest() = default;
    virtual bool has(std::string_view channel) const = 0;
    /// Any whose name begins like this.
    virtual bool has_any(std::string_view prefix) const = 0;
};

/// Reads the log in order, beginning anywhere and leaving out what nobody watches. One thread at a time.
class LiveTeller {
public:
    virtual ~LiveTeller() = default;
    /// Appends what the event is to channels of interest. Where it throws, the same event may be told again.
    virtual void tell(const Recorded&, const LiveInterest&, std::vector<LiveEvent>&) = 0;
};

struct LiveChannel {
    std::string name;
    /// The stream whose events it tells; empty where they come from many.
    StreamName stream;
};

/// The hub's inside that subscriptions share.
struct LiveParts;

/// Belongs to the thread of the io_context that it was made for, from its making to its end.
class LiveSubscription {
public:
    using Hear = std::function<void(const LiveMessage&)>;
    ~LiveSubscription();
    LiveSubscription(LiveSubscription&&) = delete;

    /// The log's position from which it hears: what comes after it is told live, what comes after `since` and up to it
    /// is what was missed.
    Seq began_at() const { return began_at_; }
    /// All that was missed has been taken; from now on `hear` is called.
    bool is_live() const { return is_live_; }
    /// The next `limit` events that were missed, fewer only where these are the last. To be called until `is_live`,
    /// whenever there is room for so many: until then nothing of this subscription is kept in memory but one page of the
    /// log. Throws StoreBroken.
    std::vector<LiveMessage> missed(std::size_t limit);

private:
    friend class Live;
    LiveSubscription(std::shared_ptr<LiveParts>, std::size_t branch, LiveChannel, std::optional<Seq> since, Hear);
    bool turn_page();
    void go_live();
    void take(const LiveMessage&);

    struct Page {
        std::vector<Recorded> events;
        std::size_t next = 0;
        Version version = 0;
        std::unique_ptr<LiveTeller> teller;
    };
    std::shared_ptr<LiveParts> parts_;
    std::size_t branch_;
    LiveChannel channel_;
    Hear hear_;
    Seq began_at_ = 0;
    /// Heard, or read from the log, up to here.
    Seq after_ = 0;
    bool is_live_ = false;
    std::unique_ptr<Page> page_;
};

class Live : public Follower {
public:
    using MakeTeller = std::function<std::unique_ptr<LiveTeller>()>;

    /// The contexts are those on which there will be subscriptions; the hub itself runs on the first of them.
    Live(Store&, Journal&, std::span<boost::asio::io_context* const> contexts, MakeTeller);
    ~Live() override;

    /// Tells what comes from now on. Before the journal starts.
    void start();

    /// On the thread of one of the contexts (or where there is but one). Without `since` it is live at once; a `since`
    /// that the log has not reached counts as none. `hear` is called on this thread and must neither make nor end
    /// subscriptions. Refused as `invalid` where the channel's events come from many streams and more than
    /// `most_missed` positions of the log lie between `since` and now.
    Result<std::unique_ptr<LiveSubscription>> subscribe(LiveChannel, std::optional<Seq> since,
                                                        LiveSubscription::Hear hear);
    static constexpr Seq most_missed = 20'000;

    /// Subscriptions at this moment. Any thread.
    std::size_t subscribers() const;

protected:
    void handle(const Recorded&) override;
    void handled(Seq) override;

private:
    std::shared_ptr<LiveParts> parts_;
    std::unique_ptr<LiveTeller> teller_;
    std::vector<LiveMessage> batch_;
};

}  // namespace agon
