#include "adapters/http/answer.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace agon {

namespace {

struct Phrase {
    int status;
    std::string_view line;
};

constexpr std::string_view version = "HTTP/1.1 ";

constexpr Phrase phrases[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n"},
    {302, "HTTP/1.1 302 Found\r\n"},
    {303, "HTTP/1.1 303 See Other\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {402, "HTTP/1.1 402 Payment Required\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {409, "HTTP/1.1 409 Conflict\r\n"},
    {410, "HTTP/1.1 410 Gone\r\n"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {414, "HTTP/1.1 414 URI Too Long\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {417, "HTTP/1.1 417 Expectation Failed\r\n"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    {426, "HTTP/1.1 426 Upgrade Required\r\n"},
    {428, "HTTP/1.1 428 Precondition Required\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {502, "HTTP/1.1 502 Bad Gateway\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {504, "HTTP/1.1 504 Gateway Timeout\r\n"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
    {507, "HTTP/1.1 507 Insufficient Storage\r\n"},
};

const Phrase* phrase_of(int status) {
    const auto found = std::ranges::find(phrases, status, &Phrase::status);
    return found == std::end(phrases) ? nullptr : found;
}

void append_number(std::string& out, std::size_t number) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    out.append(digits, end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

/// Nothing that would end the line: an answer is never split by what it says.
bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

void append_status_line(std::string& out, int status) {
    if (const auto* phrase = phrase_of(status)) {
        out.append(phrase->line);
        return;
    }
    out.append(version);
    append_number(out, static_cast<std::size_t>(std::max(status, 0)));
    out.append(" Unknown\r\n");
}

bool has_length(int status) { return status != 204 && status != 304; }

}  // namespace

std::string_view reason_phrase(int status) {
    const auto* phrase = phrase_of(status);
    if (!phrase) return "Unknown";
    return phrase->line.substr(version.size() + 4, phrase->line.size() - version.size() - 6);
}

std::string http_date(Instant at) {
    using namespace std::chrono;
    constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto time = floor<std::chrono::seconds>(sys_time<microseconds>{microseconds{at.us}});
    const auto day = floor<std::chrono::days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

std::string_view body_of(const Response& response) {
    if (!has_length(response.status)) return {};
    return response.shared ? std::string_view{response.shared->body} : std::string_view{response.body};
}

void append_head(std::string& out, const Response& response, const AnswerFrame& frame) {
    append_status_line(out, response.status);
    append_field(out, "Date", frame.date);
    if (has_length(response.status)) {
        const auto type = response.shared ? response.shared->content_type : response.content_type;
        if (!type.empty()) append_field(out, "Content-Type", type);
    }
    if (has_length(response.status) && !response.stream) {
        out.append("Content-Length: ");
        append_number(out, body_of(response).size());
        out.append("\r\n");
    }
    if (response.shared && !response.shared->etag.empty()) append_field(out, "ETag", response.shared->etag);
    if (!frame.request_id.empty()) append_field(out, "X-Request-Id", frame.request_id);
    for (const auto& [name, value] : response.headers)
        if (is_one_line(name) && is_one_line(value)) append_field(out, name, value);
    if (frame.closes) out.append("Connection: close\r\n");
    out.append("\r\n");
}

}  // namespace agon
