#include "app/verify.hpp"

#include <set>

#include "app/aggregates.hpp"
#include "app/event_codec.hpp"
#include "app/ratings.hpp"
#include "app/verify_money.hpp"

namespace agon {

namespace {

constexpr std::size_t most_complaints = 100;
constexpr std::int64_t all_rows = 1'000'000'000;

class Verifier {
public:
    explicit Verifier(Store& store) : store_(store) {}

    Verdict run() {
        ratings_cursor_ = store_.saved_cursor(std::string(Ratings::follower_name));
        for (Seq after = 0;;) {
            const auto events = store_.follow(after, 4096);
            if (events.empty()) break;
            for (const auto& event : events) read(event, after);
            after = events.back().seq;
        }
        verdict_.streams = static_cast<std::int64_t>(heads_.size());
        for (const auto& [id, t] : tournaments_) check_tournament(id, t);
        check_money();
        check_queues();
        check_rows();
        // Before the first there need not even be tables.
        if (ratings_cursor_ > 0) {
            check_ratings();
            check_rated_matches();
            check_rating_history();
        }
        return std::move(verdict_);
    }

private:
    void complain(std::string what) {
        if (verdict_.complaints.size() < most_complaints) verdict_.complaints.push_back(std::move(what));
    }

    void read(const Recorded& event, Seq after) {
        ++verdict_.events;
        if (event.seq <= after) complain(fmt::format("seq {} comes after {}", event.seq, after));
        auto& head = heads_[event.stream];
        if (event.version != head + 1)
            complain(fmt::format("{}: version {} follows {}", event.stream, event.version, head));
        head = event.version;
        try {
            // Money is held against the ledger's rules alone: no state may rest on it that need not be sound.
            const bool is_money = money_.read(event);
            if (is_money) note_transaction(event);
            if (!is_money && !broken_.contains(event.stream)) apply(event);
        } catch (const std::exception& e) {
            broken_.insert(event.stream);
            complain(fmt::format("{}: event {} ({}): {}", event.stream, event.version, event.type, e.what()));
        }
    }

    void apply(const Recorded& event) {
        if (const auto tournament = TournamentId::parse(event.stream)) return apply_tournament(*tournament, event);
        if (const auto game = GameId::parse(event.stream))
            return games::evolve(games_[*game], decode<games::GameEvent>(event), event.at);
        if (const auto bot = BotId::parse(event.stream))
            return bots::evolve(bots_[*bot], decode<bots::BotEvent>(event), event.at);
        if (const auto user = UserId::parse(event.stream))
            return users::evolve(users_[*user], decode<users::UserEvent>(event), event.at);
        if (const auto venue = VenueId::parse(event.stream))
            return venues::evolve(venues_[*venue], decode<venues::VenueEvent>(event), event.at);
        if (const auto occasion = OccasionId::parse(event.stream))
            return occasions::evolve(occasions_[*occasion], decode<occasions::OccasionEvent>(event), event.at);
        if (event.stream == rating_rules_stream) return void(decode<ratings::RatingRuleEvent>(event));
        if (const auto queue = ranked::QueueId::parse(event.stream)) return apply_queue(*queue, event);
        if (const auto match = MatchId::parse(event.stream)) return apply_ranked(*match, event);
        throw std::runtime_error("the stream is of no known kind");
    }

    void apply_tournament(TournamentId id, const Recorded& recorded) {
        auto& t = tournaments_[id];
        const auto event = decode<TournamentEvent>(recorded);
        if (!std::holds_alternative<TournamentCreated>(event) && t.format == nullptr)
            throw std::runtime_error("not created yet");
        if (const auto* e = std::get_if<EntrantRegistered>(&event)) check_registration(t, *e);
        if (const auto* e = std::get_if<EntrantWithdrawn>(&event); e && !t.has(e->entrant) && !t.is_waiting(e->entrant))
            throw std::runtime_error("the entrant is not registered");
        if (const auto* e = std::get_if<TournamentStarted>(&event)) check_draw(t, *e);
        if (const auto* e = std::get_if<MatchStarted>(&event)) check_start(t, *e);
        if (const auto* e = std::get_if<MatchCompleted>(&event)) check_result(id, t, *e, recorded);
        if (const auto* e = std::get_if<ResultCorrected>(&event)) check_correction(id, t, *e, recorded);
        evolve(t, event, recorded.at);
        std::vector<RowChange> changes;
        TournamentAggregate::event_rows(id, t, event, {recorded.version, recorded.at}, changes);
        take_changes(participations_, changes);
    }

