#include "adapters/outbound/http_client.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <mutex>
#include <ranges>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

namespace agon {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest{15'000}, longest_connect{5'000};
constexpr std::size_t max_reply_bytes = 64 * 1024;
constexpr int max_per_host = 4;
/// The rest is for what is more urgent.
constexpr std::size_t max_calls = 20'000, max_calls_low = 10'000;

/// Owns what curl gave; CURL and CURLM are both `void`, so the function that frees tells them apart.
template <auto Free>
struct Freed {
    void operator()(auto* owned) const { Free(owned); }
};
using Easy = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

enum class Verb { get, post };

struct Call;
using CallPtr = std::unique_ptr<Call>;

/// The calls to one host.
struct Host {
    int under_way = 0;
    /// By urgency.
    std::array<std::deque<CallPtr>, 3> waiting;

    bool is_idle() const {
        return under_way == 0 && std::ranges::all_of(waiting, [](const auto& queue) { return queue.empty(); });
    }
};

/// One call, from `post` or `get` to its callback.
struct Call {
    Verb verb;
    OutboundRequest request;
    HttpClient::Callback done;
    const CallRules& rules;
    Steady::time_point deadline{};
    Target target{};
    Host* host = nullptr;
    HeaderList headers{};
    Easy easy{};
    OutboundReply reply{};
    int sent = 0;
    bool refused = false;

    void grant(std::chrono::milliseconds time) { deadline = Steady::now() + time; }
    bool may_be_sent() const { return verb == Verb::get || sent == 0; }
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
    if (!call.may_be_sent()) return CURL_SOCKET_BAD;
    const auto address = address_of(wanted->addr);
    if (!address || !may_connect(*address, port_of(wanted->addr), call.rules)) {
        call.refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

/// curl would by itself send a call again, up to five times, where a connection that was used before breaks.
int before_sending(void* user, char*, char*, int, int) {
    auto& call = *static_cast<Call*>(user);
    if (!call.may_be_sent()) return CURL_PREREQFUNC_ABORT;
    ++call.sent;
    return CURL_PREREQFUNC_OK;
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

bool has_header_texts(const OutboundRequest& request) {
    return std::ranges::all_of(request.headers, [](const auto& header) {
        return is_header_text(header.first) && is_header_text(header.second);
    });
}

HeaderList headers_of(const OutboundRequest& request) {
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    for (const auto& [name, value] : request.headers)
        list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
    return HeaderList{list};
}

void set_what_is_sent(CURL* easy, const Call& call) {
    curl_easy_setopt(easy, CURLOPT_URL, call.target.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "agon/" AGON_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call.headers.get());
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, call.request.fresh_connection ? 1L : 0L);
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
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &call);
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
    if (result == CURLE_ABORTED_BY_CALLBACK || (result == CURLE_COULDNT_CONNECT && !call.may_be_sent()))
        return call.end(Outcome::failed, "connection failed: closed without a reply");
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
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(max_per_host));
        curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
        thread_ = std::thread([this] { run(); });
    }

