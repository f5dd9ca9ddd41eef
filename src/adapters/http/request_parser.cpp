#include "adapters/http/request_parser.hpp"

#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace agon {

namespace {

namespace http = boost::beast::http;
using Text = boost::beast::string_view;
using ErrorCode = boost::beast::error_code;

/// Validates and keeps nothing: the gate's views are what is used.
class HeadParser : public http::basic_parser<true> {
public:
    HeadParser() {
        eager(false);
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
    }

protected:
    void on_request_impl(http::verb, Text, Text, int, ErrorCode&) override {}
    void on_response_impl(int, Text, int, ErrorCode&) override {}
    void on_field_impl(http::field, Text, Text, ErrorCode&) override {}
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(Text body, ErrorCode&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) override { return body.size(); }
    void on_finish_impl(ErrorCode&) override {}
};

/// Whether the whole head was read, and nothing else.
bool takes_head(HeadParser& parser, std::string_view bytes) {
    ErrorCode error;
    const auto used = parser.put(boost::asio::buffer(bytes), error);
    return !error && used == bytes.size() && parser.is_header_done();
}

}  // namespace

bool second_opinion(std::string_view head_bytes, const Head& head) {
    HeadParser parser;
    if (!takes_head(parser, head_bytes) || parser.chunked() != head.is_chunked) return false;
    const auto length = parser.content_length();
    return length.has_value() == head.content_length.has_value() &&
           length.value_or(0) == head.content_length.value_or(0);
}

class ChunkedBody::Parser final : public HeadParser {
public:
    Parser(std::size_t limit, std::string& body) : body_(body) { body_limit(limit); }

    State state = State::reading;

private:
    std::size_t on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode&) override {
        body_.append(piece.data(), piece.size());
        return piece.size();
    }

    std::string& body_;
};

ChunkedBody::ChunkedBody(std::string_view head_bytes, std::size_t limit, std::string& body)
    : parser_(std::make_unique<Parser>(limit, body)) {
    if (!takes_head(*parser_, head_bytes)) parser_->state = State::malformed;
    parser_->eager(true);
}

ChunkedBody::~ChunkedBody() = default;

std::size_t ChunkedBody::read(std::string_view bytes) {
    if (parser_->state != State::reading || bytes.empty()) return 0;
    ErrorCode error;
    const auto used = parser_->put(boost::asio::buffer(bytes), error);
    if (error == http::error::body_limit)
        parser_->state = State::too_large;
    else if (error && error != http::error::need_more)
        parser_->state = State::malformed;
    else if (parser_->is_done())
        parser_->state = State::complete;
    return used;
}

ChunkedBody::State ChunkedBody::state() const { return parser_->state; }

}  // namespace agon
