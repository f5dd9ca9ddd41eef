/// Does at its time what a tournament announced: registration opens and closes, check-in ends, it starts, what a player
/// reported counts. Across restarts too: the time stands in the log and in the
/// row; the timer is only its shadow.
#pragma once

#include "app/follower.hpp"
#include "app/timers.hpp"
#include "app/tournaments.hpp"

namespace agon {

class Alarms : public Follower {
public:
    Alarms(Tournaments&, Timers&, boost::asio::io_context&);

    /// Sets every alarm that is due or to come. Before the journal starts.
    void start();

protected:
    void handle(const Recorded&) override;

private:
    void set(TournamentId, Instant when);
    void ring(TournamentId, Instant when);
    /// Where the store fails, again a little later.
    Task<void> go_on(TournamentId);

    Tournaments& tournaments_;
    Timers& timers_;
    boost::asio::io_context& context_;
};

}  // namespace agon
