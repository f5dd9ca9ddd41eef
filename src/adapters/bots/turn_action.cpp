#include "adapters/bots/turn_action.hpp"

#include "base/codec/read.hpp"

namespace agon {

namespace {

constexpr codec::Spelling bot_spelling{.instants = codec::Instants::exact};

struct TurnAction {
    codec::Omittable<std::string> type;
    codec::Omittable<MatchId> match_id;
    codec::Omittable<std::string> request_id;
    std::string action;
    Json params = JsonObject{};
    static constexpr codec::Note notes[] = {
        {.field = "request_id", .doc = "as in the turn_request", .min = 1, .max = 200},
        {.field = "action", .doc = "one of the turn's valid_actions", .max = 200},
        {.field = "params", .doc = "what the action needs, as the amount of a raise", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(TurnAction, (), (type, match_id, request_id, action, params))

BotAnswer answer_of(TurnAction said) {
    return {said.match_id.value(), std::move(said.request_id.value()), std::move(said.action), std::move(said.params)};
}

}  // namespace

Result<BotAnswer> read_turn_action(const Json& message) {
    auto said = codec::read<TurnAction, bot_spelling>(message);
    if (!said) return std::unexpected(said.error());
    if (!said->match_id) return refused(Code::invalid, "field required", "/match_id");
    if (!said->request_id) return refused(Code::invalid, "field required", "/request_id");
    return answer_of(std::move(*said));
}

Result<BotAnswer> read_turn_action(const Json& message, const TurnRequest& asked) {
    auto said = codec::read<TurnAction, bot_spelling>(message);
    if (!said) return std::unexpected(said.error());
    if (said->type && *said->type != "turn_action") return refused(Code::invalid, "must be 'turn_action'", "/type");
    if (!said->match_id) said->match_id = asked.match_id;
    if (!said->request_id) said->request_id = asked.request_id;
    return answer_of(std::move(*said));
}

}  // namespace agon
