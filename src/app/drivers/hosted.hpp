/// The hosted driver: plays every match of bots that has begun, many at once. It follows the log: a match that the
/// rules began is loaded and played; its result goes back as a command. After a restart it goes on with every match
/// that is in progress.
#pragma once

#include "app/drivers/hosted_match.hpp"
#include "app/follower.hpp"

namespace agon {

class HostedDriver : public Follower, public BotInbox {
public:
    /// Matches are spread over `contexts`; the first also follows the log.
    HostedDriver(HostedWorld world, std::span<boost::asio::io_context* const> contexts);

    /// Takes up the matches that are in progress, then follows the log. Before the journal starts.
    void start();

    std::size_t live_matches() const;

    void connected(BotId) override;
    void disconnected(BotId) override;
    void answered(BotId, BotAnswer) override;
    void resume(BotId) override;

protected:
    void handle(const Recorded&) override;

private:
    using MatchPtr = std::shared_ptr<HostedMatch>;

    void play(MatchId);
    void load(const MatchPtr&);
    /// There is nothing to play, as memory has it; but a cancellation that the disk refuses leaves the match waiting.
    Task<void> look_again(MatchId);
    void ended(const MatchPtr&);
    void call_off(MatchId);
    void cancel_all(TournamentId);
    std::vector<MatchPtr> matches_of(BotId) const;
    template <class Call>
    void post_to_matches_of(BotId, Call call);

    HostedWorld world_;
    std::vector<boost::asio::io_context*> contexts_;
    mutable std::mutex mutex_;
    std::unordered_map<MatchId, MatchPtr> matches_;
    std::unordered_multimap<BotId, MatchPtr> by_bot_;
};

}  // namespace agon
