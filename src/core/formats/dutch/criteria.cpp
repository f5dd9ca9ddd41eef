#include "core/formats/dutch/criteria.hpp"

#include <algorithm>
#include <bit>
#include <compare>
#include <map>
#include <numeric>

namespace agon::formats::dutch {

/// All that the fields look at; what is of no matter in a part stays at its default.
struct Criteria::Profile {
    Part part = Part::resident;
    /// Index of the score among those of the bracket, highest first.
    std::uint32_t slot = 0;
    Colour wants = Colour::none;
    Strength strength = Strength::none;
    int imbalance = 0;
    Colour repeated = Colour::none;
    std::array<bool, float_rounds> down{}, up{};
    /// C4, C5: cannot be the one who has the bye.
    bool needs_opponent = false;
    /// C9: grows with the rounds not played, from 1, among those who might have the bye.
    std::uint32_t bye_rank = 0;
    auto operator<=>(const Profile&) const = default;
};

namespace {

/// C10: somebody with a difference of two or more does not get the colour he needs.
template <class P>
bool unbalances(const P& a, const P& b) {
    return a.wants != Colour::none && a.wants == b.wants && a.imbalance >= 2 && b.imbalance >= 2;
}

/// C11: somebody gets a colour three times in a row. The one with the greater difference is granted his wish.
template <class P>
bool repeats_thrice(const P& a, const P& b) {
    if (a.strength != Strength::absolute || b.strength != Strength::absolute || a.wants != b.wants) return false;
    if (a.imbalance == b.imbalance) return a.repeated != Colour::none && a.repeated == b.repeated;
    const auto& refused = a.imbalance < b.imbalance ? a : b;
    return refused.repeated == opposite(refused.wants);
}

/// C12: somebody does not get the colour he wishes for.
template <class P>
bool refuses_wish(const P& a, const P& b) {
    return a.wants != Colour::none && a.wants == b.wants;
}

/// C13: somebody does not get the colour he strongly wishes for (that is C10 and C11 where both are absolute).
template <class P>
bool refuses_strong_wish(const P& a, const P& b) {
    return refuses_wish(a, b) && a.strength >= Strength::strong && b.strength >= Strength::strong &&
           !(a.strength == Strength::absolute && b.strength == Strength::absolute);
}

std::vector<Points> scores_of_movers(const Context& context, std::span<const Member> members) {
    std::vector<Points> scores;
    for (const auto& member : members) {
        if (member.part != Part::mover) break;
        const auto score = context.cards[member.place].score;
        if (scores.empty() || scores.back() != score) scores.push_back(score);
    }
    return scores;
}

bool topscorer_there(const Context& context, std::span<const Member> members) {
    return std::ranges::any_of(
        members, [&](const Member& m) { return m.part <= Part::resident && context.cards[m.place].topscorer; });
}

/// C9: the ranks of the numbers of rounds not played, among those who can have the bye.
std::map<std::uint32_t, std::uint32_t> bye_ranks(const Context& context, std::span<const Member> members) {
    std::map<std::uint32_t, std::uint32_t> ranks;
    for (const auto& member : members)
        if (context.cards[member.place].score == context.bye_score) ranks[context.cards[member.place].unplayed] = 0;
    std::uint32_t next = 1;
    for (auto& [unplayed, rank] : ranks) rank = next++;
    return ranks;
}

}  // namespace

Criteria::Criteria(const Context& context, std::vector<Member> members, Scope scope)
    : members_(std::move(members)),
      scope_(scope),
      odd_(context.odd),
      mover_scores_(scores_of_movers(context, members_)) {
    std::vector<Profile> profiles;
    classify(context, profiles);
    fill_table(profiles);
    drop_constant_fields(profiles);
    count_bits(profiles);
}

void Criteria::classify(const Context& context, std::vector<Profile>& profiles) {
    const bool last_round = topscorer_there(context, members_);
    const auto ranks = scope_.bye_games ? bye_ranks(context, members_) : std::map<std::uint32_t, std::uint32_t>{};
    std::vector<Profile> of_member(members_.size());
    std::uint32_t slot = 0;
    for (std::size_t m = 0; m < members_.size(); ++m) {
        const auto& card = context.cards[members_[m].place];
        auto& profile = of_member[m];
        profile.part = members_[m].part;
        if (scope_.completion && context.odd)
            profile.needs_opponent = !card.may_have_bye || card.score != context.bye_score;
        if (profile.part > Part::resident) continue;
        if (profile.part == Part::mover)
            while (mover_scores_[slot] != card.score) ++slot;
        profile.slot = profile.part == Part::mover ? slot : static_cast<std::uint32_t>(mover_scores_.size());
        profile.wants = card.wants;
        profile.strength = card.strength;
        if (last_round && card.strength == Strength::absolute) {  // C10 and C11 cannot be hurt before
            profile.imbalance = card.imbalance();
            profile.repeated = card.repeated;
        }
        profile.down = card.floated_down;
        profile.up = card.floated_up;
        if (scope_.bye_games && card.score == context.bye_score) profile.bye_rank = ranks.at(card.unplayed);
    }
    profiles = of_member;
    std::ranges::sort(profiles);
    profiles.erase(std::ranges::unique(profiles).begin(), profiles.end());
    counts_.assign(profiles.size(), 0);
    class_of_.reserve(members_.size());
    for (const auto& profile : of_member) {
        const auto c = static_cast<Class>(std::ranges::lower_bound(profiles, profile) - profiles.begin());
        class_of_.push_back(c);
        ++counts_[c];
    }
}

bool Criteria::reaches(const Profile& lower) const {
    switch (lower.part) {
        case Part::mover: return false;
        case Part::resident: return true;
        case Part::next: return scope_.look_ahead || scope_.completion;
        case Part::lower: return scope_.completion;
    }
    return false;
}

/// The fields of one pair, a higher than b, highest priority first.
void Criteria::weigh(const Profile& a, const Profile& b, std::vector<std::uint32_t>& out) const {
    const auto add = [&](bool kept) { out.push_back(kept ? 1 : 0); };
    const bool here = b.part == Part::resident;
    const bool mover_here = here && a.part == Part::mover;
    const auto slots = static_cast<std::uint32_t>(mover_scores_.size());
    const auto add_by_score = [&](bool kept) {
        for (std::uint32_t slot = 0; slot < slots; ++slot) add(mover_here && a.slot == slot && kept);
    };

    // C4 and C5: all are paired but, in an odd field, one who can have the bye.
    if (scope_.completion) out.push_back(odd_ ? 1 + (a.needs_opponent ? 1 : 0) + (b.needs_opponent ? 1 : 0) : 1);
    // C6: as few downfloaters as can be, which is as many pairs.
    add(here);
    // C7: downfloaters with as low scores as can be.
    add_by_score(true);
    // C8: the same, one bracket further down.
    if (scope_.look_ahead) {
        const bool ahead = b.part == Part::next;
        add(ahead);
        for (std::uint32_t slot = 0; slot <= slots; ++slot) add(ahead && a.part != Part::next && a.slot == slot);
    }
    // C9: the bye goes to whom has missed the fewest games.
    if (scope_.bye_games) out.push_back(here ? a.bye_rank + b.bye_rank : 0);
    add(here && !unbalances(a, b));
    add(here && !repeats_thrice(a, b));
    add(here && !refuses_wish(a, b));
    add(here && !refuses_strong_wish(a, b));
    // C14 and C15: residents do not float down, and nobody floats up, as they did in the last round; C16 and C17: as
    // they did in the round before that.
    for (std::size_t back = 0; back < float_rounds; ++back) {
        const auto saved = (a.part == Part::resident && a.down[back] ? 1U : 0U) + (b.down[back] ? 1U : 0U);
        out.push_back(here ? saved : 0);
        add(mover_here && !b.up[back]);
    }
    // C18 and C19, C20 and C21: the same for movers, from the highest score down.
    for (std::size_t back = 0; back < float_rounds; ++back) {
        add_by_score(a.down[back]);
        add_by_score(!b.up[back]);
    }
}

void Criteria::fill_table(const std::vector<Profile>& profiles) {
    const auto slots = mover_scores_.size();
    look_ahead_.first = (scope_.completion ? 1 : 0) + 1 + slots;
    look_ahead_.second = look_ahead_.first + (scope_.look_ahead ? slots + 2 : 0);
    first_quality_ = look_ahead_.second;
    fields_ = first_quality_ + (scope_.bye_games ? 1 : 0) + 4 + 2 * float_rounds + 2 * float_rounds * slots;

    const auto n = profiles.size();
    table_.reserve(n * n * fields_);
    allowed_.reserve(n * n);
    std::vector<std::uint32_t> values;
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b < n; ++b) {
            const auto& high = profiles[std::min(a, b)];  // profiles stand in order of parts
            const auto& low = profiles[std::max(a, b)];
            const bool allowed = reaches(low);
            values.assign(allowed ? 0 : fields_, 0);
            if (allowed) weigh(high, low, values);
            allowed_.push_back(allowed ? 1 : 0);
            table_.insert(table_.end(), values.begin(), values.end());
        }
}

