#include "app/drawer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "app/retry.hpp"

namespace agon {

namespace asio = boost::asio;

Drawer::Drawer(Tournaments& tournaments, Timers& timers, asio::io_context& context, Beside beside)
    : Follower(tournaments.engine().journal(), context),
      tournaments_(tournaments),
      timers_(timers),
      context_(context),
      beside_(std::move(beside)) {}

void Drawer::start() {
    auto& engine = tournaments_.engine();
    const auto last = engine.journal().last_seq();
    const RowQuery running{.where = {{.column = "status", .value = std::string("in_progress")}}, .limit = 1'000'000};
    for (const auto& row : rows::select<rows::TournamentRow>(engine.store(), running).rows)
        draw_if_due(row.tournament_id);
    follow_from(last);
}

void Drawer::handle(const Recorded& recorded) {
    if (recorded.type != "MatchCompleted" && recorded.type != "TournamentStarted" && recorded.type != "StageStarted" &&
        recorded.type != "ResultCorrected" && recorded.type != "EntrantLeft")
        return;
    if (const auto id = TournamentId::parse(recorded.stream)) draw_if_due(*id);
}

void Drawer::draw_if_due(TournamentId id) {
    struct Due {
        formats::Stage stage;
        std::uint64_t basis = 0;
    };
    if (drawing_.contains(id)) return;
    auto due = tournaments_.engine().peek<TournamentAggregate>(id, [](const Tournament& t) {
        return t.awaits_draw() ? std::make_shared<Due>(t.stages.back().stage, t.revision) : nullptr;
    });
    if (!due) return;
    drawing_.insert(id);
    beside_([this, id, due] {
        auto draw = due->stage.format().next(due->stage);
        asio::post(context_, [this, id, command = DrawRound{due->basis, std::move(draw)}]() mutable {
            asio::co_spawn(context_, submit(id, std::move(command)), asio::detached);
        });
    });
}

/// Whatever becomes of it: where the tournament still waits for a draw, it is made anew.
Task<void> Drawer::submit(TournamentId id, DrawRound command) {
    try {
        co_await tournaments_.order(id, std::move(command));
        drawing_.erase(id);
        draw_if_due(id);
    } catch (const StoreBroken& e) {
        log_retry("a drawn round could not be written", {"tournament_id", id.text()}, e);
        drawing_.erase(id);
        timers_.at(tournaments_.engine().clock().steady() + retry_after, context_, [this, id] { draw_if_due(id); });
    }
}

}  // namespace agon