    void apply_queue(ranked::QueueId id, const Recorded& recorded) {
        auto& queue = queues_[id];
        const auto event = decode<ranked::QueueEvent>(recorded);
        if (const auto* e = std::get_if<ranked::PairMatched>(&event)) announced_.insert(e->match);
        if (std::holds_alternative<ranked::QueueSnapshot>(event) &&
            encode(ranked::QueueEvent{ranked::snapshot(queue)}).data != recorded.data)
            throw std::runtime_error("the snapshot is not what the events before it come to");
        ranked::evolve(queue, event, recorded.at);
    }

    void apply_ranked(MatchId id, const Recorded& recorded) {
        auto& match = ranked_[id];
        const auto event = decode<ranked::RankedMatchEvent>(recorded);
        const bool begins = std::holds_alternative<ranked::RankedMatchStarted>(event);
        if (begins == match.exists) throw std::runtime_error("a match begins once, and first of all");
        if (match.is_over()) throw std::runtime_error("something happened after the match's end");
        ranked::evolve(match, event, recorded.at);
        if (const auto* e = std::get_if<ranked::RankedMatchCompleted>(&event); e && recorded.seq <= ratings_cursor_)
            if (const auto result = rated_result(*e)) book_.count(id, *result, recorded.at);
        for (const auto player : match.what.players) {
            if (begins && !playing_.emplace(player, id).second)
                complain(fmt::format("{}: {} is in another live match", id.text(), player.text()));
            if (match.is_over()) playing_.erase(player);
        }
    }

    /// Nobody waits or plays in two queues, and every match that a queue made has its stream.
    void check_queues() {
        std::set<UserId> seen;
        const auto once = [&](ranked::QueueId id, UserId player) {
            if (!seen.insert(player).second) complain(id.text() + ": " + player.text() + " is there twice");
        };
        for (const auto& [id, queue] : queues_) {
            for (const auto& ticket : queue.pool.snapshot().tickets) once(id, ticket.player);
            for (const auto& [player, match] : queue.proposed) once(id, player);
            for (const auto& [player, match] : queue.playing) once(id, player);
        }
        for (const auto match : announced_)
            if (!ranked_.contains(match)) complain(match.text() + ": was made and never began");
        for (const auto& [id, match] : ranked_)
            if (!announced_.contains(id)) complain(id.text() + ": no queue made it");
    }

    static void check_registration(const Tournament& t, const EntrantRegistered& e) {
        if (t.has(e.entrant)) throw std::runtime_error("the entrant is registered twice");
        if (t.is_full()) throw std::runtime_error("more entrants than places");
    }

    static void check_draw(const Tournament& t, const TournamentStarted& e) {
        const std::set<EntrantIndex> drawn(e.order.begin(), e.order.end());
        if (drawn.size() != t.entrants.size() || e.order.size() != t.entrants.size() ||
            (!drawn.empty() && *drawn.rbegin() >= t.entrants.size()))
            throw std::runtime_error("the draw does not hold every entrant once");
    }

    static const formats::Match& match_of(const Tournament& t, MatchNumber number) {
        if (!t.has_match(number)) throw std::runtime_error("no such match");
        return t.match(number);
    }

    static void check_start(const Tournament& t, const MatchStarted& e) {
        if (match_of(t, e.match).status != formats::MatchStatus::ready)
            throw std::runtime_error("the match was not ready to start");
        if (e.attempt != t.attempt(e.match) + 1)
            throw std::runtime_error(fmt::format("attempt {} of the match follows {}", e.attempt, t.attempt(e.match)));
    }

    void check_result(TournamentId id, const Tournament& t, const MatchCompleted& e, const Recorded& recorded) {
        const auto& match = match_of(t, e.match);
        const auto* a = t.player(e.match, 0);
        const auto* b = t.player(e.match, 1);
        const bool absent = a && b && (a->left || b->left);
        const bool may_end_unbegun = match.status == formats::MatchStatus::ready && (absent || e.replayed);
        if (match.status != formats::MatchStatus::in_progress && !may_end_unbegun)
            throw std::runtime_error("a result for a match that was not in progress");
        if (e.winner && e.winner != a->id && e.winner != b->id)
            throw std::runtime_error("the winner did not play in the match");
        if (t.driver == Driver::hosted && !absent && !e.replayed)
            check_against_game(game_id(match_id(id, e.match), t.attempt(e.match)), e,
                               {BotId{a->id.uuid}, BotId{b->id.uuid}});
        if (recorded.seq > ratings_cursor_) return;
        if (const auto result = rated_result(t.game_type, t.driver, e))
            book_.count(match_id(id, e.match), *result, recorded.at);
    }

    void check_against_game(GameId id, const MatchCompleted& e, std::array<BotId, 2> players) {
        const auto game = games_.find(id);
        if (game == games_.end() || !game->second.is_finished())
            throw std::runtime_error("the match has a result, but its game has none");
        const auto& end = *game->second.end;
        if (e.score && *e.score != end.score) throw std::runtime_error("the match's score is not its game's");
        const bool same_winner = !end.winner || (e.winner && BotId{e.winner->uuid} == players[*end.winner]);
        if (!same_winner) throw std::runtime_error("the match's winner is not its game's");
    }

