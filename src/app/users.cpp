#include "app/users.hpp"

#include <sodium.h>

namespace agon {

namespace {

/// From the name, so that two who ask for the same new name write to the same stream, and one of them is second
/// (RFC 9562, version 8).
UserId id_of(std::string_view username) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
    const auto text = "agon user " + std::string(username);
    crypto_hash_sha256(hash.data(), reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    UserId id;
    std::copy_n(hash.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
    id.uuid.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[6] & 0x0f));
    id.uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[8] & 0x3f));
    return id;
}

Result<void> run(Engine& engine, UserId id, const users::UserCommand& command) {
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

}  // namespace

Result<void> check_username(std::string_view name) {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const bool good =
        name.size() >= 3 && name.size() <= 32 && alphanumeric(name[0]) &&
        std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
    if (good) return {};
    return refused(Code::invalid, "must be 3 to 32 letters, digits, '-', '_' or '.', beginning with a letter or digit");
}

Result<Identity> find_or_create_user(Engine& engine, const std::string& username, std::optional<users::Role> role) {
    const auto id = id_of(username);
    const auto known = engine.peek<UserAggregate>(id, [](const users::User& u) { return u; });
    if (!known.exists) {
        if (auto ok = run(engine, id, users::CreateUser{username, role.value_or(users::Role::player)}); !ok)
            return std::unexpected(ok.error());
    } else if (role && *role != known.role) {
        if (auto ok = run(engine, id, users::ChangeRole{*role}); !ok) return std::unexpected(ok.error());
    }
    const auto user = engine.peek<UserAggregate>(id, [](const users::User& u) { return u; });
    return Identity{id, user.username, user.role};
}

}  // namespace agon
