// The part of a hosted match that keeps time: bots that come and go, and clocks that run out.
#include "app/drivers/hosted_match.hpp"

namespace agon {

namespace {
constexpr int most_losses = 3;
}

// --- connections ----------------------------------------------------------------------------------------------------------

void HostedMatch::connected(BotId bot) {
    auto* side = side_of(bot);
    if (!side || over_ || !side->away) return;
    side->away = false;
    if (side->paused_at) side->deadline += world_.clock.steady() - *std::exchange(side->paused_at, std::nullopt);
    if (!begun_ && !sides_[0].away && !sides_[1].away) begin();
    arm();
}

void HostedMatch::disconnected(BotId bot) {
    auto* side = side_of(bot);
    if (!side || over_ || side->away || clocks_stopped_) return;
    side->away = true;
    if (!begun_) return arm();
    if (++side->losses > most_losses) return end_game({seat_of(*side)}, games::EndedBy::forfeit, "disconnected");
    if (side->losses == 1) side->paused_at = world_.clock.steady();
    arm();
}

void HostedMatch::resume(BotId bot) {
    auto* side = side_of(bot);
    if (!side || !begun_ || over_) return;
    const auto seat = seat_of(*side);
    Snapshot snapshot{.game_type = start_.game_type,
                      .game_id = game_id_,
                      .seats = seat_infos(seat),
                      .your_seat = seat,
                      .turn_timeout_ms = to_ms(seconds(options_.time_limit_per_move)),
                      .game_config = start_.options,
                      .tournament = tournament_,
                      .state = game_->view(position_, seat)};
    const bool pending = side->asked && !side->settled;
    if (pending) {
        snapshot.pending = turn_request(seat);
        fill_head(*snapshot.pending, seat, "turn_request");
    }
    send(seat, std::move(snapshot));
    if (pending) send(seat, turn_request(seat));
}

// --- time -----------------------------------------------------------------------------------------------------------------

bool HostedMatch::is_on_the_clock(const Side& side) const {
    return begun_ && is_remote(side) && side.asked && !side.unsent && !side.settled;
}

void HostedMatch::sent(BotId bot, const std::string& request, Duration at) {
    auto* side = side_of(bot);
    if (!side || !side->asked || !side->unsent || request != request_id(seat_of(*side))) return;
    side->unsent = false;
    side->asked_at = at;
    side->deadline = at + seconds(options_.time_limit_per_move);
    arm();
}

void HostedMatch::stop_clocks() {
    clocks_stopped_ = true;
    world_.timers.cancel(std::exchange(timer_, Timers::none));
}

void HostedMatch::arm() {
    std::optional<Duration> next = absent_until_;
    const auto sooner = [&](Duration deadline) { next = next ? std::min(*next, deadline) : deadline; };
    for (const auto& side : sides_) {
        if (side.paused_at)
            sooner(*side.paused_at + seconds(options_.reconnect_grace));
        else if (is_on_the_clock(side))
            sooner(side.deadline);
    }
    world_.timers.cancel(std::exchange(timer_, Timers::none));
    if (over_ || clocks_stopped_ || !next) return;
    timer_ = world_.timers.at(*next, context_, [self = weak_from_this()] {
        if (const auto match = self.lock()) match->on_timer();
    });
}

void HostedMatch::on_timer() {
    if (over_ || clocks_stopped_) return;
    const auto now = world_.clock.steady();
    begun_ ? check_turn(now) : check_absent(now);
    arm();
}

void HostedMatch::check_absent(Duration now) {
    if (!absent_until_ || now < *absent_until_) return;
    absent_until_.reset();
    std::vector<Seat> absent;
    for (Seat seat = 0; seat < 2; ++seat)
        if (sides_[seat].away) absent.push_back(seat);
    if (absent.empty()) return begin();
    const bool both = absent.size() == 2;
    end_game(std::move(absent), games::EndedBy::walkover, both ? "double_no_show" : "no_show");
}

void HostedMatch::check_turn(Duration now) {
    for (Seat seat = 0; seat < 2; ++seat) {
        auto& side = sides_[seat];
        if (side.paused_at && now >= *side.paused_at + seconds(options_.reconnect_grace))
            return end_game({seat}, games::EndedBy::forfeit, "disconnected");
        if (is_on_the_clock(side) && !side.paused_at && now >= side.deadline) settle(seat, std::nullopt);
    }
    end_turn_if_settled();
}

}  // namespace agon
