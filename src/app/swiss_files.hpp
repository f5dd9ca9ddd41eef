/// Swiss tournaments in arbiters' files: the next round paired, every round paired again and compared.
/// Pure functions; they bring the file format (core/trf) and the pairing rules (core/formats/dutch) together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/trf/trf.hpp"

namespace agon::swiss {

/// A pair, by the players' numbers in the file.
struct Board {
    std::uint32_t board = 0;
    trf::Number white = 0;
    trf::Number black = 0;
    std::string why_pair;
    std::string why_colours;
};
BOOST_DESCRIBE_STRUCT(Board, (), (board, white, black, why_pair, why_colours))

struct Bye {
    trf::Number player = 0;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(Bye, (), (player, why))

struct RoundPairing {
    std::uint32_t round = 0;
    /// In order of boards, from 1.
    std::vector<Board> boards;
    std::optional<Bye> bye;
};
BOOST_DESCRIBE_STRUCT(RoundPairing, (), (round, boards, bye))

/// The pairing of the round after the file's last. `total_rounds` is for files that do not say how many rounds the
/// event has; 0 is not told.
/// Refused: a file of teams or of another pairing system, an unknown number of rounds, all rounds played
/// (`wrong_state`), no legal pairing (`conflict`: an arbiter decides).
Result<RoundPairing> pair_next_round(const trf::Report&, std::uint32_t total_rounds = 0);

/// Something in which a round of the file is not what the rules give.
struct Difference {
    std::uint32_t round = 0;
    /// By the rules' order of boards; 0 where it is no board: the bye, or no legal pairing.
    std::uint32_t board = 0;
    /// `the file has 7-4, the rules give 4-7`
    std::string what;
};
BOOST_DESCRIBE_STRUCT(Difference, (), (round, board, what))

/// Every round of the file paired again from the rounds before it; what differs in opponents, colours or bye. Who was
/// paired in a round was there; who had a bye on request was not.
/// Refused like `pair_next_round`, except that a file without the number of rounds has those that were played.
Result<std::vector<Difference>> check(const trf::Report&);

/// A sentence of the rules, which name players by their rows (`no. 2` is row 1), with their numbers in the file.
std::string with_numbers_of(const trf::Report&, std::string_view sentence);

}  // namespace agon::swiss
