// The bodies of Boost.Beast, compiled here once where the build asks for that; else they are inline in its headers.
#ifdef BOOST_BEAST_SEPARATE_COMPILATION
#include <boost/asio/error.hpp>
#include <boost/beast/src.hpp>
#endif
