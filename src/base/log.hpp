/// Structured logs: an event in words and named values, as text for people or as JSON for machines, on standard
/// error. Any thread. Never log a secret: a key, a token, a password.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace agon::log {

enum class Level { debug, info, warn, error, off };
enum class Format { text, json };

struct Field {
    std::string_view name;
    std::variant<std::string, std::int64_t, double> value;
    template <std::integral T>
    Field(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
    Field(std::string_view n, const std::string& v) : name(n), value(v) {}
};
using Fields = std::initializer_list<Field>;

/// Once, before the first line.
void configure(Format, Level least);
bool enabled(Level);

void write(Level, std::string_view what, Fields);

inline void debug(std::string_view what, Fields fields = {}) {
    if (enabled(Level::debug)) write(Level::debug, what, fields);
}
inline void info(std::string_view what, Fields fields = {}) { write(Level::info, what, fields); }
inline void warn(std::string_view what, Fields fields = {}) { write(Level::warn, what, fields); }
inline void error(std::string_view what, Fields fields = {}) { write(Level::error, what, fields); }

}  // namespace agon::log
