#include "app/flags.hpp"

#include <fmt/format.h>

#include "app/rating_book.hpp"

namespace agon {

namespace {

constexpr std::size_t most_remembered = 100'000;

/// The row of that key: as it is remembered, or on disk, or a new one.
template <class Row>
Row& row_of(std::unordered_map<std::string, Row>& rows, Store& store, const std::string& key, Row fresh) {
    const auto found = rows.find(key);
    if (found != rows.end()) return found->second;
    const auto column = rows::table_of<Row>().columns.front().name;
    return rows.emplace(key, rows::find<Row>(store, column, key).value_or(std::move(fresh))).first->second;
}

std::string key_of(const std::string& game, const integrity::Finding& f) {
    const auto other = f.other ? "/" + f.other->text() : "";
    return fmt::format("{}/{}/{}/{}{}", codec::word_of<codec::log_spelling>(f.signal), game, f.week, f.player.text(),
                       other);
}

/// Who was wrong where somebody else decided: who claimed another result, or who disputed the one that counts.
template <class Who>
std::optional<Who> who_was_wrong(const std::optional<Who>& claimed_by, bool claim_was_true,
                                 const std::optional<Who>& disputed_by) {
    return claim_was_true ? disputed_by : claimed_by;
}

std::optional<UserId> wrong_in_match(Store& store, MatchId match, const ranked::RankedMatchCompleted& decided) {
    std::optional<UserId> claimed_by, disputed_by, winner;
    for (const auto& recorded : store.read(match.text(), 0)) {
        if (const auto claim = decode_if<ranked::RankedResultClaimed>(recorded);
            claim && claim->by != decided.reported_by)
            claimed_by = claim->by, winner = claim->result.winner;
        if (const auto dispute = decode_if<ranked::RankedResultDisputed>(recorded)) disputed_by = dispute->by;
    }
    return who_was_wrong(claimed_by, winner == decided.winner, disputed_by);
}

std::optional<UserId> wrong_in_tournament(Store& store, TournamentId id, const MatchCompleted& decided) {
    std::optional<EntrantId> claimed_by, disputed_by, winner;
    for (const auto& recorded : store.read(id.text(), 0)) {
        if (const auto claim = decode_if<ResultClaimed>(recorded); claim && claim->match == decided.match)
            claimed_by = claim->by, winner = claim->winner, disputed_by = {};
        if (const auto dispute = decode_if<ResultDisputed>(recorded); dispute && dispute->match == decided.match)
            disputed_by = dispute->by;
    }
    const auto wrong = who_was_wrong(claimed_by, winner == decided.winner, disputed_by);
    return wrong ? std::optional(user_of(*wrong)) : std::nullopt;
}

std::optional<integrity::Played> played(const std::optional<RatedResult>& result) {
    if (!result) return std::nullopt;
    const auto a = UserId::parse(result->a), b = UserId::parse(result->b);
    if (!a || !b) return std::nullopt;
    return integrity::Played{*a, *b, result->score_of_a, {}};
}

}  // namespace

Flags::Flags(Engine& engine, boost::asio::io_context& context) : SavedFollower(follower_name, engine, context) {}

// --- counting ---------------------------------------------------------------------------------------------------------

void Flags::handle(const Recorded& recorded) {
    if (const auto id = TournamentId::parse(recorded.stream)) return handle_tournament(*id, recorded);
    if (const auto match = MatchId::parse(recorded.stream)) return handle_ranked(*match, recorded);
}

/// A corrected result stays counted as it was: what the two of them did is not undone by it.
void Flags::handle_tournament(TournamentId id, const Recorded& recorded) {
    const auto completed = decode_if<MatchCompleted>(recorded);
    if (!completed) return;
    const auto [driver, game] =
        engine_.peek<TournamentAggregate>(id, [](const Tournament& t) { return std::pair(t.driver, t.game_type); });
    if (driver != Driver::manual) return;
    const auto match = match_id(id, completed->match);
    if (const auto result = played(rated_result(game, driver, *completed))) count(game, match, *result, recorded.at);
    if (completed->decision != "ruling") return;
    if (const auto wrong = wrong_in_tournament(engine_.store(), id, *completed))
        count_false_claim(game, match, *wrong, recorded.at);
}

void Flags::handle_ranked(MatchId match, const Recorded& recorded) {
    const auto completed = decode_if<ranked::RankedMatchCompleted>(recorded);
    if (!completed) return;
    const auto [what, started_at] = engine_.peek<RankedMatchAggregate>(
        match, [](const ranked::RankedMatch& m) { return std::pair(m.what, m.started_at); });
    if (auto result = played(rated_result(*completed))) {
        if (what.joined_at.size() == 2)
            result->pairing = {std::chrono::abs(what.joined_at[0] - what.joined_at[1]), recorded.at - started_at,
                               std::chrono::seconds(what.rules.quick_s)};
        count(completed->game, match, *result, recorded.at);
    }
    const bool by_player = std::ranges::find(what.players, completed->reported_by) != what.players.end();
    if (by_player) return;
    if (const auto wrong = wrong_in_match(engine_.store(), match, *completed))
        count_false_claim(completed->game, match, *wrong, recorded.at);
}

void Flags::count(const std::string& game_type, MatchId match, const integrity::Played& result, Instant at) {
    auto& a = player(game_type, result.a);
    auto& b = player(game_type, result.b);
    note(game_type, match, integrity::count(game(game_type), a, b, result, at), at);
}

void Flags::count_false_claim(const std::string& game_type, MatchId match, UserId who, Instant at) {
    note(game_type, match, integrity::count_false_claim(player(game_type, who), who, at), at);
}

void Flags::note(const std::string& game_type, MatchId match, const std::vector<integrity::Finding>& findings,
                 Instant at) {
    for (const auto& f : findings) {
        const auto key = key_of(game_type, f);
        auto& row = row_of(flags_, engine_.store(), key, {.key = key, .first_at = at});
        row = {key,        f.signal, game_type,  f.player,      f.other,      match, f.week,
               f.observed, f.of,     f.expected, f.probability, row.first_at, at};
        changed_.insert(key);
    }
}

integrity::GameWeek& Flags::game(const std::string& game_type) {
    changed_.insert(game_type);
    return row_of(games_, engine_.store(), game_type, {.game_type = game_type, .week = {}}).week;
}

integrity::PlayerRecord& Flags::player(const std::string& game_type, UserId user) {
    const auto key = rating_key(game_type, user.text());
    changed_.insert(key);
    return row_of(players_, engine_.store(), key, {.key = key, .record = {}}).record;
}

// --- saving -------------------------------------------------------------------------------------------------------------

std::vector<RowChange> Flags::take_rows() {
    saving_ = std::exchange(changed_, {});
    std::vector<RowChange> rows;
    const auto take = [&](const auto& from, const std::string& key) {
        if (const auto found = from.find(key); found != from.end()) rows.push_back(rows::set_row(found->second));
    };
    for (const auto& key : saving_) {
        take(games_, key);
        take(players_, key);
        take(flags_, key);
    }
    return rows;
}

/// Never forgets a row that is not on disk yet.
void Flags::rows_saved() {
    saving_.clear();
    if (players_.size() + flags_.size() < most_remembered || has_rows()) return;
    players_.clear();
    flags_.clear();
}

Batch flags_restart(Store& store) {
    return restart_of<rows::IntegrityGameRow, rows::IntegrityPlayerRow, rows::FlagRow>(store, Flags::follower_name);
}

}  // namespace agon
