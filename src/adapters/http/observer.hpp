/// What the HTTP server tells about its work: for metrics, access logs and error logs.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.hpp"

namespace agon {

/// Called from the threads of all io_contexts, also at the same time; should return quickly. The views end with the
/// call. Both functions do nothing unless overridden.
struct HttpObserver {
    virtual ~HttpObserver() = default;

    /// An answer was made and handed to the socket. `method` is `-` where the request could not be read; `route` is
    /// `Response::route`; `took` runs from the complete head to here; `bytes` is head and body of the answer.
    virtual void answered([[maybe_unused]] std::string_view method, [[maybe_unused]] std::string_view route,
                          [[maybe_unused]] int status, [[maybe_unused]] Duration took,
                          [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::string_view request_id) {}

    /// Something threw: the Site (but for a full disk, which is answered with 507 and told elsewhere), a
    /// WebSocketHandler, or a connection's own code. `what` may hold internals: it is for the operator, the client sees
    /// none of it.
    virtual void failed([[maybe_unused]] std::string_view what, [[maybe_unused]] std::string_view request_id) {}
};

}  // namespace agon
