/// The FIDE (Dutch) System: who plays whom in the next round of a Swiss tournament (FIDE Handbook C.04.3, as applied
/// from 1 February 2026, with the parts of C.04.1 and C.04.2 that an engine needs).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/standings/cross_table.hpp"

namespace agon::formats::dutch {

using standings::Colour;
using standings::CrossTable;
using standings::Points;
using standings::Row;

/// Everything that a pairing rests on. The order of `table`'s players is their order of strength (pairing numbers).
struct Position {
    const CrossTable& table;
    /// By row: who takes part in the next round. Byes on request and absentees do not.
    std::vector<bool> present;
    /// What the highest player had or will have in round 1, by lot; `none` reads it off the first game of the table.
    Colour initial_colour = Colour::none;
    /// Pairs of rows that must not meet although they have not met.
    std::vector<std::pair<Row, Row>> forbidden;
    /// By row, then by round from 1: points added while pairing that round; empty where nobody is accelerated.
    std::vector<std::vector<Points>> acceleration;
    /// Off for games without colours: every colour rule falls away, the higher player is named first.
    bool colours = true;
};

struct Pair {
    Row white = 0;
    Row black = 0;
    /// Why these two, and why these colours: a sentence each, from the facts that decided. Players are called by their
    /// numbers: "no. 4" is row 3.
    std::string why_pair;
    std::string why_colours;
};

struct Pairing {
    /// In order of boards: by the players' points, highest first.
    std::vector<Pair> pairs;
    /// Who has the bye of an odd field.
    std::optional<Row> bye;
    std::string why_bye;
};

/// The pairing of the round after the table's last, or nothing where no legal one exists (an arbiter decides).
/// The same position gives the same pairing, whatever the machine. No limits on size; 1,000 players take milliseconds.
std::optional<Pairing> pair_next_round(const Position&);

}  // namespace agon::formats::dutch
