/// The concrete Asio types of this folder: no type-erased executor, so less to compile and to run. Included by the
/// .cpp files here and by the headers that only they include.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/task.hpp"

namespace agon::net {

using boost::asio::ip::tcp;
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<tcp, Executor>;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Failure = boost::system::error_code;

/// `co_await socket.async_read_some(buffer, net::wait)` gives `[failure, bytes]` and does not throw.
inline const auto wait = boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{});

}  // namespace agon::net
