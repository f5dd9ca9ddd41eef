/// Beast's HTTP parser, for what the gate leaves to it: a second opinion on every head, and chunked bodies.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/http/gate.hpp"

namespace agon {

/// Whether Beast, reading the same bytes, accepts the head and agrees with the gate on where the request ends. Two
/// parsers must say yes before a request is served: a mistake in one does not open a door.
bool second_opinion(std::string_view head_bytes, const Head&);

/// Decodes one chunked body. Trailers and chunk extensions are read and thrown away.
class ChunkedBody {
public:
    enum class State { reading, complete, malformed, too_large };

    /// `head_bytes` is the head that announced the body; what comes out of the chunks is appended to `body`, which
    /// must outlive this. More than `limit` bytes are too large.
    ChunkedBody(std::string_view head_bytes, std::size_t limit, std::string& body);
    ~ChunkedBody();
    ChunkedBody(ChunkedBody&&) = delete;

    /// Reads from the front of `bytes` and returns how many are used up; the rest must be given again, with more behind.
    std::size_t read(std::string_view bytes);
    State state() const;

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace agon
