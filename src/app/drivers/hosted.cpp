#include "app/drivers/hosted.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "app/drivers/game_to_play.hpp"
#include "app/retry.hpp"

namespace agon {

namespace asio = boost::asio;

namespace {

const std::string follower_name = "hosted";
/// Events between two savings of the cursor: so many, or a few more, are looked through at the next start.
constexpr Seq save_every = 1000;

/// Somebody left while it was played.
bool was_called_off(const MatchCompleted& e) { return e.decision == "withdrawn" || e.decision == "disqualified"; }

}  // namespace

HostedDriver::HostedDriver(HostedWorld world, std::span<asio::io_context* const> contexts)
    : Follower(world.engine.journal(), *contexts.front()),
      world_(std::move(world)),
      contexts_(contexts.begin(), contexts.end()),
      kinds_(world_.engine) {
    world_.retry = [this](MatchId match, std::uint8_t attempt) { retry(match, attempt); };
}

void HostedDriver::start() {
    auto& engine = world_.engine;
    const auto last = engine.journal().last_seq();
    const RowQuery running{.where = {{.column = "status", .value = std::string("in_progress")}}, .limit = 1'000'000};
    for (const auto& row : rows::select<rows::TournamentRow>(engine.store(), running).rows) {
        if (row.driver != Driver::hosted) continue;
        engine.peek<TournamentAggregate>(row.tournament_id, [&](const Tournament& t) {
            for (MatchNumber m = 1; m <= t.match_count(); ++m)
                if (is_played(t, m)) play(match_id(row.tournament_id, m), t.attempt(m));
        });
    }
    saved_ = engine.store().cursor(follower_name);
    end_games_called_off(saved_);
    follow_from(last);
}

void HostedDriver::stop_clocks() {
    const std::lock_guard lock(mutex_);
    clocks_stopped_ = true;
    for (const auto& [id, match] : matches_) asio::post(match->context(), [match] { match->stop_clocks(); });
}

std::size_t HostedDriver::live_matches() const {
    const std::lock_guard lock(mutex_);
    return matches_.size();
}

// --- following the log --------------------------------------------------------------------------------------------------

void HostedDriver::handle(const Recorded& recorded) {
    if (!is_one_of<MatchStarted, MatchCompleted, ResultCorrected, TournamentCancelled>(recorded)) return;
    const auto id = TournamentId::parse(recorded.stream);
    if (!id || kinds_.of(*id).driver != Driver::hosted) return;
    for (const auto match : called_off_by(recorded)) call_off(match);
    if (const auto started = decode_if<MatchStarted>(recorded)) play(match_id(*id, started->match), started->attempt);
}

std::vector<MatchId> HostedDriver::called_off_by(const Recorded& recorded) {
    std::vector<MatchId> found;
    const auto id = TournamentId::parse(recorded.stream);
    if (!id) return found;
    if (const auto completed = decode_if<MatchCompleted>(recorded); completed && was_called_off(*completed))
        found.push_back(match_id(*id, completed->match));
    if (const auto corrected = decode_if<ResultCorrected>(recorded))
        for (const auto m : corrected->undone) found.push_back(match_id(*id, m));
    if (decode_if<TournamentCancelled>(recorded))
        world_.engine.peek<TournamentAggregate>(*id, [&](const Tournament& t) {
            for (MatchNumber m = 1; m <= t.match_count(); ++m)
                if (t.match(m).status == formats::MatchStatus::in_progress) found.push_back(match_id(*id, m));
        });
    return found;
}

/// A cursor that only says how far back a start has to look.
void HostedDriver::handled(Seq seq) {
    {
        const std::lock_guard lock(mutex_);
        if (seq < saved_ + save_every || !called_off_.empty() || unsettled_ > 0) return;
        saved_ = seq;
    }
    world_.engine.journal().submit({.at = world_.clock.now(), .cursor = Cursor{follower_name, seq}}, {}, nullptr,
                                   [](const CommitOutcome&) {});
}

/// A crash may have come between the event that ended a match and the end of its game.
void HostedDriver::end_games_called_off(Seq after) {
    auto& engine = world_.engine;
    for (auto events = engine.store().follow(after, 4096); !events.empty();
         events = engine.store().follow(events.back().seq, 4096))
        for (const auto& event : events)
            for (const auto match : called_off_by(event)) {
                const auto attempts =
                    engine.peek<TournamentAggregate>(tournament_of(match), [match](const Tournament& t) {
                        return t.driver == Driver::hosted ? t.attempt(number_of(match)) : std::uint8_t{0};
                    });
                for (std::uint8_t attempt = 1; attempt <= attempts; ++attempt) {
                    ++unsettled_;
                    asio::co_spawn(*contexts_.front(), settle(match, attempt), asio::detached);
                }
            }
}

// --- matches ------------------------------------------------------------------------------------------------------------

void HostedDriver::play(MatchId id, std::uint8_t attempt) {
    auto& context = *contexts_[std::hash<MatchId>{}(id) % contexts_.size()];
    auto match = std::make_shared<HostedMatch>(world_, context, id, attempt, [this](const MatchPtr& m) { ended(m); });
    {
        const std::lock_guard lock(mutex_);
        if (clocks_stopped_) return;
        const auto [found, is_first] = matches_.emplace(id, match);
        if (!is_first && found->second->attempt() < attempt) next_[id] = attempt;
        if (!is_first) return;
    }
    asio::post(context, [this, match] { load(match); });
}

/// Known under its bots before it begins, so that no connection and no answer is missed. Where there is nothing to play
/// as memory has it, the disk may still refuse what memory rests on.
void HostedDriver::load(const MatchPtr& match) {
    try {
        if (match->load()) {
            {
                const std::lock_guard lock(mutex_);
                for (const auto bot : match->bots()) by_bot_.emplace(bot, match);
            }
            return match->begin();
        }
    } catch (const StoreBroken& e) {
        log_retry("a match could not be loaded", {"match_id", match->id().text()}, e);
    }
    retry(match->id(), match->attempt());
    ended(match);
}

/// The rules ended the match: a game of it that is being played counts for nothing. The match may be played again.
void HostedDriver::call_off(MatchId id) {
    const std::lock_guard lock(mutex_);
    next_.erase(id);
    const auto found = matches_.find(id);
    if (found == matches_.end()) return;
    called_off_.insert(id);
    asio::post(found->second->context(), [match = found->second] { match->call_off(); });
}

void HostedDriver::ended(const MatchPtr& match) {
    std::uint8_t next = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto found = matches_.find(match->id());
        if (found == matches_.end() || found->second != match) return;
        matches_.erase(found);
        called_off_.erase(match->id());
        for (const auto bot : match->bots()) {
            const auto [first, last] = by_bot_.equal_range(bot);
            for (auto it = first; it != last;) it = it->second == match ? by_bot_.erase(it) : std::next(it);
        }
        if (const auto waiting = next_.extract(match->id())) next = waiting.mapped();
    }
    if (next > 0) play(match->id(), next);
}

