#include "cli/readiness.hpp"

#include "base/codec/json.hpp"
#include "base/log.hpp"

namespace agon::cli {

namespace {
/// A disk that is almost full takes small commits and refuses large ones: only when none was refused for so long is the
/// store well again.
constexpr auto store_is_well_after = seconds(2);
}  // namespace

void Readiness::committed(const CommitReport& report, Duration now) {
    const auto known = store_broken_.load();
    if (!report.broken) {
        if (!known || now < store_failed_at_ + store_is_well_after) return;
        store_broken_ = std::nullopt;
        return log::info("the store takes commits again");
    }
    store_failed_at_ = now;
    store_broken_ = report.broken->kind;
    if (known == report.broken->kind) return;
    log::error(report.broken->is_storage_full()
                   ? "no space is left: changes are answered 507 until there is, reading goes on"
                   : "the store failed: changes are answered 503, and tried anew each time",
               {{"why", report.broken->what()}});
}

std::pair<int, std::string> Readiness::page() const {
    JsonArray reasons;
    if (!started) reasons.push_back("starting");
    if (stopping) reasons.push_back("stopping");
    if (is_storage_full())
        reasons.push_back("storage_full: no space is left for the data; reading goes on, writing once there is");
    else if (is_store_broken())
        reasons.push_back("store: commits fail");
    if (reasons.empty()) return {200, R"({"status":"ready"})"};
    return {503, to_text(JsonObject{{"status", "not ready"}, {"reasons", std::move(reasons)}})};
}

}  // namespace agon::cli
