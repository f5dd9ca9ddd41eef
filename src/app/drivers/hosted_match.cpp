#include "app/drivers/hosted_match.hpp"

#include <boost/asio/post.hpp>

#include "app/drivers/game_to_play.hpp"
#include "base/log.hpp"

namespace agon {

namespace {

constexpr int most_rejections = 3;

}  // namespace

HostedMatch::HostedMatch(HostedWorld& world, boost::asio::io_context& context, MatchId match, std::uint8_t attempt,
                         Ended ended)
    : world_(world),
      context_(context),
      match_(match),
      attempt_(attempt),
      game_id_(game_id(match, attempt)),
      ended_(std::move(ended)) {}

std::vector<BotId> HostedMatch::bots() const { return {sides_[0].bot, sides_[1].bot}; }

bool HostedMatch::any_remote() const { return is_remote(sides_[0]) || is_remote(sides_[1]); }

HostedMatch::Side* HostedMatch::side_of(BotId bot) {
    for (auto& side : sides_)
        if (side.bot == bot) return &side;
    return nullptr;
}

// --- beginning ----------------------------------------------------------------------------------------------------------

bool HostedMatch::load() {
    if (!load_tournament()) return false;
    load_sides();
    loaded_ = load_game();
    return loaded_;
}

bool HostedMatch::load_tournament() {
    const auto number = number_of(match_);
    return world_.engine.peek<TournamentAggregate>(tournament_of(match_), [&](const Tournament& t) {
        auto start = game_to_play(t, number, attempt_);
        if (!start) return false;
        for (std::size_t i = 0; i < 2; ++i) {
            sides_[i].bot = start->players[i].bot_id;
            sides_[i].name = start->players[i].name;
        }
        tournament_ = {tournament_of(match_), t.name, t.round_of(number)};
        options_ = t.options;
        start_ = std::move(*start);
        game_ = games::find_game(start_.game_type);
        return true;
    });
}

void HostedMatch::load_sides() {
    for (auto& side : sides_) {
        const auto connection = world_.engine.peek<BotAggregate>(
            side.bot, [](const bots::Bot& bot) { return bot.is_live() ? bot.what.connection : bots::Connection{}; });
        if (connection.type == bots::Carrier::builtin)
            side.strategy = games::find_strategy(*game_, connection.strategy.value_or("random"));
        if (!side.strategy) side.carrier = world_.carrier(connection.type);
    }
}

bool HostedMatch::is_away(const Side& side) const {
    return is_remote(side) && !(side.carrier && side.carrier->reachable(side.bot));
}

bool HostedMatch::load_game() {
    const auto look = [&](const games::PlayedGame& g) {
        position_ = g.position;
        turn_ = g.turns();
        over_ = g.is_finished();
        return g.has_started();
    };
    if (!world_.engine.peek<GameAggregate>(game_id_, look)) {
        start_.seed = world_.random.bits() >> 1;
        append(start_, {});
        // The disk may have refused it already; then the match is dropped.
        if (!world_.engine.peek<GameAggregate>(game_id_, look)) return false;
    }
    prng_ = Prng{world_.random.bits()};
    return true;
}

void HostedMatch::begin() {
    if (over_) return report();
    // Whoever came or went since the match was loaded had no match to tell.
    for (auto& side : sides_) side.away = is_away(side);
    if (sides_[0].away || sides_[1].away) return wait_for_bots(seconds(no_show_seconds(options_)));
    absent_until_.reset();
    begun_ = true;
    for (Seat seat = 0; seat < 2; ++seat)
        if (is_remote(sides_[seat]))
            send(seat, MatchStart{.game_type = start_.game_type,
                                  .game_id = game_id_,
                                  .seats = seat_infos(seat),
                                  .your_seat = seat,
                                  .turn_timeout_ms = to_ms(seconds(options_.time_limit_per_move)),
                                  .game_config = start_.options,
                                  .tournament = tournament_,
                                  .attempt = attempt_});
    next_turn();
}

void HostedMatch::wait_for_bots(Duration patience) {
    if (!absent_until_) absent_until_ = world_.clock.steady() + patience;
    arm();
}

// --- a turn -------------------------------------------------------------------------------------------------------------

void HostedMatch::next_turn() {
    for (auto& side : sides_) {
        side.asked = side.settled = false;
        side.choice.reset();
        side.rejected = 0;
    }
    const auto seats = game_->to_move(position_);
    for (const auto seat : seats) sides_[seat].asked = true;
    for (const auto seat : seats) is_remote(sides_[seat]) ? ask(seat) : choose_builtin(seat);
    arm();
    end_turn_if_settled();
}

void HostedMatch::ask(Seat seat) {
    auto& side = sides_[seat];
    side.asked_at = world_.clock.steady();
    side.deadline = side.asked_at + seconds(options_.time_limit_per_move);
    side.unsent = side.carrier && side.carrier->sends_later();
    if (side.paused_at) side.paused_at = side.asked_at;
    const auto round = game_->round(position_);
    send(seat,
         RoundStart{.round_id = std::to_string(round), .round_number = round, .state = game_->view(position_, seat)});
    send(seat, turn_request(seat));
}

void HostedMatch::choose_builtin(Seat seat) {
    auto choice = sides_[seat].strategy->choose(position_, seat, prng_);
    sides_[seat].asked_at = world_.clock.steady();
    if (!world_.thinking_time) return settle(seat, std::move(choice));
    sides_[seat].deadline = sides_[seat].asked_at + seconds(options_.time_limit_per_move);
    const auto think = world_.thinking_time(prng_.next());
    world_.timers.at(sides_[seat].asked_at + think, context_,
                     [self = shared_from_this(), seat, turn = turn_, choice = std::move(choice)]() mutable {
                         if (self->over_ || self->turn_ != turn || self->sides_[seat].settled) return;
                         self->settle(seat, std::move(choice));
                         self->end_turn_if_settled();
                     });
}

void HostedMatch::settle(Seat seat, std::optional<games::Choice> choice) {
    auto& side = sides_[seat];
    side.settled = true;
    side.choice = std::move(choice);
    side.elapsed_ms = to_ms(world_.clock.steady() - side.asked_at);
}

void HostedMatch::answered(BotId bot, const BotAnswer& answer) {
    auto* side = side_of(bot);
    if (!side || !begun_ || over_) return;
    const auto seat = seat_of(*side);
    if (answer.request_id == side->answered) return;  // the first valid answer counts, also once its turn is over
    if (!side->asked || answer.request_id != request_id(seat)) return reject(seat, answer, RejectReason::stale);
    if (side->settled) return;
    games::Choice choice{answer.action, answer.params};
    if (const auto legal = game_->check(position_, seat, choice); !legal) {
        const bool action = legal.error().pointer == "/action";
        if (++side->rejected < most_rejections)
            return reject(seat, answer, action ? RejectReason::not_valid : RejectReason::bad_params);
        settle(seat, std::nullopt);
    } else {
        settle(seat, std::move(choice));
        side->answered = answer.request_id;
    }
    end_turn_if_settled();
}

void HostedMatch::reject(Seat seat, const BotAnswer& answer, RejectReason reason) {
    const auto& side = sides_[seat];
    const bool waiting = side.asked && !side.settled;
    send(seat,
         ActionRejected{.request_id = answer.request_id,
                        .reason = reason,
                        .remaining_ms = waiting ? to_ms(side.deadline - world_.clock.steady()) : 0,
                        .submitted_action = answer.action.substr(0, 100),
                        .valid_actions = waiting ? game_->valid_actions(position_, seat) : std::vector<std::string>{}});
}

void HostedMatch::end_turn_if_settled() {
    if (over_ || writing_) return;
    for (const auto& side : sides_)
        if (side.asked && !side.settled) return;
    end_turn();
}

void HostedMatch::end_turn() {
    std::vector<games::MoveRecord> moves;
    for (Seat seat = 0; seat < 2; ++seat) {
        const auto& side = sides_[seat];
        if (!side.asked) continue;
        games::MoveRecord record{.seat = seat, .elapsed_ms = side.elapsed_ms, .is_timeout = !side.choice};
        if (side.choice) record.action = side.choice->action;
        if (side.choice && !side.choice->params.is_null()) record.params = side.choice->params;
        moves.push_back(std::move(record));
    }
    if (any_remote()) {
        append(games::PlayTurn{moves}, [self = shared_from_this(), moves] { self->turn_written(moves); });
    } else {
        // Nobody is told of it: no need to wait for the disk between the turns.
        append(games::PlayTurn{moves}, {});
        boost::asio::post(context_, [self = shared_from_this(), moves] { self->turn_written(moves); });
    }
}

void HostedMatch::turn_written(const std::vector<games::MoveRecord>& moves) {
    if (over_) return;
    const bool kept = world_.engine.peek<GameAggregate>(game_id_, [&](const games::PlayedGame& g) {
        if (g.turns() <= turn_) return false;
        position_ = g.position;
        turn_ = g.turns();
        over_ = g.is_finished();
        return true;
    });
    // Else the disk has refused the turn, and the match is about to be dropped.
    if (!kept) return;
    const auto result = game_->last_result(position_);
    for (Seat seat = 0; seat < 2; ++seat) {
        if (!is_remote(sides_[seat])) continue;
        for (const auto& move : moves) {
            JsonObject details;
            if (move.action) details["action"] = *move.action;
            send(seat, TurnResult{.seat = move.seat, .is_timeout = move.is_timeout, .details = std::move(details)});
        }
        const auto round = game_->round(position_) - 1;
        send(seat, RoundResult{.round_id = std::to_string(round), .round_number = round, .result = result});
    }
    if (!over_) return next_turn();
    any_remote() ? game_over() : game_over_once_written();
}

// --- the end ------------------------------------------------------------------------------------------------------------

void HostedMatch::end_game(std::vector<Seat> losers, games::EndedBy by, std::string decision) {
    if (over_) return;
    over_ = true;
    append(games::EndGame{std::move(losers), by, std::move(decision)},
           [self = shared_from_this()] { self->game_over(); });
}

void HostedMatch::call_off() {
    if (loaded_) end_game({0, 1}, games::EndedBy::cancelled, "cancelled");
}

/// The end of the game is on its way to the disk. The result waits for it: a record that the disk refused has none.
void HostedMatch::game_over_once_written() {
    world_.engine.journal().submit({}, {}, &context_, [self = shared_from_this()](const CommitOutcome& outcome) {
        outcome.accepted() ? self->game_over() : self->drop();
    });
}

void HostedMatch::game_over() {
    if (dropped_) return;
    const auto end = *world_.engine.peek<GameAggregate>(game_id_, [](const games::PlayedGame& g) { return g.end; });
    static constexpr EndReason reasons[] = {EndReason::complete, EndReason::forfeit, EndReason::walkover,
                                            EndReason::cancelled};
    for (Seat seat = 0; seat < 2; ++seat) {
        MatchEnd message{.reason = reasons[static_cast<std::size_t>(end.ended_by)], .detail = end.decision};
        for (Seat s = 0; s < 2; ++s)
            message.results.push_back({s, sides_[s].bot, end.winner && *end.winner != s ? 2 : 1, end.score.at(s)});
        if (is_remote(sides_[seat])) send(seat, std::move(message));
    }
    report();
}

/// The game's record stands before the match's result does: the journal keeps their order.
void HostedMatch::report() {
    world_.timers.cancel(timer_);
    const auto end = *world_.engine.peek<GameAggregate>(game_id_, [](const games::PlayedGame& g) { return g.end; });
    ReportResult result{.match = number_of(match_),
                        .decision = end.decision,
                        .forfeit = end.ended_by == games::EndedBy::walkover,
                        .attempt = attempt_};
    if (end.winner) result.winner_side = *end.winner;
    result.nobody_wins = !end.winner && end.ended_by != games::EndedBy::play;
    if (end.ended_by != games::EndedBy::walkover) result.score = formats::Score{end.score.at(0), end.score.at(1)};
    const auto accepted = world_.engine.decide_now<TournamentAggregate>(
        tournament_of(match_), result, [](const Tournament&) { return true; }, nullptr,
        [self = shared_from_this()](const CommitOutcome& outcome) {
            self->world_.engine.forget<GameAggregate>(self->game_id_);
            if (!outcome.accepted()) self->world_.retry(self->match_, self->attempt_);
        });
    if (!accepted && end.ended_by != games::EndedBy::cancelled) {
        log::warn("match result refused", {{"match_id", match_.text()}, {"why", accepted.error().message}});
        // The refusal may rest on what the disk has yet to take.
        world_.retry(match_, attempt_);
    }
    ended_(shared_from_this());
}

// --- messages ---------------------------------------------------------------------------------------------------------------

/// The same turn of the same match has the same id, whoever asks and however often.
std::string HostedMatch::request_id(Seat seat) const {
    return fmt::format("{}:{}:{}", game_id_.text(), turn_ + 1, seat);
}

TurnRequest HostedMatch::turn_request(Seat seat) const {
    const auto& side = sides_[seat];
    // A turn that waits to be sent has all its time.
    const auto now = side.unsent ? side.asked_at : side.paused_at.value_or(world_.clock.steady());
    return {.game_type = start_.game_type,
            .request_id = request_id(seat),
            .seat = seat,
            .timeout_ms = to_ms(side.deadline - now),
            .valid_actions = game_->valid_actions(position_, seat),
            .state = game_->view(position_, seat)};
}

std::vector<SeatInfo> HostedMatch::seat_infos(Seat self) const {
    std::vector<SeatInfo> infos;
    for (Seat seat = 0; seat < 2; ++seat) infos.push_back({seat, sides_[seat].name, sides_[seat].bot, seat == self});
    return infos;
}

/// Writes to the game's record. Where the disk refuses, the match is dropped; the driver loads it again from the log.
void HostedMatch::append(const games::GameCommand& command, std::function<void()> written) {
    writing_ = written != nullptr;
    const auto decided = world_.engine.decide_now<GameAggregate>(
        game_id_, command, [](const games::PlayedGame&) { return true; }, &context_,
        [self = shared_from_this(), written = std::move(written)](const CommitOutcome& outcome) {
            if (written) self->writing_ = false;
            if (!outcome.accepted()) {
                self->drop();
            } else if (written) {
                written();
            }
        });
    // The game ended meanwhile, by a turn that is on its way to the disk.
    if (!decided) game_over_once_written();
}

void HostedMatch::drop() {
    if (std::exchange(dropped_, true)) return;
    over_ = true;
    world_.engine.forget<GameAggregate>(game_id_);
    world_.retry(match_, attempt_);
    ended_(shared_from_this());
}

}  // namespace agon
