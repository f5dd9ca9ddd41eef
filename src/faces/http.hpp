/// Requests and answers without sockets: what the faces are functions of. `adapters/http` makes the one from bytes and
/// bytes from the other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/rendered.hpp"
#include "app/task.hpp"
#include "base/codec/describe.hpp"

namespace agon {

enum class Method { get, head, post, put, patch, delete_, options };
std::string_view to_text(Method);
/// As in `Not Found`, for the statuses that faces answer with; else `Error`.
std::string_view status_text(int status);
/// A word for programs that an error body of this status carries; most need none.
codec::Omittable<std::string> error_code(int status);

/// Views into the connection's buffer: valid until the answer is made.
struct Request {
    Method method = Method::get;
    /// The path as sent, without the query; and the query without its question mark.
    std::string_view path;
    std::string_view query;
    std::span<const std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    std::string_view request_id;
    /// The peer's address in text.
    std::string_view remote;
    bool remote_is_loopback = false;

    /// The value of the first header of that name (any case), or nothing.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// A body that comes in pieces, as long as there is something to tell. Everything happens on the connection's thread.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    /// The next piece, when there is one; an empty one is the end. Asked for again once the one before was sent: a client
    /// that does not read is waited for, and cut after a while.
    virtual Task<std::string> next() = 0;
    /// The server stops: `next` comes to its end.
    virtual void stop() = 0;
};

struct Response {
    int status = 200;
    std::string_view content_type = "application/json";
    std::string body;
    /// Sent instead of `body` where set, with its ETag and content type.
    std::shared_ptr<const Rendered> shared;
    /// Sent instead of both where set; the connection closes behind it.
    std::shared_ptr<BodyStream> stream;
    std::vector<std::pair<std::string, std::string>> headers;
    /// The route's pattern, as in `/api/tournaments/{tournament_id}`, for logs and metrics; lives for ever.
    std::string_view route = "unmatched";
};

/// What the http adapter calls for every request that passed its gate.
class Site {
public:
    virtual ~Site() = default;
    virtual Task<Response> handle(Request) = 0;
    /// An answer that the adapter must give by itself (400, 404, 408, 413, 414, 431, 501, 503, 505, 507), in the error
    /// form of the face that the path belongs to; `path` is empty where it could not be read.
    virtual Response refuse(int status, std::string_view sentence, std::string_view path) = 0;
};

}  // namespace agon
