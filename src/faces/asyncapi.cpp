#include "faces/asyncapi.hpp"

#include "faces/player/live_frames.hpp"

namespace agon {

namespace {

using player::LiveEventType;

constexpr std::string_view channels_text =
    "Text frames `{\"event\", \"data\"}` in both directions. A signed-in user subscribes to the channels "
    "`tournament:ID`, and "
    "hears its own events (channel `user:ID`) without subscribing. A channel's `seq` grows with each event; none is "
    "left out, "
    "and `since` replays what was missed.";
constexpr std::string_view stream_text =
    "The events of one tournament as server-sent events: `id` is the seq, `event` the name, `data` the same object as "
    "in a "
    "frame. `Last-Event-ID` resumes.";

JsonObject pointer(std::string_view to) { return {{"$ref", to}}; }

/// `match.started`: the frame with that event's data.
Json message(const LiveEventType& type, codec::Schemas& all) {
    const JsonObject payload{
        {"type", "object"},
        {"properties", {{"event", {{"type", "string"}, {"const", type.name}}}, {"data", type.data(all)}}},
        {"required", JsonArray{"event", "data"}}};
    return {{"name", type.name}, {"summary", type.summary}, {"contentType", "application/json"}, {"payload", payload}};
}

/// The messages of both directions and their places in the document.
struct Messages {
    codec::Schemas schemas;
    JsonObject all, in_socket, in_stream;
    JsonArray sent, heard, streamed;

    void add(const LiveEventType& type, bool by_server) {
        all[type.name] = message(type, schemas);
        in_socket[type.name] = pointer("#/components/messages/" + std::string(type.name));
        (by_server ? sent : heard).push_back(pointer("#/channels/socket/messages/" + std::string(type.name)));
    }
    void add_streamed(const LiveEventType& type) {
        in_stream[type.name] = pointer("#/components/messages/" + std::string(type.name));
        streamed.push_back(pointer("#/channels/stream/messages/" + std::string(type.name)));
    }
};

JsonObject operation(std::string_view action, std::string_view channel, std::string_view summary, JsonArray messages) {
    return {{"action", action},
            {"channel", pointer("#/channels/" + std::string(channel))},
            {"summary", summary},
            {"messages", std::move(messages)}};
}

}  // namespace

Json asyncapi(std::string_view version) {
    Messages messages;
    for (const auto& type : player::client_frames()) messages.add(type, false);
    for (const auto& type : player::server_frames()) messages.add(type, true);
    for (const auto& source : player::live_sources())
        for (const auto& type : source.events) {
            messages.add(type, true);
            if (source.stream_prefix == "tourn_") messages.add_streamed(type);
        }
    JsonObject channels;
    channels["socket"] = {{"address", "/ws"}, {"description", channels_text}, {"messages", messages.in_socket}};
    channels["stream"] = {{"address", "/api/v1/tournaments/{tournamentId}/events"},
                          {"description", stream_text},
                          {"parameters", {{"tournamentId", {{"description", "A UUID, or a TypeID."}}}}},
                          {"messages", messages.in_stream}};
    JsonObject operations;
    operations["hear"] = operation("receive", "socket", "What a client says", messages.heard);
    operations["tell"] = operation("send", "socket", "What the server says", messages.sent);
    operations["stream"] = operation("send", "stream", "A tournament's events", messages.streamed);
    return {
        {"asyncapi", "3.0.0"},
        {"info",
         {{"title", "Agon live"},
          {"version", version},
          {"description", "Tournaments and one's own affairs as they happen."},
          {"license", {{"name", "Apache-2.0"}}}}},
        {"defaultContentType", "application/json"},
        {"channels", std::move(channels)},
        {"operations", std::move(operations)},
        {"components", {{"messages", std::move(messages.all)}, {"schemas", std::move(messages.schemas.components)}}}};
}

}  // namespace agon