/// Fields of quality that are the same for all pairs of two residents, and for all pairs of mover and resident, decide
/// nothing: C6 and C7 have fixed how many there are of each.
void Criteria::drop_constant_fields(const std::vector<Profile>& profiles) {
    const auto n = profiles.size();
    std::vector<std::size_t> kept(first_quality_);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    for (auto field = first_quality_; field < fields_; ++field) {
        constexpr auto unseen = ~std::uint32_t{0};
        std::array<std::uint32_t, 2> seen{unseen, unseen};
        bool constant = true;
        for (std::size_t a = 0; a < n && constant; ++a)
            for (std::size_t b = a; b < n && constant; ++b) {
                if (profiles[b].part != Part::resident) continue;
                auto& before = seen[profiles[a].part == Part::mover ? 1 : 0];
                const auto value = table_[(a * n + b) * fields_ + field];
                if (before == unseen) before = value;
                constant = before == value;
            }
        if (!constant) kept.push_back(field);
    }
    std::vector<std::uint32_t> table;
    table.reserve(n * n * kept.size());
    for (std::size_t pair = 0; pair < n * n; ++pair)
        for (const auto field : kept) table.push_back(table_[pair * fields_ + field]);
    table_ = std::move(table);
    fields_ = kept.size();
}

/// Each pair has one higher player, and there are no more pairs than half of the players.
void Criteria::count_bits(const std::vector<Profile>& profiles) {
    const auto n = profiles.size();
    for (std::size_t field = 0; field < fields_; ++field) {
        std::uint64_t by_higher = 0, most = 0;
        for (std::size_t a = 0; a < n; ++a) {
            std::uint64_t greatest = 0;
            for (std::size_t b = 0; b < n; ++b)
                if (profiles[b].part >= profiles[a].part)
                    greatest = std::max<std::uint64_t>(greatest, table_[(a * n + b) * fields_ + field]);
            by_higher += greatest * counts_[a];
            most = std::max(most, greatest);
        }
        const auto sum = std::min<std::uint64_t>(by_higher, most * (members_.size() / 2));
        bits_.push_back(static_cast<unsigned>(std::bit_width(sum)));
    }
}

