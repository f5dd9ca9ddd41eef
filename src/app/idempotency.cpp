#include "app/idempotency.hpp"

#include <algorithm>

namespace agon {

namespace {

constexpr std::int64_t forgotten_at_once = 1000;

/// Parts that may hold anything, each with its length, so that no two lists make one text.
std::string hash_of(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts) text.append(std::to_string(part.size())).append(1, ':').append(part);
    return hash_api_key(text);
}

}  // namespace

bool is_idempotency_key(std::string_view key) {
    return !key.empty() && key.size() <= 255 && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

Idempotency::Opened Idempotency::open(const KeyedRequest& r) {
    auto scope = hash_of({r.principal, r.method, r.route, r.key});
    auto fingerprint = hash_of({r.method, r.path, r.body});
    {
        const std::lock_guard lock(mutex_);
        if (!running_.insert(scope).second) return {.refusal = Refusal::running};
    }
    auto claim = std::make_unique<Claim>(*this, scope, fingerprint);
    const auto known = find(scope);
    if (!known) return {.claim = std::move(claim)};
    if (known->fingerprint != fingerprint) return {.refusal = Refusal::other_request};
    const auto body = tokens_.unseal(known->answer);
    if (!body) return {.refusal = Refusal::other_request};
    return {.answer = KeptAnswer{static_cast<int>(known->status), *body}};
}

std::optional<rows::AnswerRow> Idempotency::find(const std::string& scope) const {
    auto row = rows::find<rows::AnswerRow>(engine_.store(), "scope", scope);
    if (row && engine_.clock().now() - row->created_at >= answers_kept_for) return std::nullopt;
    return row;
}

rows::AnswerRow Idempotency::row(const std::string& scope, const std::string& fingerprint,
                                 const KeptAnswer& answer) const {
    return {.scope = scope,
            .fingerprint = fingerprint,
            .status = answer.status,
            .answer = tokens_.seal(answer.body, random_),
            .created_at = engine_.clock().now()};
}

Idempotency::Claim::~Claim() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.running_.erase(scope_);
}

void Idempotency::Claim::keep(Batch& batch, const KeptAnswer& answer) {
    batch.rows.push_back(rows::set_row(owner_.row(scope_, fingerprint_, answer)));
    kept_ = true;
}

Task<void> Idempotency::Claim::keep(KeptAnswer answer) {
    Batch batch{.at = owner_.engine_.clock().now()};
    keep(batch, answer);
    const auto outcome = co_await owner_.engine_.journal().commit(std::move(batch));
    rethrow_if_broken(outcome);
}

void Idempotency::sweep() {
    const auto before = engine_.clock().now() - answers_kept_for;
    const RowQuery query{
        .where = {{.column = "created_at", .compare = Filter::Compare::less_or_equal, .value = before.us}},
        .limit = forgotten_at_once};
    Batch batch{.at = engine_.clock().now()};
    for (const auto& row : rows::select<rows::AnswerRow>(engine_.store(), query).rows)
        batch.rows.push_back(rows::remove_row<rows::AnswerRow>(row.scope));
    if (!batch.rows.empty()) engine_.journal().submit(std::move(batch), {}, nullptr, [](const CommitOutcome&) {});
}

}  // namespace agon
