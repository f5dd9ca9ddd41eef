#include "app/flags.hpp"

#include <fmt/format.h>

#include "app/rating_book.hpp"

namespace agon {

namespace {

constexpr std::size_t most_remembered = 100'000;

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

std::string pair_key(const std::string& game_type, UserId a, UserId b) {
    const auto [low, high] = std::minmax(a, b);
    return fmt::format("{}/{}/{}", game_type, low.text(), high.text());
}

}  // namespace

Flags::Flags(Engine& engine, Timers& timers, boost::asio::io_context& context)
    : SavedFollower(follower_name, engine, timers, context) {}

// --- counting ---------------------------------------------------------------------------------------------------------

/// Where the store cannot be read, the event comes again. So what is counted is a draft until everything has been read.
void Flags::handle(const Recorded& recorded) {
    std::optional<Outcome> result;
    if (const auto id = TournamentId::parse(recorded.stream))
        result = result_of_tournament(*id, recorded);
    else if (const auto match = MatchId::parse(recorded.stream))
        result = result_of_queue(*match, recorded);
    if (result) remember(count(*result));
}

/// A corrected result stays counted as it was: what the two of them did is not undone by it.
std::optional<Flags::Outcome> Flags::result_of_tournament(TournamentId id, const Recorded& recorded) {
    const auto completed = decode_if<MatchCompleted>(recorded);
    if (!completed) return std::nullopt;
    auto [driver, game] =
        engine_.peek<TournamentAggregate>(id, [](const Tournament& t) { return std::pair(t.driver, t.game_type); });
    if (driver != Driver::manual) return std::nullopt;
    Outcome result{std::move(game), match_id(id, completed->match), {}, {}, recorded.at};
    result.played = played(rated_result(result.game_type, driver, *completed));
    if (completed->decision == "ruling") result.wrong = wrong_in_tournament(engine_.store(), id, *completed);
    return result;
}

std::optional<Flags::Outcome> Flags::result_of_queue(MatchId match, const Recorded& recorded) {
    const auto completed = decode_if<ranked::RankedMatchCompleted>(recorded);
    if (!completed) return std::nullopt;
    const auto [what, started_at] = engine_.peek<RankedMatchAggregate>(
        match, [](const ranked::RankedMatch& m) { return std::pair(m.what, m.started_at); });
    Outcome result{completed->game, match, played(rated_result(*completed)), {}, recorded.at};
    if (result.played && what.joined_at.size() == 2)
        result.played->pairing = {std::chrono::abs(what.joined_at[0] - what.joined_at[1]), recorded.at - started_at,
                                  std::chrono::seconds(what.rules.quick_s)};
    const bool by_player = std::ranges::find(what.players, completed->reported_by) != what.players.end();
    if (!by_player) result.wrong = wrong_in_match(engine_.store(), match, *completed);
    return result;
}

Flags::Counted Flags::count(const Outcome& r) {
    Counted draft;
    const auto player = [&](UserId user) -> integrity::PlayerRecord& {
        const auto key = rating_key(r.game_type, user.text());
        return row(draft, &Counted::players, key, {.key = key, .record = {}}).record;
    };
    if (r.played) {
        const auto a = r.played->a, b = r.played->b;
        const auto key = pair_key(r.game_type, a, b);
        auto& game = row(draft, &Counted::games, r.game_type, {.game_type = r.game_type, .week = {}}).week;
        auto& pair = row(draft, &Counted::pairs, key, {.key = key, .week = {}}).week;
        note(draft, r, integrity::count(game, player(a), player(b), pair, *r.played, r.at));
    }
    if (r.wrong) note(draft, r, integrity::count_false_claim(player(*r.wrong), *r.wrong, r.at));
    return draft;
}

void Flags::note(Counted& draft, const Outcome& r, const std::vector<integrity::Finding>& findings) {
    for (const auto& f : findings) {
        const auto key = key_of(r.game_type, f);
        auto& flag = row(draft, &Counted::flags, key, {.key = key, .first_at = r.at});
        flag = {key,        f.signal, r.game_type, f.player,      f.other,       r.match, f.week,
                f.observed, f.of,     f.expected,  f.probability, flag.first_at, r.at};
    }
}

template <class Row>
Row& Flags::row(Counted& draft, ByKey<Row> Counted::* table, const std::string& key, Row fresh) {
    const auto drafted = (draft.*table).find(key);
    if (drafted != (draft.*table).end()) return drafted->second;
    const auto known = (remembered_.*table).find(key);
    if (known != (remembered_.*table).end()) return (draft.*table).emplace(key, known->second).first->second;
    const auto column = rows::table_of<Row>().columns.front().name;
    auto found = rows::find<Row>(engine_.store(), column, key);
    return (draft.*table).emplace(key, found ? std::move(*found) : std::move(fresh)).first->second;
}

void Flags::remember(Counted&& draft) {
    const auto take = [&](auto& into, auto&& from) {
        for (auto& [key, row] : from) {
            changed_.insert(key);
            into.insert_or_assign(key, std::move(row));
        }
    };
    take(remembered_.games, draft.games);
    take(remembered_.players, draft.players);
    take(remembered_.pairs, draft.pairs);
    take(remembered_.flags, draft.flags);
}

// --- saving -------------------------------------------------------------------------------------------------------------

std::vector<RowChange> Flags::rows() const {
    std::vector<RowChange> rows;
    const auto take = [&](const auto& from, const std::string& key) {
        if (const auto found = from.find(key); found != from.end()) rows.push_back(rows::set_row(found->second));
    };
    for (const auto& key : changed_) {
        take(remembered_.games, key);
        take(remembered_.players, key);
        take(remembered_.pairs, key);
        take(remembered_.flags, key);
    }
    return rows;
}

void Flags::rows_saved() {
    changed_.clear();
    const auto remembered = remembered_.players.size() + remembered_.pairs.size() + remembered_.flags.size();
    if (remembered >= most_remembered) remembered_ = {};
}

}  // namespace agon
