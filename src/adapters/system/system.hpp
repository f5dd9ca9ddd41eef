/// The machine's clock, chance, timer and files.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "app/clock.hpp"
#include "app/timers.hpp"
#include "app/tokens.hpp"

namespace agon {

class SystemClock : public Clock {
public:
    Instant now() const override;
    Duration steady() const override;
};

/// The kernel's generator, taken in blocks. Any thread.
class SystemRandom : public Random {
public:
    std::uint64_t bits() override;
    void fill(std::span<std::uint8_t>) override;

private:
    std::mutex mutex_;
    std::vector<std::uint8_t> block_;
    std::size_t used_ = 0;
};

/// Runs what is due in `Timers`, on `context`'s thread, by one timer that is set to the next deadline.
class TimerPump {
public:
    TimerPump(Timers&, const Clock&, boost::asio::io_context& context);
    ~TimerPump();
    void start();
    /// On `context`'s thread, or once it has ended.
    void stop();

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

/// Makes the directory where it is missing, for its owner alone; whether it did. One that is there stays as it is.
/// Throws std::runtime_error where it cannot.
bool make_data_directory(const std::filesystem::path& directory);

/// Only one server may use a data directory at a time. Throws std::runtime_error where another one does, naming it;
/// the lock goes with the object, or with the process.
class DirectoryLock {
public:
    explicit DirectoryLock(const std::filesystem::path& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;

private:
    int fd_ = -1;
};

/// The keys of a data directory (`keys.json`, 0600), made at the first use where `make` allows it.
/// Throws std::runtime_error: not there, not readable by us alone, or not a key file.
ServerKeys load_keys(const std::filesystem::path& directory, Random&, bool make);

/// Writes them, whole or not at all. Throws std::runtime_error.
void save_keys(const std::filesystem::path& directory, const ServerKeys&);

/// The text of a key file, for a backup, and back: nothing where it is not one.
std::string keys_text(const ServerKeys&);
std::optional<ServerKeys> read_keys(std::string_view text);

/// Notices that another process changed the keys (`agon keys rotate`).
class KeyWatch {
public:
    /// What the file holds now is known.
    KeyWatch(std::filesystem::path directory, Random&);
    /// The keys, where the file was written since the last look. Throws as `load_keys` does.
    std::optional<ServerKeys> changed();

private:
    std::filesystem::path directory_;
    Random& random_;
    std::filesystem::file_time_type seen_;
};

}  // namespace agon
