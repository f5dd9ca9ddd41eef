#include "adapters/http/gate.hpp"

#include <algorithm>
#include <array>

namespace agon {

namespace {

using Verdict = std::optional<Refusal>;

constexpr std::string_view blank = " \t";

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
constexpr bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

/// A table of the bytes for which `predicate` holds: a look-up per byte instead of a chain of comparisons.
template <class Predicate>
consteval std::array<bool, 256> bytes_where(Predicate predicate) {
    std::array<bool, 256> table{};
    for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = predicate(static_cast<char>(i));
    return table;
}

constexpr std::string_view token_signs = "!#$%&'*+-.^_`|~";
/// RFC 9110, 5.6.2: tchar.
constexpr auto token_bytes = bytes_where([](char c) { return is_alnum(c) || token_signs.contains(c); });
/// Visible ASCII, without what no URL holds and other parsers read in their own way.
constexpr auto target_bytes = bytes_where([](char c) { return c > ' ' && c <= '~' && c != '#' && c != '\\'; });
constexpr auto host_bytes = bytes_where([](char c) { return is_alnum(c) || std::string_view{"._~-"}.contains(c); });
constexpr auto id_bytes = bytes_where([](char c) { return is_alnum(c) || std::string_view{"._-"}.contains(c); });

bool consists_of(std::string_view text, const std::array<bool, 256>& allowed) {
    return std::ranges::all_of(text, [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

/// RFC 9110, 5.5: field-value, without obs-text. Most of a head is values, a token among them: no branch on the way, so
/// that the compiler takes many bytes at once.
bool is_field_value(std::string_view text) {
    bool wrong = false;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        wrong |= (byte < ' ' && byte != '\t') || byte > '~';
    }
    return !wrong;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Cuts the text up to `end` off `rest`; all of it where there is no `end`.
std::string_view cut(std::string_view& rest, std::string_view end) {
    const auto at = rest.find(end);
    const auto piece = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + end.size());
    return piece;
}

// --- the request line -------------------------------------------------------------------------------------------------

std::optional<Method> known_method(std::string_view word) {
    for (auto method :
         {Method::get, Method::post, Method::head, Method::put, Method::patch, Method::delete_, Method::options})
        if (to_text(method) == word) return method;
    return std::nullopt;
}

Verdict judge_version(std::string_view version, Head& head) {
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7]))
        return Refusal{400, "The request line is malformed"};
    head.is_http_1_0 = version == "HTTP/1.0";
    head.wants_close = head.is_http_1_0;
    if (version != "HTTP/1.1" && !head.is_http_1_0) return Refusal{505, "Only HTTP/1.1 is spoken here"};
    return std::nullopt;
}

/// `%2e` is a dot too.
bool is_dot_segment(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        const bool encoded = segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' && lower(segment[2]) == 'e';
        if (!encoded && segment[0] != '.') return false;
        segment.remove_prefix(encoded ? 3 : 1);
        ++dots;
    }
    return dots == 1 || dots == 2;
}

/// Every `%` begins an octet, and none hides a slash, a backslash or a NUL.
bool has_sound_escapes(std::string_view path) {
    for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
        if (at + 2 >= path.size() || !is_hex(path[at + 1]) || !is_hex(path[at + 2])) return false;
        for (auto forbidden : {"2f", "5c", "00"})
            if (same_word(path.substr(at + 1, 2), forbidden)) return false;
    }
    return true;
}

bool has_dot_segment(std::string_view path) {
    path.remove_prefix(1);
    while (!path.empty())
        if (is_dot_segment(cut(path, "/"))) return true;
    return false;
}

Verdict judge_target(std::string_view target, const HttpLimits& limits, Head& head) {
    const bool is_path = target.starts_with('/') && consists_of(target, target_bytes);
    auto rest = target;
    const auto path = cut(rest, "?");
    // Also a refusal is in the words of the path's face.
    if (is_path) head.path = path;
    if (target.size() > limits.target_bytes) return Refusal{414, "The path and query are too long"};
    if (!is_path) return Refusal{400, "The request target must be a path in visible ASCII"};
    if (path.find('%') != std::string_view::npos && !has_sound_escapes(path))
        return Refusal{400, "The path has a malformed or forbidden escape"};
    // A segment of dots begins behind a slash; most paths have none.
    if ((path.find("/.") != std::string_view::npos || path.find("/%") != std::string_view::npos) &&
        has_dot_segment(path))
        return Refusal{400, "The path has a dot segment"};
    head.query = rest;
    return std::nullopt;
}

