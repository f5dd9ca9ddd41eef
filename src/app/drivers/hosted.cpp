#include "app/drivers/hosted.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace agon {

namespace asio = boost::asio;

namespace {
constexpr Duration retry_after = seconds(1);

/// Somebody left while it was played.
bool was_called_off(const MatchCompleted& e) { return e.decision == "withdrawn" || e.decision == "disqualified"; }

}  // namespace

HostedDriver::HostedDriver(HostedWorld world, std::span<asio::io_context* const> contexts)
    : Follower(world.engine.journal(), *contexts.front()),
      world_(std::move(world)),
      contexts_(contexts.begin(), contexts.end()) {
    world_.retry = [this](MatchId match) {
        world_.timers.at(world_.clock.steady() + retry_after, *contexts_.front(), [this, match] { play(match); });
    };
}

void HostedDriver::start() {
    auto& engine = world_.engine;
    const auto last = engine.journal().last_seq();
    const RowQuery running{.where = {{.column = "status", .value = std::string("in_progress")}}, .limit = 1'000'000};
    for (const auto& row : rows::select<rows::TournamentRow>(engine.store(), running).rows) {
        if (row.driver != Driver::hosted) continue;
        engine.peek<TournamentAggregate>(row.tournament_id, [&](const Tournament& t) {
            for (MatchNumber m = 1; m <= t.match_count(); ++m)
                if (t.match(m).status == formats::MatchStatus::in_progress) play(match_id(row.tournament_id, m));
        });
    }
    follow_from(last);
}

std::size_t HostedDriver::live_matches() const {
    const std::lock_guard lock(mutex_);
    return matches_.size();
}

void HostedDriver::handle(const Recorded& recorded) {
    const auto id = TournamentId::parse(recorded.stream);
    if (!id) return;
    if (const auto started = decode_if<MatchStarted>(recorded)) {
        const bool hosted = world_.engine.peek<TournamentAggregate>(
            *id, [](const Tournament& t) { return t.driver == Driver::hosted; });
        if (hosted) play(match_id(*id, started->match));
    }
    if (const auto completed = decode_if<MatchCompleted>(recorded); completed && was_called_off(*completed))
        call_off(match_id(*id, completed->match));
    if (const auto corrected = decode_if<ResultCorrected>(recorded))
        for (const auto m : corrected->undone) call_off(match_id(*id, m));
    if (decode_if<TournamentCancelled>(recorded)) cancel_all(*id);
}

/// The rules ended the match: a game of it that is being played counts for nothing. The match may be played again.
void HostedDriver::call_off(MatchId id) {
    MatchPtr match;
    {
        const std::lock_guard lock(mutex_);
        const auto found = matches_.find(id);
        if (found == matches_.end()) return;
        match = found->second;
    }
    ended(match);
    asio::post(match->context(), [match] { match->cancel(); });
}

void HostedDriver::play(MatchId id) {
    auto& context = *contexts_[std::hash<MatchId>{}(id) % contexts_.size()];
    auto match = std::make_shared<HostedMatch>(world_, context, id, [this](const MatchPtr& m) { ended(m); });
    {
        const std::lock_guard lock(mutex_);
        if (!matches_.emplace(id, match).second) return;
    }
    asio::post(context, [this, match] { load(match); });
}

/// Known under its bots before it begins, so that no connection and no answer is missed.
void HostedDriver::load(const MatchPtr& match) {
    try {
        if (!match->load()) {
            ended(match);
            asio::co_spawn(*contexts_.front(), look_again(match->id()), asio::detached);
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            for (const auto bot : match->bots()) by_bot_.emplace(bot, match);
        }
        match->begin();
    } catch (const StoreBroken& e) {
        log::error("a match could not be loaded", {{"match_id", match->id().text()}, {"why", e.what()}});
        ended(match);
        world_.retry(match->id());
    }
}

Task<void> HostedDriver::look_again(MatchId id) {
    bool waiting = true;
    try {
        waiting = co_await world_.engine.read<TournamentAggregate>(tournament_of(id), [id](const Tournament& t) {
            return t.status == Status::in_progress && t.has_match(number_of(id)) &&
                   t.match(number_of(id)).status == formats::MatchStatus::in_progress;
        });
    } catch (const StoreBroken& e) {
        log::error("a match could not be looked up", {{"match_id", id.text()}, {"why", e.what()}});
    }
    if (waiting) world_.retry(id);
}

void HostedDriver::ended(const MatchPtr& match) {
    const std::lock_guard lock(mutex_);
    const auto found = matches_.find(match->id());
    if (found != matches_.end() && found->second == match) matches_.erase(found);
    for (const auto bot : match->bots()) {
        const auto [first, last] = by_bot_.equal_range(bot);
        for (auto it = first; it != last;) it = it->second == match ? by_bot_.erase(it) : std::next(it);
    }
}

void HostedDriver::cancel_all(TournamentId id) {
    std::vector<MatchPtr> matches;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [match, ptr] : matches_)
            if (tournament_of(match) == id) matches.push_back(ptr);
    }
    for (const auto& match : matches) asio::post(match->context(), [match] { match->cancel(); });
}

std::vector<HostedDriver::MatchPtr> HostedDriver::matches_of(BotId bot) const {
    const std::lock_guard lock(mutex_);
    std::vector<MatchPtr> found;
    const auto [first, last] = by_bot_.equal_range(bot);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
    return found;
}

template <class Call>
void HostedDriver::post_to_matches_of(BotId bot, Call call) {
    for (const auto& match : matches_of(bot)) asio::post(match->context(), [match, call] { call(*match); });
}

void HostedDriver::connected(BotId bot) {
    post_to_matches_of(bot, [bot](HostedMatch& m) { m.connected(bot); });
}
void HostedDriver::disconnected(BotId bot) {
    post_to_matches_of(bot, [bot](HostedMatch& m) { m.disconnected(bot); });
}
void HostedDriver::resume(BotId bot) {
    post_to_matches_of(bot, [bot](HostedMatch& m) { m.resume(bot); });
}
void HostedDriver::answered(BotId bot, BotAnswer answer) {
    MatchPtr match;
    {
        const std::lock_guard lock(mutex_);
        const auto found = matches_.find(answer.match_id);
        if (found != matches_.end()) match = found->second;
    }
    if (match) asio::post(match->context(), [match, bot, answer] { match->answered(bot, answer); });
}

}  // namespace agon
