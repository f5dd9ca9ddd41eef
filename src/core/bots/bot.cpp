#include "core/bots/bot.hpp"

namespace agon::bots {

Result<std::vector<BotEvent>> decide(const Bot& bot, const BotCommand& command) {
    using Events = std::vector<BotEvent>;
    if (const auto* c = std::get_if<RegisterBot>(&command)) {
        if (bot.exists) return refused(Code::conflict, "already registered");
        return Events{c->what};
    }
    if (!bot.is_live()) return refused(Code::not_found, "no such bot");
    if (const auto* c = std::get_if<RotateKey>(&command))
        return Events{KeyRotated{c->key_hash, c->sealed_secret, c->old_key_ends_at}};
    return Events{BotDeleted{}};
}

void evolve(Bot& bot, const BotEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const BotRegistered& e) {
                       bot.what = e;
                       bot.exists = true;
                       bot.created_at = at;
                   },
                   [&](const KeyRotated& e) {
                       bot.old_key_hash = std::exchange(bot.what.key_hash, e.key_hash);
                       bot.old_sealed_secret = std::exchange(bot.what.sealed_secret, e.sealed_secret);
                       bot.old_key_ends_at = e.old_key_ends_at;
                   },
                   [&](const BotDeleted&) { bot.deleted = true; },
               },
               event);
}

}  // namespace agon::bots
