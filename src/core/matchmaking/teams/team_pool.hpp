/// A pool of parties that look for matches of teams. As `Pool` it decides when something happens (a party joins, a window
/// or a latency cap relaxes, a running match asks for players) and at no other time, with instants as arguments.
///
/// What happens to one party makes that party the anchor of a search: among the nearest that may meet it, the older ones
/// first, the cheapest match with it is made (proposal.hpp). Before that, matches that run short of players are filled,
/// the one that has asked longest first. A search costs something, so it is not begun where fewer players stand within
/// the anchor's window than a match needs.
///
/// One thread at a time; an instant before the last one seen counts as that last one.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "core/matchmaking/teams/decisions.hpp"
#include "core/matchmaking/teams/proposal.hpp"

namespace agon::matchmaking::teams {

/// All that a pool of parties must remember, in order of joining and of asking.
struct TeamSnapshot {
    Instant at;
    std::vector<Party> parties;
    std::vector<BackfillRequest> running;
};

class TeamPool {
public:
    /// Of rules that `check` accepts.
    explicit TeamPool(TeamRules);

    /// `party`'s members, round trips and avoidances; with `waiting_since` for wait credit. Its instants are set here.
    /// Refused: `invalid` what `check` refuses, `conflict` where a member waits already.
    Result<void> join(Party, std::optional<Instant> waiting_since, Instant now, TeamDecisions&);

    /// Takes the whole party of that player out and returns it. Refused: `not_found`.
    Result<Party> leave(PlayerId, Instant now, TeamDecisions&);

    /// Two sides only. A second request for the same match takes the first one's place and keeps its time.
    Result<void> ask_backfill(BackfillRequest, Instant now, TeamDecisions&);
    /// Whether there was such a request.
    bool cancel_backfill(MatchId);

    /// Decides all that falls due up to and with `now`.
    void advance(Instant now, TeamDecisions&);
    std::optional<Instant> next_deadline() const;

    TeamSnapshot snapshot() const;
    /// A pool that goes on as the one that the snapshot was taken from.
    static TeamPool restore(TeamRules, const TeamSnapshot&);
    /// After an outage: the time until `now` counts as waited, nobody's waiting ends before `grace` from now, and all
    /// look around at once, the oldest first; what they make is improved together.
    void resume(Instant now, Duration grace, TeamDecisions&);

    std::size_t parties() const { return waiting_.size(); }
    std::size_t players() const { return party_of_.size(); }
    bool contains(PlayerId player) const { return party_of_.contains(player); }

private:
    using Number = std::uint64_t;  // of a party, in order of joining
    struct Waiting {
        Party party;
        double placing = 0;
        Instant next_step;
    };
    Number admit(Party);
    void look_around_all(std::vector<Number>, TeamDecisions&);
    void catch_up(Instant, TeamDecisions&);
    void time_out(TeamDecisions&);
    void relax(Instant, TeamDecisions&);
    void arm_step(Number);
    void look_around(Number, TeamDecisions&);
    bool backfill_with(Number, TeamDecisions&);
    void fill_match(MatchId, TeamDecisions&);
    std::optional<std::size_t> best_seat(const BackfillRequest&, const Party&) const;
    void seat(BackfillRequest&, std::size_t side, Number, TeamDecisions&);
    bool enough_players(const Waiting&) const;
    std::vector<Number> candidates(Number) const;
    Party take(Number);
    double window_of(const Party&) const;

    void count(double placing, std::int32_t players);
    std::int32_t counted_below(int bucket) const;

    TeamRules rules_;
    Windows windows_;
    Instant now_;
    Number next_number_ = 0;
    std::map<Number, Waiting> waiting_;
    std::unordered_map<PlayerId, Number> party_of_;
    std::set<std::pair<double, Number>> by_placing_;
    std::set<std::pair<Instant, Number>> steps_, timeouts_;
    std::vector<BackfillRequest> running_;  // in order of asking
    /// Players per rating bucket, summed as in P. Fenwick, "A new data structure for cumulative frequency tables" (1994).
    std::vector<std::int32_t> fenwick_;
};

}  // namespace agon::matchmaking::teams
