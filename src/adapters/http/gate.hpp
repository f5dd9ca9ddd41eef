/// The gate: what a request's head must look like before anything is done with it. Pure functions over bytes.
///
/// Any doubt about where a request ends is an attack (request smuggling), so it is stricter than RFC 9112 allows: it
/// refuses instead of repairing, and after any refusal the connection must be closed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/settings.hpp"
#include "faces/http.hpp"

namespace agon {

/// Why the gate is shut: a status of 400, 408, 413, 414, 415, 417, 431, 501, 503 or 505, and a sentence for the client.
struct Refusal {
    int status = 400;
    std::string_view sentence;
};

/// A head that passed. All views point into the bytes that were judged. Made to be used again: `fields` keeps its room.
struct Head {
    std::optional<Method> method;  ///< nothing until it was recognised
    bool is_http_1_0 = false;
    std::string_view path;
    std::string_view query;  ///< without the question mark
    std::string_view host;
    std::vector<std::pair<std::string_view, std::string_view>> fields;

    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    bool expects_continue = false;
    bool wants_close = false;      ///< `Connection: close`, or HTTP/1.0
    bool wants_websocket = false;  ///< `Connection: upgrade` and `Upgrade: websocket`
    std::string_view request_id;   ///< the client's `X-Request-Id` where it is 1 to 64 of [A-Za-z0-9._-]

    bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
    /// The value of the first field of that name (any case), or nothing; and how many there are.
    std::optional<std::string_view> field(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

/// Where the head that `bytes` begin with ends, behind its empty line; 0 where it is not complete. The first `seen`
/// bytes are known to hold no end.
std::size_t head_end(std::string_view bytes, std::size_t seen = 0);

/// Judges a complete head, the empty line included, and fills `head`. Where it is refused, `head` holds what could be
/// read until then: the method and the path choose the form of the error.
std::optional<Refusal> judge(std::string_view bytes, const HttpLimits&, Head& head);

/// Judges the beginning of a head: what no continuation can make good is refused at once.
std::optional<Refusal> judge_beginning(std::string_view bytes, const HttpLimits&);

/// Equal but for the case of ASCII letters.
bool same_word(std::string_view, std::string_view);
/// Whether a comma-separated list holds `word`, in any case.
bool lists(std::string_view list, std::string_view word);

}  // namespace agon
