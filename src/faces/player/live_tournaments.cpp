#include "app/event_codec.hpp"
#include "faces/player/live_tournament_events.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon::player {

namespace {

using codec::Omittable;

/// A tournament as it stood at some event of its stream, and which of its rounds were told to have begun. What is told of
/// an event rests on this alone, never on the state of now: a replay tells the same as was told live, whatever was
/// corrected since.
class Story {
public:
    explicit Story(TournamentId id) : id_(id) {}
    Version version() const { return version_; }
    bool is_over() const { return t_.status == Status::completed || t_.status == Status::cancelled; }

    void advance(const Recorded&, LiveSink*);

private:
    void tell(const TournamentEvent&, const Entrant& leaver, LiveSink&);
    void tell_departure(const Entrant&, Departure, std::string reason, LiveSink&);
    void tell_start_of_match(const MatchStarted&, LiveSink&);
    void tell_round(std::uint32_t round, LiveSink&);
    void tell_change(TournamentChange, LiveSink&);
    void tell_claim(MatchNumber, MatchClaim, std::optional<EntrantId> by, LiveSink&);

    template <class E>
    E about() const {
        E e;
        e.tournament_id = id_;
        return e;
    }
    template <class E>
    E about(const Entrant&) const;
    template <class E>
    E about(MatchNumber) const;
    MatchStartedEvent started(const MatchStarted&) const;
    template <class E>
    void fill_result(E&, const MatchCompleted&) const;
    std::int64_t count() const { return static_cast<std::int64_t>(t_.entrants.size()); }

    /// The round that the event begins, if it does: from 1, over all stages.
    std::optional<std::uint32_t> begun_by(const TournamentEvent&) const;
    void note_round(std::uint32_t round);
    void recount_rounds();

