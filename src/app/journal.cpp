#include "app/journal.hpp"

namespace agon {

namespace asio = boost::asio;

namespace {
constexpr std::size_t most_recent_events = 65'536;
constexpr std::size_t most_batches_per_commit = 4'096;
constexpr auto longest_moment = std::chrono::milliseconds(1);

bool is_stale(const Journal::Progress& progress) {
    return std::ranges::any_of(progress, [](const Journal::Step& step) { return step.stream->stale.load(); });
}

}  // namespace

Journal::Journal(Store& store) : store_(store), last_seq_(store.last_seq()) {}

Journal::~Journal() { stop(); }

void Journal::submit(Batch batch, Progress progress, asio::io_context* context, Done done) {
    bool enough = false;
    {
        const std::lock_guard lock(mutex_);
        ++submitted_;
        waiting_.push_back({std::move(batch), std::move(progress), context, std::move(done)});
        enough = waiting_.size() == wanted_;
    }
    if (enough) wake_.notify_one();
}

Task<CommitOutcome> Journal::commit(Batch batch) {
    co_return co_await await([this, &batch](asio::io_context* context, Done& done) {
        submit(std::move(batch), {}, context, std::move(done));
        return true;
    });
}

void Journal::on_append(std::function<void(const std::vector<Recorded>&)> wake) {
    on_append_.push_back(std::move(wake));
}
void Journal::on_commit(std::function<void(const CommitReport&)> report) { on_commit_ = std::move(report); }

void Journal::start() {
    thread_ = std::thread([this] { run(); });
}

void Journal::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Journal::run() {
    for (;;) {
        wait_for_a_group();
        if (!flush()) return;
    }
}

/// Returns with something to write, or with nothing once the journal stops.
void Journal::wait_for_a_group() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (crowd_ < smallest_crowd || stopping_) return;
    wanted_ = crowd_;
    wake_.wait_for(lock, std::min<std::chrono::steady_clock::duration>(last_took_ / 2, longest_moment),
                   [this] { return stopping_ || waiting_.size() >= wanted_; });
    wanted_ = 1;
}

bool Journal::flush() {
    std::vector<Waiting> group;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() <= most_batches_per_commit) {
            group.swap(waiting_);
        } else {
            const auto end = waiting_.begin() + most_batches_per_commit;
            group.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
            waiting_.erase(waiting_.begin(), end);
        }
    }
    if (group.empty()) return false;
    auto outcomes = write(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
        auto& outcome = outcomes[i];
        // What appended nothing was decided on a state that the disk has refused since.
        if (outcome.accepted() && outcome.committed.first_seq == 0 && is_stale(group[i].progress))
            outcome.committed.conflict = Conflict{};
        for (const auto& [stream, version] : group[i].progress)
            if (!outcome.accepted())
                stream->stale = true;
            else if (!stream->stale)
                stream->durable = version;
    }
    settled_ += group.size();
    remember(group, outcomes);
    deliver(std::move(group), std::move(outcomes));
    return true;
}

std::vector<CommitOutcome> Journal::write(std::vector<Waiting>& group) {
    const auto started = std::chrono::steady_clock::now();
    std::vector<Batch> batches;
    batches.reserve(group.size());
    CommitReport report{.batches = group.size()};
    bool anything = false;
    for (auto& waiting : group) {
        // It was decided on what the disk has refused since, so it is no more than that.
        if (is_stale(waiting.progress)) {
            waiting.batch = {};
            for (const auto& step : waiting.progress) step.stream->stale = true;
        }
        for (const auto& append : waiting.batch.appends) report.events += append.events.size();
        anything = anything || !waiting.batch.appends.empty() || !waiting.batch.rows.empty() || waiting.batch.cursor;
        batches.push_back(std::move(waiting.batch));
    }
    std::vector<CommitOutcome> outcomes(group.size());
    if (anything) {
        try {
            auto committed = store_.commit(batches);
            for (std::size_t i = 0; i < group.size(); ++i) outcomes[i].committed = std::move(committed[i]);
        } catch (const std::exception& e) {
            const auto* broken = dynamic_cast<const StoreBroken*>(&e);
            report.broken = broken ? *broken : StoreBroken(e.what());
            for (auto& outcome : outcomes) outcome.broken = std::current_exception();
        }
    }
    for (std::size_t i = 0; i < group.size(); ++i) group[i].batch = std::move(batches[i]);
    report.took = std::chrono::steady_clock::now() - started;
    crowd_ = std::max(group.size(), crowd_ * 3 / 4);
    last_took_ = report.took;
    if (on_commit_ && anything) on_commit_(report);
    return outcomes;
}

void Journal::remember(std::vector<Waiting>& group, const std::vector<CommitOutcome>& outcomes) {
    auto events = std::make_shared<std::vector<Recorded>>();
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!outcomes[i].accepted()) continue;
        auto seq = outcomes[i].committed.first_seq;
        for (auto& append : group[i].batch.appends) {
            auto version = append.expected;
            for (auto& event : append.events)
                events->push_back(
                    {seq++, append.stream, ++version, group[i].batch.at, std::move(event.type), std::move(event.data)});
        }
    }
    if (events->empty()) return;
    const auto last = events->back().seq;
    {
        const std::lock_guard lock(recent_mutex_);
        recent_events_ += events->size();
        recent_.push_back(events);
        while (recent_.size() > 1 && recent_events_ > most_recent_events) {
            recent_events_ -= recent_.front()->size();
            recent_.pop_front();
        }
    }
    last_seq_.store(last, std::memory_order_release);
    for (const auto& wake : on_append_) wake(*events);
}

/// One post per io_context, whatever the number of callers: a post costs more than what it carries.
void Journal::deliver(std::vector<Waiting> group, std::vector<CommitOutcome> outcomes) {
    using Calls = std::vector<std::pair<Done, CommitOutcome>>;
    std::vector<std::pair<asio::io_context*, Calls>> by_context;
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!group[i].done) continue;
        auto found = std::ranges::find(by_context, group[i].context, &std::pair<asio::io_context*, Calls>::first);
        if (found == by_context.end()) found = by_context.insert(by_context.end(), {group[i].context, Calls{}});
        found->second.emplace_back(std::move(group[i].done), std::move(outcomes[i]));
    }
    for (auto& [context, waiting] : by_context) {
        auto run = [calls = std::move(waiting)]() mutable {
            for (auto& [done, outcome] : calls) done(outcome);
        };
        if (context)
            asio::post(*context, std::move(run));
        else
            run();
    }
}

Journal::Chunk Journal::after(Seq seq) {
    {
        const std::lock_guard lock(recent_mutex_);
        // The chunk that holds seq + 1, if it is remembered.
        const auto found =
            std::ranges::partition_point(recent_, [&](const Chunk& chunk) { return chunk->back().seq <= seq; });
        if (found != recent_.end() && (*found)->front().seq <= seq + 1) return *found;
        if (found == recent_.end() && !recent_.empty()) return std::make_shared<std::vector<Recorded>>();
    }
    return std::make_shared<std::vector<Recorded>>(store_.follow(seq, 4'096));
}

}  // namespace agon
