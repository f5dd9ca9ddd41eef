#include "app/flags.hpp"

#include <fmt/format.h>

#include "app/rating_book.hpp"

namespace agon {

namespace {

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

std::optional<integrity::Played> played(const std::optional<Scored<UserId>>& s) {
    if (!s) return std::nullopt;
    return integrity::Played{s->a, s->b, s->score_of_a, {}};
}

std::optional<integrity::Played> played(const std::optional<Scored<EntrantId>>& s) {
    if (!s) return std::nullopt;
    return integrity::Played{user_of(s->a), user_of(s->b), s->score_of_a, {}};
}

std::string pair_key(const std::string& game_type, UserId a, UserId b) {
    const auto [low, high] = std::minmax(a, b);
    return rating_key(rating_key(game_type, low.text()), high.text());
}

}  // namespace

Flags::Flags(Engine& engine, boost::asio::io_context& context) : SavedFollower(follower_name, engine, context) {}

// --- counting ---------------------------------------------------------------------------------------------------------

/// Where the store cannot be read, the event comes again. So everything is read before anything is counted.
void Flags::handle_concern(const Recorded& recorded) {
    std::optional<Outcome> result;
    if (const auto id = TournamentId::parse(recorded.stream))
        result = result_of_tournament(*id, recorded);
    else if (const auto match = MatchId::parse(recorded.stream))
        result = result_of_queue(*match, recorded);
    if (!result) return;
    if (result->played)
        count(*result);
    else if (result->wrong)
        count_false_claim(*result);
}

/// A corrected result stays counted as it was: what the two of them did is not undone by it.
std::optional<Flags::Outcome> Flags::result_of_tournament(TournamentId id, const Recorded& recorded) {
    const auto completed = decode_if<MatchCompleted>(recorded);
    if (!completed) return std::nullopt;
    const auto& [driver, game] = kinds_.of(id);
    if (driver != Driver::manual) return std::nullopt;
    Outcome result{game, match_id(id, completed->match), {}, {}, recorded.at};
    result.played = played(scored(driver, *completed));
    if (completed->decision == "ruling") result.wrong = wrong_in_tournament(engine_.store(), id, *completed);
    return result;
}

std::optional<Flags::Outcome> Flags::result_of_queue(MatchId match, const Recorded& recorded) {
    const auto completed = decode_if<ranked::RankedMatchCompleted>(recorded);
    if (!completed) return std::nullopt;
    const auto [what, started_at] = engine_.peek<RankedMatchAggregate>(
        match, [](const ranked::RankedMatch& m) { return std::pair(m.what, m.started_at); });
    Outcome result{completed->game, match, played(scored(*completed)), {}, recorded.at};
    if (result.played && what.joined_at.size() == 2)
        result.played->pairing = {std::chrono::abs(what.joined_at[0] - what.joined_at[1]), recorded.at - started_at,
                                  std::chrono::seconds(what.rules.quick_s)};
    const bool by_player = std::ranges::find(what.players, completed->reported_by) != what.players.end();
    if (!by_player) result.wrong = wrong_in_match(engine_.store(), match, *completed);
    return result;
}

HeldRow<rows::IntegrityPlayerRow>& Flags::player(const Outcome& r, UserId user) {
    const auto key = rating_key(r.game_type, user.text());
    return players_.at(engine_.store(), key, [&] { return rows::IntegrityPlayerRow{.key = key, .record = {}}; });
}

void Flags::count(const Outcome& r) {
    const auto key = pair_key(r.game_type, r.played->a, r.played->b);
    auto& game = games_.at(engine_.store(), r.game_type,
                           [&] { return rows::IntegrityGameRow{.game_type = r.game_type, .week = {}}; });
    auto& pair = pairs_.at(engine_.store(), key, [&] { return rows::IntegrityPairRow{.key = key, .week = {}}; });
    auto &a = player(r, r.played->a), &b = player(r, r.played->b);
    auto week = game.row.week;
    auto record_of_a = a.row.record, record_of_b = b.row.record;
    auto met = pair.row.week;
    auto findings = integrity::count(week, record_of_a, record_of_b, met, *r.played, r.at);
    if (r.wrong)
        std::ranges::move(
            integrity::count_false_claim(*r.wrong == r.played->a ? record_of_a : record_of_b, *r.wrong, r.at),
            std::back_inserter(findings));
    auto flags = noted(r, findings);
    game.row.week = week;
    a.row.record = record_of_a;
    b.row.record = record_of_b;
    pair.row.week = met;
    games_.changed(game);
    players_.changed(a);
    players_.changed(b);
    pairs_.changed(pair);
    raise(std::move(flags));
}

void Flags::count_false_claim(const Outcome& r) {
    auto& wrong = player(r, *r.wrong);
    auto record = wrong.row.record;
    auto flags = noted(r, integrity::count_false_claim(record, *r.wrong, r.at));
    wrong.row.record = record;
    players_.changed(wrong);
    raise(std::move(flags));
}

std::vector<Flags::Noted> Flags::noted(const Outcome& r, const std::vector<integrity::Finding>& findings) {
    std::vector<Noted> all;
    for (const auto& f : findings) {
        const auto key = key_of(r.game_type, f);
        auto& held = flags_.at(engine_.store(), key, [&] { return rows::FlagRow{.key = key, .first_at = r.at}; });
        all.push_back({&held,
                       {key, f.signal, r.game_type, f.player, f.other, r.match, f.week, f.observed, f.of, f.expected,
                        f.probability, held.row.first_at, r.at}});
    }
    return all;
}

void Flags::raise(std::vector<Noted> flags) {
    for (auto& [held, row] : flags) {
        held->row = std::move(row);
        flags_.changed(*held);
    }
}

// --- saving -------------------------------------------------------------------------------------------------------------

std::vector<RowChange> Flags::rows() const {
    std::vector<RowChange> rows;
    games_.add_changes(rows);
    players_.add_changes(rows);
    pairs_.add_changes(rows);
    flags_.add_changes(rows);
    return rows;
}

void Flags::rows_saved() {
    games_.saved();
    players_.saved();
    pairs_.saved();
    flags_.saved();
}

}  // namespace agon