std::span<const std::uint32_t> Criteria::values(Class a, Class b) const {
    const auto pair = a * counts_.size() + b;
    if (allowed_[pair] == 0) return {};
    return {table_.data() + pair * fields_, fields_};
}

unsigned Criteria::total_bits() const { return std::accumulate(bits_.begin(), bits_.end(), 0U); }

Criteria::Sums Criteria::sums(std::span<const std::uint32_t> mate) const {
    Sums result(fields_, 0);
    for (std::size_t m = 0; m < mate.size(); ++m) {
        if (mate[m] >= members_.size() || mate[m] < m) continue;
        const auto of_pair = values(class_of_[m], class_of_[mate[m]]);
        for (std::size_t field = 0; field < of_pair.size(); ++field) result[field] += of_pair[field];
    }
    return result;
}

Criteria::Sums Criteria::greatest_of_residents() const {
    std::vector<char> resident(counts_.size(), 0);
    for (std::size_t m = 0; m < members_.size(); ++m)
        if (members_[m].part == Part::resident) resident[class_of_[m]] = 1;
    Sums result(fields_, 0);
    for (Class a = 0; a < counts_.size(); ++a)
        for (Class b = a; b < counts_.size(); ++b) {
            if (resident[a] == 0 || resident[b] == 0 || (a == b && counts_[a] < 2)) continue;
            const auto of_pair = values(a, b);
            for (std::size_t field = 0; field < fields_; ++field)
                result[field] = std::max<std::uint64_t>(result[field], of_pair[field]);
        }
    return result;
}

}  // namespace agon::formats::dutch
