/// What the operator watches, by the conventions of Prometheus.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/journal.hpp"

namespace agon {

/// Any thread.
class Metrics {
public:
    Metrics();
    ~Metrics();

    /// `method` and `route` must live for ever, as a route's pattern does.
    void count_request(std::string_view method, std::string_view route, int status, Duration took);
    void count_commit(const CommitReport&);

    /// Asked for whenever the metrics are shown.
    void add_gauge(const std::string& name, const std::string& help, std::function<double()> value,
                   const std::string& label = {}, const std::string& label_value = {});

    /// The text format, version 0.0.4.
    std::string text() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace agon
