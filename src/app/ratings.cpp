#include "app/ratings.hpp"

#include "core/ratings/elo.hpp"

namespace agon {

namespace {

const std::string follower_name = "ratings";
constexpr std::size_t most_remembered = 100'000;

std::optional<rows::RatingRow> find_row(Store& store, const std::string& key) {
    const RowQuery query{.where = {{.column = "key", .value = key}}, .limit = 1};
    auto page = rows::select<rows::RatingRow>(store, query);
    if (page.rows.empty()) return std::nullopt;
    return std::move(page.rows.front());
}

void add(rows::RatingRow& row, double score, std::int64_t times) {
    row.games += times;
    (score == 1.0 ? row.wins : score == 0.0 ? row.losses : row.draws) += times;
}

bool nobody_was_there(std::string_view decision) {
    return decision == "no_show" || decision == "withdrawn" || decision == "disqualified";
}

}  // namespace

std::string rating_key(const std::string& game_type, BotId bot) { return game_type + "/" + bot.text(); }

std::optional<RatedResult> rated_result(const MatchCompleted& e) {
    if (e.forfeit || nobody_was_there(e.decision)) return std::nullopt;
    if (e.drew.size() == 2) return RatedResult{BotId{e.drew[0].uuid}, BotId{e.drew[1].uuid}, 0.5};
    if (!e.winner || !e.loser) return std::nullopt;
    return RatedResult{BotId{e.winner->uuid}, BotId{e.loser->uuid}, e.level ? 0.5 : 1.0};
}

rows::RatedMatchRow rate(MatchId match, const RatedResult& result, rows::RatingRow& a, rows::RatingRow& b) {
    rows::RatedMatchRow row{.match_id = match,
                            .game_type = a.game_type,
                            .a = result.a,
                            .b = result.b,
                            .score_of_a = result.score_of_a,
                            .change_of_a = -a.rating,
                            .change_of_b = -b.rating};
    std::tie(a.rating, b.rating) = ratings::update(a.rating, b.rating, result.score_of_a);
    row.change_of_a += a.rating;
    row.change_of_b += b.rating;
    add(a, result.score_of_a, 1);
    add(b, 1 - result.score_of_a, 1);
    return row;
}

void take_back(const rows::RatedMatchRow& row, rows::RatingRow& a, rows::RatingRow& b) {
    a.rating -= row.change_of_a;
    b.rating -= row.change_of_b;
    add(a, row.score_of_a, -1);
    add(b, 1 - row.score_of_a, -1);
}

Ratings::Ratings(Engine& engine, boost::asio::io_context& context)
    : Follower(engine.journal(), context), engine_(engine), context_(context) {}

void Ratings::start() { follow_from(engine_.store().cursor(follower_name)); }

void Ratings::handle(const Recorded& recorded) {
    const auto id = TournamentId::parse(recorded.stream);
    if (!id) return;
    if (const auto completed = decode_if<MatchCompleted>(recorded)) return count(*id, *completed);
    const auto corrected = decode_if<ResultCorrected>(recorded);
    if (!corrected) return;
    uncount(*id, corrected->match);
    for (const auto m : corrected->undone) uncount(*id, m);
    if (!corrected->reopened) count(*id, corrected->result());
}

void Ratings::count(TournamentId id, const MatchCompleted& completed) {
    const auto result = rated_result(completed);
    if (!result) return;
    struct Names {
        std::string game_type, a, b;
    };
    const auto names = engine_.peek<TournamentAggregate>(id, [&](const Tournament& t) {
        const auto name = [&](BotId bot) { return t.entrants[t.index_of.at(EntrantId{bot.uuid})].name; };
        return t.driver == Driver::hosted ? Names{t.game_type, name(result->a), name(result->b)} : Names{};
    });
    if (names.game_type.empty()) return;
    auto& a = row_of(names.game_type, result->a);
    auto& b = row_of(names.game_type, result->b);
    a.name = names.a;
    b.name = names.b;
    const auto match = match_id(id, completed.match);
    rated_[match] = rate(match, *result, a, b);
}

void Ratings::uncount(TournamentId id, MatchNumber number) {
    const auto match = match_id(id, number);
    const auto row = rated(match);
    if (!row) return;
    take_back(*row, row_of(row->game_type, row->a), row_of(row->game_type, row->b));
    rated_[match] = std::nullopt;
}

/// What is on its way to the disk counts before what is there.
std::optional<rows::RatedMatchRow> Ratings::rated(MatchId match) const {
    for (const auto* pending : {&rated_, &saving_rated_})
        if (const auto found = pending->find(match); found != pending->end()) return found->second;
    return rated_match(engine_.store(), match);
}

rows::RatingRow& Ratings::row_of(const std::string& game_type, BotId bot) {
    const auto key = rating_key(game_type, bot);
    changed_.insert(key);
    auto found = rows_.find(key);
    if (found == rows_.end()) {
        rows::RatingRow fresh{
            .key = key, .game_type = game_type, .bot_id = bot, .rating = ratings::EloSettings{}.initial};
        found = rows_.emplace(key, find_row(engine_.store(), key).value_or(std::move(fresh))).first;
    }
    return found->second;
}

void Ratings::handled(Seq seq) {
    seq_ = seq;
    save();
}

/// Runs without results need no cursor of their own: reading them again changes nothing.
void Ratings::save() {
    if (saving_ || changed_.empty()) return;
    saving_ = true;
    Batch batch{.at = engine_.clock().now(), .cursor = Cursor{follower_name, seq_}};
    for (const auto& key : changed_) batch.rows.push_back(rows::set_row(rows_.at(key)));
    for (const auto& [match, row] : rated_)
        batch.rows.push_back(row ? rows::set_row(*row) : rows::remove_row<rows::RatedMatchRow>(match.text()));
    saving_rated_ = std::exchange(rated_, {});
    engine_.journal().submit(std::move(batch), {}, &context_,
                             [this, keys = std::exchange(changed_, {})](const CommitOutcome& outcome) mutable {
                                 saving_ = false;
                                 // The next results save these too.
                                 if (!outcome.accepted()) {
                                     changed_.merge(keys);
                                     return rated_.merge(saving_rated_);
                                 }
                                 saving_rated_.clear();
                                 save();
                                 forget_old_rows();
                             });
}

/// Never a row that is not on disk yet.
void Ratings::forget_old_rows() {
    if (rows_.size() > most_remembered && !saving_ && changed_.empty()) rows_.clear();
}

std::optional<rows::RatedMatchRow> Ratings::rated_match(Store& store, MatchId id) {
    const RowQuery query{.where = {{.column = "match_id", .value = id.text()}}, .limit = 1};
    auto page = rows::select<rows::RatedMatchRow>(store, query);
    if (page.rows.empty()) return std::nullopt;
    return std::move(page.rows.front());
}

rows::Page<rows::RatingRow> Ratings::leaderboard(Store& store, const std::string& game_type, std::int64_t limit,
                                                 std::int64_t offset) {
    return rows::select<rows::RatingRow>(store, {.where = {{.column = "game_type", .value = game_type}},
                                                 .order_by = "rating",
                                                 .descending = true,
                                                 .limit = limit,
                                                 .offset = offset});
}

std::map<EntrantId, double> Ratings::of(Store& store, const std::string& game_type,
                                        const std::vector<Entrant>& entrants) {
    std::map<EntrantId, double> found;
    for (const auto& entrant : entrants)
        if (const auto row = find_row(store, rating_key(game_type, BotId{entrant.id.uuid})))
            found[entrant.id] = static_cast<double>(row->rating);
    return found;
}

}  // namespace agon
