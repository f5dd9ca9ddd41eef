/// One match that Agon plays: it asks the bots, keeps their clocks, and writes what they did.
///
/// Everything runs on one io_context; the driver posts what comes from outside. What bots are told is durable first.
/// Clocks and faults (docs/bots.md):
/// - A bot that is absent when the match begins has `no_show_timeout` to come; else it loses by walkover.
/// - The first time in a match that a bot's connection is lost, its clock stands still for up to `reconnect_grace`;
///   away for longer, or lost for a fourth time, it forfeits. The second and third time the clock runs on.
/// - A turn that its carrier sends later has its time from then on, however long it waited.
/// - A choice that the game refuses is rejected and the clock runs on; the third in one turn counts as a missed turn.
#pragma once

#include <boost/asio/io_context.hpp>

#include "app/bots.hpp"
#include "app/clock.hpp"
#include "app/engine.hpp"
#include "app/timers.hpp"
#include "base/prng.hpp"

namespace agon {

/// What a match needs of the world. Lives longer than every match.
struct HostedWorld {
    Engine& engine;
    Timers& timers;
    const Clock& clock;
    Random& random;
    /// By the bot's `Connection::type`; null where there is no such carrier.
    std::function<BotCarrier*(bots::Carrier)> carrier;
    /// A little later, plays this attempt of the match again, or ends its game where the match goes on without it. Any
    /// thread.
    std::function<void(MatchId, std::uint8_t attempt)> retry;
    /// How long built-in bots think, for watching; none by default.
    std::function<Duration(std::uint64_t)> thinking_time;
};

class HostedMatch : public std::enable_shared_from_this<HostedMatch> {
public:
    using Ended = std::function<void(const std::shared_ptr<HostedMatch>&)>;

    /// `attempt`: which playing of the match this is; each has a game of its own.
    HostedMatch(HostedWorld&, boost::asio::io_context&, MatchId, std::uint8_t attempt, Ended ended);

    MatchId id() const { return match_; }
    std::uint8_t attempt() const { return attempt_; }
    boost::asio::io_context& context() const { return context_; }

    // On the match's context only:

    /// The bots in it, once loaded.
    std::vector<BotId> bots() const;

    /// Starts the game, or goes on where its record ends. Returns false where there is nothing to play.
    bool load();
    void begin();
    void connected(BotId);
    void disconnected(BotId);
    void sent(BotId, const std::string& request_id, Duration at);
    void answered(BotId, const BotAnswer&);
    void resume(BotId);
    /// The rules go on without it: its game ends and counts for nothing, and the bots are told.
    void call_off();
    /// Nothing is decided by time any more, nor by a connection that is lost.
    void stop_clocks();

private:
    struct Side {
        BotId bot;
        std::string name;
        const games::Strategy* strategy = nullptr;
        BotCarrier* carrier = nullptr;

        std::int64_t messages = 0;
        // The turn under way.
        bool asked = false;
        bool unsent = false;
        bool settled = false;
        std::optional<games::Choice> choice;
        std::int64_t elapsed_ms = 0;
        int rejected = 0;
        /// The request that it answered last.
        std::string answered;
        Duration deadline{};
        Duration asked_at{};
        // The connection.
        bool away = false;
        int losses = 0;
        std::optional<Duration> paused_at;
    };

    bool is_remote(const Side& side) const { return side.strategy == nullptr; }
    bool is_on_the_clock(const Side&) const;
    bool any_remote() const;
    bool is_away(const Side&) const;
    Side* side_of(BotId);
    Seat seat_of(const Side& side) const { return static_cast<Seat>(&side - sides_.data()); }

    bool load_tournament();
    void load_sides();
    bool load_game();

    void wait_for_bots(Duration patience);
    void next_turn();
    void ask(Seat);
    void choose_builtin(Seat);
    void settle(Seat, std::optional<games::Choice>);
    void reject(Seat, const BotAnswer&, RejectReason);
    void end_turn_if_settled();
    void end_turn();
    void turn_written(const std::vector<games::MoveRecord>&);
    void end_game(std::vector<Seat> losers, games::EndedBy, std::string decision);
    void game_over_once_written();
    void game_over();
    void report();

    void arm();
    void on_timer();
    void check_absent(Duration now);
    void check_turn(Duration now);

    static std::int64_t to_ms(Duration d) { return std::max<std::int64_t>(0, d.count() / 1000); }
    template <class M>
    void send(Seat, M message);
    template <class M>
    void fill_head(M&, Seat, std::string_view type);
    TurnRequest turn_request(Seat) const;
    std::vector<SeatInfo> seat_infos(Seat self) const;
    std::string request_id(Seat) const;
    void append(const games::GameCommand&, std::function<void()> written);
    /// The disk refused: what is here may be ahead of the log. The driver loads the match again later.
    void drop();

    HostedWorld& world_;
    boost::asio::io_context& context_;
    MatchId match_;
    std::uint8_t attempt_;
    GameId game_id_;
    Ended ended_;

    TournamentInfo tournament_;
    TournamentOptions options_;
    games::StartGame start_;
    const games::Game* game_ = nullptr;
    std::array<Side, 2> sides_;
    Prng prng_{0};

    /// A copy of the engine's, one turn behind the disk at most.
    games::Position position_;
    std::int64_t turn_ = 0;
    bool loaded_ = false;
    bool begun_ = false;
    bool over_ = false;
    bool writing_ = false;
    bool dropped_ = false;
    bool clocks_stopped_ = false;
    std::optional<Duration> absent_until_;
    Timers::Handle timer_ = Timers::none;
};

template <class M>
void HostedMatch::fill_head(M& message, Seat seat, std::string_view type) {
    message.type = type;
    message.match_id = match_;
    message.seq = sides_[seat].messages + 1;
    message.server_ts = world_.clock.now();
}

template <class M>
void HostedMatch::send(Seat seat, M message) {
    auto& side = sides_[seat];
    if (!side.carrier) return;
    fill_head(message, seat, message_type<M>());
    ++side.messages;
    side.carrier->deliver(side.bot, std::make_shared<const BotMessage>(std::move(message)));
}

}  // namespace agon