    TournamentId id_;
    Tournament t_;
    Version version_ = 0;
    std::string channel_ = channel_of(id_);
    /// By round − 1.
    std::vector<bool> begun_;
    /// Set while an event is told.
    std::optional<std::uint32_t> begins_;
};

LivePlayer shown(const Entrant& entrant) { return {entrant.name}; }

/// Whom the event names as leaving, while the tournament still has it.
const Entrant* leaver_in(const Tournament& t, const TournamentEvent& event) {
    std::optional<EntrantId> id;
    if (const auto* e = std::get_if<EntrantWithdrawn>(&event)) id = e->entrant;
    if (const auto* e = std::get_if<EntrantLeft>(&event)) id = e->entrant;
    if (!id) return nullptr;
    if (const auto found = t.index_of.find(*id); found != t.index_of.end()) return &t.entrants[found->second];
    const auto waits = std::ranges::find(t.waiting, *id, &Entrant::id);
    return waits == t.waiting.end() ? nullptr : &*waits;
}

void Story::advance(const Recorded& recorded, LiveSink* sink) {
    const auto event = decode<TournamentEvent>(recorded);
    const auto* leaves = leaver_in(t_, event);
    const Entrant leaver = leaves ? *leaves : Entrant{};
    TournamentAggregate::evolve(t_, event, recorded.at);
    version_ = recorded.version;
    begins_ = begun_by(event);
    if (std::holds_alternative<ResultCorrected>(event)) recount_rounds();
    if (sink) tell(event, leaver, *sink);
    if (begins_) note_round(*begins_);
}

// --- rounds -----------------------------------------------------------------------------------------------------------

std::optional<std::uint32_t> Story::begun_by(const TournamentEvent& event) const {
    std::uint32_t round = 0;
    if (std::holds_alternative<TournamentStarted>(event)) round = 1;
    if (std::holds_alternative<StageStarted>(event)) round = t_.stages.back().first_round;
    if (const auto* e = std::get_if<RoundOpened>(&event)) round = t_.stages.back().first_round + e->round - 1;
    if (const auto* e = std::get_if<MatchStarted>(&event)) round = t_.round_of(e->match);
    if (std::holds_alternative<RoundDrawn>(event) && t_.options.auto_advance)
        round = t_.stages.back().first_round + static_cast<std::uint32_t>(t_.stages.back().stage.rounds().size()) - 1;
    if (round == 0 || (round <= begun_.size() && begun_[round - 1])) return std::nullopt;
    return round;
}

void Story::note_round(std::uint32_t round) {
    if (begun_.size() < round) begun_.resize(round);
    begun_[round - 1] = true;
}

/// After a correction, which takes rounds back.
void Story::recount_rounds() {
    begun_.assign(1, true);
    for (MatchNumber m = 1; m <= t_.match_count(); ++m)
        if (t_.times[m - 1].started_at.us != 0) note_round(t_.round_of(m));
}

// --- telling ----------------------------------------------------------------------------------------------------------

template <class E>
E Story::about(const Entrant& who) const {
    auto e = about<E>();
    e.participant_id = participant_id(id_, who.id);
    e.user_id = who.id;
    e.participant = shown(who);
    return e;
}

template <class E>
E Story::about(MatchNumber m) const {
    auto e = about<E>();
    e.match_id = match_id(id_, m);
    e.round = t_.round_of(m);
    if (const auto* a = t_.player(m, 0)) e.player_a_id = a->id, e.player_a = shown(*a);
    if (const auto* b = t_.player(m, 1)) e.player_b_id = b->id, e.player_b = shown(*b);
    return e;
}

MatchStartedEvent Story::started(const MatchStarted& event) const {
    auto e = about<MatchStartedEvent>(event.match);
    e.attempt = event.attempt;
    return e;
}

template <class E>
void Story::fill_result(E& e, const MatchCompleted& result) const {
    e.winner_id = result.winner;
    if (result.score && result.score->size() == 2) e.score_a = (*result.score)[0], e.score_b = (*result.score)[1];
    e.forfeit = result.forfeit;
    e.decision = result.decision;
}

void Story::tell_change(TournamentChange change, LiveSink& sink) {
    auto e = about<TournamentUpdatedEvent>();
    e.status = t_.status;
    e.change = change;
    sink.tell(channel_, std::move(e));
}

void Story::tell_claim(MatchNumber match, MatchClaim claim, std::optional<EntrantId> by, LiveSink& sink) {
    auto e = about<MatchClaimedEvent>(match);
    e.claim = claim;
    e.claimed_by = by;
    for (const auto& player : {e.player_a_id, e.player_b_id})
        if (player) sink.tell(channel_of(UserId{player->uuid}), e);
    sink.tell(channel_, std::move(e));
}

void Story::tell_departure(const Entrant& who, Departure how, std::string reason, LiveSink& sink) {
    auto e = about<ParticipantLeftEvent>(who);
    e.how = how;
    e.reason = std::move(reason);
    e.participants = count();
    sink.tell(channel_, std::move(e));
}

void Story::tell_round(std::uint32_t round, LiveSink& sink) {
    auto e = about<RoundAdvancedEvent>();
    e.round = round;
    sink.tell(channel_, std::move(e));
}

/// One event per channel: a match with which a round begins by itself is told with the round.
void Story::tell_start_of_match(const MatchStarted& event, LiveSink& sink) {
    auto match = started(event);
    if (t_.driver != Driver::hosted)
        for (const auto& player : {match.player_a_id, match.player_b_id})
            if (player) sink.tell(channel_of(UserId{player->uuid}), match);
    if (!begins_) return sink.tell(channel_, std::move(match));
    auto e = about<RoundAdvancedEvent>();
    e.round = *begins_;
    e.match = StartedMatch{match.match_id,    match.attempt,  match.player_a_id,
                           match.player_b_id, match.player_a, match.player_b};
    sink.tell(channel_, std::move(e));
}

void Story::tell(const TournamentEvent& event, const Entrant& leaver, LiveSink& sink) {
    const auto joined = [&](const Entrant& who, bool waits) {
        auto e = about<ParticipantJoinedEvent>(who);
        e.waits = waits;
        e.participants = count();
        sink.tell(channel_, std::move(e));
    };
    const auto entrant = [&](EntrantId id) -> const Entrant& { return t_.entrants[t_.index_of.at(id)]; };
    std::visit(overloaded{
                   [&](const RegistrationOpened&) { tell_change(TournamentChange::registration_opened, sink); },
                   [&](const RegistrationClosed&) { tell_change(TournamentChange::registration_closed, sink); },
                   [&](const RegistrationReopened&) { tell_change(TournamentChange::registration_reopened, sink); },
                   [&](const CheckInClosed&) { tell_change(TournamentChange::check_in_closed, sink); },
                   [&](const TournamentChanged&) { tell_change(TournamentChange::announced_anew, sink); },
                   [&](const BracketGenerated&) { tell_change(TournamentChange::bracket_generated, sink); },
                   [&](const SeedsSet&) { tell_change(TournamentChange::seeds_set, sink); },
                   [&](const TournamentDeleted&) { tell_change(TournamentChange::deleted, sink); },
                   [&](const StageArranged&) { tell_change(TournamentChange::stage_arranged, sink); },
                   [&](const DrawFailed&) { tell_change(TournamentChange::draw_failed, sink); },
                   [&](const EntrantRegistered& e) { joined(entrant(e.entrant), false); },
                   [&](const EntrantPromoted& e) { joined(entrant(e.entrant), false); },
                   [&](const EntrantQueued&) { joined(t_.waiting.back(), true); },
                   [&](const EntrantWithdrawn& e) { tell_departure(leaver, Departure::left, e.reason, sink); },
                   [&](const EntrantLeft& e) {
                       const bool withdrew = e.how == Leaving::withdrawn;
                       tell_departure(leaver, withdrew ? Departure::withdrawn : Departure::disqualified, e.reason,
                                      sink);
                   },
                   [&](const EntrantCheckedIn& e) {
                       sink.tell(channel_, about<ParticipantCheckedInEvent>(entrant(e.entrant)));
                   },
                   [&](const TournamentStarted&) {
                       auto told = about<TournamentStartedEvent>();
                       told.name = t_.name;
                       told.participants = count();
                       sink.tell(channel_, std::move(told));
                   },
                   [&](const StageStarted&) {
                       if (begins_) tell_round(*begins_, sink);
                   },
                   [&](const RoundOpened&) {
                       if (begins_) tell_round(*begins_, sink);
                   },
                   [&](const RoundDrawn&) {
                       begins_ ? tell_round(*begins_, sink) : tell_change(TournamentChange::round_drawn, sink);
                   },
                   [&](const MatchStarted& e) { tell_start_of_match(e, sink); },
                   [&](const MatchCompleted& e) {
                       auto told = about<MatchCompletedEvent>(e.match);
                       fill_result(told, e);
                       sink.tell(channel_, std::move(told));
                   },
                   [&](const ResultClaimed& e) { tell_claim(e.match, MatchClaim::result, e.by, sink); },
                   [&](const NoShowClaimed& e) { tell_claim(e.match, MatchClaim::no_show, e.by, sink); },
                   [&](const NoShowAnswered& e) { tell_claim(e.match, MatchClaim::answered, {}, sink); },
                   [&](const ResultDisputed& e) {
                       auto told = about<MatchDisputedEvent>(e.match);
                       told.disputed_by = e.by;
                       told.reason = e.reason;
                       sink.tell(channel_, std::move(told));
                   },
                   [&](const ResultCorrected& e) {
                       auto told = about<MatchCorrectedEvent>(e.match);
                       if (!e.reopened) fill_result(told, e.result());
                       told.reopened = e.reopened;
                       told.reason = e.reason;
                       for (const auto m : e.undone) told.undone.push_back(match_id(id_, m));
                       sink.tell(channel_, std::move(told));
                   },
                   [&](const TournamentCompleted& e) {
                       auto told = about<TournamentCompletedEvent>();
                       told.champion_id = e.champion;
                       if (e.champion) told.champion = shown(entrant(*e.champion));
                       sink.tell(channel_, std::move(told));
                   },
                   [&](const TournamentCancelled& e) {
                       auto told = about<TournamentCancelledEvent>();
                       told.reason = e.reason;
                       sink.tell(channel_, std::move(told));
                   },
                   [](const auto&) {},
               },
               event);
}

// --- the stories of the tournaments that are watched --------------------------------------------------------------------

/// A story that was dropped, or fell behind while nobody watched, is read from the log again.
class Stories {
public:
    explicit Stories(Engine& engine) : engine_(engine) {}

