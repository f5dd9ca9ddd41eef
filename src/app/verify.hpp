/// Reads a whole store and checks what must hold, whatever happened to the program that wrote it:
///
///   log       seqs grow, every stream's versions run from 1 without a gap, every event can be read
///   matches   each has at most one result; the winner is one of its two players; nobody is in two live matches of
///             one tournament; a completed tournament has played all its matches, and its champion won the last
///   games     a match that Agon played has the result of its game
///   money     every transfer is recorded the same on all of its accounts' streams, once; balances and sums; a
///             tournament that is over has given its escrow away or back (core/ledger/ledger_check.hpp)
///   queues    nobody is in two, every match made began, snapshots are what the events come to
///   ranked    nobody plays in two live matches; each has at most one result
///   rows      every list and look-up says what the log says, no row more and no row less
///   ratings   are what the log comes to, up to the follower's cursor
#pragma once

#include <string>
#include <vector>

#include "app/store.hpp"

namespace agon {

struct Verdict {
    std::int64_t events = 0;
    std::int64_t streams = 0;
    /// Each names the stream and what is wrong with it; empty where all is well. At most 100 are kept.
    std::vector<std::string> complaints;
    bool is_clean() const { return complaints.empty(); }
};

Verdict verify(Store&);

}  // namespace agon
