#include "app/verify.hpp"

#include <set>

#include "app/aggregates.hpp"
#include "app/event_codec.hpp"
#include "app/ratings.hpp"
#include "core/ratings/elo.hpp"

namespace agon {

namespace {

constexpr std::size_t most_complaints = 100;
constexpr std::int64_t all_rows = 1'000'000'000;

class Verifier {
public:
    explicit Verifier(Store& store) : store_(store) {}

    Verdict run() {
        ratings_cursor_ = store_.cursor("ratings");
        for (Seq after = 0;;) {
            const auto events = store_.follow(after, 4096);
            if (events.empty()) break;
            for (const auto& event : events) read(event, after);
            after = events.back().seq;
        }
        verdict_.streams = static_cast<std::int64_t>(heads_.size());
        for (const auto& [id, t] : tournaments_) check_tournament(id, t);
        check_rows();
        check_ratings();
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
        if (broken_.contains(event.stream)) return;
        try {
            apply(event);
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
        throw std::runtime_error("the stream is of no known kind");
    }

    void apply_tournament(TournamentId id, const Recorded& recorded) {
        auto& t = tournaments_[id];
        const auto event = decode<TournamentEvent>(recorded);
        if (!std::holds_alternative<TournamentCreated>(event) && !t.exists())
            throw std::runtime_error("not created yet");
        if (const auto* e = std::get_if<EntrantRegistered>(&event)) check_registration(t, *e);
        if (const auto* e = std::get_if<EntrantWithdrawn>(&event); e && !t.has(e->entrant))
            throw std::runtime_error("the entrant is not registered");
        if (const auto* e = std::get_if<TournamentStarted>(&event)) check_draw(t, *e);
        if (const auto* e = std::get_if<MatchStarted>(&event)) check_start(t, e->match);
        if (const auto* e = std::get_if<MatchCompleted>(&event)) check_result(id, t, *e, recorded.seq);
        evolve(t, event, recorded.at);
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
        if (number < 1 || number > t.stage.match_count()) throw std::runtime_error("no such match");
        return t.stage.match(number);
    }

    static void check_start(const Tournament& t, MatchNumber number) {
        if (match_of(t, number).status != formats::MatchStatus::ready)
            throw std::runtime_error("the match was not ready to start");
    }

    void check_result(TournamentId id, const Tournament& t, const MatchCompleted& e, Seq seq) {
        const auto& match = match_of(t, e.match);
        if (match.status != formats::MatchStatus::in_progress)
            throw std::runtime_error("a result for a match that was not in progress");
        const auto* a = t.entrant_of(match.players[0]);
        const auto* b = t.entrant_of(match.players[1]);
        if (e.winner && e.winner != a->id && e.winner != b->id)
            throw std::runtime_error("the winner did not play in the match");
        if (t.driver == Driver::hosted) check_against_game(id, e, {BotId{a->id.uuid}, BotId{b->id.uuid}});
        if (t.driver == Driver::hosted && seq <= ratings_cursor_) rate(t, e);
    }

    void check_against_game(TournamentId id, const MatchCompleted& e, std::array<BotId, 2> players) {
        const auto game = games_.find(game_id(match_id(id, e.match), 1));
        if (game == games_.end() || !game->second.is_finished())
            throw std::runtime_error("the match has a result, but its game has none");
        const auto& end = *game->second.end;
        if (e.score && *e.score != end.score) throw std::runtime_error("the match's score is not its game's");
        const bool same_winner = !end.winner || (e.winner && BotId{e.winner->uuid} == players[*end.winner]);
        if (!same_winner) throw std::runtime_error("the match's winner is not its game's");
    }

    void rate(const Tournament& t, const MatchCompleted& e) {
        const auto score = rated_score(e);
        if (!score) return;
        const auto rating_of = [&](EntrantId entrant) -> std::int64_t& {
            const auto initial = ratings::EloSettings{}.initial;
            return ratings_.try_emplace(rating_key(t.game_type, BotId{entrant.uuid}), initial).first->second;
        };
        auto& winner = rating_of(*e.winner);
        auto& loser = rating_of(*e.loser);
        std::tie(winner, loser) = ratings::update(winner, loser, *score);
    }

    void check_tournament(TournamentId id, const Tournament& t) {
        std::set<formats::Seed> playing;
        bool twice = false;
        for (MatchNumber m = 1; m <= t.stage.match_count(); ++m) {
            const auto& match = t.stage.match(m);
            if (match.status != formats::MatchStatus::in_progress) continue;
            for (const auto player : match.players) twice = twice || !playing.insert(player).second;
        }
        if (twice) complain(id.text() + ": an entrant is in two live matches");
        if (t.status != Status::completed) return;
        if (!t.stage.is_finished()) return complain(id.text() + ": completed with open matches");
        const auto best = t.format->rank(t.stage).front();
        const auto* winner = best.last == 1 ? t.entrant_of(best.seed) : nullptr;
        if (t.champion != (winner ? std::optional(winner->id) : std::nullopt))
            complain(id.text() + ": the champion is not the winner");
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
    }

    void check_ratings() {
        for (const auto& row : rows::select<rows::RatingRow>(store_, {.limit = all_rows}).rows) {
            const auto expected = ratings_.find(row.key);
            if (expected == ratings_.end())
                complain(row.key + ": a rating without a game");
            else if (expected->second != row.rating)
                complain(fmt::format("{}: rated {}, but the log comes to {}", row.key, row.rating, expected->second));
            if (expected != ratings_.end()) ratings_.erase(expected);
        }
        for (const auto& [key, rating] : ratings_) complain(key + ": its rating is missing");
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
    std::unordered_map<std::string, std::int64_t> ratings_;
    Seq ratings_cursor_ = 0;
};

}  // namespace

Verdict verify(Store& store) { return Verifier(store).run(); }

}  // namespace agon
