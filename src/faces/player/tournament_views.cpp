#include "faces/player/tournament_views.hpp"

#include <algorithm>
#include <cstring>

#include "app/ratings.hpp"

namespace agon::player {

Format shown_format(std::string_view name) {
    return codec::enum_of<codec::log_spelling, Format>(name).value_or(Format::single_elimination);
}

namespace {

std::optional<EventRef> event_ref(Store& store, const std::optional<OccasionId>& id) {
    if (!id) return std::nullopt;
    const auto row = rows::find<rows::OccasionRow>(store, "event_id", id->text());
    if (!row) return std::nullopt;
    return EventRef{{row->title, row->description}};
}

}  // namespace

AvatarOf avatars_in(Store& store, const Tournament& t) {
    std::vector<std::string> keys;
    for (const auto& entrant : t.entrants) keys.push_back(user_of(entrant.id).text());
    return [rows = rows::find_all<rows::UserRow>(store, keys)](UserId id) {
        const auto row = rows.find(id.text());
        return row == rows.end() ? std::nullopt : row->second.avatar_url;
    };
}

std::optional<VenueRef> venue_ref(Store& store, const std::optional<VenueId>& id, bool with_address) {
    if (!id) return std::nullopt;
    auto row = rows::find<rows::VenueRow>(store, "venue_id", id->text());
    if (!row) return std::nullopt;
    VenueRef ref{*id, std::move(row->name), {}};
    if (with_address) ref.address = std::move(row->address);
    return ref;
}

TournamentItem tournament_item(Store& store, const rows::TournamentRow& row) {
    const auto& money = row.details.money;
    const Money collected = times(money.entry_fee, row.current_participants).value_or(Money{});
    return {.id = row.tournament_id,
            .name = row.name,
            .status = row.status,
            .start_time = row.details.start_time ? row.details.start_time : row.start_time,
            .max_players = row.max_participants,
            .current_participants = row.current_participants,
            .entry_fee = money.entry_fee,
            .prize_pool = money.prize_pool.value_or(collected),
            .format = shown_format(row.format),
            .game = row.game_type,
            .venue = venue_ref(store, row.venue_id, false),
            ._count = {row.current_participants, row.match_count}};
}

TournamentView tournament_view(Store& store, TournamentId id, const Tournament& t) {
    const auto& d = t.details;
    return {.id = id,
            .name = t.name,
            .description = d.description,
            .status = t.status,
            .start_time = d.start_time ? d.start_time : t.started_at,
            .end_time = d.end_time ? d.end_time : t.ended_at,
            .registration_opens_at = d.registration_opens_at,
            .registration_closes_at = d.registration_closes_at,
            .max_players = t.max_entrants,
            .current_participants = static_cast<std::int64_t>(t.entrants.size()),
            .entry_fee = d.money.entry_fee,
            .prize_pool = t.prize_pool(),
            .currency = d.money.currency,
            .format = shown_format(t.format->name),
            .game = t.game_type,
            .rules = to_text(d.rules),
            .created_by = t.created_by,
            .venue = venue_ref(store, d.venue_id, true),
            .event = event_ref(store, d.event_id)};
}

// --- participants -------------------------------------------------------------------------------------------------------

ledger::ParticipantId participant_id(TournamentId tournament, EntrantId entrant) {
    // A UUIDv8: the tournament's time, then bits of both.
    std::uint64_t words[4];
    std::memcpy(words, tournament.uuid.bytes.data(), 16);
    std::memcpy(words + 2, entrant.uuid.bytes.data(), 16);
    std::uint64_t mixed = 0x9e3779b97f4a7c15;
    for (const auto word : words) {
        mixed = (mixed ^ word) * 0xbf58476d1ce4e5b9;
        mixed ^= mixed >> 29;
    }
    ledger::ParticipantId id{tournament.uuid};
    auto& bytes = id.uuid.bytes;
    std::memcpy(bytes.data() + 8, &mixed, 8);
    bytes[6] = static_cast<std::uint8_t>(0x80 | (entrant.uuid.bytes[14] & 0x0f));
    bytes[7] = entrant.uuid.bytes[15];
    bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
    return id;
}

std::optional<EntrantId> participant_named(TournamentId id, const Tournament& t, std::string_view text) {
    const auto user = UserId::parse(text);
    const auto participant = ledger::ParticipantId::parse(text);
    for (const auto* list : {&t.entrants, &t.waiting})
        for (const auto& entrant : *list)
            if ((user && user_of(entrant.id) == *user) ||
                (participant && participant_id(id, entrant.id) == *participant))
                return entrant.id;
    return std::nullopt;
}

namespace {

/// Who cannot play on: lost where losers do not go on, or did not get to the stage that is played.
std::vector<bool> knocked_out(const Tournament& t) {
    std::vector<bool> out(t.entrants.size(), !t.stages.empty());
    if (t.stages.empty()) return out;
    const auto& run = t.stages.back();
    for (const auto entrant : run.order) out[entrant] = false;
    if (run.stage.format().by_points) return out;
    for (auto m = run.first_match; m <= run.last_match(); ++m) {
        const auto& match = t.match(m);
        if (match.status != formats::MatchStatus::completed || match.is_bye()) continue;
        for (std::uint8_t side = 0; side < 2; ++side)
            if (match.winner_side != side && match.goes_to[1] == 0 && formats::is_seed(match.players[side]))
                out[run.order[match.players[side]]] = true;
    }
    return out;
}

}  // namespace

std::vector<ParticipantStatus> participant_statuses(const Tournament& t) {
    using enum ParticipantStatus;
    const bool started = t.started_at.has_value();
    const auto out = knocked_out(t);
    std::vector<ParticipantStatus> all;
    for (std::size_t i = 0; i < t.entrants.size(); ++i) {
        const auto& entrant = t.entrants[i];
        if (entrant.left)
            all.push_back(*entrant.left == Leaving::withdrawn ? withdrawn : disqualified);
        else if (started)
            all.push_back(out[i] ? eliminated : active);
        else
            all.push_back(entrant.checked_in ? checked_in : registered);
    }
    return all;
}

// --- matches ------------------------------------------------------------------------------------------------------------

namespace {

MatchState state_of(const Tournament& t, MatchNumber m) {
    const auto status = t.match(m).status;
    if (status == formats::MatchStatus::completed) return MatchState::completed;
    if (t.status == Status::cancelled) return MatchState::cancelled;
    if (t.is_disputed(m)) return MatchState::disputed;
    return status == formats::MatchStatus::in_progress ? MatchState::in_progress : MatchState::pending;
}

std::optional<ClaimView> claim_view(const Tournament& t, MatchNumber m) {
    const auto found = t.claims.find(m);
    if (found == t.claims.end()) return std::nullopt;
    const auto& claim = found->second;
    ClaimView view{.reported_by = user_of(claim.by),
                   .no_show = claim.kind == Claim::Kind::no_show,
                   .counts_at = claim.counts_at,
                   .reason = claim.reason};
    if (claim.winner) view.winner_id = user_of(*claim.winner);
    if (claim.disputed_by) view.disputed_by = user_of(*claim.disputed_by);
    if (claim.score) {
        view.score_a = claim.score->at(0);
        view.score_b = claim.score->at(1);
    }
    return view;
}

}  // namespace

MatchView match_view(TournamentId id, const Tournament& t, MatchNumber m) {
    const auto& run = t.run_of(m);
    const auto& match = t.match(m);
    MatchView view{.id = match_id(id, m), .status = state_of(t, m), .bracket_round = t.round_of(m)};
    view.bracket_match = m - run.first_match + 2 - run.stage.rounds()[match.round - 1].first;
    const auto player = [](const Entrant* entrant, auto& shown) {
        if (!entrant) return std::optional<UserId>{};
        shown.emplace(MatchPlayer{entrant->name, {}});
        return std::optional(user_of(entrant->id));
    };
    view.player_a_id = player(t.player(m, 0), view.player_a);
    view.player_b_id = player(t.player(m, 1), view.player_b);
    view.winner_id = player(t.winner(m), view.winner);
    if (match.has_score) {
        view.score_a = match.score[0];
        view.score_b = match.score[1];
    }
    if (const auto& decision = t.times[m - 1].decision; !decision.empty()) view.decision = decision;
    if (auto claim = claim_view(t, m)) view.claim = std::move(*claim);
    return view;
}

std::vector<MatchView> match_views(TournamentId id, const Tournament& t, const AvatarOf& avatar_of) {
    std::vector<MatchView> all;
    for (MatchNumber m = 1; m <= t.match_count(); ++m) {
        auto& view = all.emplace_back(match_view(id, t, m));
        if (!avatar_of) continue;
        if (view.player_a) view.player_a->profile = AvatarRef{avatar_of(*view.player_a_id)};
        if (view.player_b) view.player_b->profile = AvatarRef{avatar_of(*view.player_b_id)};
    }
    return all;
}

// --- brackets -----------------------------------------------------------------------------------------------------------

std::uint32_t current_round(const Tournament& t) {
    if (t.stages.empty()) return 0;
    const auto& run = t.stages.back();
    const auto rounds = run.stage.rounds();
    std::uint32_t round = 1;
    while (round < rounds.size() && rounds[round - 1].open == 0) ++round;
    if (!t.options.auto_advance) round = std::max(1U, std::min(round, run.opened_round));
    return run.first_round + round - 1;
}

std::uint32_t total_rounds(const Tournament& t) {
    if (t.stages.empty()) return 0;
    const auto& run = t.stages.back();
    auto rounds = static_cast<std::uint32_t>(run.stage.rounds().size());
    const auto& format = run.stage.format();
    if (format.next && format.by_points && run.stage.settings().options.rounds)
        rounds = std::max(rounds, static_cast<std::uint32_t>(*run.stage.settings().options.rounds));
    return run.first_round + rounds - 1;
}

namespace {

RoundState round_state(const Tournament& t, const StageRun& run, std::uint32_t round) {
    if (run.stage.rounds()[round - 1].open == 0) return RoundState::completed;
    if (t.status == Status::cancelled) return RoundState::cancelled;
    const auto matches = run.stage.matches_of(run.stage.rounds()[round - 1]);
    const bool begun = std::ranges::any_of(
        matches, [](const formats::Match& m) { return m.status >= formats::MatchStatus::in_progress && !m.is_bye(); });
    const bool its_turn = t.status == Status::in_progress && run.first_round + round - 1 == current_round(t);
    return begun || its_turn ? RoundState::in_progress : RoundState::pending;
}

Structure structure_of(const Tournament& t) {
    Structure s{shown_format(t.format->name), static_cast<std::int64_t>(t.order.size()), total_rounds(t), {}};
    for (const auto& run : t.stages)
        for (std::uint32_t round = 1; round <= run.stage.rounds().size(); ++round) {
            const auto& planned = run.stage.rounds()[round - 1];
            auto& shown = s.rounds.emplace_back(run.first_round + round - 1, planned.count, round_state(t, run, round));
            if (s.format == Format::double_elimination) shown.bracket = planned.bracket;
        }
    for (auto round = static_cast<std::uint32_t>(s.rounds.size()) + 1; round <= s.total_rounds; ++round)
        s.rounds.push_back({round, static_cast<std::uint32_t>((t.order.size() + 1) / 2), RoundState::pending, {}});
    return s;
}

BracketState bracket_state(const Tournament& t) {
    switch (t.status) {
        case Status::in_progress: return BracketState::in_progress;
        case Status::completed: return BracketState::completed;
        case Status::cancelled: return BracketState::cancelled;
        default: return BracketState::generated;
    }
}

}  // namespace

std::optional<BracketInfo> bracket_info(TournamentId id, const Tournament& t, bool with_tournament) {
    if (t.stages.empty()) return std::nullopt;
    BracketInfo info{.id = {id.uuid}, .structure = codec::to_json<spelling>(structure_of(t))};
    info.id.uuid.bytes[15] = 0xff;  // no match has the number 0, so no game has this id
    if (with_tournament) info.tournament_id = id;
    info.current_round = current_round(t);
    info.total_rounds = total_rounds(t);
    info.status = bracket_state(t);
    return info;
}

// --- all of it ----------------------------------------------------------------------------------------------------------

namespace {

std::map<UserId, std::int64_t> ratings_of(Store& store, const Tournament& t) {
    std::vector<UserId> users;
    for (const auto& entrant : t.entrants) users.push_back(user_of(entrant.id));
    return Ratings::ratings_of(store, t.game_type, users);
}

}  // namespace

TournamentDetailsView details_view(Store& store, TournamentId id, const Tournament& t) {
    TournamentDetailsView view;
    static_cast<TournamentView&>(view) = tournament_view(store, id, t);
    const auto statuses = participant_statuses(t);
    const auto avatar_of = avatars_in(store, t);
    const auto ratings = ratings_of(store, t);
    for (EntrantIndex i = 0; i < t.entrants.size(); ++i) {
        const auto& entrant = t.entrants[i];
        const auto user = user_of(entrant.id);
        ParticipantView participant{participant_id(id, entrant.id), {}, statuses[i], entrant.registered_at, {}};
        if (!t.seed_of.empty() || entrant.manual_seed)
            participant.seed = t.seed_of.empty() ? *entrant.manual_seed : t.shown_seed(i);
        participant.user = {user, entrant.name, Profile{avatar_of(user), ratings.at(user)}};
        view.participants.push_back(std::move(participant));
    }
    for (const auto& entrant : t.waiting)
        view.participants.push_back({participant_id(id, entrant.id),
                                     {},
                                     ParticipantStatus::waiting,
                                     entrant.registered_at,
                                     {user_of(entrant.id), entrant.name, Profile{}}});
    view.matches = match_views(id, t, {});
    view.bracket = bracket_info(id, t, false);
    view._count = {static_cast<std::int64_t>(t.entrants.size()), static_cast<std::int64_t>(t.match_count())};
    return view;
}

}  // namespace agon::player
