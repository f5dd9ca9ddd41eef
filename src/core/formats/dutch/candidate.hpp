/// The search inside one bracket: from the best value of the criteria to the earliest candidate that has it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/formats/dutch/bracket.hpp"

namespace agon::formats::dutch {

/// Finds the first of the best candidates of a bracket at one level. Its decisions are made one after another, each as
/// a field below all criteria, and what has been decided is taken out of the problem.
class CandidateSearch {
public:
    CandidateSearch(const Context&, const Tuning&, const Solver&, const Bracket&, int level);

    PairedBracket run();
    /// C8 as the level saw it, for whoever checks whether it saw enough.
    const Ahead& ahead() const { return ahead_; }

private:
    struct Player {
        Member member;
        bool not_higher = false, not_lower = false;
        /// Decided to be the higher of a pair; matters only while the others are still open.
        bool must_be_higher = false;
    };

    void solve_criteria();
    void choose_movers();
    void pair_movers();
    void choose_tops();
    void pair_tops();
    void pair_remainder();
    bool take_natural_candidate();
    bool take_assignment(const std::vector<Vertex>& tops, const std::vector<Vertex>& bottoms);
    PairedBracket result() const;

    void rebuild();
    Order order_so_far() const;
    void solve(const Order& order) { mate_ = solver_.solve(*criteria_, order); }
    bool is_higher(Vertex m) const;
    void pair_in_order(std::vector<Place> tops);
    void take_out(const std::vector<Vertex>& tops);
    enum class Exchange { leaving, entering };
    void choose_exchanged(const std::vector<Vertex>& candidates, std::ptrdiff_t exchanges, Exchange);
    void solve_exchanges(TopField);
    TopField in_order_of(const std::vector<Vertex>& members) const;
    std::vector<std::int64_t> no_values() const { return std::vector<std::int64_t>(players_.size(), 0); }
    void decide(const std::vector<Vertex>& members);

    Part part(Vertex m) const { return players_[m].member.part; }
    std::vector<Vertex> of_part(Part) const;

    const Context& context_;
    const Tuning& tuning_;
    const Solver& solver_;
    const Bracket& bracket_;
    int level_;
    Scope scope_;
    std::vector<Player> players_;
    std::optional<Criteria> criteria_;
    std::vector<Vertex> mate_;
    Ahead ahead_;
    /// How many of the first half are tops, and how high the tops are.
    std::vector<TopField> exchange_;
    std::vector<std::pair<Place, Place>> pairs_;
};

}  // namespace agon::formats::dutch
