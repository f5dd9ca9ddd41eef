// Long lists: how long the store takes for a page of many tournaments, at the beginning and at page 1,000, each with its
// total. The limit to hold it against is SQLite alone reading the twenty rows of that page by their keys.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "adapters/sqlite/sqlite_store.hpp"
#include "app/rows/rows.hpp"
#include "base/codec/codec.hpp"
#include "base/prng.hpp"
#include "base/result.hpp"
#include "measured.hpp"

namespace {

using namespace agon;

constexpr std::int64_t page = 20;

struct Options {
    std::filesystem::path dir;
    std::int64_t rows = 100'000;
    int times = 200;
    bool plain = false;
};

/// The tournaments' table; or the same as a table that nobody lists.
const Table& table_of(const Options& options) {
    static const Table unlisted = [] {
        auto table = rows::table_of<rows::TournamentRow>();
        table.listing.reset();
        return table;
    }();
    return options.plain ? unlisted : rows::table_of<rows::TournamentRow>();
}

rows::TournamentRow some_tournament(std::int64_t number, Prng& random) {
    constexpr Status statuses[] = {Status::registration_open, Status::in_progress, Status::completed,
                                   Status::completed,         Status::completed,   Status::completed,
                                   Status::completed,         Status::completed};
    rows::TournamentRow row;
    for (auto& byte : row.tournament_id.uuid.bytes) byte = static_cast<std::uint8_t>(random.next());
    row.name = fmt::format("Cup {}", number);
    row.game_type = random.below(10) == 0 ? "chess" : "rps";
    row.format = "single_elimination";
    row.status = statuses[random.below(8)];
    row.driver = random.below(2) == 0 ? Driver::hosted : Driver::manual;
    row.created_at = {1'700'000'000'000'000 + number * 1'000'000};
    row.max_participants = 64;
    row.game_options = JsonObject{{"rounds_per_match", 3}};
    row.stages.resize(1);
    return row;
}

void fill(Store& store, const Options& options) {
    const Table* tables[] = {&table_of(options)};
    store.prepare(tables);
    Prng random{1};
    for (std::int64_t i = 0; i < options.rows;) {
        Batch batch;
        for (const auto end = std::min(i + 5'000, options.rows); i < end; ++i) {
            batch.rows.push_back(rows::set_row(some_tournament(i, random)));
            batch.rows.back().table = &table_of(options);
        }
        store.commit({&batch, 1});
    }
}

template <class F>
double median_us(int times, F work) {
    std::vector<float> took;
    for (int i = 0; i < times; ++i) {
        const auto start = bench::Clock::now();
        work();
        took.push_back(static_cast<float>(bench::microseconds_since(start)));
    }
    return bench::percentile(took, 0.5);
}

/// SQLite alone: each of the rows by its key, every value fetched.
class ByKey {
public:
    explicit ByKey(const std::filesystem::path& file) {
        CHECK_THAT(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr) == 0);
        CHECK_THAT(sqlite3_prepare_v2(database_, "SELECT * FROM row_tournament WHERE tournament_id = ?", -1,
                                      &statement_, nullptr) == 0);
    }
    ByKey(const ByKey&) = delete;
    ~ByKey() {
        sqlite3_finalize(statement_);
        sqlite3_close(database_);
    }
    void read(const std::vector<std::string>& keys) {
        sqlite3_exec(database_, "BEGIN", nullptr, nullptr, nullptr);
        for (const auto& key : keys) {
            sqlite3_bind_text(statement_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
            CHECK_THAT(sqlite3_step(statement_) == SQLITE_ROW);
            for (int i = 0; i < sqlite3_column_count(statement_); ++i) bytes_ += sqlite3_column_bytes(statement_, i);
            sqlite3_reset(statement_);
        }
        sqlite3_exec(database_, "COMMIT", nullptr, nullptr, nullptr);
    }

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    std::int64_t bytes_ = 0;
};

struct Measured {
    double list_us = 0;
    double limit_us = 0;
    std::int64_t total = 0;
};

Measured measure(Store& store, ByKey& limit, const Options& options, const std::vector<Filter>& where,
                 std::int64_t offset) {
    const RowQuery query{.table = &table_of(options),
                         .where = where,
                         .order_by = "created_at",
                         .descending = true,
                         .limit = page,
                         .offset = offset};
    const auto found = store.select(query);
    std::vector<std::string> keys;
    for (const auto& row : found.rows) keys.push_back(std::get<std::string>(row.front()));
    return {median_us(options.times, [&] { store.select(query); }), median_us(options.times, [&] { limit.read(keys); }),
            found.total};
}

void run(const Options& options) {
    const auto store = open_sqlite_store(options.dir);
    fill(*store, options);
    ByKey limit(options.dir / "agon.db");
    const std::pair<std::string, std::vector<Filter>> lists[] = {
        {"all", {}},
        {"status", {{.column = "status", .value = "completed"}}},
        {"game_type", {{.column = "game_type", .value = "rps"}}},
        {"status_and_game", {{.column = "status", .value = "completed"}, {.column = "game_type", .value = "rps"}}},
    };
    JsonObject out;
    for (const auto& [name, where] : lists) {
        const auto first = measure(*store, limit, options, where, 0),
                   late = measure(*store, limit, options, where, 999 * page);
        out[name] = JsonObject{{"total", first.total},
                               {"first_us", first.list_us},
                               {"first_limit_us", first.limit_us},
                               {"page_1000_us", late.list_us},
                               {"page_1000_limit_us", late.limit_us}};
    }
    fmt::print("{}\n", to_text(out));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Pages of a long list of tournaments, to SQLite reading the same rows by their keys."};
    Options options;
    app.add_option("--dir", options.dir, "an empty directory to write in")->required();
    app.add_option("--rows", options.rows, "so many tournaments, at least 20,000 of each kind")->capture_default_str();
    app.add_option("--times", options.times, "each is measured")->capture_default_str();
    app.add_flag("--plain", options.plain, "as a table that declares no listing");
    CLI11_PARSE(app, argc, argv);
    run(options);
}
