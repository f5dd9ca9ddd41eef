/// Runs the queues: sends each what is due at its instant, without ticks; ends in the queue what ended as a match; and
/// knows how long a wait will be.
///
/// What a queue and a match decide is in the log (core/ranked). Here are the timers, which are only a shadow of it, and
/// the estimators, which are learned from it: since the last snapshot after a start, and from each event thereafter.
///
/// A ranked match begins in the batch of the pairing: `begin_matches` adds its stream's first event.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "app/engine.hpp"
#include "app/follower.hpp"
#include "app/matchmaking_settings.hpp"
#include "app/timers.hpp"
#include "core/matchmaking/wait_estimate.hpp"

namespace agon {

/// From the two words, so that whoever asks for one pool writes to one stream.
ranked::QueueId queue_id_of(std::string_view game, std::string_view region);

/// Adds to the batch of a queue the beginning of each match that it makes. For `Engine::execute`'s `attach`.
void begin_matches(Batch&);

/// Of all queues together, or of one.
struct QueueTotals {
    std::int64_t waiting = 0;
    std::int64_t matches = 0;
    std::int64_t live_matches = 0;
    double mean_wait_s = 0;
    matchmaking::EstimateScore estimates;
};

class Matchmaking : public Follower {
public:
    Matchmaking(Engine&, Timers&, Random&, boost::asio::io_context&, MatchmakingSettings = {});

    /// Takes up every queue: waits go on counting, and nobody's waiting ends in the first thirty seconds. Before the
    /// journal starts.
    void start();

    /// The right of one user to join: while it lives, no other request of that user joins anywhere, so that nobody is
    /// in two queues.
    class Joining {
    public:
        struct Others {
            std::mutex mutex;
            std::set<UserId> players;
        };
        /// Of a player who stands in `others` until this ends.
        Joining(std::shared_ptr<Others> others, UserId player) : others_(std::move(others)), player_(player) {}
        Joining(Joining&& other) noexcept
            : queue(other.queue),
              command(std::move(other.command)),
              others_(std::move(other.others_)),
              player_(other.player_) {}
        Joining& operator=(Joining&&) = delete;
        ~Joining();

        ranked::QueueId queue;
        ranked::JoinQueue command;

    private:
        /// Shared: a request may outlive the server that it was sent to.
        std::shared_ptr<Others> others_;
        UserId player_;
    };
    /// Any thread. The command without the rating, and without those whom the player avoids for once. `conflict` where the
    /// user waits or plays already, `not_found` where the operator allows no such pool, `exhausted` where there are too
    /// many.
    Task<Result<Joining>> joining(UserId, std::string game, std::string region);

    /// Any thread. The ticket with which the user waits or is asked, if there is one, avoids all whom the user blocked.
    /// For after a block and, since the two may cross, after a joining. Harmless twice.
    Task<void> heed_blocks(UserId);

    /// Any thread. The queue in which the user waits, is asked or plays; nothing where there is none.
    std::optional<ranked::QueueId> queue_of(UserId);

    /// After a match went on: its queue learns when it is over, so that its players may join again. Harmless twice.
    Task<void> settle(MatchId);

    /// Any thread. How long somebody with that rating will wait, who has waited `age` already.
    matchmaking::WaitEstimate estimate(ranked::QueueId, double rating, Duration age, Duration remaining,
                                       std::optional<Duration> promised);

    /// Sets every timer by what its queue says now; for when the store failed meanwhile. On the follower's thread.
    void look_again();

    /// Any thread.
    QueueTotals totals();

    const MatchmakingSettings& settings() const { return settings_; }
    std::uint64_t chance() { return random_.bits(); }

protected:
    void handle(const Recorded&) override;
    void handled(Seq) override;

private:
    struct Asked {
        matchmaking::WaitEstimate estimate;
        Instant at;
    };
    struct Known {
        std::mutex mutex;
        matchmaking::WaitEstimator estimator;
        std::unordered_map<UserId, Asked> asked;
        // On the follower's thread.
        Timers::Handle timer = Timers::none;
        std::optional<Instant> armed_for;
    };
    using KnownPtr = std::shared_ptr<Known>;

    KnownPtr known(ranked::QueueId);
    std::vector<std::pair<ranked::QueueId, KnownPtr>> all_known();
    /// Some of those who waited in a queue when the server stopped, by when they began to.
    struct Part {
        ranked::QueueId queue;
        Instant from, until;
    };
    /// Pairs them now where they are not more than `at_once`, which becomes less; else tells what is left to be paired.
    std::vector<Part> take_up(ranked::QueueId, std::size_t& at_once);
    Task<void> pair_waiting(std::vector<Part>);
    static void learn(Known&, const Recorded&);
    static void learn_end(Known&, UserId, Instant at, matchmaking::WaitEnd);
    void handle_match(MatchId, const Recorded&);

    void arm(ranked::QueueId);
    void ring(ranked::QueueId, Instant when);
    Task<void> advance(ranked::QueueId);
    void arm_match(MatchId);
    void arm_match(MatchId, std::optional<Instant> due);
    Task<void> advance_match(MatchId);
    Task<void> end_match(MatchId);
    void forget_match(MatchId);
    void again(std::function<void()>);

    Engine& engine_;
    Timers& timers_;
    Random& random_;
    boost::asio::io_context& context_;
    MatchmakingSettings settings_;
    std::mutex mutex_;
    std::map<ranked::QueueId, KnownPtr> known_;
    std::shared_ptr<Joining::Others> joining_ = std::make_shared<Joining::Others>();
    // On the follower's thread.
    std::set<ranked::QueueId> touched_;
    std::map<MatchId, Timers::Handle> match_timers_;
};

}  // namespace agon
