#include "adapters/http/websocket_session.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace agon {

using boost::asio::buffer;

// --- the outbox -------------------------------------------------------------------------------------------------------

void Outbox::send(std::shared_ptr<const std::string> text) {
    const std::lock_guard lock{mutex_};
    if (!is_open_ || content_.close || content_.overflowed) return;
    const bool is_full =
        content_.texts.size() >= limits_.queue_messages || (bytes_ > 0 && bytes_ + text->size() > limits_.queue_bytes);
    content_.overflowed = is_full;
    if (!is_full) {
        bytes_ += text->size();
        content_.texts.push_back(std::move(text));
    }
    wake();
}

void Outbox::close(std::uint16_t code, std::string reason) {
    const std::lock_guard lock{mutex_};
    if (!is_open_ || content_.close) return;
    content_.close = Close{code, std::move(reason)};
    wake();
}

void Outbox::wake() {
    if (std::exchange(is_woken_, true)) return;
    boost::asio::post(executor_, [session = session_] {
        if (const auto self = session.lock()) self->drain();
    });
}

Outbox::Content Outbox::take() {
    const std::lock_guard lock{mutex_};
    is_woken_ = false;
    bytes_ = 0;
    auto content = std::exchange(content_, {});
    if (content.close) content_.close = Close{};  // Nothing comes after it.
    return content;
}

void Outbox::open(std::weak_ptr<WebSocketSession> session) {
    const std::lock_guard lock{mutex_};
    session_ = std::move(session);
    is_open_ = true;
}

void Outbox::shut() {
    const std::lock_guard lock{mutex_};
    is_open_ = false;
    content_ = {};
}

// --- the connection ---------------------------------------------------------------------------------------------------

WebSocketSession::WebSocketSession(std::shared_ptr<Shard> shard, net::Socket socket, const WebSocketRoute& route,
                                   std::unique_ptr<WebSocketHandler> handler, std::string request_id)
    : shard_(std::move(shard)),
      socket_(std::move(socket)),
      handler_(std::move(handler)),
      request_id_(std::move(request_id)),
      outbox_(std::make_shared<Outbox>(shard_->executor(), shard_->limits())),
      reader_(route.max_message_bytes, route.too_big_code),
      heard_at_(shard_->now()),
      pinged_at_(heard_at_),
      progress_at_(heard_at_) {
    ++shard_->service().websockets;
    shard_->add(*this);
}

WebSocketSession::~WebSocketSession() {
    outbox_->shut();
    --shard_->service().websockets;
    shard_->remove(*this);
}

Task<void> WebSocketSession::run(std::shared_ptr<WebSocketSession> self, std::string hello, std::string early) {
    self->outbox_->open(self);
    self->out_ = std::move(hello);
    self->flush();
    self->call_handler([&](auto& handler) { handler.opened(self->outbox_); });
    self->is_open_ = true;
    if (self->shard_->is_stopping()) self->stop();
    const auto room = self->reader_.input().room(early.size()).first;
    std::ranges::copy(early, room);
    self->reader_.input().filled(early.size());
    if (self->obey() == Then::go_on) co_await self->hear();
    self->outbox_->shut();
    self->is_open_ = false;
    self->call_handler([](auto& handler) { handler.closed(); });
    self->handler_.reset();
}

Task<void> WebSocketSession::hear() {
    while (true) {
        const auto [data, size] = reader_.input().room();
        const auto [failure, bytes] = co_await socket_.async_read_some(buffer(data, size), net::wait);
        if (failure) break;
        heard_at_ = shard_->now();
        if (is_deaf_) continue;
        reader_.input().filled(bytes);
        if (obey() == Then::end) break;
    }
}

WebSocketSession::Then WebSocketSession::obey() {
    while (!is_deaf_) {
        const auto heard = reader_.next();
        if (heard.kind == Heard::Kind::nothing) break;
        if (obey(heard) == Then::end) return Then::end;
    }
    reader_.input().shrink();
    flush();
    return Then::go_on;
}

WebSocketSession::Then WebSocketSession::obey(const Heard& heard) {
    switch (heard.kind) {
        case Heard::Kind::text:
            if (!is_closing_) call_handler([&](auto& handler) { handler.message(heard.text); });
            break;
        case Heard::Kind::ping:
            // Pongs to a client that does not read are not piled up.
            if (!is_closing_ && out_.size() < shard_->limits().queue_bytes)
                append_frame(out_, Opcode::pong, heard.text);
            break;
        case Heard::Kind::close:
            begin_close(heard.code == 1005 ? std::uint16_t{1000} : heard.code, {});
            is_deaf_ = true;
            flush();
            return Then::end;
        case Heard::Kind::failed: fail(heard.code, heard.text); break;
        default: break;
    }
    return Then::go_on;
}

