#include "adapters/outbound/http_client.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

namespace agon {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest{15'000}, longest_connect{5'000};
constexpr std::size_t max_reply_bytes = 64 * 1024;
constexpr long max_per_host = 4;
constexpr std::size_t max_calls = 10'000;

/// Owns what curl gave; CURL and CURLM are both `void`, so the function that frees tells them apart.
template <auto Free>
struct Freed {
    void operator()(auto* owned) const { Free(owned); }
};
using Easy = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

enum class Verb { get, post };

/// One call, from `post` or `get` to its callback.
struct Call {
    Verb verb;
    OutboundRequest request;
    HttpClient::Callback done;
    const CallRules& rules;
    Steady::time_point deadline;
    HeaderList headers;
    Easy easy;
    OutboundReply reply;
    bool refused = false;

    void end(Outcome outcome, std::string error) {
        reply.outcome = outcome;
        reply.error = std::move(error);
        done(std::move(reply));
    }
};

std::uint16_t port_of(const sockaddr& socket) {
    // Both families keep the port in the same place (RFC 3493, section 3.3).
    return ntohs(reinterpret_cast<const sockaddr_in&>(socket).sin_port);
}

/// curl asks for a socket to this very address: what a name resolves to now is judged now, so a name that changed since
/// it was set up (DNS rebinding) leads nowhere.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* wanted) {
    auto& call = *static_cast<Call*>(user);
    const auto address = address_of(wanted->addr);
    if (!address || !may_connect(*address, port_of(wanted->addr), call.rules)) {
        call.refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

/// Keeps the first 64 KiB; taking less than offered makes curl end the call.
std::size_t take_body(const char* data, std::size_t, std::size_t size, void* user) {
    auto& reply = static_cast<Call*>(user)->reply;
    const auto room = std::min(size, max_reply_bytes - reply.body.size());
    reply.body.append(data, room);
    reply.truncated = room < size;
    return room;
}

bool is_header_text(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

HeaderList headers_of(const OutboundRequest& request) {
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    for (const auto& [name, value] : request.headers)
        list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
    return HeaderList{list};
}

void set_what_is_sent(CURL* easy, const Call& call, const Target& target) {
    curl_easy_setopt(easy, CURLOPT_URL, target.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "agon/" AGON_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call.headers.get());
    if (call.verb == Verb::get) return;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.request.body.data());
}

void set_what_is_forbidden(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer must not hold up the thread when its call is over.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

void set_call_backs(CURL* easy, Call& call) {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(longest_connect.count()));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
}

void end_by_result(Call& call, CURLcode result) {
    long status = 0;
    curl_easy_getinfo(call.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool complete = result == CURLE_OK || (result == CURLE_WRITE_ERROR && call.reply.truncated);
    if (complete) {
        call.reply.status = static_cast<int>(status);
        return call.end(Outcome::answered, "");
    }
    if (result == CURLE_COULDNT_CONNECT && call.refused) return call.end(Outcome::refused, "address not allowed");
    if (result == CURLE_OPERATION_TIMEDOUT) return call.end(Outcome::timed_out, "timeout");
    call.end(Outcome::failed, fmt::format("connection failed: {}", curl_easy_strerror(result)));
}

/// A closed connection is an error code here; the signals that libraries raise beside it are nobody's.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void prepare_curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

class HttpClient::Worker {
public:
    explicit Worker(CallRules rules) : rules_(std::move(rules)) {
        prepare_curl();
        multi_.reset(curl_multi_init());
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, max_per_host);
        curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
        thread_ = std::thread([this] { run(); });
    }

    void send(Verb verb, OutboundRequest request, Callback done) {
        const auto granted = std::min(request.timeout, longest);
        auto call = std::make_unique<Call>(Call{
            verb, std::move(request), std::move(done), rules_, Steady::now() + granted, nullptr, nullptr, {}, false});
        if (const auto* refusal = enqueue(call)) return call->end(Outcome::stopped, refusal);
        curl_multi_wakeup(multi_.get());
    }

    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        curl_multi_wakeup(multi_.get());
        if (thread_.joinable()) thread_.join();
    }

private:
    using Calls = std::vector<std::unique_ptr<Call>>;

    /// Takes the call, or says why not and leaves it with the caller.
    const char* enqueue(std::unique_ptr<Call>& call) {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return "stopped";
        if (unfinished_ >= max_calls) return "too many calls are waiting";
        ++unfinished_;
        fresh_.push_back(std::move(call));
        return nullptr;
    }

    void run() {
        block_signals();
        while (take_fresh()) {
            int running = 0;
            curl_multi_perform(multi_.get(), &running);
            collect();
            expire();
            curl_multi_poll(multi_.get(), nullptr, 0, patience_ms(), nullptr);
        }
        end_all();
    }

    /// Starts what was posted; false once the client is to stop.
    bool take_fresh() {
        Calls fresh;
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) return false;
            fresh.swap(fresh_);
        }
        for (auto& call : fresh) start(std::move(call));
        return true;
    }

    void start(std::unique_ptr<Call> call) {
        const auto target = check_target(call->request.url, rules_);
        if (!target) return finish(std::move(call), Outcome::refused, target.error().message);
        for (const auto& [name, value] : call->request.headers)
            if (!is_header_text(name) || !is_header_text(value))
                return finish(std::move(call), Outcome::refused, "a header with a line break");
        call->headers = headers_of(call->request);
        call->easy.reset(curl_easy_init());
        auto* easy = call->easy.get();
        set_what_is_sent(easy, *call, *target);
        set_what_is_forbidden(easy);
        set_call_backs(easy, *call);
        curl_multi_add_handle(multi_.get(), easy);
        calls_.emplace(easy, std::move(call));
    }

    void collect() {
        int left = 0;
        while (const auto* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const auto result = message->data.result;
            auto call = take(message->easy_handle);
            forget_one();
            end_by_result(*call, result);
        }
    }

    /// Ends what is over its time. curl's own limit would not reach the calls that wait for a connection.
    void expire() {
        std::vector<CURL*> late;
        const auto now = Steady::now();
        for (const auto& [easy, call] : calls_)
            if (call->deadline <= now) late.push_back(easy);
        for (auto* easy : late) finish(take(easy), Outcome::timed_out, "timeout");
    }

    int patience_ms() const {
        auto next = Steady::now() + std::chrono::seconds(1);
        for (const auto& [easy, call] : calls_) next = std::min(next, call->deadline);
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
        return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
    }

    std::unique_ptr<Call> take(CURL* easy) {
        curl_multi_remove_handle(multi_.get(), easy);
        return std::move(calls_.extract(easy).mapped());
    }

    void finish(std::unique_ptr<Call> call, Outcome outcome, std::string error) {
        forget_one();
        call->end(outcome, std::move(error));
    }

    void forget_one() {
        const std::scoped_lock lock(mutex_);
        --unfinished_;
    }

    void end_all() {
        Calls fresh;
        {
            const std::scoped_lock lock(mutex_);
            fresh.swap(fresh_);
        }
        while (!calls_.empty()) finish(take(calls_.begin()->first), Outcome::stopped, "stopped");
        for (auto& call : fresh) finish(std::move(call), Outcome::stopped, "stopped");
    }

    const CallRules rules_;
    Multi multi_;
    std::mutex mutex_;
    Calls fresh_;                                             // under mutex_
    std::size_t unfinished_ = 0;                              // under mutex_: posted, and its callback not yet called
    bool stopping_ = false;                                   // under mutex_
    std::unordered_map<CURL*, std::unique_ptr<Call>> calls_;  // the thread's own
    std::thread thread_;
};

HttpClient::HttpClient(CallRules rules) : worker_(std::make_unique<Worker>(std::move(rules))) {}

HttpClient::~HttpClient() { stop(); }

void HttpClient::post(OutboundRequest request, Callback done) {
    worker_->send(Verb::post, std::move(request), std::move(done));
}

void HttpClient::get(OutboundRequest request, Callback done) {
    worker_->send(Verb::get, std::move(request), std::move(done));
}

void HttpClient::stop() { worker_->stop(); }

}  // namespace agon
