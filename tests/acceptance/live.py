"""The live API over its sockets: WebSocket and server-sent events of tournaments that bots play."""
import json
import signal
import threading
import time
import unittest
import urllib.request

import agon

server = None


def setUpModule():
    global server
    server = agon.Server("--rate-limits", "off")


def tearDownModule():
    server.close()


def token_of(where, name="watcher", ttl="1h", role="player"):
    """A token of a user, who is made if missing."""
    made = agon.run("token", "--data", where.data, "--username", name, "--role", role, "--ttl", ttl)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


class Watcher:
    """A client of /ws that is signed in."""

    def __init__(self, where, token=None, header=True):
        token = token or token_of(where)
        self.socket = agon.WebSocket(where.port, "/ws", key=token if header else None)
        if not header:
            self.say("auth", token=token)
        self.user = self.expect("authenticated")

    def say(self, event, **data):
        self.socket.send({"event": event, "data": data})

    def receive(self, patience=agon.PATIENCE):
        return self.socket.receive(patience)

    def expect(self, event):
        frame = self.receive()
        assert frame and frame["event"] == event, (event, frame, self.socket.close_code)
        return frame["data"]

    def subscribe(self, channel, **more):
        self.say("subscribe", channel=channel, **more)
        return self.expect("subscribed")

    def until(self, event):
        """All frames up to the first of that event."""
        frames = []
        while not frames or frames[-1]["event"] != event:
            frames.append(self.receive())
            assert frames[-1], (self.socket.close_code, frames)
        return frames

    def drop(self):
        self.socket.drop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.socket.close()


class Stream:
    """The server-sent events of a tournament, read as a browser would."""

    def __init__(self, where, tournament, token, last=None):
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.answer = urllib.request.urlopen(urllib.request.Request(
            f"{where.url}/api/v1/tournaments/{tournament}/events", headers=headers), timeout=agon.PATIENCE)

    def event(self):
        """The next one as (id, event, data), or nothing at the end."""
        fields = {}
        for line in self.answer:
            line = line.decode().rstrip("\n")
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])
            else:
                fields = {}
        return None

    def until(self, name):
        events = []
        while not events or events[-1][1] != name:
            events.append(self.event())
            assert events[-1], events
        return events

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()


def new_cup(where=None, bots=8, **fields):
    """A tournament of built-in bots that has yet to start."""
    where = where or server
    all_bots = [where.new_bot(f"Bot {i}", "random") for i in range(bots)]
    return where.tournament_of(all_bots, start=False, **fields)


def channel_of(tournament):
    return f"tournament:{agon.uuid_of(tournament)}"


class Case(unittest.TestCase):
    def check_story(self, frames, tournament, where=None):
        """What was told agrees with the bracket."""
        seqs = [f["data"]["seq"] for f in frames]
        self.assertEqual(seqs, sorted(set(seqs)), "each seq once, and growing")
        for f in frames:
            self.assertEqual(f["data"]["channel"], channel_of(tournament))
            self.assertEqual(f["data"]["tournamentId"], agon.uuid_of(tournament))
            self.assertTrue(agon.is_instant(f["data"]["time"]), f)
        bracket = (where or server).bracket(tournament)["data"]
        matches = {agon.uuid_of(m["match_id"]): m for r in bracket["rounds"] for m in r["matches"]}
        told = {f["data"]["matchId"]: f["data"] for f in frames if f["event"] == "match.completed"}
        self.assertEqual(set(told), {m for m, match in matches.items() if match["status"] == "completed"})
        for match, data in told.items():
            self.assertEqual(data["winnerId"], agon.uuid_of(matches[match]["winner"]) if matches[match]["winner"] else None)
        rounds = [f["data"]["round"] for f in frames if f["event"] == "tournament.round.advanced"]
        played = {r["round_number"] for r in bracket["rounds"] if r["round_number"] > 1 and any(m["game_id"] for m in r["matches"])}
        self.assertEqual((len(rounds), set(rounds)), (len(played), played))
        self.assertEqual(frames[-1]["event"], "tournament.completed")
        self.assertEqual(frames[-1]["data"]["championId"], agon.uuid_of(bracket["champion"]) if bracket["champion"] else None)


