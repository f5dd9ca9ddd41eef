#include "app/setup.hpp"

namespace agon {

namespace {

constexpr std::string_view setup_token_prefix = "ags_";
constexpr std::int64_t most_links = 1000;

std::vector<rows::SetupLinkRow> links(Store& store) {
    return rows::select<rows::SetupLinkRow>(store, {.limit = most_links}).rows;
}

}  // namespace

bool has_admin(Store& store) { return rows::find<rows::UserRow>(store, "role", "admin").has_value(); }

std::string make_setup_token(Engine& engine, Random& random) {
    const auto token = Credential::make(setup_token_prefix, {}, random);
    Batch batch{.at = engine.clock().now()};
    for (const auto& old : links(engine.store()))
        batch.rows.push_back(rows::remove_row<rows::SetupLinkRow>(old.token_hash));
    batch.rows.push_back(
        rows::set_row(rows::SetupLinkRow{token.hash, engine.clock().now() + Duration(setup_link_lifetime)}));
    CommitOutcome outcome;
    engine.journal().submit(std::move(batch), {}, nullptr, [&](const CommitOutcome& o) { outcome = o; });
    engine.journal().flush();
    rethrow_if_broken(outcome);
    return token.text;
}

Task<Result<SignedIn>> Setup::make_admin(std::string token, std::string username, std::string password) {
    const auto no = refused(Code::unauthenticated, "the link is not valid");
    const auto hash = hash_api_key(token);
    {
        const std::lock_guard lock(mutex_);
        if (!at_work_.insert(hash).second) co_return no;
    }
    const std::shared_ptr<void> done(nullptr, [this, hash](void*) {
        const std::lock_guard lock(mutex_);
        at_work_.erase(hash);
    });
    const auto now = engine_.clock().now();
    const auto all = links(engine_.store());
    const bool known = std::ranges::any_of(
        all, [&](const rows::SetupLinkRow& l) { return same_secret(l.token_hash, hash) && now < l.ends_at; });
    if (!known) co_return no;
    // The link goes in the same transaction in which the admin comes.
    co_return co_await accounts_.sign_up(
        std::move(username), std::move(password), users::Role::admin,
        [hash](Batch& batch) { batch.rows.push_back(rows::remove_row<rows::SetupLinkRow>(hash)); });
}

}  // namespace agon