Verdict judge_request_line(std::string_view line, const HttpLimits& limits, Head& head) {
    auto rest = line;
    const auto method = cut(rest, " ");
    const auto target = cut(rest, " ");
    if (method.empty() || target.empty() || !consists_of(method, token_bytes))
        return Refusal{400, "The request line is malformed"};
    head.method = known_method(method);
    const auto target_refusal = judge_target(target, limits, head);
    if (target_refusal && target_refusal->status == 414) return target_refusal;
    if (auto refusal = judge_version(rest, head)) return refusal;
    if (!head.method) return Refusal{501, "The method is not known here"};
    return target_refusal;
}

// --- the fields -------------------------------------------------------------------------------------------------------

Verdict read_field(std::string_view line, Head& head) {
    if (blank.contains(line.front())) return Refusal{400, "A folded header field is not accepted"};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || !consists_of(line.substr(0, colon), token_bytes))
        return Refusal{400, "A header field is malformed"};
    const auto value = line.substr(colon + 1);
    if (!is_field_value(value)) return Refusal{400, "A header field has a byte that is not allowed"};
    head.fields.emplace_back(line.substr(0, colon), trimmed(value));
    return std::nullopt;
}

Verdict read_fields(std::string_view lines, const HttpLimits& limits, Head& head) {
    while (!lines.empty()) {
        const auto line = cut(lines, "\r\n");
        if (line.empty()) break;
        if (head.fields.size() == limits.fields) return Refusal{431, "There are too many header fields"};
        if (auto refusal = read_field(line, head)) return refusal;
    }
    return std::nullopt;
}

/// `example.org`, `127.0.0.1:8000`, `[::1]:8000`.
bool is_host(std::string_view host) {
    std::string_view name = host;
    std::string_view port;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        const auto inside = host.substr(1, end - 1);
        if (!std::ranges::all_of(inside, [](char c) { return is_hex(c) || c == ':' || c == '.'; })) return false;
        port = host.substr(end + 1);
    } else {
        name = host.substr(0, host.find(':'));
        if (name.empty() || name.size() > 255 || !consists_of(name, host_bytes)) return false;
        port = host.substr(name.size());
    }
    if (port.empty()) return true;
    return port.size() >= 2 && port.size() <= 6 && port[0] == ':' && std::ranges::all_of(port.substr(1), is_digit);
}

/// The fields that say where the request ends and what becomes of the connection.
struct Framing {
    std::size_t hosts = 0;
    std::size_t content_lengths = 0;
    std::size_t transfer_encodings = 0;
    std::string_view content_length;
    std::string_view transfer_encoding;
    bool is_encoded = false;
    bool has_upgrade = false;
    bool lists_upgrade = false;
    bool has_unknown_expectation = false;
};

void note_connection(std::string_view value, Framing& framing, Head& head) {
    head.wants_close |= lists(value, "close");
    framing.lists_upgrade |= lists(value, "upgrade");
}

void note_expect(std::string_view value, Framing& framing, Head& head) {
    if (head.is_http_1_0) return;
    const bool known = same_word(value, "100-continue");
    head.expects_continue |= known;
    framing.has_unknown_expectation |= !known;
}

/// Looks at a field's name once, by its length first: most fields are none of ours.
void note(std::string_view name, std::string_view value, Framing& framing, Head& head) {
    const auto is = [&](std::string_view word) { return same_word(name, word); };
    switch (name.size()) {
        case 4:
            if (is("host")) ++framing.hosts, head.host = value;
            break;
        case 6:
            if (is("expect")) note_expect(value, framing, head);
            break;
        case 7:
            if (is("upgrade")) framing.has_upgrade |= lists(value, "websocket");
            break;
        case 10:
            if (is("connection")) note_connection(value, framing, head);
            break;
        case 12:
            if (is("x-request-id") && !value.empty() && value.size() <= 64 && consists_of(value, id_bytes))
                head.request_id = value;
            break;
        case 14:
            if (is("content-length")) ++framing.content_lengths, framing.content_length = value;
            break;
        case 16:
            if (is("content-encoding")) framing.is_encoded |= !same_word(value, "identity");
            break;
        case 17:
            if (is("transfer-encoding")) ++framing.transfer_encodings, framing.transfer_encoding = value;
            break;
        default: break;
    }
}

