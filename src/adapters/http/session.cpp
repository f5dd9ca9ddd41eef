#include "adapters/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "adapters/http/answer.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/websocket_session.hpp"
#include "adapters/http/websocket_upgrade.hpp"
#include "app/store.hpp"
#include "base/result.hpp"

namespace agon {

namespace {

using boost::asio::buffer;

/// What a client may still send into a connection that is being closed.
constexpr std::size_t most_to_drain = 1024 * 1024;
/// A body up to here is sent in one piece with its head.
constexpr std::size_t most_to_copy = 4 * 1024;
/// Room that is kept between requests; more was for one large body.
constexpr std::size_t text_to_keep = 16 * 1024;

std::string_view name_of(const Head& head) { return head.method ? to_text(*head.method) : std::string_view{"-"}; }

std::string what(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

std::optional<StoreBroken::Kind> store_failure(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const StoreBroken& broken) {
        return broken.kind;
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace

Session::Session(std::shared_ptr<Shard> shard, net::Socket socket, Peer peer, Welcome welcome)
    : shard_(std::move(shard)), socket_(std::move(socket)), peer_(std::move(peer)), welcome_(welcome) {
    is_counted_ = !peer_.is_loopback && shard_->service().enter(peer_.address);
    if (!peer_.is_loopback && !is_counted_) welcome_ = Welcome::turned_away;
    ++shard_->service().http;
    shard_->add(*this);
}

Session::~Session() {
    if (!upgraded_) --shard_->service().http;
    if (is_counted_) shard_->service().leave(peer_.address);
    shard_->remove(*this);
}

Task<void> Session::run(std::shared_ptr<Session> self) {
    std::exception_ptr broken;
    try {
        co_await self->serve();
    } catch (...) {
        broken = std::current_exception();
    }
    if (broken) self->shard_->service().observer.failed(what(broken), self->request_id_);
}

// --- deadlines and the end --------------------------------------------------------------------------------------------

void Session::tick(Duration now) {
    if (now < deadline_) return;
    expired_ = true;
    net::Failure failure;
    socket_.cancel(failure);
}

void Session::stop() {
    if (stream_) stream_->stop();
    if (!in_request_) cut();
}

void Session::cut() {
    if (upgraded_) return;
    net::Failure failure;
    socket_.close(failure);
}

// --- one request after the other --------------------------------------------------------------------------------------

Task<void> Session::serve() {
    deadline_ = shard_->now() + shard_->limits().head_within;
    if (welcome_ == Welcome::turned_away) {
        co_await refuse({503, "There are too many connections"});
        co_return;
    }
    while (true) {
        if (!head_is_here() && co_await read_head() == Then::close) co_return;
        if (co_await serve_one() == Then::close) co_return;
        if (++without_wait_ >= shard_->limits().requests_before_yield) {
            without_wait_ = 0;
            co_await boost::asio::post(shard_->executor(), boost::asio::use_awaitable_t<net::Executor>{});
        }
    }
}

bool Session::head_is_here() {
    // One empty line between requests is tolerated (RFC 9112, 2.2).
    if (scanned_ == 0 && input_.view().starts_with("\r\n")) input_.drop(2);
    if (input_.empty()) return false;
    in_request_ = true;
    head_bytes_ = head_end(input_.view(), scanned_);
    scanned_ = input_.size();
    return head_bytes_ > 0;
}

Task<Session::Then> Session::read_head() {
    const auto& limits = shard_->limits();
    without_wait_ = 0;
    if (shard_->is_stopping() && !in_request_) co_return Then::close;
    bool has_begun = in_request_;
    if (requests_ > 0) deadline_ = shard_->now() + (has_begun ? limits.head_within : limits.idle_for);
    do {
        if (has_begun)
            if (const auto refusal = judge_beginning(input_.view(), limits)) co_return co_await refuse(*refusal);
        if (!co_await read_more())
            co_return co_await give_up(has_begun, {408, "The head of the request took too long"});
        started_ = shard_->now();
        if (!has_begun) deadline_ = started_ + limits.head_within;
        has_begun = true;
    } while (!head_is_here());
    co_return Then::go_on;
}

/// The socket ended, failed, or was late: only who is late, and has begun, is told.
Task<Session::Then> Session::give_up(bool has_begun, Refusal late) {
    if (!expired_ || !has_begun || !socket_.is_open()) co_return Then::close;
    expired_ = false;
    co_return co_await refuse(late);
}

Task<bool> Session::read_more() {
    const auto [data, size] = input_.room();
    const auto [failure, bytes] = co_await socket_.async_read_some(buffer(data, size), net::wait);
    input_.filled(bytes);
    if (!failure) expired_ = false;
    co_return !failure;
}

Task<Session::Then> Session::serve_one() {
    if (without_wait_ > 0) started_ = shard_->now();
    const auto refusal = judge_head();
    name_request();
    if (refusal) co_return co_await refuse(*refusal);
    if (const auto* route = route_to_upgrade()) co_return co_await upgrade(*route);
    ++requests_;
    if (head_.has_body() && co_await read_body() == Then::close) co_return Then::close;
    deadline_ = Duration::max();

    Response response;
    std::exception_ptr broken;
    try {
        response = co_await shard_->service().site.handle(request());
    } catch (...) {
        broken = std::current_exception();
    }
    if (broken) response = explain(broken);
    co_return co_await answer(std::move(response));
}

std::optional<Refusal> Session::judge_head() {
    const auto bytes = input_.view().substr(0, head_bytes_);
    if (auto refusal = judge(bytes, shard_->limits(), head_)) return refusal;
    if (!second_opinion(bytes, head_)) return Refusal{400, "The request is malformed"};
    return std::nullopt;
}

void Session::name_request() {
    request_id_.clear();
    if (head_.request_id.empty())
        shard_->append_id(request_id_);
    else
        request_id_.append(head_.request_id);
}

Request Session::request() const {
    return {.method = *head_.method,
            .path = head_.path,
            .query = head_.query,
            .headers = head_.fields,
            .body = body_,
            .request_id = request_id_,
            .remote = peer_.address,
            .remote_is_loopback = peer_.is_loopback};
}

// --- the body ---------------------------------------------------------------------------------------------------------

Task<Session::Then> Session::read_body() {
    if (!head_.is_chunked && input_.size() - head_bytes_ >= *head_.content_length) {
        body_in_input_ = *head_.content_length;
        body_ = input_.view().substr(head_bytes_, body_in_input_);
        co_return Then::go_on;
    }
    keep_head();
    deadline_ = shard_->now() + shard_->limits().body_within;
    if (head_.expects_continue && input_.empty()) co_await say_continue();
    if (head_.is_chunked) co_return co_await read_chunked_body();
    co_return co_await read_counted_body();
}

/// Moves the head out of `input_`, whose bytes go elsewhere when the body needs room, and its views with it.
void Session::keep_head() {
    kept_head_.assign(input_.view().substr(0, head_bytes_));
    input_.drop(head_bytes_);
    head_bytes_ = 0;
    CHECK_THAT(!judge(kept_head_, shard_->limits(), head_));
}

Task<void> Session::say_continue() {
    constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    out_.assign(text);
    const auto sent = send_now({});
    if (sent && *sent < text.size()) co_await send_rest({}, *sent);
}

Task<Session::Then> Session::read_counted_body() {
    body_in_input_ = *head_.content_length;
    input_.room(body_in_input_ - std::min(body_in_input_, input_.size()));
    while (input_.size() < body_in_input_)
        if (!co_await read_more()) co_return co_await give_up(true, {408, "The body took too long"});
    body_ = input_.view().substr(0, body_in_input_);
    co_return Then::go_on;
}

Task<Session::Then> Session::read_chunked_body() {
    const auto& limits = shard_->limits();
    // Chunks of one byte take six on the wire.
    auto most_on_the_wire = limits.body_bytes * 8 + limits.head_bytes;
    ChunkedBody chunks{kept_head_, limits.body_bytes, chunked_body_};
    while (true) {
        const auto used = chunks.read(input_.view());
        input_.drop(used);
        most_on_the_wire -= std::min(most_on_the_wire, used);
        if (chunks.state() == ChunkedBody::State::complete) break;
        if (chunks.state() == ChunkedBody::State::malformed)
            co_return co_await refuse({400, "The chunked body is malformed"});
        // What Beast leaves lying is an unfinished chunk header or trailer.
        if (chunks.state() == ChunkedBody::State::too_large || most_on_the_wire == 0 ||
            input_.size() > limits.head_bytes)
            co_return co_await refuse({413, "The body is too large"});
        if (used == 0 || input_.empty())
            if (!co_await read_more()) co_return co_await give_up(true, {408, "The body took too long"});
    }
    body_ = chunked_body_;
    co_return Then::go_on;
}

// --- the answer -------------------------------------------------------------------------------------------------------

Response Session::refusal(int status, std::string_view sentence) noexcept {
    Response response;
    try {
        response = shard_->service().site.refuse(status, sentence, head_.path);
        if (status == 503) response.headers.emplace_back("Retry-After", "1");
    } catch (...) {
        response = {};
        response.status = status;
        response.content_type = "text/plain";
    }
    return response;
}

Response Session::explain(std::exception_ptr thrown) noexcept {
    const auto store = store_failure(thrown);
    // Not a failure to report for each request: who hears of the commits tells it once.
    if (store == StoreBroken::Kind::storage_full) return refusal(507, "There is no space left; nothing was changed");
    shard_->service().observer.failed(what(thrown), request_id_);
    if (store) return refusal(503, "The store does not answer");
    return refusal(500, "Something went wrong here");
}

/// The head into `out_`, with a small body: one piece costs the kernel less than two. What is left is to be sent after it.
std::string_view Session::compose(const Response& response, bool closes) {
    out_.clear();
    append_head(out_, response, {.date = shard_->date(shard_->now()), .request_id = request_id_, .closes = closes});
    const auto body = head_.method == Method::head ? std::string_view{} : body_of(response);
    if (body.size() > most_to_copy) return body;
    out_.append(body);
    return {};
}

void Session::report(const Response& response, std::size_t bytes) {
    shard_->service().observer.answered(name_of(head_), response.route, response.status, shard_->now() - started_,
                                        bytes, request_id_);
}

Task<Session::Then> Session::answer(Response response) {
    if (response.stream && head_.method != Method::head) co_return co_await answer_stream(std::move(response));
    const bool asked_to_close = head_.wants_close;
    const bool closes =
        asked_to_close || shard_->is_stopping() || requests_ >= shard_->limits().requests_per_connection;
    const auto body = compose(response, closes);
    const auto size = out_.size() + body.size();
    const auto sent = send_now(body);
    const bool arrived = sent && (*sent == size || co_await send_rest(body, *sent));
    report(response, size);
    if (!arrived) co_return Then::close;
    end_request();
    if (closes && !(asked_to_close && input_.empty())) co_await linger();
    co_return closes ? Then::close : Then::go_on;
}

Task<Session::Then> Session::answer_stream(Response response) {
    stream_ = std::move(response.stream);
    if (shard_->is_stopping()) stream_->stop();
    response.stream = stream_;
    compose(response, true);
    report(response, out_.size());
    while (!out_.empty()) {
        const auto sent = send_now({});
        const bool arrived = sent && (*sent == out_.size() || co_await send_rest({}, *sent));
        if (!arrived) co_return Then::close;
        deadline_ = Duration::max();
        out_ = co_await stream_->next();
    }
    co_await linger();
    co_return Then::close;
}

void Session::end_request() {
    input_.drop(head_bytes_ + body_in_input_);
    input_.shrink();
    head_bytes_ = body_in_input_ = scanned_ = 0;
    in_request_ = false;
    head_.request_id = {};
    if (chunked_body_.capacity() > text_to_keep) std::string{}.swap(chunked_body_);
    chunked_body_.clear();
    body_ = {};
}

Task<Session::Then> Session::refuse(Refusal reason) {
    if (request_id_.empty()) name_request();
    const auto response = refusal(reason.status, reason.sentence);
    const auto body = compose(response, true);
    const auto size = out_.size() + body.size();
    const auto sent = send_now(body);
    const bool arrived = sent && (*sent == size || co_await send_rest(body, *sent));
    report(response, size);
    if (arrived) co_await linger();
    co_return Then::close;
}

/// Sends what the socket takes of `out_` and `body` without waiting: how many bytes, or nothing where it is lost.
std::optional<std::size_t> Session::send_now(std::string_view body) {
    net::Failure failure;
    const std::array parts{buffer(std::as_const(out_)), buffer(body)};
    const auto sent = body.empty() ? socket_.write_some(parts[0], failure) : socket_.write_some(parts, failure);
    if (failure && failure != boost::asio::error::would_block) return std::nullopt;
    return sent;
}

Task<bool> Session::send_rest(std::string_view body, std::size_t sent) {
    const auto all = out_.size() + body.size();
    while (sent < all) {
        deadline_ = shard_->now() + shard_->limits().stalled_for;
        const auto from_head = std::min(sent, out_.size());
        const std::array parts{buffer(std::string_view{out_}.substr(from_head)), buffer(body.substr(sent - from_head))};
        const auto [failure, bytes] = co_await socket_.async_write_some(parts, net::wait);
        if (failure) co_return false;
        sent += bytes;
    }
    co_return true;
}

/// Closing with bytes unread makes the kernel send a reset, which may overtake the answer: so read for a while.
Task<void> Session::linger() {
    net::Failure ignored;
    socket_.shutdown(net::tcp::socket::shutdown_send, ignored);
    deadline_ = shard_->now() + shard_->limits().linger_for;
    for (std::size_t drained = 0; drained < most_to_drain;) {
        input_.drop_all();
        const auto [data, size] = input_.room();
        const auto [failure, bytes] = co_await socket_.async_read_some(buffer(data, size), net::wait);
        if (failure) co_return;
        drained += bytes;
    }
}

// --- WebSockets -------------------------------------------------------------------------------------------------------

const WebSocketRoute* Session::route_to_upgrade() const {
    if (!head_.wants_websocket || head_.method != Method::get) return nullptr;
    const auto& routes = shard_->service().routes;
    const auto found = std::ranges::find(routes, head_.path, &WebSocketRoute::path);
    return found == routes.end() ? nullptr : &*found;
}

Task<Session::Then> Session::upgrade(const WebSocketRoute& route) {
    auto handshake = judge_upgrade(head_, shard_->service().settings.allowed_origins);
    if (handshake.status != 101) co_return co_await refuse_upgrade(refusal(handshake.status, handshake.sentence));
    std::unique_ptr<WebSocketHandler> handler;
    std::exception_ptr broken;
    try {
        handler = route.open(websocket_request(head_, peer_.address));
    } catch (...) {
        broken = std::current_exception();
    }
    if (broken) co_return co_await refuse_upgrade(explain(broken));
    if (!handler) co_return co_await refuse_upgrade(refusal(401, "This connection needs authorization"));
    co_return co_await become_websocket(route, std::move(handler), std::move(handshake.accept));
}

Task<Session::Then> Session::refuse_upgrade(Response response) {
    if (response.status == 426) response.headers.emplace_back("Sec-WebSocket-Version", "13");
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    head_.wants_close = true;
    co_return co_await answer(std::move(response));
}

Task<Session::Then> Session::become_websocket(const WebSocketRoute& route, std::unique_ptr<WebSocketHandler> handler,
                                              std::string accept) {
    auto& service = shard_->service();
    auto hello = accepted_upgrade(accept, request_id_, shard_->date(shard_->now()));
    service.observer.answered("GET", route.path, 101, shard_->now() - started_, hello.size(), request_id_);
    input_.drop(head_bytes_);
    std::string early{input_.view()};
    input_ = {};  // A WebSocket has its own.
    upgraded_ = true;
    --service.http;
    deadline_ = Duration::max();
    auto session =
        std::make_shared<WebSocketSession>(shard_, std::move(socket_), route, std::move(handler), request_id_);
    co_await WebSocketSession::run(std::move(session), std::move(hello), std::move(early));
    co_return Then::close;
}

}  // namespace agon
