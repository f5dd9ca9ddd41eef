#include "app/users.hpp"

#include "app/digest.hpp"

namespace agon {

namespace {

constexpr std::int64_t most_listed = 1'000'000;

Identity identity_of(Engine& engine, UserId id) {
    return engine.peek<UserAggregate>(
        id, [&](const users::User& u) { return Identity{id, u.username, u.role, {}, u.epoch}; });
}

}  // namespace

UserId user_id_of(const Name& name) {
    const auto hash = sha256("agon user " + name.skeleton);
    UserId id;
    std::copy_n(hash.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
    id.uuid.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[6] & 0x0f));
    id.uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[8] & 0x3f));
    return id;
}

std::optional<UserId> find_user(Store& store, std::string_view username) {
    const auto row = rows::find<rows::UserRow>(store, "name_key", folded(username));
    return row ? std::optional(row->user_id) : std::nullopt;
}

Result<void> run_user_command(Engine& engine, UserId id, const users::UserCommand& command) {
    CommitOutcome outcome;
    const auto decided = engine.decide_now<UserAggregate>(
        id, command, [](const users::User&) { return true; }, nullptr, [&](const CommitOutcome& o) { outcome = o; });
    if (!decided) return std::unexpected(decided.error());
    engine.journal().flush();
    rethrow_if_broken(outcome);
    if (!outcome.accepted())
        return refused(Code::conflict, "somebody else changed that user at the same moment; try again");
    return {};
}

Result<Identity> create_user(Engine& engine, const std::string& username, users::Role role, std::string password_hash) {
    const auto name = parse_username(username);
    if (!name) return std::unexpected(name.error());
    const auto id = user_id_of(*name);
    const auto taken = engine.peek<UserAggregate>(id, [](const users::User& u) { return u.username; });
    if (!taken.empty()) return refused(Code::conflict, "the name is taken, or looks like that of " + taken);
    users::CreateUser command{.username = name->shown, .role = role, .password_hash = std::move(password_hash)};
    if (auto ok = run_user_command(engine, id, command); !ok) return std::unexpected(ok.error());
    return identity_of(engine, id);
}

Result<Identity> find_or_create_user(Engine& engine, const std::string& username, std::optional<users::Role> role) {
    const auto id = find_user(engine.store(), username);
    if (!id) return create_user(engine, username, role.value_or(users::Role::player), {});
    if (role)
        if (auto ok = run_user_command(engine, *id, users::ChangeRole{*role}); !ok) return std::unexpected(ok.error());
    return identity_of(engine, *id);
}

std::vector<rows::UserRow> list_users(Store& store) {
    return rows::select<rows::UserRow>(store, {.order_by = "name_key", .limit = most_listed}).rows;
}

}  // namespace agon
