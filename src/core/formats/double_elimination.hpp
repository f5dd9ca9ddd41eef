/// Double elimination: who loses a second match is out.
///
/// Winners bracket as in single elimination. Who loses there goes on in the losers bracket; who loses there is out. The
/// two that are left meet in the grand final, whose home side has come from the winners bracket. With `reset` there is
/// a second match, sides changed, if that side loses the first; with `none` there is no final: the winners bracket's
/// winner is champion, the losers bracket's is second.
///
/// With 2^k lines the winners bracket has k rounds, and the losers bracket 2k−2: its round 1 pairs the losers of winners'
/// round 1; then in turn its even round 2r−2 receives the losers of winners' round r, and its odd ones pair who is left.
/// Who drops where is in losers_masks.hpp. Rounds are listed in an order in which they can be played:
///
///     W1 W2 L1 L2 W3 L3 L4 W4 L5 L6 … W(k) L(2k−3) L(2k−2), final, second final
///
/// Each round lists its matches from the top of its bracket; the winners of matches 2i and 2i+1 of a round meet in match i
/// of the next one that halves the bracket. Where a match of winners' round 1 is a bye, nobody drops from it: who would
/// meet its loser has a bye. In losers' round 1 two such may coincide; that match has nobody on either side and is complete
/// from the start, and its place in round 2 is empty too.
///
/// n entrants play 2n−2 matches, 2n−1 where there is a second final.
#pragma once

#include "core/formats/format.hpp"

namespace agon::formats {

extern const Format double_elimination;

}  // namespace agon::formats
