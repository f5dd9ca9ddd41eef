/// The head of an answer, written by hand into a string that is used again.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "faces/http.hpp"

namespace agon {

/// `OK`, `Not Found`; `Unknown` for statuses that nobody named.
std::string_view reason_phrase(int status);

/// IMF-fixdate (RFC 9110, 5.6.7): `Mon, 15 Jan 2024 14:00:00 GMT`.
std::string http_date(Instant);

/// What of an answer does not come from its Response.
struct AnswerFrame {
    std::string_view date;
    std::string_view request_id;
    bool closes = false;
};

/// Appends status line, fields and the empty line. A field of the Response whose name or value would break the head is
/// left out. Statuses 204 and 304 get no length, and neither does a stream.
void append_head(std::string& out, const Response&, const AnswerFrame&);

/// The bytes that follow the head of an answer to a request that was not HEAD.
std::string_view body_of(const Response&);

}  // namespace agon
