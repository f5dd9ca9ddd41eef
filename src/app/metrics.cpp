#include "app/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace agon {

namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets durations{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                        0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
const Buckets batch_sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

double to_seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

struct Metrics::Parts {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("agon_http_requests_total").Help("Requests answered.").Register(registry);
    prometheus::Family<prometheus::Histogram>& request_durations = prometheus::BuildHistogram()
                                                                       .Name("agon_http_request_duration_seconds")
                                                                       .Help("From the request's head to its answer.")
                                                                       .Register(registry);
    prometheus::Histogram& commit_durations = prometheus::BuildHistogram()
                                                  .Name("agon_journal_commit_duration_seconds")
                                                  .Help("Time of one commit to disk.")
                                                  .Register(registry)
                                                  .Add({}, durations);
    prometheus::Histogram& commit_batches = prometheus::BuildHistogram()
                                                .Name("agon_journal_batch_size")
                                                .Help("Batches that shared a commit.")
                                                .Register(registry)
                                                .Add({}, batch_sizes);
    prometheus::Counter& events = prometheus::BuildCounter()
                                      .Name("agon_journal_events_total")
                                      .Help("Events appended to the log.")
                                      .Register(registry)
                                      .Add({});
    prometheus::Counter& failures = prometheus::BuildCounter()
                                        .Name("agon_journal_failures_total")
                                        .Help("Commits that the store refused.")
                                        .Register(registry)
                                        .Add({});
    struct LiveGauge {
        prometheus::Gauge& gauge;
        std::function<double()> value;
    };
    std::vector<LiveGauge> gauges;
};

namespace {

/// The counters of one method, route and status, found once per thread: looking them up by labels costs a microsecond.
struct RequestKey {
    const void* owner;
    const char* method;
    const char* route;
    int status;
    bool operator==(const RequestKey&) const = default;
};
struct RequestKeyHash {
    std::size_t operator()(const RequestKey& key) const {
        const auto mix = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p); };
        return mix(key.method) * 31 + mix(key.route) * 7 + static_cast<std::size_t>(key.status) + mix(key.owner);
    }
};
struct RequestCounters {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
};

}  // namespace

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view method, std::string_view route, int status, Duration took) {
    thread_local std::unordered_map<RequestKey, RequestCounters, RequestKeyHash> known;
    auto& counters = known[{parts_.get(), method.data(), route.data(), status}];
    if (!counters.count) {
        const std::string m(method), r(route);
        counters.count = &parts_->requests.Add({{"method", m}, {"route", r}, {"status", std::to_string(status)}});
        counters.duration = &parts_->request_durations.Add({{"method", m}, {"route", r}}, durations);
    }
    counters.count->Increment();
    counters.duration->Observe(to_seconds(took));
}

void Metrics::count_commit(const CommitReport& report) {
    parts_->commit_durations.Observe(to_seconds(report.took));
    parts_->commit_batches.Observe(static_cast<double>(report.batches));
    parts_->events.Increment(static_cast<double>(report.events));
    if (report.broken) parts_->failures.Increment();
}

void Metrics::add_gauge(const std::string& name, const std::string& help, std::function<double()> value,
                        const std::string& label, const std::string& label_value) {
    std::map<std::string, std::string> labels;
    if (!label.empty()) labels[label] = label_value;
    auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(parts_->registry).Add(labels);
    parts_->gauges.push_back({gauge, std::move(value)});
}

std::string Metrics::text() const {
    for (const auto& live : parts_->gauges) live.gauge.Set(live.value());
    return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

}  // namespace agon
