#include "app/alarms.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/retry.hpp"

namespace agon {

namespace {

template <class... E>
bool is_one_of(std::string_view type) {
    return ((type == codec::type_name<E>()) || ...);
}

bool announces_a_time(std::string_view type) {
    return is_one_of<TournamentCreated, TournamentChanged, RegistrationOpened, RegistrationClosed, RegistrationReopened,
                     ResultClaimed, NoShowClaimed>(type);
}

}  // namespace

Alarms::Alarms(Tournaments& tournaments, Timers& timers, boost::asio::io_context& context)
    : Follower(tournaments.engine().journal(), context),
      tournaments_(tournaments),
      timers_(timers),
      context_(context) {}

void Alarms::start() {
    auto& engine = tournaments_.engine();
    const auto last = engine.journal().last_seq();
    const RowQuery announced{.where = {{.column = "alarm_at", .compare = Filter::Compare::not_null, .value = nullptr}},
                             .limit = 1'000'000};
    for (const auto& row : rows::select<rows::TournamentRow>(engine.store(), announced).rows)
        set(row.tournament_id, *row.alarm_at);
    follow_from(last);
}

void Alarms::handle(const Recorded& recorded) {
    const auto id = TournamentId::parse(recorded.stream);
    if (!id) return;
    if (!announces_a_time(recorded.type)) return;
    if (const auto next = tournaments_.engine().peek<TournamentAggregate>(*id, alarm_at)) set(*id, *next);
}

void Alarms::set(TournamentId id, Instant when) {
    const auto& clock = tournaments_.engine().clock();
    const auto wait = std::max(when - clock.now(), Duration{0});
    timers_.at(clock.steady() + wait, context_, [this, id, when] { ring(id, when); });
}

/// The wall clock decides; it may have been set back meanwhile. A refusal (somebody left, or started it by hand) is fine.
void Alarms::ring(TournamentId id, Instant when) {
    if (tournaments_.engine().clock().now() < when) return set(id, when);
    boost::asio::co_spawn(context_, go_on(id), boost::asio::detached);
}

/// All are harmless where they are not due. What is left to come after the first is set anew.
Task<void> Alarms::go_on(TournamentId id) {
    try {
        co_await tournaments_.order(id, OpenAsAnnounced{tournaments_.draw_secret()});
        co_await tournaments_.order(id, CloseAsAnnounced{});
        co_await tournaments_.order(id, CloseCheckIn{});
        co_await tournaments_.start_as_announced(id);
        co_await tournaments_.order(id, SettleClaims{});
        const auto next = tournaments_.engine().peek<TournamentAggregate>(id, alarm_at);
        if (next && *next > tournaments_.engine().clock().now()) set(id, *next);
    } catch (const StoreBroken& e) {
        log_retry("automatic start failed", {"tournament_id", id.text()}, e);
        set(id, tournaments_.engine().clock().now() + retry_after);
    }
}

}  // namespace agon
