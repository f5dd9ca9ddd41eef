#include "faces/player/live.hpp"

namespace agon::player {

namespace {

constexpr std::string_view tournament_channels = "tournament:";

class Teller : public LiveTeller {
public:
    explicit Teller(Engine& engine) {
        for (const auto& source : live_sources()) mappings_.emplace_back(source.stream_prefix, source.make(engine));
    }
    void tell(const Recorded& recorded, const LiveInterest& interest, std::vector<LiveEvent>& out) override {
        LiveSink sink{recorded, interest, out};
        for (auto& [prefix, map] : mappings_)
            if (recorded.stream.starts_with(prefix)) map(recorded, sink);
    }

private:
    std::vector<std::pair<std::string_view, LiveMapping>> mappings_;
};

Result<LiveChannel> find_tournament(Engine& engine, std::string_view text) {
    const auto id = TournamentId::parse(text);
    if (!id) return refused(Code::invalid, "not the id of a tournament");
    if (!engine.peek<TournamentAggregate>(*id, [](const Tournament& t) { return t.exists(); }))
        return refused(Code::not_found, "no such Tournament");
    return LiveChannel{channel_of(*id), id->text()};
}

Result<LiveChannel> find_user(const Identity& who, std::string_view text) {
    const auto id = UserId::parse(text);
    if (!id) return refused(Code::invalid, "not the id of a user");
    if (*id != who.user_id && who.role != users::Role::admin)
        return refused(Code::forbidden, "what concerns another user is not told to you");
    return LiveChannel{channel_of(*id), {}};
}

}  // namespace

std::string channel_of(TournamentId id) { return std::string(tournament_channels) + to_uuid_text(id.uuid); }
std::string channel_of(UserId id) { return std::string(user_channels) + to_uuid_text(id.uuid); }

Result<LiveChannel> find_channel(Engine& engine, const Identity& who, std::string_view text) {
    if (text.starts_with(tournament_channels)) return find_tournament(engine, text.substr(tournament_channels.size()));
    if (text.starts_with(user_channels)) return find_user(who, text.substr(user_channels.size()));
    return refused(Code::invalid, "unknown channel; there are tournament:ID and user:ID");
}

std::vector<LiveSource> live_sources() {
    return {live_tournaments(), live_wallets(), live_queues(), live_ranked_matches()};
}

std::unique_ptr<LiveTeller> make_live_teller(Engine& engine) { return std::make_unique<Teller>(engine); }

}  // namespace agon::player
