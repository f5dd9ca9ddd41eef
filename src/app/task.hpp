/// Coroutines of the edge: what may wait for the disk. The domain is plain functions.
///
/// Rules that keep them safe with any compiler: parameters by value; no capturing lambda coroutine that outlives its
/// captures; no `co_await` in a catch.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace agon {

/// Runs on one io_context; resumes there after waiting.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

}  // namespace agon
