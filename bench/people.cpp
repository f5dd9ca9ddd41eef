/// Writes a data directory that would take long to come by over HTTP: thousands of people, each with a token, or a queue
/// in which a hundred thousand wait. By the app's own rules and store, as the operator's commands do it.
///
/// Those who wait joined in the minute before the server was gone, and nearly all of them may meet at once when it is there
/// again: the most that a start can have to do. A queue in which nobody may meet has only to be read.

#include <cmath>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/matchmaking.hpp"
#include "app/ratings.hpp"
#include "base/prng.hpp"
#include "cli/commands.hpp"
#include "cli/offline.hpp"

namespace {

using namespace agon;

struct Options {
    std::string dir;
    std::int64_t count = 4096;
    /// Standard deviation of the ratings; 0: everybody is new.
    double spread = 0;
    std::int64_t queues = 1;
};

/// Around 1200, so many points wide: the sum of twelve evenly spread numbers is close enough to a normal one.
double some_rating(Prng& random, double spread) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random.below(1'000'000)) / 1e6;
    return std::max(1.0, std::round(1200 + spread * sum));
}

RowChange rated(const Identity& who, double rating) {
    rows::RatingRow row;
    row.game_type = "pool";
    row.kind = rows::PlayerKind::user;
    row.player = who.user_id.text();
    row.key = rating_key(row.game_type, row.player);
    row.name = who.username;
    row.value = rating;
    row.rating = static_cast<std::int64_t>(rating);
    return rows::set_row(row);
}

/// A line each: a token that is good for an hour, and the user's id.
int players(const Options& options) {
    cli::Offline offline(options.dir);
    const Tokens tokens(offline.keys);
    Prng random{1};
    std::vector<RowChange> ratings;
    for (std::int64_t i = 0; i < options.count; ++i) {
        // No commit of its own for each: `flush` takes all that wait.
        const auto name = *parse_username(fmt::format("Player {}", i));
        const Identity who{user_id_of(name), name.shown, users::Role::player, {}, 0};
        const auto made = offline.engine.decide_now<UserAggregate>(
            who.user_id, users::CreateUser{.username = name.shown, .role = who.role, .password_hash = {}},
            [](const users::User&) { return true; }, nullptr,
            [](const CommitOutcome& outcome) { CHECK_THAT(outcome.accepted()); });
        CHECK_THAT(made.has_value());
        if (options.spread > 0) ratings.push_back(rated(who, some_rating(random, options.spread)));
        fmt::print("{} {}\n", tokens.issue(who, offline.clock.now(), std::chrono::hours(1), offline.random),
                   who.user_id.text());
        if (i % 1000 == 999) offline.journal.flush();
    }
    offline.journal.flush();
    offline.store->save({std::move(ratings), {std::string(Ratings::follower_name), offline.store->last_seq()}});
    return 0;
}

UserId some_user(Prng& random) {
    UserId user;
    for (auto& byte : user.uuid.bytes) byte = static_cast<std::uint8_t>(random.next());
    return user;
}

/// The log of one queue that so many joined within a minute, and then the server was gone.
Batch queue_of(std::int64_t number, std::int64_t tickets, double spread, Instant now, Prng& random) {
    const auto region = number == 0 ? std::string{} : fmt::format("r{}", number);
    const auto id = queue_id_of("pool", region);
    ranked::QueueSettings settings;
    Batch batch{.at = now, .appends = {{id.text(), 0, {}}}};
    auto& events = batch.appends.front().events;
    events.push_back(encode(ranked::QueueEvent{ranked::QueueOpened{"pool", region, settings}}));
    for (std::int64_t i = 0; i < tickets; ++i) {
        const auto at = now - std::chrono::minutes(1) + std::chrono::microseconds(60'000'000 * i / tickets);
        ranked::Ticket ticket{.player = some_user(random),
                              .rating = some_rating(random, spread),
                              .joined_at = at,
                              .enqueued_at = at,
                              .timeout_at = at + std::chrono::seconds(settings.pool.timeout_s),
                              .ramp_us = 0,
                              .avoids = {}};
        events.push_back(encode(ranked::QueueEvent{ranked::TicketQueued{std::move(ticket)}}));
    }
    batch.rows.push_back(rows::set_row(rows::QueueRow{id, "pool", region, 0}));
    return batch;
}

int tickets(const Options& options) {
    cli::Offline offline(options.dir);
    Prng random{2};
    for (std::int64_t number = 0; number < options.queues; ++number) {
        const auto batch =
            queue_of(number, options.count / options.queues, options.spread, offline.clock.now(), random);
        CHECK_THAT(offline.store->commit({&batch, 1}).front().accepted());
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"A data directory with many people."};
    program.require_subcommand(1);
    Options options;
    const auto add = [&](const char* name, const char* doc, int (*run)(const Options&)) {
        auto* command = program.add_subcommand(name, doc);
        command->add_option("--dir", options.dir, "the data directory")->required();
        command->add_option("--count", options.count, "so many")->capture_default_str();
        command->add_option("--spread", options.spread, "of their ratings, in points");
        command->callback([run, &options] { std::exit(cli::guarded([&] { return run(options); })); });
        return command;
    };
    add("players", "people, each with a token; prints a line `token id` for each", players);
    add("tickets", "who waits in queues, as the log tells it", tickets)
        ->add_option("--queues", options.queues, "over which they are spread; the first has no region");
    CLI11_PARSE(program, argc, argv);
    return 0;
}
