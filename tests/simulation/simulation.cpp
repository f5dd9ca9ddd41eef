/// The whole server in virtual time, without sockets: use-cases, driver, alarms and ratings over a disk that outlives
/// them. Hosts and bots do what a seed says, in tournaments of every format and of several stages: they check in, wait,
/// come late, leave, and results are corrected. The journal is flushed at random moments, commits fail, and now and then
/// the program dies with all that was not on disk. After every restart and at the end `verify` must be clean and
/// everything that was acknowledged must be there; once the faults stop, every tournament must come to its end.
///
///     AGON_SEEDS=100 simulation        the first hundred seeds
///     AGON_SEED=17 simulation          one seed, as a failing one says
#include <doctest/doctest.h>

#include <cstdlib>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr int default_seeds = 50;
constexpr int steps_per_seed = 12'000;
constexpr Duration patience = seconds(4 * 3600);

/// How a remote bot behaves, in percent of its turns.
struct Temperament {
    std::uint64_t silent = 0, wrong = 0, late = 0, leaves = 0;
};
constexpr Temperament temperaments[] = {{}, {.late = 30}, {.wrong = 30}, {.leaves = 10}, {.silent = 100}, {5, 5, 5, 5}};

class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : prng_(seed), outside_(seed * 2 + 1) {
        outside_.carrier.on_deliver = [this](BotId bot, const BotMessage& message) { hear(bot, message); };
        boot();
        register_bots();
    }

    /// Runs the seed; what went wrong, or nothing.
    std::string run() {
        for (int i = 0; i < steps_per_seed && wrong_.empty(); ++i) step();
        if (wrong_.empty()) finish();
        return wrong_;
    }

    /// A number for everything that was written, to the letter.
    std::uint64_t trace() {
        std::uint64_t hash = 0xcbf29ce484222325;
        const auto add = [&](std::string_view text) {
            for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
        };
        for (Seq after = 0;;) {
            const auto events = process_->store.follow(after, 4096);
            if (events.empty()) return hash ^ heard_;
            for (const auto& e : events)
                add(fmt::format("{} {} {} {} {} {}\n", e.seq, e.stream, e.version, e.at.us, e.type, e.data));
            after = events.back().seq;
        }
    }

    std::size_t tournaments() const { return tournaments_.size(); }
    std::size_t completed() const { return completed_.size(); }
    std::size_t leavers() const { return gone_.size(); }
    int crashes() const { return crashes_; }
    int corrections() const { return corrections_; }
    int waited() const { return waited_; }

