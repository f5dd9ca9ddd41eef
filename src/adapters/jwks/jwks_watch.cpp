#include "adapters/jwks/jwks_watch.hpp"

#include <filesystem>
#include <fstream>
#include <future>

#include <fmt/ranges.h>

#include "adapters/jwks/jwks.hpp"
#include "adapters/outbound/http_client.hpp"
#include "base/log.hpp"

namespace agon {

namespace {

constexpr auto asked_again_after = std::chrono::minutes(10);
constexpr auto pause = seconds(10);
constexpr std::chrono::milliseconds patience{5'000};

bool is_url(std::string_view where) { return where.starts_with("https://") || where.starts_with("http://"); }

class JwksFile : public JwksWatch {
public:
    JwksFile(std::string file, std::string issuer, std::string audience)
        : JwksWatch(std::move(file), std::move(issuer), std::move(audience)) {}

    Result<void> read() {
        std::error_code failure;
        seen_ = std::filesystem::last_write_time(where_, failure);
        std::ifstream stream(where_, std::ios::binary);
        if (failure || !stream) return refused(Code::invalid, "cannot be read");
        return take(std::string(std::istreambuf_iterator<char>(stream), {}));
    }

    void look(Duration) override {
        std::error_code failure;
        const auto written = std::filesystem::last_write_time(where_, failure);
        if (!failure && written == seen_) return;
        if (auto ok = read(); !ok) complain(ok.error().message);
    }

private:
    std::filesystem::file_time_type seen_;
};

/// The operator chose the address, so it may be any; without TLS only this machine's own, where nobody listens in.
Result<CallRules> rules_for(const std::string& url) {
    const std::string anywhere[] = {"0.0.0.0/0", "::/0"}, here[] = {"127.0.0.0/8", "::1/128"};
    const bool tls = url.starts_with("https://");
    CallRules rules{.addresses = (tls ? AddressRules::from(anywhere) : AddressRules::from(here)).value(), .http = !tls};
    const auto target = check_target(url, rules);
    if (!target) return std::unexpected(target.error());
    const auto address = parse_address(target->host);
    if (!tls && target->host != "localhost" && !(address && rules.addresses.opens(*address)))
        return refused(Code::invalid,
                       "must be https; http is for this machine itself, as in http://127.0.0.1:8080/keys");
    return rules;
}

class JwksUrl : public JwksWatch {
public:
    JwksUrl(std::string url, std::string issuer, std::string audience, CallRules rules)
        : JwksWatch(std::move(url), std::move(issuer), std::move(audience)), client_(std::move(rules)) {}
    ~JwksUrl() override { client_.stop(); }

    void ask_and_wait() {
        std::promise<void> heard;
        ask([&heard] { heard.set_value(); });
        heard.get_future().wait();
    }

    void look(Duration now) override {
        {
            const std::lock_guard lock(mutex_);
            if (!asked_at_) asked_at_ = now;
            wanted_ = issuer_.missed_a_key() || wanted_;
            if (under_way_ || now - *asked_at_ < (wanted_ ? Duration(pause) : Duration(asked_again_after))) return;
            asked_at_ = now;
        }
        ask([] {});
    }

private:
    template <class Done>
    void ask(Done done) {
        {
            const std::lock_guard lock(mutex_);
            under_way_ = true;
            wanted_ = false;
        }
        client_.get({.url = where_, .headers = {{"Accept", "application/json"}}, .body = {}, .timeout = patience},
                    [this, done](const OutboundReply& reply) {
                        if (reply.outcome != Outcome::stopped) heard(reply);
                        done();
                    });
    }

    void heard(const OutboundReply& reply) {
        const auto taken = keys_in(reply);
        if (!taken) complain(taken.error().message);
        const std::lock_guard lock(mutex_);
        under_way_ = false;
        wanted_ = wanted_ || !taken;
    }

    Result<void> keys_in(const OutboundReply& reply) {
        if (reply.outcome != Outcome::answered) return refused(Code::invalid, reply.error);
        if (reply.status != 200) return refused(Code::invalid, fmt::format("answered {}", reply.status));
        if (reply.truncated) return refused(Code::invalid, "is longer than 64 KiB");
        return take(reply.body);
    }

    HttpClient client_;
    std::mutex mutex_;
    std::optional<Duration> asked_at_;
    /// A request is with the client; the next one is due soon.
    bool under_way_ = false, wanted_ = false;
};

}  // namespace

JwksWatch::JwksWatch(std::string where, std::string issuer, std::string audience)
    : where_(std::move(where)), issuer_(std::move(issuer), std::move(audience)) {}

Result<void> JwksWatch::take(std::string_view text) {
    auto read = read_jwks(text);
    if (!read) return std::unexpected(std::move(read.error()));
    std::vector<std::string_view> names;
    for (const auto& [name, key] : read->keys) names.push_back(name);
    auto known = fmt::format("{}", fmt::join(names, ", "));
    if (known != known_)
        log::info(
            "the outside issuer's keys",
            {{"where", where_}, {"keys", known}, {"left_out", fmt::format("{}", fmt::join(read->left_out, "; "))}});
    known_ = std::move(known);
    complaint_.clear();
    issuer_.use_keys(std::move(read->keys));
    return {};
}

void JwksWatch::complain(const std::string& why) {
    if (std::exchange(complaint_, why) == why) return;
    log::error("the outside issuer's keys cannot be read; those that are known stay good",
               {{"where", where_}, {"why", why}});
}

Result<std::shared_ptr<JwksWatch>> JwksWatch::open(const std::string& where, std::string issuer, std::string audience) {
    if (is_url(where)) {
        auto rules = rules_for(where);
        if (!rules) return std::unexpected(std::move(rules.error()));
        auto url = std::make_shared<JwksUrl>(where, std::move(issuer), std::move(audience), std::move(*rules));
        url->ask_and_wait();
        return url;
    }
    auto file = std::make_shared<JwksFile>(where, std::move(issuer), std::move(audience));
    if (auto ok = file->read(); !ok) return std::unexpected(std::move(ok.error()));
    return file;
}

}  // namespace agon
