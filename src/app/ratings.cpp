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

void count(rows::RatingRow& row, double score) {
    ++row.games;
    ++(score == 1.0 ? row.wins : score == 0.0 ? row.losses : row.draws);
}

}  // namespace

std::string rating_key(const std::string& game_type, BotId bot) { return game_type + "/" + bot.text(); }

std::optional<double> rated_score(const MatchCompleted& e) {
    if (!e.winner || !e.loser || e.decision == "no_show") return std::nullopt;
    return e.level ? 0.5 : 1.0;
}

Ratings::Ratings(Engine& engine, boost::asio::io_context& context)
    : Follower(engine.journal(), context), engine_(engine), context_(context) {}

void Ratings::start() { follow_from(engine_.store().cursor(follower_name)); }

void Ratings::handle(const Recorded& recorded) {
    const auto id = TournamentId::parse(recorded.stream);
    if (!id) return;
    const auto completed = decode_if<MatchCompleted>(recorded);
    const auto score = completed ? rated_score(*completed) : std::nullopt;
    if (!score) return;
    struct Names {
        std::string game_type, winner, loser;
    };
    const auto names = engine_.peek<TournamentAggregate>(*id, [&](const Tournament& t) {
        const auto name = [&](EntrantId entrant) { return t.entrants[t.index_of.at(entrant)].name; };
        return t.driver == Driver::hosted ? Names{t.game_type, name(*completed->winner), name(*completed->loser)}
                                          : Names{};
    });
    if (names.game_type.empty()) return;
    auto& winner = row_of(names.game_type, BotId{completed->winner->uuid}, names.winner);
    auto& loser = row_of(names.game_type, BotId{completed->loser->uuid}, names.loser);
    std::tie(winner.rating, loser.rating) = ratings::update(winner.rating, loser.rating, *score);
    count(winner, *score);
    count(loser, 1.0 - *score);
}

rows::RatingRow& Ratings::row_of(const std::string& game_type, BotId bot, const std::string& name) {
    const auto key = rating_key(game_type, bot);
    changed_.insert(key);
    auto found = rows_.find(key);
    if (found == rows_.end()) {
        rows::RatingRow fresh{
            .key = key, .game_type = game_type, .bot_id = bot, .rating = ratings::EloSettings{}.initial};
        found = rows_.emplace(key, find_row(engine_.store(), key).value_or(std::move(fresh))).first;
    }
    found->second.name = name;
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
    engine_.journal().submit(std::move(batch), {}, &context_,
                             [this, keys = std::exchange(changed_, {})](const CommitOutcome& outcome) mutable {
                                 saving_ = false;
                                 // The next results save these too.
                                 if (!outcome.accepted()) return changed_.merge(keys);
                                 save();
                                 forget_old_rows();
                             });
}

/// Never a row that is not on disk yet.
void Ratings::forget_old_rows() {
    if (rows_.size() > most_remembered && !saving_ && changed_.empty()) rows_.clear();
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