private:
    using Pair = std::pair<TournamentId, BotId>;

    bool chance(std::uint64_t percent) { return prng_.below(100) < percent; }
    Duration up_to(double s) {
        return Duration{static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(s * 1e6)))};
    }
    template <class T>
    const T& any(const std::vector<T>& items) {
        return items[prng_.below(items.size())];
    }
    void wrong(std::string what) {
        if (wrong_.empty()) wrong_ = std::move(what);
    }

    // --- the world's own time: what bots will do ----------------------------------------------------------------------

    void later(Duration wait, std::function<void()> what) {
        agenda_.emplace(outside_.clock.steady() + wait, std::move(what));
    }

    std::optional<Duration> next_moment() const {
        auto next = process_->timers.next();
        if (!agenda_.empty()) next = next ? std::min(*next, agenda_.begin()->first) : agenda_.begin()->first;
        return next;
    }
    /// Time jumps to the next thing that is due.
    bool jump() {
        const auto next = next_moment();
        if (!next) return false;
        if (*next > outside_.clock.steady()) outside_.clock.advance(*next - outside_.clock.steady());
        process_->timers.run_due(outside_.clock.steady());
        while (!agenda_.empty() && agenda_.begin()->first <= outside_.clock.steady()) {
            auto what = std::move(agenda_.begin()->second);
            agenda_.erase(agenda_.begin());
            what();
        }
        return true;
    }

    // --- the program ----------------------------------------------------------------------------------------------------

    void boot() {
        process_ = std::make_unique<Process>(outside_);
        check_disk();
        process_->start();
    }
    void crash() {
        ++crashes_;
        requests_.clear();
        asked_.clear();
        playing_.clear();
        process_.reset();
        const auto connected = std::exchange(outside_.carrier.connected, {});
        for (const auto bot : connected) later(up_to(20), [this, bot] { connect(bot); });
        boot();
    }

    // --- bots -----------------------------------------------------------------------------------------------------------

    void register_bots() {
        for (const auto& strategy : games::find_game("rps")->strategies)
            bots_.push_back(
                registered({.type = bots::Carrier::builtin, .url = {}, .strategy = std::string(strategy.name)}));
        for (int i = 0; i < 18; ++i) {
            const auto bot = registered({});
            bots_.push_back(bot);
            temperament_[bot] = temperaments[static_cast<std::size_t>(i) % std::size(temperaments)];
            if (i % 9 != 8) connect(bot);  // every ninth never comes
        }
    }
    BotId registered(bots::Connection connection) {
        auto made = process_->run(process_->bots.register_bot({.name = "Bot",
                                                               .game_types = {},
                                                               .connection = std::move(connection),
                                                               .description = {},
                                                               .source_url = {},
                                                               .owner = {}}));
        REQUIRE(made.has_value());
        return made->bot_id;
    }
    void connect(BotId bot) {
        if (!outside_.carrier.connected.insert(bot).second) return;
        process_->driver.connected(bot);
        process_->driver.resume(bot);
    }
    void disconnect(BotId bot) {
        if (outside_.carrier.connected.erase(bot) > 0) process_->driver.disconnected(bot);
    }

    void hear(BotId bot, const BotMessage& message) {
        ++heard_;
        outside_.carrier.heard[bot].clear();
        if (const auto* request = std::get_if<TurnRequest>(&message)) think(bot, *request);
        if (const auto* start = std::get_if<MatchStart>(&message)) playing_[{bot, start->match_id}] = start->game_id;
        if (const auto* result = std::get_if<RoundResult>(&message)) {
            auto& told = told_turns_[game_of(bot, result->match_id)];
            told = std::max(told, result->round_number);
        }
        // The end of a game that never began for the bots, as they were absent, is told of no attempt.
        if (const auto* end = std::get_if<MatchEnd>(&message))
            if (const auto found = playing_.find({bot, end->match_id}); found != playing_.end()) {
                told_ends_.insert(found->second);
                playing_.erase(found);
            }
    }
    GameId game_of(BotId bot, MatchId match) {
        const auto found = playing_.find({bot, match});
        if (found != playing_.end()) return found->second;
        wrong(match.text() + ": a bot heard of it before its start or after its end");
        return {};
    }
    void think(BotId bot, const TurnRequest& request) {
        const auto& t = temperament_[bot];
        if (chance(t.leaves)) {
            later(up_to(3), [this, bot] { disconnect(bot); });
            later(seconds(3) + up_to(45), [this, bot] { connect(bot); });
        }
        if (chance(t.silent)) return;
        const auto wait = chance(t.late) ? Duration{request.timeout_ms * 1000} + up_to(2) : up_to(1);
        static constexpr std::string_view moves[] = {"rock", "paper", "scissors", "lizard"};
        const auto action = chance(t.wrong) ? moves[3] : moves[prng_.below(3)];
        BotAnswer answer{request.match_id, request.request_id, std::string(action), nullptr};
        for (int times = chance(10) ? 2 : 1; times > 0; --times)
            later(wait, [this, bot, answer] {
                if (outside_.carrier.connected.contains(bot)) process_->driver.answered(bot, answer);
            });
    }

    // --- hosts and clients -----------------------------------------------------------------------------------------------

    /// Sends a request; `acknowledged` sees its answer, if the program lives to give it.
    template <class T, class Acknowledged>
    void ask(Task<T> task, Acknowledged acknowledged) {
        auto place = std::make_shared<std::uint64_t>(unanswered);
        auto pending = process_->spawn(numbered(std::move(task), place));
        requests_.push_back({place, [pending, acknowledged = std::move(acknowledged)] {
                                 if (pending->value) acknowledged(*pending->value);
                                 return pending->done();
                             }});
    }
    template <class T>
    Task<T> numbered(Task<T> task, std::shared_ptr<std::uint64_t> place) {
        auto answer = co_await std::move(task);
        *place = ++answers_;
        co_return answer;
    }
    /// In the order in which they were given: what was seen before something happened is not held against it.
    void take_answers() {
        std::ranges::stable_sort(requests_, {}, [](const Asked& asked) { return *asked.place; });
        std::erase_if(requests_, [](const Asked& asked) { return asked.take(); });
    }

    /// One of any format, half of them single eliminations; or a first stage from which two go on.
    JsonArray stages() {
        static constexpr std::string_view after[] = {"single_elimination", "double_elimination", "swiss"};
        const auto format = chance(50) ? "single_elimination" : any_format();
        JsonArray all{JsonObject{{"format", format}}};
        if (!chance(20)) return all;
        all[0].as_object()["advance"] = 2;
        all.push_back(JsonObject{{"format", after[prng_.below(std::size(after))]}});
        return all;
    }
    std::string_view any_format() {
        const auto all = formats::all_formats();
        return all[prng_.below(all.size())]->name;
    }
    void create() {
        JsonObject config{{"rounds_per_match", static_cast<std::int64_t>(prng_.below(4)) + 1},
                          {"time_limit_per_move", static_cast<std::int64_t>(prng_.below(9)) + 1},
                          {"auto_start", chance(60)},
                          {"start_delay", static_cast<std::int64_t>(prng_.below(120))},
                          {"seeding", any(std::vector<std::string>{"random", "rating", "registration"})},
                          {"tiebreaker", any(std::vector<std::string>{"sudden_death", "draw", "higher_seed"})},
                          {"check_in", chance(20) ? static_cast<std::int64_t>(prng_.below(60)) + 1 : 0},
                          {"waiting_list", chance(30)},
                          {"late_entry", chance(50)},
                          {"withdrawal", any(std::vector<std::string>{"forfeit", "remove"})},
                          {"stages", stages()}};
        NewTournament wanted{.name = "Cup",
                             .game_type = "rps",
                             .max_participants = static_cast<std::int64_t>(prng_.below(9)) + 2,
                             .config = std::move(config),
                             .created_by = {}};
        ask(process_->tournaments.create(std::move(wanted)), [this](const Result<TournamentId>& id) {
            if (!id) return wrong("a tournament was refused: " + id.error().message);
            tournaments_.push_back(*id);
        });
    }
    void join(Pair pair) {
        if (!asked_.insert(pair).second) return;
        left_.erase(pair);
        ask(process_->tournaments.join(pair.first, {pair.second, "Bot", {}, {}}), [this, pair](const auto& joined) {
            asked_.erase(pair);
            if (joined) joined_.insert(pair);
            if (joined && joined->waiting) ++waited_;
        });
    }
    void check_in(Pair pair) {
        ask(process_->tournaments.order(pair.first, CheckIn{entrant_of(pair.second)}),
            [this, pair](const auto& status) {
                if (status) checked_in_.insert(pair);
            });
    }
    /// One that has begun, where a few looks find one.
    std::optional<TournamentId> begun() {
        for (int looks = 0; looks < 6; ++looks) {
            const auto back = std::min<std::size_t>(tournaments_.size(), 40);
            const auto id = tournaments_[tournaments_.size() - 1 - prng_.below(back)];
            const auto matches =
                process_->engine.peek<TournamentAggregate>(id, [](const Tournament& t) { return t.match_count(); });
            if (matches > 0) return id;
        }
        return std::nullopt;
    }
    /// In mid-event: it stays an entrant.
    void go() {
        const auto id = begun();
        if (!id) return;
        const auto bot = process_->engine.peek<TournamentAggregate>(
            *id, [this](const Tournament& t) { return BotId{any(t.entrants).id.uuid}; });
        const Pair pair{*id, bot};
        const Leave leave{entrant_of(pair.second), chance(70) ? Leaving::withdrawn : Leaving::disqualified,
                          "by chance"};
        ask(process_->tournaments.order(pair.first, leave), [this, pair](const auto& status) {
            if (status) gone_.insert(pair);
        });
    }
    void correct() {
        const auto found = begun();
        if (!found) return;
        const auto id = *found;
        const auto matches =
            process_->engine.peek<TournamentAggregate>(id, [](const Tournament& t) { return t.match_count(); });
        CorrectResult c{.mode = static_cast<CorrectionMode>(prng_.below(3))};
        c.reopen = c.mode != CorrectionMode::keep && chance(40);
        c.result.match = static_cast<MatchNumber>(prng_.below(matches)) + 1;
        c.result.nobody_wins = chance(10);
        if (!c.result.nobody_wins && chance(80)) c.result.winner_side = static_cast<std::uint8_t>(prng_.below(2));
        // From now on, whether it is answered or not, a champion may be another.
        corrected_.insert(id);
        champions_.erase(id);
        ask(process_->tournaments.order(id, std::move(c)),
            [this](const auto& status) { corrections_ += status.has_value(); });
    }
    void leave(Pair pair) {
        if (!asked_.insert(pair).second) return;
        const bool was_in = joined_.erase(pair) > 0;
        // Who comes again checks in again.
        const bool had_checked_in = checked_in_.erase(pair) > 0;
        ask(process_->tournaments.leave(pair.first, pair.second),
            [this, pair, was_in, had_checked_in](const Result<void>& left) {
                asked_.erase(pair);
                if (left) left_.insert(pair);
                if (!left && was_in) joined_.insert(pair);
                if (!left && had_checked_in) checked_in_.insert(pair);
            });
    }
    void start(TournamentId id) {
        ask(process_->tournaments.start(id), [this, id](const auto& status) {
            if (status) started_.insert(id);
        });
    }
    void cancel(TournamentId id) {
        ask(process_->tournaments.order(id, CancelTournament{"by chance"}), [this, id](const auto& status) {
            if (status) cancelled_.insert(id);
        });
    }
    /// What somebody was shown must be so for ever.
    void look(TournamentId id) {
        ask(process_->engine.read<TournamentAggregate>(id, [](const Tournament& t) { return t; }),
            [this, id](const Tournament& t) {
                compare(id, t);
                if (t.status == Status::in_progress) started_.insert(id);
                if (t.status != Status::completed) return;
                completed_.insert(id);
                if (!corrected_.contains(id)) champions_[id] = t.champion;
            });
    }
    void request() {
        if (tournaments_.empty() || chance(3)) return create();
        // Mostly the newest, so that houses get full.
        const auto back = std::min<std::size_t>(tournaments_.size(), chance(80) ? 8 : tournaments_.size());
        const auto id = tournaments_[tournaments_.size() - 1 - prng_.below(back)];
        const Pair pair{id, any(bots_)};
        switch (prng_.below(46)) {
            case 0: return start(id);
            case 1: return ask(process_->tournaments.order(id, CloseRegistration{}), [](const auto&) {});
            case 2: return leave(pair);
            case 3: return prng_.below(4) == 0 ? cancel(id) : look(id);
            case 4:
            case 5: return look(id);
            case 6: return go();
            case 7: return correct();
            case 8:
            case 9:
            case 10:
            case 11: return check_in(pair);
            default: return join(pair);
        }
    }

    // --- one thing after the other -----------------------------------------------------------------------------------------

    void step() {
        const auto what = prng_.below(1000);
        if (what < 350) {
            request();
        } else if (what < 600) {
            process_->poll();
        } else if (what < 780) {
            process_->journal.flush();
        } else if (what < 950) {
            jump();
        } else if (what < 980) {
            process_->context.restart();
            process_->context.poll_one();
        } else if (what < 990) {
            reckon();
        } else if (what < 996) {
            fail_a_commit();
        } else if (what < 998) {
            process_->engine.sweep(seconds(60));
        } else {
            crash();
        }
        take_answers();
    }

    /// What the server does once a second.
    void reckon() {
        process_->ratings.wake();
        process_->flags.wake();
    }

    /// Wherever the program stands; what it does meanwhile goes into the next commit, which is well again.
    void fail_a_commit() {
        for (auto handlers = prng_.below(12); handlers > 0; --handlers)
            process_->context.restart(), process_->context.poll_one();
        process_->store.failing_commits = 1;
        if (chance(70)) process_->store.during_commit = [this] { process_->poll(); };
        process_->journal.flush();
    }

    /// No faults any more: everything that began must end.
    void finish() {
        process_->store.failing_commits = 0;
        const auto until = outside_.clock.steady() + patience;
        do {
            process_->settle();
            take_answers();
        } while (outside_.clock.steady() < until && jump() && wrong_.empty());
        process_->settle();
        for (const auto id : tournaments_) check_ended(id);
        for (const auto id : tournaments_) check_games_ended(id);
        for (const auto id : tournaments_) look(id);
        reckon();
        process_->settle();
        take_answers();
        if (process_->driver.live_matches() != 0)
            wrong(fmt::format("{} matches never ended", process_->driver.live_matches()));
        crash();
    }
    void check_ended(TournamentId id) {
        const auto t = process_->engine.peek<TournamentAggregate>(id, [](const Tournament& state) { return state; });
        if (t.status == Status::in_progress) wrong(id.text() + " never completed");
        if (t.status == Status::ready && t.check_in_ends_at) wrong(id.text() + ": its check-in never ended");
        const bool can_start = static_cast<std::int64_t>(t.entrants.size()) >= min_entrants &&
                               check_plan(t.plan, entrants_of(t)).has_value();
        if (t.status == Status::ready && t.starts_at && can_start)
            wrong(id.text() + " never started, as it had announced");
    }
    static std::uint32_t entrants_of(const Tournament& t) { return static_cast<std::uint32_t>(t.entrants.size()); }
    /// Of every attempt of every match, also of those that were called off.
    void check_games_ended(TournamentId id) {
        const auto t = process_->engine.peek<TournamentAggregate>(id, [](const Tournament& state) { return state; });
        for (MatchNumber m = 1; m <= t.attempts.size(); ++m)
            for (std::uint8_t attempt = 1; attempt <= t.attempt(m); ++attempt) {
                const auto game = game_id(match_id(id, m), attempt);
                const bool under_way = process_->engine.peek<GameAggregate>(
                    game, [](const games::PlayedGame& g) { return g.has_started() && !g.is_finished(); });
                if (under_way) wrong(game.text() + " never ended");
                process_->engine.forget<GameAggregate>(game);
            }
    }

    // --- what must hold -------------------------------------------------------------------------------------------------------

    void check_disk() {
        for (const auto& complaint : verify(process_->store).complaints) wrong(complaint);
        for (const auto id : tournaments_)
            compare(id, process_->engine.peek<TournamentAggregate>(id, [](const Tournament& t) { return t; }));
        for (const auto& [game, turns] : told_turns_) check_game(game, turns, told_ends_.contains(game));
    }
    void check_game(GameId game, std::int64_t turns, bool ended) {
        process_->engine.peek<GameAggregate>(game, [&](const games::PlayedGame& g) {
            if (g.turns() < turns)
                wrong(fmt::format("{}: bots were told of turn {}, the log has {}", game.text(), turns, g.turns()));
            if (ended && !g.is_finished()) wrong(game.text() + ": bots were told of its end");
        });
        process_->engine.forget<GameAggregate>(game);
    }
    void compare(TournamentId id, const Tournament& t) {
        if (!t.exists()) return wrong(id.text() + " was acknowledged and is gone");
        const bool begun =
            t.status == Status::in_progress || t.status == Status::completed || t.status == Status::cancelled;
        if (started_.contains(id) && !begun) wrong(id.text() + " was started and is not");
        if (cancelled_.contains(id) && t.status != Status::cancelled) wrong(id.text() + " was cancelled and is not");
        if (const auto seen = champions_.find(id);
            seen != champions_.end() && (t.status != Status::completed || t.champion != seen->second))
            wrong(id.text() + " had another champion");
        for (auto it = joined_.lower_bound({id, {}}); it != joined_.end() && it->first == id; ++it)
            if (!is_in(t, it->second) && !asked_.contains(*it) && !may_have_lost_its_place(t, *it))
                wrong(it->second.text() + " joined " + id.text() + " and is not in it");
        for (auto it = left_.lower_bound({id, {}}); it != left_.end() && it->first == id; ++it)
            if (is_in(t, it->second) && !asked_.contains(*it))
                wrong(it->second.text() + " left " + id.text() + " and is in it");
        for (auto it = gone_.lower_bound({id, {}}); it != gone_.end() && it->first == id; ++it)
            if (!t.has(entrant_of(it->second)) || !t.entrants[t.index_of.at(entrant_of(it->second))].left)
                wrong(it->second.text() + " left " + id.text() + " in mid-event and is still in it");
    }
    static EntrantId entrant_of(BotId bot) { return {bot.uuid}; }
    static bool is_in(const Tournament& t, BotId bot) {
        return t.has(entrant_of(bot)) || t.is_waiting(entrant_of(bot));
    }
    /// Check-in is over, and it was never heard that this one had checked in.
    bool may_have_lost_its_place(const Tournament& t, const Pair& pair) const {
        return t.check_in_closed && !checked_in_.contains(pair);
    }

    Prng prng_;
    Outside outside_;
    std::unique_ptr<Process> process_;
    std::multimap<Duration, std::function<void()>> agenda_;
    static constexpr std::uint64_t unanswered = std::numeric_limits<std::uint64_t>::max();
    /// A request: its answer's place among all, and what is done about it; false while there is none.
    struct Asked {
        std::shared_ptr<std::uint64_t> place;
        std::function<bool()> take;
    };
    std::vector<Asked> requests_;
    std::uint64_t answers_ = 0;
    std::vector<BotId> bots_;
    std::map<BotId, Temperament> temperament_;

    // What the outside was told.
    std::vector<TournamentId> tournaments_;
    /// Asked for and not answered yet: may be so or not.
    std::set<Pair> asked_;
    std::set<Pair> joined_, left_, checked_in_, gone_;
    std::set<TournamentId> started_, cancelled_, completed_, corrected_;
    std::map<TournamentId, std::optional<EntrantId>> champions_;
    std::map<std::pair<BotId, MatchId>, GameId> playing_;
    std::map<GameId, std::int64_t> told_turns_;
    std::set<GameId> told_ends_;

    std::uint64_t heard_ = 0;
    int crashes_ = 0, corrections_ = 0, waited_ = 0;
    std::string wrong_;
};