    void check_correction(TournamentId id, const Tournament& t, const ResultCorrected& e, const Recorded& recorded) {
        const auto& match = match_of(t, e.match);
        if (match.status != formats::MatchStatus::completed || match.is_bye())
            throw std::runtime_error("a correction of a match that had no result");
        for (const auto m : e.undone) match_of(t, m);
        if (recorded.seq > ratings_cursor_) return;
        const auto result = e.reopened ? std::nullopt : rated_result(t.game_type, t.driver, e.result());
        book_.correct(id, e, result, recorded.at);
    }

    void check_tournament(TournamentId id, const Tournament& t) {
        std::set<EntrantId> playing;
        bool twice = false;
        for (MatchNumber m = 1; m <= t.match_count(); ++m) {
            if (t.match(m).status != formats::MatchStatus::in_progress) continue;
            for (const std::size_t side : {0, 1}) twice = twice || !playing.insert(t.player(m, side)->id).second;
        }
        if (twice) complain(id.text() + ": an entrant is in two live matches");
        if (t.status != Status::completed) return;
        if (!t.is_last_stage() || !t.stages.back().stage.is_finished())
            return complain(id.text() + ": completed with open matches");
        const auto best = places(t).front();
        const auto* winner = best.last == 1 ? &t.entrants[best.entrant] : nullptr;
        if (t.champion != (winner ? std::optional(winner->id) : std::nullopt))
            complain(id.text() + ": the champion is not the winner");
    }

    void check_money() {
        for (const auto& [id, t] : tournaments_)
            if (!broken_.contains(id.text()) && (t.status == Status::completed || t.status == Status::cancelled))
                money_.over(id);
        for (auto& complaint : money_.complaints()) complain(std::move(complaint));
    }

    template <class A, class Row, class States>
    void check_table(const States& states, std::string_view noun) {
        auto all = store_.select({.table = &rows::table_of<Row>(), .where = {}, .order_by = {}, .limit = all_rows});
        std::map<std::string, std::vector<Value>> found;
        for (auto& row : all.rows) {
            auto key = std::get<std::string>(row.front());
            found.emplace(std::move(key), std::move(row));
        }
        for (const auto& [id, state] : states) {
            if (broken_.contains(id.text())) continue;
            const auto expected = A::row(id, state);
            const auto row = found.find(id.text());
            if (expected && expected->values && row == found.end())
                complain(fmt::format("{}: its {} row is missing", id.text(), noun));
            if (expected && expected->values && row != found.end() && row->second != *expected->values)
                complain(fmt::format("{}: its {} row says something else than the log", id.text(), noun));
            if (expected && !expected->values && row != found.end())
                complain(fmt::format("{}: its {} row is still there", id.text(), noun));
            if (row != found.end()) found.erase(row);
        }
        for (const auto& [key, row] : found) complain(fmt::format("{}: a {} row without a log", key, noun));
    }

    void check_rows() {
        check_table<TournamentAggregate, rows::TournamentRow>(tournaments_, "tournament");
        check_table<BotAggregate, rows::BotRow>(bots_, "bot");
        check_table<UserAggregate, rows::UserRow>(users_, "user");
        check_table<VenueAggregate, rows::VenueRow>(venues_, "venue");
        check_table<OccasionAggregate, rows::OccasionRow>(occasions_, "event");
        check_table<QueueAggregate, rows::QueueRow>(queues_, "queue");
        check_event_rows<rows::ParticipationRow>(participations_, "participation");
        check_event_rows<rows::TransactionRow>(transactions_, "transaction");
    }

    using EventRows = std::map<std::string, std::vector<Value>>;
    static void take_changes(EventRows& rows, const std::vector<RowChange>& changes) {
        for (const auto& change : changes)
            if (change.values)
                rows.insert_or_assign(change.key, *change.values);
            else
                rows.erase(change.key);
    }

    void note_transaction(const Recorded& recorded) {
        const auto wallet = ledger::WalletId::parse(recorded.stream);
        if (!wallet) return;
        std::vector<RowChange> changes;
        WalletAggregate::event_rows(*wallet, {}, decode<ledger::WalletEvent>(recorded), {recorded.version, recorded.at},
                                    changes);
        take_changes(transactions_, changes);
    }

