/// How fast this machine commits at all: many writers share one SQLite transaction per sync, with the statements and
/// row sizes of `adapters/sqlite` and no rules, no JSON, no store in between.

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <fmt/format.h>

#include "base/prng.hpp"
#include "group_commit.hpp"

namespace {

namespace asio = boost::asio;
using namespace agon::bench;

struct Options {
    int writers = 256;
    double seconds = 3;
    std::filesystem::path dir;
    int rows = 20'000;
};

struct Measured {
    std::vector<float> latencies_us;
    double seconds = 0;
    double cpu_us = 0;
};

/// The writers as state machines on one thread: when one's write is done, it asks for its next.
class Crowd {
public:
    Crowd(Group& group, const Options& options)
        : group_(group),
          rows_(static_cast<std::uint64_t>(options.rows)),
          writers_(static_cast<std::size_t>(options.writers)) {}

    Measured run(double seconds) {
        const auto start = Clock::now();
        const auto cpu_before = cpu_us();
        end_ = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        {
            const std::jthread writer([this](std::stop_token stop) { commit_until(stop); });
            const auto keep = asio::make_work_guard(io_);
            for (auto& one : writers_) ask(one);
            io_.run();
        }
        measured_.seconds = microseconds_since(start) / 1e6;
        measured_.cpu_us = cpu_us() - cpu_before;
        return std::move(measured_);
    }

private:
    /// On the writer's thread.
    void commit_until(std::stop_token stop) {
        group_.run(stop, [this](std::vector<Writer*> done) {
            asio::post(io_, [this, done = std::move(done)] { completed(done); });
        });
    }

    void ask(Writer& writer) {
        writer.row = random_.below(rows_);
        writer.asked = Clock::now();
        group_.submit(&writer);
    }

    void completed(const std::vector<Writer*>& done) {
        if (Clock::now() >= end_) return io_.stop();
        for (auto* writer : done) {
            measured_.latencies_us.push_back(static_cast<float>(microseconds_since(writer->asked)));
            ask(*writer);
        }
    }

    Group& group_;
    std::uint64_t rows_;
    std::vector<Writer> writers_;
    asio::io_context io_{1};
    agon::Prng random_{1};
    Clock::time_point end_;
    Measured measured_;
};

void print(Measured& measured) {
    const auto writes = static_cast<double>(measured.latencies_us.size());
    fmt::print(R"({{"writes_per_second":{:.0f},"p50_us":{:.0f},"p99_us":{:.0f},"cpu_us_per_write":{:.2f}}})"
               "\n",
               writes / measured.seconds, percentile(measured.latencies_us, 0.50),
               percentile(measured.latencies_us, 0.99), measured.cpu_us / std::max(writes, 1.0));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The commit limit of this machine: SQLite, WAL, every commit synced and shared by all that wait."};
    Options options;
    app.add_option("--writers", options.writers, "that each have one write under way")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "to measure")->capture_default_str();
    app.add_option("--dir", options.dir, "directory to write in; the file is removed again")->required();
    app.add_option("--rows", options.rows, "that the writers change; 1 shares one row among all")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);
    std::filesystem::create_directories(options.dir);
    const auto file = options.dir / fmt::format("limit_commit-{}.db", ::getpid());
    {
        Log log(file, options.rows, registration_bytes);
        const Checkpoints checkpoints(file, log.handle());
        Group group(log, options.rows == 1);
        auto measured = Crowd(group, options).run(options.seconds);
        print(measured);
    }
    std::filesystem::remove(file);
}
