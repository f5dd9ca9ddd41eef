// The bodies of Boost's header libraries, compiled here once.
#include <boost/asio/impl/src.hpp>
#include <boost/json/src.hpp>
