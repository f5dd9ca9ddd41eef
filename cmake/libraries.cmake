# Every library comes from a Debian package, by name (tools/packages.txt).

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
find_package(tomlplusplus REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(mimalloc REQUIRED)

# Boost's header libraries with their bodies compiled once (src/base/boost.cpp, src/adapters/http/beast.cpp).
add_library(agon_boost INTERFACE)
target_link_libraries(agon_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(agon_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ERROR_CODE_HEADER_ONLY)
# Coroutines' frames by operator new, which an allocator answers faster than aligned_alloc.
target_compile_definitions(agon_boost INTERFACE BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)
