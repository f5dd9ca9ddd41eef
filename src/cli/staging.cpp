#include "cli/staging.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "adapters/sqlite/sqlite_store.hpp"

namespace agon::cli {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_on(const fs::path& path, std::string_view doing) {
    throw std::runtime_error(fmt::format("{}: {}: {}", path.string(), doing, std::strerror(errno)));
}

}  // namespace

Staging::Staging(const fs::path& pattern) {
    auto name = fs::absolute(pattern).string();
    if (!::mkdtemp(name.data())) fail_on(pattern.parent_path().empty() ? "." : pattern.parent_path(), "write there");
    path_ = name;
}

Staging::~Staging() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Verdict Staging::verified() const {
    const auto store = open_sqlite_store(path_);
    auto verdict = verify(*store);
    for (const auto& complaint : verdict.complaints) fmt::print(stderr, "{}\n", complaint);
    return verdict;
}

void publish(const fs::path& from, const fs::path& to) {
    auto moved = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0;
    // A file system that cannot say "unless it is there" in one step.
    if (!moved && errno == EINVAL && !fs::exists(to)) moved = ::rename(from.c_str(), to.c_str()) == 0;
    if (!moved) fail_on(to, "give it its name");
    const auto directory = ::open(fs::absolute(to).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) fail_on(to, "open its directory");
    const auto synced = ::fsync(directory);
    ::close(directory);
    if (synced != 0) fail_on(to, "sync its directory");
}

}  // namespace agon::cli