    template <class Row>
    void check_event_rows(EventRows expected, std::string_view noun) {
        auto all = store_.select({.table = &rows::table_of<Row>(), .where = {}, .order_by = {}, .limit = all_rows});
        for (const auto& row : all.rows) {
            const auto found = expected.find(std::get<std::string>(row.front()));
            if (found == expected.end())
                complain(fmt::format("{}: a {} row without a log", std::get<std::string>(row.front()), noun));
            else if (found->second != row)
                complain(fmt::format("{}: a {} row that says something else than the log", found->first, noun));
            if (found != expected.end()) expected.erase(found);
        }
        for (const auto& [key, row] : expected) complain(fmt::format("{}: its {} row is missing", key, noun));
    }

    /// One of the ratings' tables against what the book has: `check` complains of a row that is there and expected.
    template <class Row, class Key, class Check>
    void compare(std::map<std::string, Row> expected, Key key, Check check, std::string_view unexpected,
                 std::string_view missing) {
        for (const auto& row : rows::select<Row>(store_, {.limit = all_rows}).rows) {
            const auto found = expected.find(key(row));
            if (found == expected.end()) {
                complain(fmt::format("{}: {}", key(row), unexpected));
                continue;
            }
            check(row, found->second);
            expected.erase(found);
        }
        for (const auto& [name, row] : expected) complain(fmt::format("{}: {}", name, missing));
    }

    void check_ratings() {
        std::map<std::string, rows::RatingRow> expected(book_.ratings().begin(), book_.ratings().end());
        compare(
            std::move(expected), [](const rows::RatingRow& row) { return row.key; },
            [&](const rows::RatingRow& row, const rows::RatingRow& log) { check_rating(row, log); },
            "a rating without a game", "its rating is missing");
    }

    void check_rating(const rows::RatingRow& row, const rows::RatingRow& log) {
        const auto counts = [](const rows::RatingRow& r) { return std::tie(r.wins, r.losses, r.draws); };
        const auto state = [](const rows::RatingRow& r) {
            return std::tie(r.value, r.deviation, r.volatility, r.streak, r.last_played_at, r.changes);
        };
        if (log.rating != row.rating || log.games != row.games)
            complain(fmt::format("{}: rated {} after {} games, but the log comes to {} after {}", row.key, row.rating,
                                 row.games, log.rating, log.games));
        else if (counts(log) != counts(row))
            complain(row.key + ": its games won, lost and drawn are not those of the log");
        else if (state(log) != state(row))
            complain(row.key + ": what its engine keeps of it is not what the log comes to");
    }

    /// A correction takes back what these say.
    void check_rated_matches() {
        std::map<std::string, rows::RatedMatchRow> expected;
        for (const auto& [match, row] : book_.changes().matches)
            if (row) expected.emplace(match.text(), *row);
        compare(
            std::move(expected), [](const rows::RatedMatchRow& row) { return row.match_id.text(); },
            [&](const rows::RatedMatchRow& row, const rows::RatedMatchRow& log) {
                if (rows::to_values(row) != rows::to_values(log))
                    complain(row.match_id.text() + ": what it did to ratings is not what the log comes to");
            },
            "it is remembered as rated, and has no result that counts", "what it did to ratings is not remembered");
    }

    void check_rating_history() {
        std::map<std::string, rows::RatingChangeRow> expected;
        for (const auto& row : book_.changes().history) expected.emplace(row.change_id, row);
        compare(
            std::move(expected), [](const rows::RatingChangeRow& row) { return row.change_id; },
            [&](rows::RatingChangeRow row, const rows::RatingChangeRow& log) {
                row.opponent_name = log.opponent_name;
                if (rows::to_values(row) != rows::to_values(log))
                    complain(row.change_id + ": a step of a rating that is not the log's");
            },
            "a step of a rating that the log does not take", "a step of a rating is missing");
    }

    Store& store_;
    Verdict verdict_;
    std::unordered_map<StreamName, Version> heads_;
    std::set<StreamName> broken_;
    std::unordered_map<TournamentId, Tournament> tournaments_;
    std::unordered_map<GameId, games::PlayedGame> games_;
    std::unordered_map<BotId, bots::Bot> bots_;
    std::unordered_map<UserId, users::User> users_;
    std::unordered_map<VenueId, venues::Venue> venues_;
    std::unordered_map<OccasionId, occasions::Occasion> occasions_;
    /// Holds everything: what it changed is what there is.
    RatingBook book_{RatingRules::read(store_), {}};
    MoneyCheck money_;
    EventRows participations_, transactions_;
    std::unordered_map<ranked::QueueId, ranked::Queue> queues_;
    std::unordered_map<MatchId, ranked::RankedMatch> ranked_;
    /// Matches that queues made, and who plays in one.
    std::set<MatchId> announced_;
    std::unordered_map<UserId, MatchId> playing_;
    Seq ratings_cursor_ = 0;
};

}  // namespace

Verdict verify(Store& store) { return Verifier(store).run(); }

}  // namespace agon
