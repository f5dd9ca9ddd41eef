/// Draws large rounds beside the server's other work. It follows the log; where a tournament awaits a draw, the format
/// works on a copy of the stage, on a thread of its own, and what it drew goes back as a command. Meanwhile the
/// tournament answers as ever; where it changes, the draw is refused and made anew.
#pragma once

#include <unordered_set>

#include "app/follower.hpp"
#include "app/timers.hpp"
#include "app/tournaments.hpp"

namespace agon {

class Drawer : public Follower {
public:
    /// Runs a piece of work somewhere, once.
    using Beside = std::function<void(std::function<void()>)>;

    Drawer(Tournaments&, Timers&, boost::asio::io_context&, Beside beside);

    /// Takes up every draw that is due, then follows the log. Before the journal starts.
    void start();

protected:
    void handle(const Recorded&) override;

private:
    void draw_if_due(TournamentId);
    /// Where the store fails, it is drawn again a little later.
    Task<void> submit(TournamentId, DrawRound);

    Tournaments& tournaments_;
    Timers& timers_;
    boost::asio::io_context& context_;
    Beside beside_;
    /// Being drawn now. On the context's thread.
    std::unordered_set<TournamentId> drawing_;
};

}  // namespace agon