std::optional<std::uint64_t> number_in(const char* variable) {
    const auto* text = std::getenv(variable);
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("whatever happens, nothing acknowledged is lost and every tournament comes to its end") {
    const auto only = number_in("AGON_SEED");
    const auto first = only.value_or(1), last = only.value_or(number_in("AGON_SEEDS").value_or(default_seeds));
    std::size_t tournaments = 0, completed = 0, leavers = 0;
    int crashes = 0, corrections = 0, waited = 0;
    for (auto seed = first; seed <= last; ++seed) {
        Simulation simulation(seed);
        const auto wrong = simulation.run();
        CHECK_MESSAGE(wrong.empty(), wrong, "\nreplay it with: AGON_SEED=", seed, " build/release/tests/simulation");
        tournaments += simulation.tournaments();
        completed += simulation.completed();
        leavers += simulation.leavers();
        crashes += simulation.crashes();
        corrections += simulation.corrections();
        waited += simulation.waited();
    }
    MESSAGE(fmt::format("{} tournaments, {} completed, {} crashes, {} corrections, {} left in mid-event, {} waited",
                        tournaments, completed, crashes, corrections, leavers, waited));
    // A simulation in which nothing happens tests nothing.
    CHECK(completed * 3 > tournaments);
    CHECK(crashes > 0);
    CHECK(corrections > 0);
    CHECK(leavers > 0);
    CHECK(waited > 0);
}

TEST_CASE("the same seed does the same, to the letter") {
    Simulation once(4711), again(4711), another(4712);
    once.run();
    again.run();
    another.run();
    CHECK(once.trace() == again.trace());
    CHECK(once.trace() != another.trace());
}

}  // namespace agon