    void operator()(const Recorded& recorded, LiveSink& sink) {
        const auto id = TournamentId::parse(recorded.stream);
        if (!id || !is_watched(*id, recorded, sink.interest())) return;
        auto& story = story_before(*id, recorded.version);
        story.advance(recorded, &sink);
        if (story.is_over()) stories_.erase(*id);
    }

private:
    static constexpr std::size_t most_kept = 256;

    bool is_watched(TournamentId id, const Recorded& recorded, const LiveInterest& interest) {
        if (interest.has(channel_of(id))) return true;
        if (recorded.type != codec::type_name<MatchStarted>() || !interest.has_any(user_channels)) return false;
        return engine_.peek<TournamentAggregate>(id, [](const Tournament& t) { return t.driver != Driver::hosted; });
    }

    Story& story_before(TournamentId id, Version version) {
        if (stories_.size() >= most_kept && !stories_.contains(id)) drop_oldest();
        auto& kept = stories_[id];
        kept.used = ++uses_;
        if (!kept.story || kept.story->version() >= version) kept.story = std::make_unique<Story>(id);
        if (kept.story->version() + 1 < version)
            for (const auto& event : engine_.store().read(id.text(), kept.story->version())) {
                if (event.version >= version) break;
                kept.story->advance(event, nullptr);
            }
        return *kept.story;
    }
    void drop_oldest() {
        stories_.erase(std::ranges::min_element(stories_, {}, [](const auto& s) { return s.second.used; }));
    }

    struct Kept {
        std::unique_ptr<Story> story;
        std::uint64_t used = 0;
    };
    Engine& engine_;
    std::map<TournamentId, Kept> stories_;
    std::uint64_t uses_ = 0;
};

}  // namespace

LiveSource live_tournaments() {
    return {
        .stream_prefix = "tourn_",
        .events = {live_event<TournamentStartedEvent>(), live_event<RoundAdvancedEvent>(),
                   live_event<TournamentCompletedEvent>(), live_event<TournamentCancelledEvent>(),
                   live_event<TournamentUpdatedEvent>(), live_event<ParticipantJoinedEvent>(),
                   live_event<ParticipantCheckedInEvent>(), live_event<ParticipantLeftEvent>(),
                   live_event<MatchStartedEvent>(), live_event<MatchCompletedEvent>(), live_event<MatchClaimedEvent>(),
                   live_event<MatchDisputedEvent>(), live_event<MatchCorrectedEvent>()},
        .make = [](Engine& engine) -> LiveMapping { return Stories{engine}; }};
}

}  // namespace agon::player
