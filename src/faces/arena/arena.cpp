#include "faces/arena/arena.hpp"

#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

/// The core says what is refused; these are the Arena's words for it.
constexpr std::pair<std::string_view, std::string_view> sentences[] = {
    {"full", "Tournament is full"},
    {"already started", "Tournament has already started"},
    {"already completed", "Tournament has already completed"},
    {"already registered", "Bot already registered for this tournament"},
    {"not registered", "Bot is not registered for this tournament"},
    {"registration is closed", "Registration is closed"},
    {"registration is not open yet", "Registration is not open yet"},
    {"cancelled", "Tournament was cancelled"},
    {"no such tournament", "Tournament not found"},
    {"no such Tournament", "Tournament not found"},
    {"no such bot", "Bot not found"},
    {"no such Bot", "Bot not found"},
    {"no such match", "Match not found"},
    {"no such Match", "Match not found"},
    {"not started yet", "Tournament has not started"},
    {"no such game", "Game not found"},
    {"no such Game", "Game not found"},
};

std::string sentence(std::string_view phrase) {
    for (const auto& [core, ours] : sentences)
        if (core == phrase) return std::string(ours);
    std::string text(phrase);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

struct Refusal {
    std::string detail;
    codec::Omittable<std::string> code;
};
BOOST_DESCRIBE_STRUCT(Refusal, (), (detail, code))

struct Mistake {
    std::vector<Json> loc;
    std::string msg;
    std::string type;
};
BOOST_DESCRIBE_STRUCT(Mistake, (), (loc, msg, type))

struct Mistakes {
    std::vector<Mistake> detail;
};
BOOST_DESCRIBE_STRUCT(Mistakes, (), (detail))

/// `/config/rounds/0` → `["body", "config", "rounds", 0]`
std::vector<Json> location(std::string_view pointer) {
    std::vector<Json> steps{"body"};
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        const auto step = pointer.substr(0, end);
        const bool index = !step.empty() && step.find_first_not_of("0123456789") == step.npos && step.size() < 9;
        steps.push_back(index ? Json(std::stoll(std::string(step))) : Json(step));
        pointer.remove_prefix(end);
    }
    return steps;
}

std::string_view mistake_type(const Error& error) {
    if (error.message.starts_with("not valid JSON")) return "json_invalid";
    if (error.message == "field required") return "missing";
    return codec::is_wrong_kind(error) ? "type_error" : "value_error";
}

Mistake mistake(const Error& error) {
    return {location(error.pointer), error.message, std::string(mistake_type(error))};
}

Response mistakes(const Failure& failure) {
    Mistakes body{{mistake(failure.error)}};
    for (const auto& error : failure.more) body.detail.push_back(mistake(error));
    return {.status = 422, .body = codec::to_json<spelling>(body)};
}

Response refusal(int status, std::string text) {
    return {.status = status, .body = codec::to_json<spelling>(Refusal{std::move(text), error_code(status)})};
}

int status_of(Code code) {
    switch (code) {
        case Code::invalid:
        case Code::conflict:
        case Code::wrong_state:
        case Code::exhausted: return 400;
        case Code::not_found: return 404;
        case Code::forbidden: return 403;
        case Code::unauthenticated: return 401;
    }
    return 400;
}

Response render_failure(const Failure& failure) {
    const auto& error = failure.error;
    if (error.message == "unsupported media type")
        return refusal(415, "The body must be JSON, with Content-Type: application/json");
    if (failure.where == Where::query)
        return refusal(400, error.pointer.empty() ? error.message : error.pointer.substr(1) + ": " + error.message);
    if (error.code == Code::invalid && (failure.where == Where::body || !error.pointer.empty()))
        return mistakes(failure);
    auto response = refusal(status_of(error.code), sentence(error.message));
    if (error.code == Code::unauthenticated) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"agon\"");
    return response;
}

Response render_refusal(int status, std::string_view text) { return refusal(status, std::string(text)); }

}  // namespace

const Face face{
    .prefix = "/api/", .title = "Arena", .render_failure = render_failure, .render_refusal = render_refusal};

std::vector<Endpoint> endpoints() {
    auto all = tournament_endpoints();
    for (auto& e : conduct_endpoints()) all.push_back(std::move(e));
    for (auto& e : bot_endpoints()) all.push_back(std::move(e));
    for (auto& e : game_endpoints()) all.push_back(std::move(e));
    return all;
}

}  // namespace agon::arena