template <class Call>
void WebSocketSession::call_handler(Call call) {
    try {
        call(*handler_);
        return;
    } catch (const std::exception& exception) {
        shard_->service().observer.failed(exception.what(), request_id_);
    } catch (...) {
        shard_->service().observer.failed("something that is no std::exception", request_id_);
    }
    fail(1011, "Something went wrong here");
}

// --- sending ----------------------------------------------------------------------------------------------------------

void WebSocketSession::drain() {
    const auto content = outbox_->take();
    for (const auto& text : content.texts) queue(*text);
    if (content.overflowed) fail(1013, "Too slow to read");
    if (content.close) begin_close(content.close->code, content.close->reason);
    flush();
}

void WebSocketSession::queue(std::string_view text) {
    if (is_closing_) return;
    const auto bytes = out_.size() + in_flight_.size() - written_;
    const auto messages = out_messages_ + in_flight_messages_;
    const auto& limits = shard_->limits();
    if (messages >= limits.queue_messages || (bytes > 0 && bytes + text.size() > limits.queue_bytes))
        return fail(1013, "Too slow to read");
    append_frame(out_, Opcode::text, text);
    ++out_messages_;
}

void WebSocketSession::begin_close(std::uint16_t code, std::string_view reason) {
    if (is_closing_) return;
    append_close(out_, code, reason);
    is_closing_ = true;
    close_deadline_ = shard_->now() + shard_->limits().close_within;
}

void WebSocketSession::fail(std::uint16_t code, std::string_view reason) {
    is_deaf_ = true;
    if (is_closing_) return;
    // What has not begun to leave will not be read in time; the reason comes first.
    if (is_writing_) out_.clear();
    out_messages_ = 0;
    begin_close(code, reason);
    flush();
}

void WebSocketSession::flush() {
    if (is_writing_ || out_.empty()) return;
    net::Failure failure;
    const auto sent = socket_.write_some(buffer(std::as_const(out_)), failure);
    if (failure && failure != boost::asio::error::would_block) return cut();
    in_flight_.swap(out_);
    in_flight_messages_ = std::exchange(out_messages_, 0);
    written_ = sent;
    if (sent == in_flight_.size()) return written();
    is_writing_ = true;
    progress_at_ = shard_->now();
    boost::asio::co_spawn(shard_->executor(), write_rest(shared_from_this()), boost::asio::detached);
}

void WebSocketSession::written() {
    constexpr std::size_t kept = 16 * 1024;
    if (in_flight_.capacity() > kept) std::string{}.swap(in_flight_);
    in_flight_.clear();
    in_flight_messages_ = written_ = 0;
    is_writing_ = false;
    if (!out_.empty()) return flush();
    if (is_open_ && !is_closing_) call_handler([](auto& handler) { handler.drained(); });
    net::Failure ignored;
    if (is_deaf_) socket_.shutdown(net::tcp::socket::shutdown_send, ignored);
}

Task<void> WebSocketSession::write_rest(std::shared_ptr<WebSocketSession> self) {
    while (self->written_ < self->in_flight_.size()) {
        const auto rest = std::string_view{self->in_flight_}.substr(self->written_);
        const auto [failure, bytes] = co_await self->socket_.async_write_some(buffer(rest), net::wait);
        if (failure) {
            self->cut();
            co_return;
        }
        self->written_ += bytes;
        self->progress_at_ = self->shard_->now();
    }
    self->written();
}

// --- deadlines and the end --------------------------------------------------------------------------------------------

void WebSocketSession::tick(Duration now) {
    const auto& limits = shard_->limits();
    if (now >= close_deadline_ || now - heard_at_ >= limits.dead_after) return cut();
    if (is_writing_ && now - progress_at_ >= limits.stalled_for) return cut();
    if (is_closing_ || now - pinged_at_ < limits.ping_every) return;
    pinged_at_ = now;
    append_frame(out_, Opcode::ping, {});
    flush();
}

void WebSocketSession::stop() {
    begin_close(1012, "The server restarts");
    flush();
}

void WebSocketSession::cut() {
    net::Failure failure;
    socket_.close(failure);
}

}  // namespace agon
