/// The golden tournaments for the tests of pairing: a reader of as much of TRF as they use.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/formats/dutch/dutch.hpp"

namespace agon::formats::dutch::testing {

struct Golden {
    std::string name;
    CrossTable table;
};

/// Where the tests' data lies: AGON_TEST_DATA, or ../shared/data beside a folder above this file or the working folder.
/// Empty if it is nowhere.
inline std::filesystem::path test_data() {
    namespace fs = std::filesystem;
    if (const auto* told = std::getenv("AGON_TEST_DATA")) return told;
    for (auto folder : {fs::path(__FILE__).parent_path(), fs::current_path()})
        for (; folder != folder.parent_path(); folder = folder.parent_path())
            if (fs::is_directory(folder / "shared" / "data")) return folder / "shared" / "data";
    return {};
}

inline std::string columns(const std::string& line, std::size_t first, std::size_t last) {
    if (line.size() < first) return {};
    const auto text = line.substr(first - 1, last - first + 1);
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

inline standings::Round round_of(const std::string& text) {
    using standings::Outcome;
    standings::Round round;
    const auto opponent = columns(text, 1, 4);
    if (const auto number = std::atoi(opponent.c_str()); number > 0) round.opponent = static_cast<Row>(number - 1);
    const auto colour = columns(text, 6, 6), result = columns(text, 8, 8);
    if (colour == "w") round.colour = Colour::white;
    if (colour == "b") round.colour = Colour::black;
    const std::string letters = "1=0+-UFHZ";
    const auto at = result.empty() ? std::string::npos : letters.find(result);
    round.outcome = at == std::string::npos ? Outcome::absent : static_cast<Outcome>(at);
    return round;
}

inline Golden read_golden(const std::filesystem::path& file) {
    Golden golden{.name = file.filename().string()};
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto code = line.substr(0, 3);
        if (code == "XXR") golden.table.total_rounds = static_cast<std::uint32_t>(std::atoi(line.c_str() + 3));
        if (code != "001") continue;
        standings::Player player;
        for (std::size_t at = 92; at + 7 <= line.size() + 1; at += 10) {
            const auto text = line.substr(at - 1, 8);
            player.rounds.push_back(round_of(text));
        }
        golden.table.players.push_back(std::move(player));
    }
    if (golden.table.total_rounds == 0)
        golden.table.total_rounds = static_cast<std::uint32_t>(golden.table.rounds_played());
    return golden;
}

}  // namespace agon::formats::dutch::testing