Verdict judge_host(const Framing& framing, const Head& head) {
    if (framing.hosts == 0 && head.is_http_1_0) return std::nullopt;
    if (framing.hosts != 1) return Refusal{400, "There must be exactly one Host header field"};
    if (!is_host(head.host)) return Refusal{400, "The Host header field is not a host"};
    return std::nullopt;
}

Verdict judge_transfer_encoding(const Framing& framing, Head& head) {
    if (framing.transfer_encodings == 0) return std::nullopt;
    if (head.is_http_1_0) return Refusal{400, "HTTP/1.0 knows no Transfer-Encoding"};
    if (framing.content_lengths > 0) return Refusal{400, "Transfer-Encoding and Content-Length exclude each other"};
    if (framing.transfer_encodings > 1 || !same_word(framing.transfer_encoding, "chunked"))
        return Refusal{400, "The only Transfer-Encoding understood is chunked, once"};
    head.is_chunked = true;
    return std::nullopt;
}

Verdict judge_content_length(const Framing& framing, const HttpLimits& limits, Head& head) {
    if (framing.content_lengths == 0) return std::nullopt;
    const auto digits = framing.content_length;
    if (framing.content_lengths > 1 || digits.empty() || !std::ranges::all_of(digits, is_digit))
        return Refusal{400, "There may be one Content-Length, of digits only"};
    std::uint64_t bytes = 0;
    for (auto digit : digits) {
        bytes = bytes * 10 + static_cast<std::uint64_t>(digit - '0');
        if (bytes > limits.body_bytes) return Refusal{413, "The body is too large"};
    }
    head.content_length = bytes;
    return std::nullopt;
}

Verdict judge_body(const Framing& framing, const Head& head) {
    if (framing.has_unknown_expectation) return Refusal{417, "The only expectation understood is 100-continue"};
    if (!head.has_body()) return std::nullopt;
    if (head.method == Method::get || head.method == Method::head || head.method == Method::delete_)
        return Refusal{400, "A request with this method has no body"};
    if (framing.is_encoded) return Refusal{415, "A compressed body is not accepted"};
    return std::nullopt;
}

Verdict judge_fields(const HttpLimits& limits, Head& head) {
    Framing framing;
    for (const auto& [name, value] : head.fields) note(name, value, framing, head);
    head.wants_websocket = framing.has_upgrade && framing.lists_upgrade && !head.is_http_1_0;
    if (auto refusal = judge_host(framing, head)) return refusal;
    if (auto refusal = judge_transfer_encoding(framing, head)) return refusal;
    if (auto refusal = judge_content_length(framing, limits, head)) return refusal;
    return judge_body(framing, head);
}

void clear(Head& head) {
    auto fields = std::move(head.fields);
    fields.clear();
    head = Head{};
    head.fields = std::move(fields);
}

}  // namespace

std::optional<std::string_view> Head::field(std::string_view name) const {
    for (const auto& [key, value] : fields)
        if (same_word(key, name)) return value;
    return std::nullopt;
}

std::size_t Head::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const auto& f) { return same_word(f.first, name); }));
}

std::size_t head_end(std::string_view bytes, std::size_t seen) {
    // The end may begin up to three bytes before what is new.
    const auto at = bytes.find("\r\n\r\n", seen < 3 ? 0 : seen - 3);
    return at == std::string_view::npos ? 0 : at + 4;
}

Verdict judge(std::string_view bytes, const HttpLimits& limits, Head& head) {
    clear(head);
    auto rest = bytes;
    const auto line = cut(rest, "\r\n");
    if (auto refusal = judge_request_line(line, limits, head)) return refusal;
    if (bytes.size() > limits.head_bytes) return Refusal{431, "The header fields are too long"};
    if (auto refusal = read_fields(rest, limits, head)) return refusal;
    return judge_fields(limits, head);
}

Verdict judge_beginning(std::string_view bytes, const HttpLimits& limits) {
    if (bytes.find('\0') != std::string_view::npos) return Refusal{400, "The head has a NUL"};
    for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
        if (at == 0 || bytes[at - 1] != '\r') return Refusal{400, "Lines must end in CR LF"};
    if (bytes.size() < limits.head_bytes) return std::nullopt;
    auto rest = bytes.substr(0, bytes.find("\r\n"));
    cut(rest, " ");
    if (cut(rest, " ").size() > limits.target_bytes) return Refusal{414, "The path and query are too long"};
    return Refusal{431, "The header fields are too long"};
}

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool lists(std::string_view list, std::string_view word) {
    while (!list.empty())
        if (same_word(trimmed(cut(list, ",")), word)) return true;
    return false;
}

}  // namespace agon