class Authentication(Case):
    def test_the_header_and_the_first_frame_both_do(self):
        for header in (True, False):
            with Watcher(server, token_of(server, "both"), header) as w:
                self.assertEqual(set(w.user), {"userId", "username"})
                self.assertEqual(w.user["username"], "both")

    def test_bad_credentials(self):
        with self.assertRaisesRegex(ConnectionError, "401"):
            agon.WebSocket(server.port, "/ws", key="forged")
        with agon.WebSocket(server.port, "/ws") as s:
            s.send({"event": "auth", "data": {"token": "forged"}})
            self.assertEqual(s.receive()["event"], "error")
            self.assertIsNone(s.receive())
            self.assertEqual(s.close_code, 1008)

    def test_who_says_nothing_is_closed(self):
        with agon.WebSocket(server.port, "/ws") as s:
            began = time.monotonic()
            self.assertEqual(s.closed_with()[0], 1008)
            self.assertGreater(time.monotonic() - began, 9)

    def test_a_revoked_token_ends_the_socket(self):
        made = server.ok("POST", "/api/v1/auth/register", {"username": "leaver", "password": "correct horse"})
        with Watcher(server, made["accessToken"]) as w:
            server.ok("POST", "/api/v1/auth/logout", Authorization=f"Bearer {made['accessToken']}", expect=200)
            self.assertEqual(w.socket.closed_with(15)[0], 1008)

    def test_an_api_key_opens_it(self):
        made = server.ok("POST", "/api/v1/auth/register", {"username": "program", "password": "correct horse"})
        key = server.ok("POST", "/api/v1/auth/keys", {"name": "live"}, Authorization=f"Bearer {made['accessToken']}")
        with Watcher(server, key["key"], header=False) as w:
            self.assertEqual(w.user["userId"], made["user"]["id"])


