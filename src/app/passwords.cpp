#include "app/passwords.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

#include "base/names.hpp"

namespace agon {

namespace {

constexpr std::size_t shortest = 8, longest = 256;

/// Of what leaked lists hold most often, those that are long enough.
constexpr std::string_view common[] = {
    "password",   "password1",  "password12", "password123", "password1234", "password!", "passw0rd",      "p@ssw0rd",
    "p@ssword",   "12345678",   "123456789",  "1234567890",  "12345678910",  "87654321",  "987654321",     "0987654321",
    "11223344",   "1q2w3e4r",   "1q2w3e4r5t", "1qaz2wsx",    "zaq12wsx",     "qwertyui",  "qwertyuiop",    "qwerty123",
    "qwerty12",   "qwerty1234", "q1w2e3r4",   "asdfghjkl",   "asdf1234",     "abcd1234",  "abc12345",      "abcdefgh",
    "a1b2c3d4",   "iloveyou",   "iloveyou1",  "sunshine",    "princess",     "princess1", "football",      "football1",
    "baseball",   "baseball1",  "superman",   "starwars",    "trustno1",     "welcome1",  "welcome123",    "letmein1",
    "letmein123", "changeme",   "changeme1",  "computer",    "internet",     "whatever",  "michelle",      "jennifer",
    "dragon123",  "monkey123",  "shadow123",  "master123",   "admin123",     "admin1234", "administrator", "rootroot",
    "test1234",   "testtest",   "secret123",  "default1",    "passpass",     "charlie1",
};

bool is_one_character(std::string_view text) { return text.find_first_not_of(text.front()) == text.npos; }

std::unexpected<Error> weak(std::string rule) { return refused(Code::invalid, std::move(rule), "/password"); }

}  // namespace

Result<std::string> check_password(std::string_view password, std::string_view username) {
    if (password.size() > longest) return weak("must be at most 256 bytes long");
    auto text = normalised(password);
    if (!text) return weak(text.error().message);
    if (text->size() < shortest) return weak("must be at least 8 characters long");
    if (text->size() > longest) return weak("must be at most 256 bytes long");
    const auto small = folded(*text);
    if (small == folded(username)) return weak("must not be the username");
    if (is_one_character(small) || std::ranges::find(common, small) != std::end(common))
        return weak("is one of those that are tried first; choose another");
    return text;
}

Passwords::Passwords(const PasswordHasher& hasher, int threads, std::size_t most_waiting)
    : hasher_(hasher), inline_(threads == 0), most_waiting_(most_waiting), nobodys_hash_(hasher.hash("nobody's")) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Passwords::~Passwords() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

bool Passwords::submit(Job job) {
    if (inline_) return job(), true;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= most_waiting_) return false;
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void Passwords::run() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        auto job = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        job();
    }
}

template <class T, class Work>
Task<Result<T>> Passwords::on_a_thread(Work work) {
    auto executor = co_await boost::asio::this_coro::executor;
    constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> token;
    co_return co_await boost::asio::async_initiate<decltype(token), void(Result<T>)>(
        [this, &executor, &work](auto handler) {
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            const auto answer = [held, &context = executor.context()](Result<T> value) {
                boost::asio::post(context, [held, v = std::move(value)]() mutable { std::move (*held)(std::move(v)); });
            };
            const auto busy = refused(Code::exhausted, "too many requests");
            const bool taken = submit([work = std::move(work), answer, busy] {
                try {
                    answer(work());
                } catch (const std::bad_alloc&) {
                    answer(busy);
                }
            });
            if (!taken) answer(busy);
        },
        token);
}

Task<Result<std::string>> Passwords::hash(std::string password) {
    co_return co_await on_a_thread<std::string>([this, p = std::move(password)] { return hasher_.hash(p); });
}

Task<Result<bool>> Passwords::verify(std::string hash, std::string password) {
    const bool is_nobodys = hash.empty();
    if (is_nobodys) hash = nobodys_hash_;
    co_return co_await on_a_thread<bool>([this, is_nobodys, h = std::move(hash), p = std::move(password)] {
        const bool same = hasher_.verify(h, p);
        return same && !is_nobodys;
    });
}

}  // namespace agon
