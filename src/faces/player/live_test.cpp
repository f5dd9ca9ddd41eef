#include "faces/player/live.hpp"

#include <doctest/doctest.h>

#include "core/ledger/transfer.hpp"
#include "faces/player/live_frames.hpp"
#include "faces/player/player_testing.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon {

using namespace testing;

namespace {

/// What a channel's watcher is told: `seq name data`.
struct Watching {
    Watching(PlayerWorld& w, LiveChannel channel, std::optional<Seq> since = {}) {
        auto made = w.live->subscribe(std::move(channel), since, [this](const LiveMessage& m) { take(m); });
        REQUIRE(made.has_value());
        subscription = std::move(*made);
        for (const auto& message : subscription->missed(100'000)) take(message);
    }
    Watching(Watching&&) = delete;
    void take(const LiveMessage& m) {
        frames.push_back(*m.frame());
        names.emplace_back(m.name());
        const auto json = parse_json(m.data());
        REQUIRE(json.has_value());
        CHECK(json->at("seq") == m.seq());
        CHECK(std::string(json->at("channel").as_string()) == m.channel());
        data.push_back(json->as_object());
    }
    std::size_t count(std::string_view name) const { return static_cast<std::size_t>(std::ranges::count(names, name)); }
    /// The last one of that name.
    const JsonObject& last(std::string_view name) const {
        for (auto i = names.size(); i-- > 0;)
            if (names[i] == name) return data[i];
        FAIL("never told: ", name);
        return data.front();
    }
    std::vector<std::string> frames, names;
    std::vector<JsonObject> data;
    std::unique_ptr<LiveSubscription> subscription;
};

LiveChannel channel(TournamentId id) { return {player::channel_of(id), id.text()}; }
LiveChannel channel(UserId id) { return {player::channel_of(id), {}}; }

UserId person(std::uint8_t n) { return UserId{Uuid{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n}}}; }

/// A tournament whose matches people play.
struct PeopleWorld : PlayerWorld {
    TournamentId cup(int people, const std::string& format = "single_elimination", bool start = true) {
        auto made = world->run(world->tournaments.create({.name = "Cup",
                                                          .game_type = "rps",
                                                          .format = format,
                                                          .max_participants = 64,
                                                          .config = {{"seeding", "registration"}},
                                                          .driver = Driver::manual,
                                                          .created_by = {}}));
        REQUIRE(made.has_value());
        for (int i = 1; i <= people; ++i) join(*made, i);
        if (start) world.start(*made);
        return *made;
    }
    void join(TournamentId id, int n) {
        const BotId as_entrant{person(static_cast<std::uint8_t>(n)).uuid};
        REQUIRE(world->run(world->tournaments.join(id, {as_entrant, fmt::format("p{}", n), {}, {}})).has_value());
    }
    void order(TournamentId id, TournamentCommand command) {
        const auto done = world->run(world->tournaments.order(id, std::move(command)));
        INFO((done.has_value() ? "" : done.error().message));
        REQUIRE(done.has_value());
    }
    void result(TournamentId id, MatchNumber match, std::uint8_t winner) {
        order(id, ReportResult{
                      .match = match, .winner_side = winner, .score = formats::Score{winner ? 1 : 3, winner ? 3 : 1}});
    }
};

/// The first match that was played has another winner.
void turn_first_result(PeopleWorld& w, TournamentId id) {
    const auto t = w.world.state(id);
    MatchNumber m = 1;
    while (t.match(m).status != formats::MatchStatus::completed || t.match(m).is_bye()) ++m;
    const std::uint8_t winner = t.match(m).winner_side == 0 ? 1 : 0;
    w.order(id, CorrectResult{.mode = CorrectionMode::rewind,
                              .result = {.match = m,
                                         .winner_side = winner,
                                         .score = winner ? formats::Score{0, 3} : formats::Score{3, 0}}});
}

std::string text(const JsonObject& object, std::string_view name) { return std::string(object.at(name).as_string()); }

/// A record on a wallet's stream, as the ledger makes it.
void move_money(PlayerWorld& w, UserId user, ledger::TransferKind kind, std::int64_t amount, std::string key) {
    const auto wallet = ledger::wallet_of(user).text();
    ledger::MoneyMoved moved{
        .account = wallet, .balance = Money{700}, .transfer = {.kind = kind, .business_key = std::move(key)}};
    moved.transfer.entries = {{wallet, Money{amount}}, {"house", Money{-amount}}};
    moved.transfer.currency = "DojoCoins";
    const auto version = static_cast<Version>(w.world->store.read(wallet, 0).size());
    NewEvent event{"MoneyMoved", codec::to_json<codec::log_spelling>(moved)};
    w.world->journal.submit({.at = t0, .appends = {{wallet, version, {std::move(event)}}}}, {}, nullptr, {});
    w.world->settle();
}

}  // namespace

TEST_CASE("both players hear how their ranked match goes on, and how it ends") {
    PlayerWorld w;
    w.world.outside.matchmaking.common.match.confirm_results = true;
    w.restart();
    const auto ana = w.sign_up("ana"), ben = w.sign_up("ben");
    Watching told(w, channel(ben.who.user_id));
    for (const auto& token : {ana.access_token, ben.access_token})
        REQUIRE(w.post("/api/v1/tournaments/matchmaking/join", "", token).status == 200);
    const auto match = text(told.last("matchmaking.match_ready"), "matchId");
    const auto path = "/api/v1/tournaments/matches/" + match + "/result";
    const auto winner = to_uuid_text(ana.who.user_id.uuid);
    const auto body = fmt::format(R"({{"winnerId":"{}","scoreA":{},"scoreB":{}}})", winner, 2, 1);
    REQUIRE(w.post(path, body, ana.access_token).status == 200);
    CHECK(text(told.last("matchmaking.match_claimed"), "claimedBy") == winner);
    REQUIRE(w.post(path + "/dispute", R"({"reason":"no"})", ben.access_token).status == 200);
    CHECK(text(told.last("matchmaking.match_disputed"), "reason") == "no");
    REQUIRE(w.post(path, body, w.user("root", users::Role::admin)).status == 200);
    const auto& ended = told.last("matchmaking.match_completed");
    CHECK(text(ended, "matchId") == match);
    CHECK(text(ended, "winnerId") == winner);
    CHECK(ended.at("scoreA") == 2);
}

TEST_CASE("a tournament of people is told from its first entrant to its champion") {
    PeopleWorld w;
    const auto id = w.cup(0, "single_elimination", false);
    Watching cup(w, channel(id));
    for (int i = 1; i <= 4; ++i) w.join(id, i);
    w.world.start(id);
    w.result(id, 1, 0);
    w.result(id, 2, 1);
    w.result(id, 3, 0);
    const std::vector<std::string> names{"participant.joined", "participant.joined",
                                         "participant.joined", "participant.joined",
                                         "tournament.started", "match.started",
                                         "match.started",      "match.completed",
                                         "match.completed",    "tournament.round.advanced",
                                         "match.completed",    "tournament.completed"};
    CHECK(cup.names == names);

    const auto& joined = cup.data[3];
    CHECK(text(joined, "participantId") == to_uuid_text(player::participant_id(id, agon::entrant_of(person(4))).uuid));
    CHECK(text(joined, "userId") == to_uuid_text(person(4).uuid));
    CHECK(joined.at("participant") == Json{{"username", "p4"}});
    CHECK(joined.at("participants") == 4);
    const auto& done = cup.data[8];
    CHECK(text(done, "tournamentId") == to_uuid_text(id.uuid));
    CHECK(text(done, "matchId") == to_uuid_text(match_id(id, 2).uuid));
    CHECK(done.at("round") == 1);
    CHECK(done.at("scoreA") == 1);
    CHECK(done.at("scoreB") == 3);
    CHECK(text(done, "winnerId") == text(done, "playerBId"));
    CHECK(text(done, "time") == "2023-11-14T22:13:20Z");
    const auto& round = cup.data[9];
    CHECK(round.at("round") == 2);
    CHECK(text(round.at("match").as_object(), "id") == to_uuid_text(match_id(id, 3).uuid));
    CHECK(text(cup.last("tournament.completed"), "championId") == to_uuid_text(person(1).uuid));
}

TEST_CASE("a channel never tells two events under one seq, and a replay tells letter for letter what was told live") {
    PeopleWorld w;
    for (const auto* format : {"single_elimination", "double_elimination", "round_robin", "swiss"}) {
        CAPTURE(std::string(format));
        const auto id = w.cup(0, format, false);
        Watching live(w, channel(id), 0);
        for (int i = 1; i <= 7; ++i) w.join(id, i);
        w.order(id, WithdrawEntrant{EntrantId{person(7).uuid}});
        w.join(id, 8);
        w.world.start(id);
        for (int step = 0; step < 60; ++step) {
            const auto t = w.world.state(id);
            if (t.status != Status::in_progress) break;
            for (MatchNumber m = 1; m <= t.match_count(); ++m)
                if (t.match(m).status == formats::MatchStatus::in_progress) {
                    w.result(id, m, static_cast<std::uint8_t>(m % 2));
                    break;
                }
            if (step == 3) turn_first_result(w, id);
        }
        CHECK(live.count("tournament.completed") == 1);
        CHECK(live.count("match.corrected") == 1);
        CHECK(live.count("participant.left") == 1);
        CHECK(live.count("tournament.round.advanced") >= 2);
        std::set<std::int64_t> seqs;
        for (const auto& data : live.data) CHECK(seqs.insert(data.at("seq").to_number<std::int64_t>()).second);
        CHECK(
            std::ranges::is_sorted(live.data, {}, [](const auto& d) { return d.at("seq").template to_number<Seq>(); }));

        Watching replay(w, channel(id), 0);
        CHECK(replay.frames == live.frames);
        // From the middle, too: what is told of an event does not hang on where one begins.
        const auto half = live.frames.size() / 2;
        Watching rest(w, channel(id), live.data[half - 1].at("seq").to_number<Seq>());
        CHECK(rest.frames == std::vector(live.frames.begin() + static_cast<std::ptrdiff_t>(half), live.frames.end()));
    }
}

TEST_CASE("each round after the first is told once, and again when a correction took it back") {
    PeopleWorld w;
    const auto id = w.cup(8);
    Watching cup(w, channel(id));
    for (const MatchNumber m : {1, 2, 3, 4, 5}) w.result(id, m, 0);
    CHECK(cup.count("tournament.round.advanced") == 1);
    w.order(id, CorrectResult{.mode = CorrectionMode::rewind,
                              .result = {.match = 1, .winner_side = 1, .score = formats::Score{0, 3}}});
    const auto& corrected = cup.last("match.corrected");
    CHECK(corrected.at("undone") == Json(JsonArray{Json(to_uuid_text(match_id(id, 5).uuid))}));
    CHECK(corrected.at("reopened") == false);
    // Match 6 of the second round had begun: the round as such stands.
    CHECK(cup.count("tournament.round.advanced") == 1);
    CHECK(text(cup.data.back(), "matchId") == to_uuid_text(match_id(id, 5).uuid));
    CHECK(cup.data.back().at("attempt") == 2);
    for (const MatchNumber m : {5, 6}) w.result(id, m, 0);
    CHECK(cup.count("tournament.round.advanced") == 2);
}

TEST_CASE("the two players of a match hear that it can be played, without a word about others' matches") {
    PeopleWorld w;
    Watching first(w, channel(person(1))), stranger(w, channel(person(9)));
    const auto id = w.cup(4);
    REQUIRE(first.names == std::vector<std::string>{"match.started"});
    CHECK(text(first.data[0], "playerAId") == to_uuid_text(person(1).uuid));
    w.result(id, 1, 0);
    w.result(id, 2, 0);
    // A round that begins by itself is no reason not to hear of one's match.
    CHECK(first.names == std::vector<std::string>{"match.started", "match.started"});
    CHECK(first.data[1].at("round") == 2);
    CHECK(stranger.names.empty());
    Watching again(w, channel(person(1)), 0);
    CHECK(again.frames == first.frames);
}

TEST_CASE("bots' matches are told to no user") {
    PlayerWorld w;
    Watching user(w, channel(person(1)));
    const auto id = w.world.playing({w.world.builtin("rock"), w.world.builtin("random"), w.world.builtin("cycle")});
    Watching cup(w, channel(id), 0);
    CHECK(cup.names.back() == "tournament.completed");
    CHECK(user.names.empty());
}

TEST_CASE("the secret of a draw is told to nobody") {
    PeopleWorld w;
    const auto id = w.cup(3);
    const auto secret = w.world.state(id).draw.secret;
    REQUIRE(!secret.empty());
    Watching cup(w, channel(id), 0);
    CHECK(cup.names.front() == "tournament.updated");
    for (const auto& frame : cup.frames) CHECK(frame.find(secret) == frame.npos);
}

TEST_CASE("leaving, disqualifying and cancelling are told with the reason") {
    PeopleWorld w;
    const auto id = w.cup(4, "round_robin");
    Watching cup(w, channel(id));
    w.order(id, Leave{EntrantId{person(2).uuid}, Leaving::disqualified, "cheated"});
    CHECK(text(cup.last("participant.left"), "how") == "DISQUALIFIED");
    CHECK(text(cup.last("participant.left"), "reason") == "cheated");
    CHECK(cup.last("participant.left").at("participant") == Json{{"username", "p2"}});
    w.order(id, CancelTournament{"rain"});
    CHECK(text(cup.last("tournament.cancelled"), "reason") == "rain");
}

TEST_CASE("a prize and other movements of a wallet are told to its user alone") {
    PlayerWorld w;
    Watching ana(w, channel(person(1))), ben(w, channel(person(2)));
    move_money(w, person(1), ledger::TransferKind::prize, 500, "prize/tourn_x/entrant_y/1");
    move_money(w, person(1), ledger::TransferKind::deposit, 200, "deposit/wallet_x/r");
    REQUIRE(ana.names == std::vector<std::string>{"prize.paid", "wallet.changed"});
    CHECK(ana.data[0].at("place") == 1);
    CHECK(ana.data[0].at("amount") == 500);
    CHECK(ana.data[0].at("balance") == 700);
    CHECK(text(ana.data[1], "kind") == "DEPOSIT");
    CHECK(ana.data[1].at("amount") == 200);
    CHECK(ben.names.empty());
    CHECK(Watching(w, channel(person(1)), 0).frames == ana.frames);
}

TEST_CASE("a user may watch every tournament there is, and of users itself; an admin everybody") {
    PeopleWorld w;
    auto& engine = w.world->engine;
    const auto id = w.cup(2);
    const Identity ana{person(1), "ana", users::Role::player}, root{person(9), "root", users::Role::admin};
    for (const auto& text : {"tournament:" + id.text(), "tournament:" + to_uuid_text(id.uuid)}) {
        const auto found = player::find_channel(engine, ana, text);
        REQUIRE(found.has_value());
        CHECK(found->name == "tournament:" + to_uuid_text(id.uuid));
        CHECK(found->stream == id.text());
    }
    CHECK(player::find_channel(engine, ana, "user:" + person(1).text()).has_value());
    const auto code = [&](const Identity& who, std::string_view text) {
        return player::find_channel(engine, who, text).error().code;
    };
    CHECK(code(ana, "user:" + person(2).text()) == Code::forbidden);
    CHECK(player::find_channel(engine, root, "user:" + person(2).text()).has_value());
    CHECK(code(ana, "tournament:" + to_uuid_text(person(1).uuid)) == Code::not_found);
    for (const auto* text : {"", "tournament", "tournament:", "tournament:x", "user:", "users:1", "all"})
        CHECK(code(ana, text) == Code::invalid);
}

TEST_CASE("every event and frame has a name of its own, and the head that every event has") {
    std::set<std::string_view> names;
    const auto check = [&](const player::LiveEventType& type, bool has_head) {
        CAPTURE(type.name);
        CHECK(names.insert(type.name).second);
        CHECK(!type.summary.empty());
        codec::Schemas all;
        type.data(all);
        const bool tells_seq = to_text(all.components).find(R"("seq")") != std::string::npos;
        CHECK(tells_seq == has_head);
    };
    for (const auto& source : player::live_sources())
        for (const auto& type : source.events) check(type, true);
    for (const auto& type : player::client_frames()) check(type, false);
}

// --- server-sent events -------------------------------------------------------------------------------------------------

namespace {

/// A client of the stream: what it has got, piece by piece.
struct Stream {
    Stream(PlayerWorld& w, TournamentId id, Headers headers = {}) : world(w) {
        auto with = PlayerWorld::bearer(w.user(fmt::format("user{}", w.last_seq())));
        for (auto& header : headers) with.push_back(std::move(header));
        answer = w.ask(Method::get, "/api/v1/tournaments/" + id.text() + "/events", {}, std::move(with));
        body = answer.response.stream;
    }
    /// What comes now; empty at the end.
    std::string next() {
        auto pending = world.world->spawn(body->next());
        world.world->settle();
        REQUIRE(pending->done());
        return pending->get();
    }
    PlayerWorld& world;
    Answer answer;
    std::shared_ptr<BodyStream> body;
};

}  // namespace

TEST_CASE("a tournament's events are served as a stream that resumes behind the last event") {
    PeopleWorld w;
    const auto id = w.cup(2);
    Stream stream(w, id, {{"Last-Event-ID", "0"}, {"Accept", "text/event-stream"}});
    CHECK(stream.answer.status == 200);
    CHECK(stream.answer.response.content_type == "text/event-stream");
    CHECK(stream.answer.header("Cache-Control") == "no-store");
    const auto all = stream.next();
    CHECK(all.starts_with("retry: 2000\n\nid: "));
    CHECK(all.find("event: tournament.started\ndata: {") != all.npos);
    CHECK(all.ends_with("}\n\n"));

    auto waiting = w.world->spawn(stream.body->next());
    w.world->settle();
    CHECK(!waiting->done());
    w.result(id, 1, 0);
    REQUIRE(waiting->done());
    const auto news =
        waiting->get() + (waiting->get().find("tournament.completed") == std::string::npos ? stream.next() : "");
    CHECK(news.find("event: match.completed\n") != news.npos);
    CHECK(news.find("event: tournament.completed\n") != news.npos);

    const auto seq = news.substr(4, news.find('\n') - 4);
    Stream resumed(w, id, {{"Last-Event-ID", seq}});
    CHECK(resumed.next() == "retry: 2000\n\n" + news.substr(news.find("\n\n") + 2));
    resumed.body->stop();
    CHECK(resumed.next().empty());
}

TEST_CASE("a stream whose client does not read ends instead of growing") {
    PeopleWorld w;
    const auto id = w.cup(0, "round_robin", false);
    Stream stream(w, id);
    CHECK(stream.next() == "retry: 2000\n\n");
    for (int i = 1; i <= 64; ++i) w.join(id, i);
    for (int i = 0; i < 200; ++i) {
        w.order(id, WithdrawEntrant{EntrantId{person(64).uuid}});
        w.join(id, 64);
    }
    CHECK(stream.next().empty());
}

TEST_CASE("a stream needs a user, a tournament, a sensible Last-Event-ID and an Accept that lets it through") {
    PeopleWorld w;
    const auto id = w.cup(2);
    CHECK(w.get("/api/v1/tournaments/" + id.text() + "/events").status == 401);
    CHECK(Stream(w, id, {{"Last-Event-ID", "x"}}).answer.status == 400);
    CHECK(Stream(w, id, {{"Accept", "application/json"}}).answer.status == 406);
    CHECK(Stream(w, id, {{"Accept", "text/*"}}).answer.status == 200);
    CHECK(w.live->subscribers() == 0);
}

}  // namespace agon
