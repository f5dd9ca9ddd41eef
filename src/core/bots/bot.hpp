/// A registered bot: how it is reached and who may speak for it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::bots {

/// How a bot is reached. `websocket`: it connects to us. `webhook`: we call it. `builtin`: it is part of Agon.
enum class Carrier { websocket, webhook, builtin };
BOOST_DESCRIBE_ENUM(Carrier, websocket, webhook, builtin)

struct Connection {
    Carrier type = Carrier::websocket;
    std::optional<std::string> url;
    std::optional<std::string> strategy;
    bool operator==(const Connection&) const = default;
};
BOOST_DESCRIBE_STRUCT(Connection, (), (type, url, strategy))

// --- events ---------------------------------------------------------------------------------------------------------

struct BotRegistered {
    std::string name;
    std::vector<std::string> game_types;
    Connection connection;
    std::string description;
    std::string source_url;
    std::optional<UserId> owner;
    /// SHA-256 of the key, in hexadecimal; the key itself is never kept.
    std::string key_hash;
    /// The webhook's secret, sealed with the server's key.
    std::string sealed_secret;
};
BOOST_DESCRIBE_STRUCT(BotRegistered, (),
                      (name, game_types, connection, description, source_url, owner, key_hash, sealed_secret))

/// Both keys work until the old one ends, so that a running bot can be moved over.
struct KeyRotated {
    std::string key_hash;
    std::string sealed_secret;
    Instant old_key_ends_at;
};
BOOST_DESCRIBE_STRUCT(KeyRotated, (), (key_hash, sealed_secret, old_key_ends_at))

struct BotDeleted {};
BOOST_DESCRIBE_STRUCT(BotDeleted, (), ())

using BotEvent = std::variant<BotRegistered, KeyRotated, BotDeleted>;

// --- commands -------------------------------------------------------------------------------------------------------

struct RegisterBot {
    BotRegistered what;
};
struct RotateKey {
    std::string key_hash;
    std::string sealed_secret;
    Instant old_key_ends_at;
};
struct DeleteBot {};

using BotCommand = std::variant<RegisterBot, RotateKey, DeleteBot>;

struct Bot {
    BotRegistered what;
    Instant created_at;
    std::string old_key_hash;
    std::string old_sealed_secret;
    Instant old_key_ends_at;
    bool exists = false;
    bool deleted = false;

    bool is_live() const { return exists && !deleted; }
};

/// `not_found` for a bot that is not there or no longer; `conflict` for one that is there already.
Result<std::vector<BotEvent>> decide(const Bot&, const BotCommand&);
void evolve(Bot&, const BotEvent&, Instant at);

}  // namespace agon::bots
