#include "faces/player/player.hpp"

#include "faces/player/live.hpp"

namespace agon::player {

namespace {

struct PlayerError {
    int status_code = 0;
    /// A sentence; a list of them for fields that break the schema.
    Json message;
    std::string error;
    codec::Omittable<std::string> code;
};
BOOST_DESCRIBE_STRUCT(PlayerError, (), (status_code, message, error, code))

/// The core says what is refused; these are the Player API's words for it, where they are not the core's own.
constexpr std::pair<std::string_view, std::string_view> sentences[] = {
    {"already registered", "User is already registered for this tournament"},
    {"full", "Tournament is full"},
    {"registration is closed", "Tournament registration is not open"},
    {"registration is not open yet", "Tournament is UPCOMING; its registration is not open yet"},
    {"not registered", "User is not registered for this tournament"},
    {"already started", "Tournament has already started"},
    {"already completed", "Tournament is already completed"},
    {"cancelled", "Tournament is cancelled"},
    {"not started yet", "Tournament has not started yet"},
};

/// `no such venue` → `Venue not found`; else the phrase with a capital.
Json sentence(std::string_view phrase) {
    for (const auto& [core, ours] : sentences)
        if (core == phrase) return Json(ours);
    constexpr std::string_view absent = "no such ";
    std::string text(phrase.starts_with(absent) ? phrase.substr(absent.size()) : phrase);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return Json(phrase.starts_with(absent) ? text + " not found" : text);
}

Response refusal(int status, Json message) {
    const PlayerError body{status, std::move(message), std::string(status_text(status)), error_code(status)};
    return {.status = status, .body = codec::to_json<spelling>(body)};
}

/// `/max_participants` → `maxParticipants`; a pointer of the input is spelt as the input is.
std::string field_name(std::string_view pointer) {
    std::string name;
    bool up = false;
    for (const char c : pointer.substr(1)) {
        up = up || c == '_';
        if (c == '_') continue;
        name += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '/' ? '.' : c;
        up = false;
    }
    return name;
}

/// Fields' mistakes are a list, as the source has it.
Response mistakes(const Failure& failure) {
    if (failure.error.pointer.empty()) return refusal(400, sentence(failure.error.message));
    JsonArray list;
    const auto add = [&](const Error& e) { list.push_back(Json(field_name(e.pointer) + ": " + e.message)); };
    add(failure.error);
    std::ranges::for_each(failure.more, add);
    return refusal(400, std::move(list));
}

constexpr std::string_view too_many = "too many requests";

int status_of(const Error& error) {
    switch (error.code) {
        case Code::invalid:
        case Code::wrong_state: return 400;
        case Code::exhausted: return error.message == too_many ? 429 : 409;
        case Code::conflict: return 409;
        case Code::not_found: return 404;
        case Code::forbidden: return 403;
        case Code::unauthenticated: return 401;
    }
    return 400;
}

/// One text for all causes, but for a sign-in, whose user must know what to try again.
Response unauthenticated(const Error& error) {
    const bool at_sign_in = error.message == "wrong username or password";
    auto response = refusal(401, at_sign_in ? sentence(error.message) : Json("Unauthorized"));
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"agon\"");
    return response;
}

Response render_failure(const Failure& failure) {
    const auto& error = failure.error;
    if (error.message == "unsupported media type")
        return refusal(415, "The body must be JSON, with Content-Type: application/json");
    if (error.code == Code::unauthenticated) return unauthenticated(error);
    if (error.code == Code::forbidden) return refusal(403, "Insufficient permissions");
    if (error.code == Code::invalid) return mistakes(failure);
    return refusal(status_of(error), sentence(error.message));
}

Response render_refusal(int status, std::string_view text) { return refusal(status, Json(text)); }

}  // namespace

const Face face{.prefix = "/api/v1/",
                .title = "Player",
                .render_failure = render_failure,
                .render_refusal = render_refusal,
                .schema_prefix = "Player",
                .refusal_schema = "PlayerError",
                .mistake_schema = "PlayerError",
                .mistake_status = 400,
                .rate = Rate::tournament,
                .takes_keys = true};

std::vector<Endpoint> endpoints() {
    std::vector<Endpoint> all;
    for (auto make : {auth_endpoints, key_endpoints, venue_endpoints, event_endpoints, tournament_endpoints,
                      bracket_endpoints, result_endpoints, history_endpoints, wallet_endpoints, leaderboard_endpoints,
                      live_endpoints, matchmaking_endpoints, block_endpoints, flag_endpoints})
        for (auto& e : make()) all.push_back(std::move(e));
    return all;
}

}  // namespace agon::player
