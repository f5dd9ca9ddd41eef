#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "app/draw_secret.hpp"
#include "base/codec/codec.hpp"
#include "cli/commands.hpp"

namespace agon::cli {

namespace {

struct Draw {
    std::string method;
    std::string commitment;
    std::optional<std::string> secret;
    std::optional<std::int64_t> draw_seed;
    std::vector<std::string> entrants;
    std::vector<std::string> order;
};
BOOST_DESCRIBE_STRUCT(Draw, (), (method, commitment, secret, draw_seed, entrants, order))

std::optional<std::string> content_of(const std::string& path) {
    if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The entrants in the order that the seed draws.
std::vector<std::string> repeated(const Draw& draw) {
    const std::vector<seeding::Candidate> candidates(draw.order.size());
    std::vector<std::string> order;
    for (const auto index : seeding::draw(seeding::Method::random, candidates, draw_seed_of(*draw.secret)))
        if (index < draw.entrants.size()) order.push_back(draw.entrants[index]);
    return order;
}

int verify_draw(const std::string& path) {
    const auto text = content_of(path);
    if (!text) return fail(1, path + ": cannot be read");
    const auto draw = codec::read_text<Draw, codec::Spelling{}>(*text);
    if (!draw) return fail(1, fmt::format("{}: {} {}", path, draw.error().pointer, draw.error().message));
    if (!draw->secret) return fail(1, path + ": the draw has not been made yet, so its secret is not published");
    if (commitment_of(*draw->secret) != draw->commitment)
        return fail(1, path + ": the secret is not the one that was committed to");
    if (draw->draw_seed != static_cast<std::int64_t>(draw_seed_of(*draw->secret)))
        return fail(1, path + ": the draw seed does not come from the secret");
    if (draw->method == "random" && repeated(*draw) != draw->order)
        return fail(1, path + ": the draw seed leads to another order");
    fmt::print("the secret is the one that was committed to; {}\n",
               draw->method == "random" ? fmt::format("it draws these {} entrants in this order", draw->order.size())
                                        : fmt::format("seeds were not drawn, but given by {}", draw->method));
    return 0;
}

}  // namespace

void add_verify_draw(CLI::App& program, Run& chosen) {
    static std::string path;
    auto* command = program.add_subcommand("verify-draw", "repeat a tournament's draw from what the server publishes");
    command->add_option("FILE", path, "the document of GET /api/tournaments/ID/draw, or - for standard input")
        ->required();
    command->footer("Example:\n  curl -s http://127.0.0.1:8000/api/tournaments/ID/draw | agon verify-draw -");
    command->callback([&chosen] { chosen = [] { return verify_draw(path); }; });
}

}  // namespace agon::cli