    void send(Verb verb, OutboundRequest request, Callback done) {
        auto call = std::make_unique<Call>(Call{verb, std::move(request), std::move(done), rules_});
        call->grant(call->request.prepare ? call->request.patience : std::min(call->request.timeout, longest));
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
    using Calls = std::vector<CallPtr>;

    /// Takes the call, or says why not and leaves it with the caller.
    const char* enqueue(CallPtr& call) {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return "stopped";
        const auto most = call->request.urgency == Urgency::low ? max_calls_low : max_calls;
        if (unfinished_ >= most) return "too many calls are waiting";
        ++unfinished_;
        fresh_.push_back(std::move(call));
        return nullptr;
    }

    void run() {
        block_signals();
        while (take_fresh()) {
            start_waiting();
            int running = 0;
            curl_multi_perform(multi_.get(), &running);
            const bool collected = collect();
            const bool expired = expire();
            // Where one ended, another may have its turn.
            if (!collected && !expired) curl_multi_poll(multi_.get(), nullptr, 0, patience_ms(), nullptr);
        }
        end_all();
    }

    /// Lines up what was posted; false once the client is to stop.
    bool take_fresh() {
        Calls fresh;
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) return false;
            fresh.swap(fresh_);
        }
        for (auto& call : fresh) line_up(std::move(call));
        return true;
    }

    void line_up(CallPtr call) {
        auto target = check_target(call->request.url, rules_);
        if (!target) return finish(std::move(call), Outcome::refused, target.error().message);
        call->target = *std::move(target);
        auto& host = hosts_[call->target.host];
        call->host = &host;
        host.waiting[static_cast<std::size_t>(call->request.urgency)].push_back(std::move(call));
    }

    void start_waiting() {
        for (auto& [name, host] : hosts_)
            for (auto& queue : host.waiting | std::views::reverse)
                while (host.under_way < max_per_host && !queue.empty()) {
                    auto call = std::move(queue.front());
                    queue.pop_front();
                    start(std::move(call));
                }
        std::erase_if(hosts_, [](const auto& entry) { return entry.second.is_idle(); });
    }

    void start(CallPtr call) {
        auto& request = call->request;
        if (request.prepare) {
            if (!request.prepare(request)) return finish(std::move(call), Outcome::refused, "not to be sent any more");
            call->grant(std::min(request.timeout, longest));
        }
        if (!has_header_texts(request)) return finish(std::move(call), Outcome::refused, "a header with a line break");
        ++call->host->under_way;
        call->headers = headers_of(request);
        call->easy.reset(curl_easy_init());
        auto* easy = call->easy.get();
        set_what_is_sent(easy, *call);
        set_what_is_forbidden(easy);
        set_call_backs(easy, *call);
        curl_multi_add_handle(multi_.get(), easy);
        calls_.emplace(easy, std::move(call));
    }

    /// Whether any has ended.
    bool collect() {
        int left = 0;
        bool any = false;
        while (const auto* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const auto result = message->data.result;
            auto call = take(message->easy_handle);
            forget_one();
            end_by_result(*call, result);
            any = true;
        }
        return any;
    }

    /// Ends what is over its time, under way or waiting; whether there was any.
    bool expire() {
        const auto now = Steady::now();
        std::vector<CURL*> late;
        for (const auto& [easy, call] : calls_)
            if (call->deadline <= now) late.push_back(easy);
        for (auto* easy : late) finish(take(easy), Outcome::timed_out, "timeout");
        auto waited = take_waiting([now](const CallPtr& call) { return call->deadline <= now; });
        for (auto& call : waited) finish(std::move(call), Outcome::timed_out, "timeout");
        return !late.empty() || !waited.empty();
    }

    Calls take_waiting(auto&& wanted) {
        Calls taken;
        for (auto& [name, host] : hosts_)
            for (auto& queue : host.waiting) {
                const auto rest = std::ranges::stable_partition(queue, std::not_fn(wanted));
                std::ranges::move(rest, std::back_inserter(taken));
                queue.erase(rest.begin(), rest.end());
            }
        return taken;
    }

    int patience_ms() const {
        auto next = Steady::now() + std::chrono::seconds(1);
        for (const auto& [easy, call] : calls_) next = std::min(next, call->deadline);
        for (const auto& [name, host] : hosts_)
            for (const auto& queue : host.waiting)
                for (const auto& call : queue) next = std::min(next, call->deadline);
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
        return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
    }

    CallPtr take(CURL* easy) {
        curl_multi_remove_handle(multi_.get(), easy);
        auto call = std::move(calls_.extract(easy).mapped());
        --call->host->under_way;
        return call;
    }

    void finish(CallPtr call, Outcome outcome, std::string error) {
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
        for (auto& call : take_waiting([](const CallPtr&) { return true; })) fresh.push_back(std::move(call));
        for (auto& call : fresh) finish(std::move(call), Outcome::stopped, "stopped");
    }

    const CallRules rules_;
    Multi multi_;
    std::mutex mutex_;
    Calls fresh_;                                  // under mutex_
    std::size_t unfinished_ = 0;                   // under mutex_: posted, and its callback not yet called
    bool stopping_ = false;                        // under mutex_
    std::unordered_map<CURL*, CallPtr> calls_;     // under way; the thread's own
    std::unordered_map<std::string, Host> hosts_;  // the thread's own
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
