#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "adapters/system/system.hpp"
#include "base/codec/codec.hpp"

namespace agon {

namespace {

struct KeyFile {
    std::string signing_seed;
    std::string sealing_key;
    std::vector<std::string> old_signing_seeds;
    static constexpr codec::Note notes[] = {{.field = "old_signing_seeds", .has_default = true}};
};
BOOST_DESCRIBE_STRUCT(KeyFile, (), (signing_seed, sealing_key, old_signing_seeds))

std::string to_hex(std::span<const std::uint8_t> bytes) {
    std::string hex(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    hex.pop_back();
    return hex;
}

bool from_hex(const std::string& hex, std::span<std::uint8_t> bytes) {
    std::size_t size = 0;
    return hex.size() == bytes.size() * 2 &&
           sodium_hex2bin(bytes.data(), bytes.size(), hex.data(), hex.size(), nullptr, &size, nullptr) == 0 &&
           size == bytes.size();
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
    throw std::runtime_error(path.string() + ": " + what);
}

/// Readable by its owner only from its first byte on, and whole or not there: written beside, synced, renamed.
void write_secret_file(const std::filesystem::path& path, std::string_view text) {
    auto beside = path;
    beside += ".new";
    const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail(path, std::strerror(errno));
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!written || ::rename(beside.c_str(), path.c_str()) != 0) fail(path, std::strerror(errno));
    if (const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory >= 0) {
        ::fsync(directory);
        ::close(directory);
    }
}

std::optional<ServerKeys> keys_of(const KeyFile& file) {
    ServerKeys keys;
    keys.old_signing_seeds.resize(file.old_signing_seeds.size());
    bool good = from_hex(file.signing_seed, keys.signing_seed) && from_hex(file.sealing_key, keys.sealing_key);
    for (std::size_t i = 0; i < file.old_signing_seeds.size(); ++i)
        good = good && from_hex(file.old_signing_seeds[i], keys.old_signing_seeds[i]);
    return good ? std::optional(std::move(keys)) : std::nullopt;
}

std::filesystem::path key_file(const std::filesystem::path& directory) { return directory / "keys.json"; }

}  // namespace

std::string keys_text(const ServerKeys& keys) {
    KeyFile file{to_hex(keys.signing_seed), to_hex(keys.sealing_key), {}};
    for (const auto& seed : keys.old_signing_seeds) file.old_signing_seeds.push_back(to_hex(seed));
    return codec::to_json<codec::log_spelling>(file) + "\n";
}

std::optional<ServerKeys> read_keys(std::string_view text) {
    const auto file = codec::read_text<KeyFile, codec::Spelling{}>(text);
    return file ? keys_of(*file) : std::nullopt;
}

void save_keys(const std::filesystem::path& directory, const ServerKeys& keys) {
    write_secret_file(key_file(directory), keys_text(keys));
}

bool make_data_directory(const std::filesystem::path& directory) {
    std::error_code failure;
    const bool made = std::filesystem::create_directories(directory, failure);
    if (failure) fail("--data " + directory.string(), "cannot be made: " + failure.message());
    if (made) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failure);
    return made;
}

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
    const auto path = directory / "lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) fail(directory, std::string("cannot be written: ") + std::strerror(errno));
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd_);
        fail(directory, "another agon serves this data directory (stop it, or choose another --data)");
    }
}

DirectoryLock::~DirectoryLock() { ::close(fd_); }

ServerKeys load_keys(const std::filesystem::path& directory, Random& random, bool make) {
    const auto path = key_file(directory);
    if (!std::filesystem::exists(path)) {
        if (make) {
            auto keys = ServerKeys::make(random);
            save_keys(directory, keys);
            return keys;
        }
        fail(path, "not there: no server has run on this data directory yet");
    }
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) fail(path, std::strerror(errno));
    if ((status.st_mode & 077) != 0) fail(path, "others can read it; run: chmod 600 " + path.string());
    std::ifstream stream(path);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    const auto keys = read_keys(text);
    if (!keys) fail(path, "not a key file; restore it from a backup (without it, tokens and webhook secrets are lost)");
    return *keys;
}

std::optional<ServerKeys> KeyWatch::changed() {
    std::error_code failure;
    const auto written = std::filesystem::last_write_time(key_file(directory_), failure);
    if (failure || std::exchange(seen_, written) == written) return std::nullopt;
    return load_keys(directory_, random_, false);
}

KeyWatch::KeyWatch(std::filesystem::path directory, Random& random)
    : directory_(std::move(directory)), random_(random) {
    std::error_code failure;
    seen_ = std::filesystem::last_write_time(key_file(directory_), failure);
}

}  // namespace agon
