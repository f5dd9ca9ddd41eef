#include "base/time.hpp"

#include <fmt/format.h>

namespace agon {

using namespace std::chrono;

std::string to_rfc3339(Instant instant, bool whole_seconds) {
    const sys_time<microseconds> at{microseconds{instant.us}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                            time.hours().count(), time.minutes().count(), time.seconds().count());
    if (const auto fraction = time.subseconds().count(); fraction != 0 && !whole_seconds)
        text += fmt::format(".{:06}", fraction);
    return text + "Z";
}

namespace {

/// Takes digits and literals from the front of a text, one after the other; `ok` turns false at the first mismatch.
struct Scanner {
    std::string_view rest;
    bool ok = true;

    int digits(std::size_t count) {
        int value = 0;
        if (rest.size() < count) return ok = false, 0;
        for (const char c : rest.substr(0, count)) {
            if (c < '0' || c > '9') return ok = false, 0;
            value = value * 10 + (c - '0');
        }
        rest.remove_prefix(count);
        return value;
    }
    char one_of(std::string_view allowed) {
        if (rest.empty() || allowed.find(rest.front()) == allowed.npos) return ok = false, '\0';
        const char c = rest.front();
        rest.remove_prefix(1);
        return c;
    }
    /// `.` and one or more digits, of which the first six count.
    std::int64_t fraction_us() {
        if (rest.empty() || rest.front() != '.') return 0;
        rest.remove_prefix(1);
        std::int64_t value = 0;
        int taken = 0;
        while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
            if (taken < 6) value = value * 10 + (rest.front() - '0');
            ++taken;
            rest.remove_prefix(1);
        }
        if (taken == 0) ok = false;
        for (; taken < 6; ++taken) value *= 10;
        return value;
    }
    minutes offset() {
        const char sign = one_of("Zz+-");
        if (!ok || sign == 'Z' || sign == 'z') return minutes{0};
        const int h = digits(2);
        one_of(":");
        const int m = digits(2);
        if (h > 23 || m > 59) ok = false;
        return (sign == '-' ? -1 : 1) * minutes{h * 60 + m};
    }
};

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
    Scanner s{text};
    const int y = s.digits(4);
    s.one_of("-");
    const int mon = s.digits(2);
    s.one_of("-");
    const int d = s.digits(2);
    s.one_of("Tt ");
    const int h = s.digits(2);
    s.one_of(":");
    const int min = s.digits(2);
    s.one_of(":");
    const int sec = s.digits(2);
    const auto fraction = s.fraction_us();
    const auto offset = s.offset();
    const year_month_day date{year{y}, month(static_cast<unsigned>(mon)), day(static_cast<unsigned>(d))};
    if (!s.ok || !s.rest.empty() || !date.ok() || h > 23 || min > 59 || sec > 59) return std::nullopt;
    const auto at = sys_days{date} + hours{h} + minutes{min} + std::chrono::seconds{sec} - offset;
    return Instant{duration_cast<microseconds>(at.time_since_epoch()).count() + fraction};
}

}  // namespace agon