void HostedDriver::retry(MatchId id, std::uint8_t attempt) {
    {
        const std::lock_guard lock(mutex_);
        ++unsettled_;
    }
    auto& context = *contexts_.front();
    world_.timers.at(world_.clock.steady() + retry_after, context,
                     [this, &context, id, attempt] { asio::co_spawn(context, settle(id, attempt), asio::detached); });
}

Task<void> HostedDriver::settle(MatchId id, std::uint8_t attempt) {
    try {
        const auto wanted = co_await world_.engine.read<TournamentAggregate>(tournament_of(id), [&](const auto& t) {
            return is_played(t, number_of(id)) && t.attempt(number_of(id)) == attempt;
        });
        if (wanted) {
            play(id, attempt);
        } else {
            // Harmless where it never began or is over.
            const auto game = game_id(id, attempt);
            const games::EndGame end{{0, 1}, games::EndedBy::cancelled, "cancelled"};
            co_await world_.engine.execute<GameAggregate>(game, end, [](const auto&) { return true; });
            world_.engine.forget<GameAggregate>(game);
        }
    } catch (const StoreBroken& e) {
        log_retry("a match could not be looked up", {"match_id", id.text()}, e);
        retry(id, attempt);
    }
    const std::lock_guard lock(mutex_);
    --unsettled_;
}

// --- bots ---------------------------------------------------------------------------------------------------------------

std::vector<HostedDriver::MatchPtr> HostedDriver::matches_of(BotId bot) const {
    const std::lock_guard lock(mutex_);
    std::vector<MatchPtr> found;
    const auto [first, last] = by_bot_.equal_range(bot);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
    return found;
}

HostedDriver::MatchPtr HostedDriver::match_of(MatchId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = matches_.find(id);
    return found == matches_.end() ? nullptr : found->second;
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
void HostedDriver::sent(BotId bot, MatchId id, std::string request_id, Duration at) {
    if (const auto match = match_of(id))
        asio::post(match->context(),
                   [match, bot, request_id = std::move(request_id), at] { match->sent(bot, request_id, at); });
}
void HostedDriver::answered(BotId bot, BotAnswer answer) {
    if (const auto match = match_of(answer.match_id))
        asio::post(match->context(), [match, bot, answer = std::move(answer)] { match->answered(bot, answer); });
}

}  // namespace agon
