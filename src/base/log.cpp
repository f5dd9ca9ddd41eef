#include "base/log.hpp"

#include <atomic>
#include <chrono>
#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/codec/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace agon::log {

namespace {

std::atomic<Level> least_level = Level::info;
std::atomic<Format> format = Format::text;

spdlog::logger& logger() {
    static const auto made = [] {
        auto l = spdlog::stderr_color_mt("agon");
        l->set_pattern("%v");
        l->set_level(spdlog::level::trace);
        return l;
    }();
    return *made;
}

std::string_view name_of(Level level) {
    constexpr std::string_view names[] = {"debug", "info", "warn", "error", "off"};
    return names[static_cast<std::size_t>(level)];
}

std::string now_text() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return to_rfc3339({std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
}

void append_value(std::string& out, const Field& field, bool quote) {
    std::visit(overloaded{
                   [&](const std::string& v) {
                       const bool plain = !quote && !v.empty() && v.find_first_of(" \"=\\\n\r\t") == v.npos;
                       plain ? void(out += v) : write_json_string(out, v);
                   },
                   [&](std::int64_t v) { out += std::to_string(v); },
                   [&](double v) { write_json_number(out, v); },
               },
               field.value);
}

std::string as_text(Level level, std::string_view what, Fields fields) {
    auto line = fmt::format("{} {:5} {}", now_text(), name_of(level), what);
    for (const auto& field : fields) {
        line += fmt::format(" {}=", field.name);
        append_value(line, field, false);
    }
    return line;
}

std::string as_json(Level level, std::string_view what, Fields fields) {
    auto line = fmt::format(R"({{"ts":"{}","level":"{}","msg":)", now_text(), name_of(level));
    write_json_string(line, what);
    for (const auto& field : fields) {
        line += ',';
        write_json_string(line, field.name);
        line += ':';
        append_value(line, field, true);
    }
    return line + "}";
}

}  // namespace

void configure(Format chosen, Level least) {
    format = chosen;
    least_level = least;
}

bool enabled(Level level) { return level >= least_level; }

void write(Level level, std::string_view what, Fields fields) {
    if (!enabled(level)) return;
    logger().info("{}", format == Format::json ? as_json(level, what, fields) : as_text(level, what, fields));
    logger().flush();
}

}  // namespace agon::log