class Watching(Case):
    def test_a_tournament_is_told_as_it_was_played(self):
        for fmt in ("single_elimination", "double_elimination", "round_robin", "swiss"):
            with self.subTest(fmt), Watcher(server) as w:
                tournament = new_cup(format=fmt)
                w.subscribe(f"tournament:{tournament}")
                server.start(tournament)
                frames = w.until("tournament.completed")
                self.check_story([f for f in frames if f["event"] != "tournament.updated"], tournament)

    def test_whoever_drops_out_resumes_without_a_gap(self):
        """Reconnects again and again in the middle; what is heard altogether is what one who stayed heard."""
        token = token_of(server)
        tournament = new_cup(bots=32)
        heard, since = [], 0
        with Watcher(server, token) as steady:
            steady.subscribe(channel_of(tournament), since=0)
            server.start(tournament)
            while not heard or heard[-1]["event"] != "tournament.completed":
                with Watcher(server, token) as w:
                    w.subscribe(channel_of(tournament), since=since)
                    for _ in range(7):
                        heard.append(w.receive())
                        since = heard[-1]["data"]["seq"]
                        if heard[-1]["event"] == "tournament.completed":
                            break
                    w.drop()
            self.assertEqual(heard, steady.until("tournament.completed"))
        self.check_story([f for f in heard if f["event"] in ("match.started", "match.completed", "tournament.round.advanced", "tournament.completed")], tournament)

    def test_a_crash_of_the_server_is_bridged_by_since(self):
        with agon.Server("--rate-limits", "off") as own:
            token = token_of(own)
            tournament = new_cup(own, bots=16)
            with Watcher(own, token) as w:
                w.subscribe(channel_of(tournament), since=0)
                own.start(tournament)
                heard = [w.receive() for _ in range(25)]
            own.restart(signal.SIGKILL)
            own.until_status(tournament, "completed")
            with Watcher(own, token) as w:
                w.subscribe(channel_of(tournament), since=heard[-1]["data"]["seq"])
                heard += w.until("tournament.completed")
            with Watcher(own, token) as w:
                w.subscribe(channel_of(tournament), since=0)
                self.assertEqual(w.until("tournament.completed"), heard)

    def test_others_channels_are_refused(self):
        with Watcher(server, token_of(server, "nosy")) as w, Watcher(server, token_of(server, "private")) as other:
            w.say("subscribe", channel=f"user:{other.user['userId']}")
            self.assertIn("another user", w.expect("error")["message"])
            self.assertEqual(w.subscribe(f"user:{w.user['userId']}")["channel"], f"user:{w.user['userId']}")

    def test_nonsense_is_answered_and_in_the_end_closed(self):
        with Watcher(server) as w:
            for text in ("{", "[]", '{"event":"shout"}', '{"event":"subscribe"}', '{"event":"subscribe","data":{"channel":"all"}}'):
                w.socket.send(text)
                w.expect("error")
            w.say("ping")
            w.expect("pong")
            for _ in range(5):
                w.socket.send("nonsense")
            self.assertEqual(w.socket.closed_with()[0], 1008)

    def test_a_page_of_another_host_may_not_connect(self):
        answer = agon.raw(server.port, b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example\r\n\r\n")
        self.assertEqual(agon.status_of(answer), 403)

    def test_the_subscriptions_are_counted(self):
        """On a server of its own: a stream whose client left is noticed only when the next comment cannot be sent."""
        own = agon.Server("--rate-limits", "off")
        self.addCleanup(own.close)

        def count():
            return next(float(line.split()[1]) for line in own.get("/metrics").body.decode().splitlines()
                        if line.startswith("agon_live_subscriptions "))
        tournament = new_cup(own)
        self.assertEqual(count(), 0)
        with Watcher(own) as w:
            w.subscribe(channel_of(tournament))
            self.assertEqual(count(), 2)
        agon.wait_until(lambda: count() == 0, "it has left")

    def test_two_thousand_matches_are_told_to_all_alike(self):
        tournament = new_cup(bots=64, format="round_robin")
        token = token_of(server)
        with Watcher(server, token) as good:
            good.subscribe(channel_of(tournament))
            with Stream(server, tournament, token) as other:
                server.start(tournament)
                frames = good.until("tournament.completed")
                events = other.until("tournament.completed")
        self.assertEqual([(e[1], e[2]) for e in events], [(f["event"], f["data"]) for f in frames])
        self.assertEqual(sum(f["event"] == "match.completed" for f in frames), 64 * 63 // 2)


class Streams(Case):
    def test_the_stream_tells_the_same_as_the_socket(self):
        token = token_of(server)
        tournament = new_cup()
        with Watcher(server, token) as w, Stream(server, tournament, token, last=0) as s:
            self.assertEqual(s.answer.headers["Content-Type"], "text/event-stream")
            w.subscribe(channel_of(tournament), since=0)
            server.start(tournament)
            frames = w.until("tournament.completed")
            events = s.until("tournament.completed")
        self.assertEqual([(e[1], e[2]) for e in events], [(f["event"], f["data"]) for f in frames])
        self.assertEqual([e[0] for e in events], [f["data"]["seq"] for f in frames])
        middle = len(events) // 2
        with Stream(server, tournament, token, last=events[middle][0]) as s:
            self.assertEqual(s.until("tournament.completed"), events[middle + 1:])

    def test_the_servers_stop_ends_streams_and_sockets(self):
        own = agon.Server("--rate-limits", "off")
        self.addCleanup(own.close)
        token = token_of(own)
        tournament = new_cup(own)
        with Stream(own, tournament, token) as s, Watcher(own, token) as w:
            w.subscribe(channel_of(tournament))
            began = time.monotonic()
            ended = []
            threads = [threading.Thread(target=lambda: ended.append(s.event())),
                       threading.Thread(target=lambda: ended.append(w.socket.closed_with()[0]))]
            for t in threads:
                t.start()
            self.assertEqual(own.stop(), 0)
            for t in threads:
                t.join(agon.PATIENCE)
            self.assertCountEqual(ended, [None, 1012])
            self.assertLess(time.monotonic() - began, 5)


class Documents(Case):
    def test_the_asyncapi_document_is_served_and_complete(self):
        document = server.ok("GET", "/asyncapi.json")
        self.assertEqual(document["asyncapi"], "3.0.0")
        for name in ("tournament.started", "tournament.round.advanced", "tournament.completed", "match.completed", "prize.paid"):
            self.assertIn(name, document["components"]["messages"])
        def references(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    yield value["$ref"]
                for v in value.values():
                    yield from references(v)
            elif isinstance(value, list):
                for v in value:
                    yield from references(v)
        for reference in set(references(document)):
            at = document
            for step in reference.removeprefix("#/").split("/"):
                self.assertIn(step, at, reference)
                at = at[step]

    def test_the_command_prints_what_is_served(self):
        printed = agon.run("asyncapi")
        self.assertEqual(printed.returncode, 0)
        self.assertEqual(json.loads(printed.stdout), server.ok("GET", "/asyncapi.json"))


if __name__ == "__main__":
    agon.main()
