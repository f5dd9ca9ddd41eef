#include <fmt/format.h>

#include "app/swiss_files.hpp"
#include "app/swiss_simulator.hpp"
#include "base/codec/codec.hpp"
#include "cli/commands.hpp"
#include "cli/report_file.hpp"

namespace agon::cli {

namespace {

struct PairArguments {
    std::string file;
    std::uint32_t rounds = 0;
    std::string output = "-";
    bool json = false;
};

/// As pairing engines print it: how many pairs, then a line each, a bye against nobody.
std::string pairing_text(const swiss::RoundPairing& pairing) {
    auto text = fmt::format("{}\n", pairing.boards.size() + (pairing.bye ? 1 : 0));
    for (const auto& board : pairing.boards) text += fmt::format("{} {}\n", board.white, board.black);
    if (pairing.bye) text += fmt::format("{} 0\n", pairing.bye->player);
    return text;
}

int pair_file(const PairArguments& arguments) {
    const auto report = read_report(arguments.file);
    if (!report) return fail(1, report.error().message);
    const auto pairing = swiss::pair_next_round(*report, arguments.rounds);
    if (!pairing) return fail(1, fmt::format("{}: {}", arguments.file, pairing.error().message));
    const auto text = arguments.json ? codec::to_json<codec::log_spelling>(*pairing) + "\n" : pairing_text(*pairing);
    if (const auto written = write_file(arguments.output, text); !written) return fail(1, written.error().message);
    return 0;
}

struct CheckArguments {
    std::vector<std::string> files;
    bool json = false;
};

struct CheckedFile {
    std::string file;
    /// Nothing where the file cannot be read or paired; then `error` says why.
    std::uint32_t rounds = 0;
    std::vector<swiss::Difference> differences;
    std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(CheckedFile, (), (file, rounds, differences, error))

CheckedFile check_file(const std::string& path) {
    CheckedFile checked{.file = path};
    const auto report = read_report(path);
    if (!report) {
        checked.error = report.error().message;
        return checked;
    }
    checked.rounds = trf::rounds_played(*report);
    auto differences = swiss::check(*report);
    if (differences)
        checked.differences = *std::move(differences);
    else
        checked.error = fmt::format("{}: {}", path, differences.error().message);
    return checked;
}

void print_checked(const CheckedFile& checked) {
    if (checked.error) {
        fail(1, *checked.error);
        return;
    }
    if (checked.differences.empty())
        fmt::print("{}: {} round{}, no difference\n", checked.file, checked.rounds, checked.rounds == 1 ? "" : "s");
    for (const auto& [round, board, what] : checked.differences)
        fmt::print("{}: round {}{}: {}\n", checked.file, round, board == 0 ? "" : fmt::format(", board {}", board),
                   what);
}

int check_files(const CheckArguments& arguments) {
    std::vector<CheckedFile> all;
    bool is_clean = true;
    for (const auto& path : arguments.files) {
        auto checked = check_file(path);
        is_clean = is_clean && checked.differences.empty() && !checked.error;
        if (arguments.json)
            all.push_back(std::move(checked));
        else
            print_checked(checked);
    }
    if (arguments.json) fmt::print("{}\n", codec::to_json<codec::log_spelling>(all));
    return is_clean ? 0 : 1;
}

struct SimulateArguments {
    swiss::SimulationSettings settings;
    std::string output = "-";
};

int simulate_file(const SimulateArguments& arguments) {
    const auto report = swiss::simulate(arguments.settings);
    if (!report) return fail(report.error().code == Code::invalid ? 2 : 1, report.error().message);
    const auto written = write_file(arguments.output, trf::write(*report));
    return written ? 0 : fail(1, written.error().message);
}

void add_pair(CLI::App& swiss, Run& chosen) {
    static PairArguments arguments;
    auto* command = swiss.add_subcommand("pair", "pair the next round of a tournament report file (TRF)");
    command->add_option("FILE", arguments.file, "the file; - is standard input")->required();
    command->add_option("--rounds", arguments.rounds, "how many rounds the event has, where the file does not say")
        ->check(CLI::Range(1U, trf::max_rounds));
    command->add_option("-o,--output", arguments.output, "where to write; - is standard output")->capture_default_str();
    command->add_flag("--json", arguments.json, "as JSON, with the reasons for each pair and its colours");
    command->footer(
        "Prints how many pairs there are, then one line each in order of boards: White and Black, or a player and 0 "
        "for "
        "the bye.\nExamples:\n  agon swiss pair round3.trf\n  agon swiss pair round3.trf --json | jq "
        "'.boards[0]'\nExit status 1: the file cannot be read, or no legal pairing exists.");
    command->callback([&chosen] { chosen = [] { return pair_file(arguments); }; });
}

void add_check(CLI::App& swiss, Run& chosen) {
    static CheckArguments arguments;
    auto* command = swiss.add_subcommand("check", "pair every round of files again, and tell what differs");
    command->add_option("FILE", arguments.files, "the files; - is standard input")->required();
    command->add_flag("--json", arguments.json, "as JSON");
    command->footer(
        "Examples:\n  agon swiss check final.trf\n  agon swiss check *.trf\nExit status 1: a pairing differs, or a "
        "file "
        "cannot be read.");
    command->callback([&chosen] { chosen = [] { return check_files(arguments); }; });
}

void add_swiss_simulate(CLI::App& swiss, Run& chosen) {
    static SimulateArguments arguments;
    auto& settings = arguments.settings;
    auto* command = swiss.add_subcommand("simulate", "play a random tournament by the ratings, and write its file");
    const auto percentage = CLI::Range(0U, 100U);
    command->add_option("--players", settings.players, "how many")->required()->check(CLI::Range(2U, trf::max_number));
    command->add_option("--rounds", settings.rounds, "how many")->required()->check(CLI::Range(1U, 99U));
    command->add_option("--seed", settings.seed, "the same one gives the same tournament")->required();
    command->add_option("--draws", settings.draws, "percent of games between equals that end in a draw")
        ->check(percentage)
        ->capture_default_str();
    command->add_option("--forfeits", settings.forfeits, "percent of pairs of whom somebody does not come")
        ->check(percentage)
        ->capture_default_str();
    command->add_option("--byes", settings.byes, "percent of players who ask for a bye, each round")
        ->check(percentage)
        ->capture_default_str();
    command->add_option("--retire", settings.retire, "percent of players who leave, each round")
        ->check(percentage)
        ->capture_default_str();
    command->add_option("-o,--output", arguments.output, "where to write; - is standard output")->capture_default_str();
    command->footer(
        "Examples:\n  agon swiss simulate --players 48 --rounds 9 --seed 7 -o open.trf\n  agon swiss simulate "
        "--players "
        "31 --rounds 5 --seed 1 --draws 40 --forfeits 3 --byes 5 --retire 2 | agon swiss check -");
    command->callback([&chosen] { chosen = [] { return simulate_file(arguments); }; });
}

}  // namespace

void add_swiss(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("swiss", "pair, check and simulate Swiss tournaments in arbiters' files");
    command->require_subcommand(1);
    command->footer("Example:\n  agon swiss pair --help");
    add_pair(*command, chosen);
    add_check(*command, chosen);
    add_swiss_simulate(*command, chosen);
}

}  // namespace agon::cli
