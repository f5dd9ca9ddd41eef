/// Passwords: which are good enough, and how they are hashed without slowing down everything else.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "app/task.hpp"
#include "base/result.hpp"

namespace agon {

/// The PORT to the function that hashes. Each call takes tens of milliseconds, on purpose. Any thread.
class PasswordHasher {
public:
    virtual ~PasswordHasher() = default;
    /// With a salt and its parameters, as text.
    virtual std::string hash(std::string_view password) const = 0;
    virtual bool verify(const std::string& hash, std::string_view password) const = 0;
    /// Made with other parameters than `hash` uses now.
    virtual bool is_outdated(const std::string& hash) const = 0;
};

/// The password as it is hashed (NFC), or the rule that it breaks: 8 to 256 bytes, not the username, not one of those
/// that everybody tries first, not one character over and over.
Result<std::string> check_password(std::string_view password, std::string_view username);

/// Hashes on threads of its own, a few at a time: who asks when too many wait is refused (`exhausted`). Any thread.
class Passwords {
public:
    /// With no threads, on the caller's: for tests and commands.
    Passwords(const PasswordHasher&, int threads, std::size_t most_waiting);
    ~Passwords();

    Task<Result<std::string>> hash(std::string password);
    /// An empty `hash` is nobody's: that takes as long as any other, and is false.
    Task<Result<bool>> verify(std::string hash, std::string password);
    bool is_outdated(const std::string& hash) const { return hasher_.is_outdated(hash); }

private:
    using Job = std::move_only_function<void()>;
    /// Takes the job, or not where too many wait.
    bool submit(Job);
    void run();
    template <class T, class Work>
    Task<Result<T>> on_a_thread(Work work);

    const PasswordHasher& hasher_;
    const bool inline_;
    const std::size_t most_waiting_;
    /// Of a password that nobody has.
    const std::string nobodys_hash_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace agon
