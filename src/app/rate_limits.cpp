#include "app/rate_limits.hpp"

#include <sodium.h>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "base/result.hpp"

namespace agon {

using namespace std::chrono_literals;

Metered meter(const Quota& quota, std::int64_t tat, std::int64_t now) {
    const auto period = quota.period().count();
    const auto window = period * quota.limit;
    const auto from = std::max(tat, now);
    const auto next = from + period;
    Metered result{.tat = tat};
    if (next - now > window) {
        result.full_after = std::chrono::nanoseconds(from - now);
        result.retry_after = std::chrono::nanoseconds(next - now - window);
        return result;
    }
    result.allowed = true;
    result.tat = next;
    result.remaining = (window - (next - now)) / period;
    result.full_after = std::chrono::nanoseconds(next - now);
    return result;
}

RatePolicy::RatePolicy(std::string_view called, Quota of)
    : name(called),
      quota(of),
      header(fmt::format("\"{}\";q={};w={}", called, of.limit,
                         std::chrono::ceil<std::chrono::seconds>(of.window).count())) {}

const RatePolicy* policy_of(Rate rate) {
    static const RatePolicy tournament{"tournament", {100, 60s}};
    static const RatePolicy matchmaking{"matchmaking", {60, 60s}};
    static const RatePolicy admin{"admin", {200, 60s}};
    static const RatePolicy anonymous{"anonymous", {60, 60s}};
    // Behind a reverse proxy on this machine everybody comes from here.
    static const RatePolicy anonymous_here{"anonymous", {6'000, 60s}};
    static const RatePolicy sign_in{"sign-in", {20, 60s}};
    switch (rate) {
        case Rate::by_face:
        case Rate::none: return nullptr;
        case Rate::tournament: return &tournament;
        case Rate::matchmaking: return &matchmaking;
        case Rate::admin: return &admin;
        case Rate::anonymous: return &anonymous;
        case Rate::anonymous_here: return &anonymous_here;
        case Rate::sign_in: return &sign_in;
    }
    return nullptr;
}

RateLimits::RateLimits(const Clock& clock, Random& random, std::size_t buckets) : clock_(clock), buckets_(buckets) {
    CHECK_THAT(buckets > 0 && (buckets & (buckets - 1)) == 0);
    static_assert(crypto_shorthash_KEYBYTES == 16);
    random.fill(secret_);
}

Metered RateLimits::take(Rate rate, std::string_view who) {
    const auto* policy = policy_of(rate);
    CHECK_THAT(policy != nullptr);
    std::string text(policy->name);
    text.append(1, '\0').append(who);
    std::array<std::uint8_t, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), bytes_of(text).data(), text.size(), secret_.data());
    std::uint64_t tag = 0;
    for (const auto byte : hash) tag = (tag << 8) | byte;

    const auto index = tag & (buckets_.size() - 1);
    // From 1, so that a number of 0 is always past.
    const auto now = std::chrono::nanoseconds(clock_.steady()).count() + 1;
    const std::lock_guard lock(mutexes_[index % mutexes_.size()]);
    auto& tat = tat_of(buckets_[index], tag | 1, now);
    const auto metered = meter(policy->quota, tat, now);
    tat = metered.tat;
    return metered;
}

std::int64_t& RateLimits::tat_of(Bucket& bucket, std::uint64_t tag, std::int64_t now) {
    const auto known = std::ranges::find(bucket.slots, tag, &Slot::tag);
    if (known != bucket.slots.end()) return known->tat;
    const auto free = std::ranges::find_if(bucket.slots, [&](const Slot& s) { return s.tat <= now; });
    if (free == bucket.slots.end()) return bucket.shared_tat;
    *free = {tag, bucket.shared_tat};
    return free->tat;
}

std::size_t RateLimits::bytes() const { return sizeof(*this) + buckets_.capacity() * sizeof(Bucket); }

std::string address_key(std::string_view text) {
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(text, failure);
    if (failure || !address.is_v6()) return std::string(text);
    const auto v6 = address.to_v6();
    auto bytes = v6.to_bytes();
    if (v6.is_v4_mapped()) return boost::asio::ip::address_v4({bytes[12], bytes[13], bytes[14], bytes[15]}).to_string();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace agon
