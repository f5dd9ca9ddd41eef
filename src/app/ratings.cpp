#include "app/ratings.hpp"

namespace agon {

namespace {

std::vector<Filter> on_board(const std::string& game_type, rows::PlayerKind kind, std::optional<Instant> played_after) {
    std::vector<Filter> all{{.column = "game_type", .value = game_type},
                            {.column = "kind", .value = rows::to_value(kind)}};
    if (played_after)
        all.push_back(
            {.column = "last_played_at", .compare = Filter::Compare::greater, .value = rows::to_value(*played_after)});
    return all;
}

/// Of each of these players, in their order, the rating that there is.
std::vector<std::optional<rows::RatingRow>> find_each(Store& store, const std::string& game_type,
                                                      const std::vector<std::string>& players) {
    std::vector<std::string> keys;
    for (const auto& player : players) keys.push_back(rating_key(game_type, player));
    const auto rows = rows::find_all<rows::RatingRow>(store, keys);
    std::vector<std::optional<rows::RatingRow>> found;
    for (const auto& key : keys) {
        const auto row = rows.find(key);
        found.push_back(row == rows.end() ? std::nullopt : std::optional(row->second));
    }
    return found;
}

std::int64_t newcomer_rating(Store& store, const std::string& game_type) {
    const auto rules = RatingRules::read(store);
    const auto& rule = rules.of(game_type);
    return ratings::shown(rule.engine->initial(rule.settings));
}

}  // namespace

Ratings::Ratings(Engine& engine, boost::asio::io_context& context)
    : SavedFollower(follower_name, engine, context), book_({}, {}) {}

void Ratings::start() {
    auto& store = engine_.store();
    const auto rating = [this, &store](const std::string& key) {
        return holds_all_ ? std::nullopt : rows::find<rows::RatingRow>(store, "key", key);
    };
    const auto match = [&store](MatchId id) { return rated_match(store, id); };
    book_ = RatingBook(RatingRules::read(store), {rating, match});
    follow();
}

// --- counting ---------------------------------------------------------------------------------------------------------

void Ratings::hold_all() {
    auto all = rows::all<rows::RatingRow>(engine_.store(), most_held_from_the_start);
    has_begun_ = true;
    holds_all_ = all.has_value();
    if (all)
        for (auto& row : *all) book_.hold(std::move(row));
}

void Ratings::handle_concern(const Recorded& recorded) {
    if (!has_begun_) hold_all();
    if (const auto id = TournamentId::parse(recorded.stream)) return handle_tournament(*id, recorded);
    const auto match = MatchId::parse(recorded.stream);
    const auto completed = match ? decode_if<ranked::RankedMatchCompleted>(recorded) : std::nullopt;
    const auto result = completed ? rated_result(*completed) : std::nullopt;
    if (result) book_.count(*match, *result, recorded.at);
}

void Ratings::handle_tournament(TournamentId id, const Recorded& recorded) {
    if (const auto completed = decode_if<MatchCompleted>(recorded)) {
        if (const auto result = rated(id, *completed))
            book_.count(match_id(id, completed->match), *result, recorded.at, names_in(id, *completed));
    } else if (const auto corrected = decode_if<ResultCorrected>(recorded)) {
        const auto as_completed = corrected->result();
        const auto result = corrected->reopened ? std::nullopt : rated(id, as_completed);
        book_.correct(id, *corrected, result, recorded.at, names_in(id, as_completed));
    }
}

std::optional<RatedResult> Ratings::rated(TournamentId id, const MatchCompleted& completed) {
    const auto& kind = kinds_.of(id);
    return rated_result(kind.game_type, kind.driver, completed);
}

RatingBook::NamesOf Ratings::names_in(TournamentId id, const MatchCompleted& completed) {
    return [this, id, &completed] {
        return engine_.peek<TournamentAggregate>(id, [&](const Tournament& t) {
            const auto players = scored(t.driver, completed).value();
            const auto name = [&](EntrantId entrant) { return t.entrants[t.index_of.at(entrant)].name; };
            return std::pair(name(players.a), name(players.b));
        });
    };
}

// --- saving -------------------------------------------------------------------------------------------------------------

std::vector<RowChange> Ratings::rows() const {
    const auto& changes = book_.changes();
    std::vector<RowChange> rows;
    for (const auto* rating : changes.ratings) rows.push_back(rows::set_row(*rating));
    for (const auto& [match, row] : changes.matches)
        rows.push_back(row ? rows::set_row(*row) : rows::remove_row<rows::RatedMatchRow>(match.text()));
    for (const auto& change : changes.history) rows.push_back(rows::set_row(change));
    return rows;
}

void Ratings::rows_saved() {
    book_.forget_changes();
    if (book_.ratings().size() <= most_held) return;
    book_.forget();
    holds_all_ = false;
}

// --- reading ------------------------------------------------------------------------------------------------------------

std::optional<rows::RatedMatchRow> Ratings::rated_match(Store& store, MatchId id) {
    return rows::find<rows::RatedMatchRow>(store, "match_id", id.text());
}

std::optional<rows::RatingRow> Ratings::find(Store& store, std::string_view game_type, std::string_view player) {
    return rows::find<rows::RatingRow>(store, "key", rating_key(game_type, player));
}

rows::Page<rows::RatingRow> Ratings::leaderboard(Store& store, const std::string& game_type, rows::PlayerKind kind,
                                                 std::int64_t limit, std::int64_t offset,
                                                 std::optional<Instant> played_after) {
    return rows::select<rows::RatingRow>(store, {.where = on_board(game_type, kind, played_after),
                                                 .order_by = "rating",
                                                 .descending = true,
                                                 .limit = limit,
                                                 .offset = offset});
}

std::int64_t Ratings::rank_of(Store& store, const rows::RatingRow& row, std::optional<Instant> played_after) {
    RowQuery better{.where = on_board(row.game_type, row.kind, played_after), .limit = 1};
    better.where.push_back({.column = "rating", .compare = Filter::Compare::greater, .value = row.rating});
    return rows::select<rows::RatingRow>(store, better).total + 1;
}

std::map<EntrantId, double> Ratings::of(Store& store, const std::string& game_type, Driver driver,
                                        const std::vector<Entrant>& entrants) {
    std::vector<std::string> players;
    for (const auto& entrant : entrants) players.push_back(rated_player(driver, entrant.id));
    const auto rows = find_each(store, game_type, players);
    std::map<EntrantId, double> found;
    for (std::size_t i = 0; i < entrants.size(); ++i)
        if (rows[i]) found[entrants[i].id] = rows[i]->value;
    return found;
}

std::int64_t Ratings::rating_of(Store& store, const std::string& game_type, UserId user) {
    if (const auto row = find(store, game_type, user.text())) return row->rating;
    return newcomer_rating(store, game_type);
}

std::map<UserId, std::int64_t> Ratings::ratings_of(Store& store, const std::string& game_type,
                                                   const std::vector<UserId>& users) {
    std::vector<std::string> players;
    for (const auto& user : users) players.push_back(user.text());
    const auto rows = find_each(store, game_type, players);
    const auto newcomer = newcomer_rating(store, game_type);
    std::map<UserId, std::int64_t> found;
    for (std::size_t i = 0; i < users.size(); ++i) found[users[i]] = rows[i] ? rows[i]->rating : newcomer;
    return found;
}

Ratings::Standing Ratings::standing_of(Store& store, const std::string& game_type, UserId user, Instant now) {
    const auto rules = RatingRules::read(store);
    const auto& rule = rules.of(game_type);
    if (const auto row = find(store, game_type, user.text()))
        return {row->rating, rating_at(now, *row, rule).deviation};
    const auto newcomer = rule.engine->initial(rule.settings);
    return {ratings::shown(newcomer), newcomer.deviation};
}

rows::Page<rows::RatingChangeRow> Ratings::history(Store& store, const std::string& game_type, UserId user,
                                                   std::int64_t limit, std::int64_t offset) {
    // All keys that begin with the rating's and a slash, which '0' follows.
    const auto key = rating_key(game_type, user.text());
    using enum Filter::Compare;
    return rows::select<rows::RatingChangeRow>(
        store, {.where = {{"change_id", greater, key + "/"}, {"change_id", less, key + "0"}},
                .order_by = "change_id",
                .descending = true,
                .limit = limit,
                .offset = offset});
}

}  // namespace agon
