#include "core/formats/dutch/bracket.hpp"

#include "base/result.hpp"
#include "core/formats/dutch/candidate.hpp"

namespace agon::formats::dutch {

namespace {

/// Level 0 has looked at the bracket alone. It was enough if what is left over can be paired with those below (C4, C5)
/// and does as well in the next bracket as any choice of such scores could (C8): then no better candidate exists.
bool is_best(const Context& context, const Completion& completion, const Bracket& bracket, const PairedBracket& paired,
             const Ahead& at_least) {
    std::vector<Member> below;
    append_members(below, bracket.next, static_cast<Place>(context.cards.size()), Part::lower);
    // Who is left over has the bye; whatever the candidate, the next bracket then gets nobody.
    if (has_bye(context, bracket))
        return paired.left.size() == 1 && takes_bye(context, paired.left.front()) &&
               completion.exists(std::move(below));
    if (paired.left.empty()) return completion.exists(std::move(below));
    return completion.look_ahead(paired.left, bracket.next, bracket.lower) == at_least;
}

}  // namespace

PairedBracket pair_bracket(const Context& context, const Tuning& tuning, const Bracket& bracket) {
    if (bracket.size() == 1) {
        auto left = bracket.movers;
        if (left.empty()) left.push_back(bracket.first);
        return {.left = std::move(left)};
    }
    const Solver solver(context, tuning);
    const Completion completion(context, solver);
    const bool bye_here = has_bye(context, bracket);

    if (tuning.first_level <= 0 && (!bye_here || bracket.size() % 2 == 1)) {
        CandidateSearch search(context, tuning, solver, bracket, 0);
        auto paired = search.run();
        const auto bound = completion.bound(paired.left, bracket.next, bracket.lower);
        if (is_best(context, completion, bracket, paired, bound)) return paired;
    }
    if (tuning.first_level <= 1 && !bye_here && bracket.next < bracket.lower) {
        CandidateSearch search(context, tuning, solver, bracket, 1);
        auto paired = search.run();
        if (is_best(context, completion, bracket, paired, search.ahead())) return paired;
    }
    return CandidateSearch(context, tuning, solver, bracket, 2).run();
}

}  // namespace agon::formats::dutch
