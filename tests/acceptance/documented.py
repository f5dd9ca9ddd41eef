"""The OpenAPI document tells the truth: every operation of both faces is called on a real server, and validate_answers.mjs
holds each answer against the schema that the document has for that operation and status."""
import itertools
import json
import pathlib
import re
import tempfile
import unittest
import urllib.request

import agon
from users import API, PASSWORD, QUEUE, People, T, bearer, command, sign_in, sign_up

ABSENT = "00000000-0000-7000-8000-000000000000"
HERE = pathlib.Path(__file__).resolve().parent
LONG = {"no_show_timeout": 3600}
RULES = """
quick_s = 600
[[pools]]
game = "chess"
ready_check = true
ready_skip_s = 0
[[pools]]
game = "go"
confirm_results = true
"""


class Walk:
    """Calls of one face."""

    fresh_keys = itertools.count()

    def __init__(self, server):
        self.server = server

    def ask(self, status, method, path, body=None, **headers):
        """The JSON of an answer, which must have this status. What may have a key has a fresh one."""
        if method == "POST" and path.startswith(API) and "Authorization" in headers:
            headers.setdefault("Idempotency_Key", f"fresh-{next(self.fresh_keys)}")
        answer = self.server.request(method, path, body, **headers)
        assert answer.status == status, (status, answer, body)
        return answer.json if answer.body and answer.headers["Content-Type"].startswith("application/json") else None


# --- the Arena --------------------------------------------------------------------------------------------------------

class Arena(Walk):
    """Tournaments of bots, on an open arena."""

    def walk(self):
        self.bots = [self.server.new_bot(f"Bot {i}", strategy) for i, strategy in enumerate(("random", "cycle", "markov", "rock", "copy-last"))]
        self.idle = [self.server.new_bot(f"Idle {i}", connection={"type": "websocket"}) for i in range(4)]
        self.games_and_bots()
        self.before_the_start()
        for fmt in ("single_elimination", "double_elimination", "round_robin", "swiss"):
            self.look_at(self.server.tournament_of(self.bots, format=fmt))
        self.stages()
        self.while_it_runs()
        self.corrections()

    def games_and_bots(self):
        made = self.ask(201, "POST", "/api/bots", {"name": "All of it", "game_types": ["rps"], "description": "d", "source_url": "https://example.org/x",
                                                   "connection": {"type": "builtin", "strategy": "rock"}})
        one = f"/api/bots/{made['bot_id']}"
        for body in (b"{", {}, {"name": 7}, {"name": "x", "connection": {"type": "pigeon"}}):
            self.ask(422, "POST", "/api/bots", body)
        self.ask(200, "GET", "/api/bots?limit=3&offset=1")
        self.ask(400, "GET", "/api/bots?limit=none")
        self.ask(200, "GET", one)
        self.ask(200, "POST", one + "/rotate-key")
        self.ask(200, "DELETE", one)
        for method, path in (("GET", one), ("DELETE", one), ("POST", one + "/rotate-key")):
            self.ask(404, method, path)
        self.ask(200, "GET", "/api/games")
        self.ask(404, "GET", f"/api/games/{ABSENT}")
        self.ask(200, "GET", "/api/leaderboard")
        self.ask(400, "GET", "/api/leaderboard?limit=0")

    def before_the_start(self):
        made = self.ask(201, "POST", "/api/tournaments", {"name": "Full", "game_type": "rps", "format": "single_elimination", "max_participants": 2,
                                                          "config": {"check_in": 3600, "waiting_list": True, "seeding": "registration"}})
        one = f"/api/tournaments/{made['tournament_id']}"
        self.ask(422, "POST", "/api/tournaments", {"name": "", "game_type": "rps"})
        self.ask(400, "POST", one + "/start")
        for bot in self.bots[:3]:
            self.ask(201, "POST", one + "/join", {"bot_id": bot["bot_id"], "club": "c"})
        who = {"bot_id": self.bots[0]["bot_id"]}
        self.ask(400, "POST", one + "/join", who)
        self.ask(200, "POST", one + "/check-in", who)
        for path in ("", "/bracket", "/standings", "/matches", "/draw"):
            self.ask(200, "GET", one + path)
        self.ask(200, "POST", one + "/leave", {"bot_id": self.bots[2]["bot_id"]})
        self.ask(400, "POST", one + "/leave", {"bot_id": self.bots[2]["bot_id"]})
        self.ask(200, "POST", one + "/cancel")
        self.ask(400, "POST", one + "/cancel")
        closed = f"/api/tournaments/{self.server.tournament_of(self.bots[:2], start=False)}"
        self.ask(400, "GET", f"{closed}/standings/{self.bots[0]['bot_id']}")
        self.ask(200, "POST", closed + "/ready")
        for order in ("/check-in", "/withdraw", "/disqualify"):
            self.ask(400, "POST", closed + order, who)
        self.ask(400, "PUT", closed + "/next-stage", {"order": [bot["bot_id"] for bot in self.bots[:2]]})
        self.ask(200, "POST", closed + "/start")
        for order in ("/start", "/ready"):
            self.ask(400, "POST", closed + order)
        absent = f"/api/tournaments/{ABSENT}"
        for path in ("", "/bracket", "/standings", "/matches", "/draw", f"/standings/{ABSENT}"):
            self.ask(404, "GET", absent + path)
        for path in ("/ready", "/start", "/cancel", "/advance"):
            self.ask(404, "POST", absent + path)
        for path in ("/join", "/leave", "/check-in", "/withdraw", "/disqualify"):
            self.ask(404, "POST", absent + path, who)
            self.ask(422, "POST", absent + path, {"bot_id": 7})
        self.ask(404, "POST", absent + "/byes", {**who, "round": 2})
        self.ask(404, "PUT", absent + "/next-stage", {"order": [bot["bot_id"] for bot in self.bots[:2]]})
        self.ask(422, "PUT", absent + "/next-stage", {"order": []})
        self.ask(200, "GET", "/api/tournaments?status=cancelled&game_type=rps&limit=5&offset=0")
        self.ask(400, "GET", "/api/tournaments?status=finished")

    def look_at(self, tournament):
        """Everything that can be seen of a tournament, once it is over."""
        one = f"/api/tournaments/{tournament}"
        bracket = self.server.played(tournament)
        for path in ("", "/standings", "/matches", "/draw", f"/standings/{self.bots[0]['bot_id']}"):
            self.ask(200, "GET", one + path)
        tag = self.server.get(one + "/bracket").headers["ETag"]
        self.ask(304, "GET", one + "/bracket", If_None_Match=tag)
        self.ask(404, "GET", f"{one}/standings/{self.idle[0]['bot_id']}")
        for match in (m for r in bracket["data"]["rounds"] for m in r["matches"]):
            self.ask(200, "GET", f"/api/matches/{match['match_id']}")
            if match["game_id"]:
                self.ask(200, "GET", f"/api/games/{match['game_id']}")
        self.ask(200, "GET", "/api/leaderboard?game_type=rps&limit=100&offset=0")
        return bracket

    def stages(self):
        config = {"stage_review": True, "stages": [{"format": "round_robin", "groups": 2, "advance": 1}, {"format": "single_elimination"}]}
        tournament = self.server.tournament_of(self.bots[:4], config=config)
        one = f"/api/tournaments/{tournament}"
        next_stage = agon.wait_until(lambda: self.server.bracket(tournament)["data"].get("next_stage"), "the stage waits for the host")
        self.ask(422, "PUT", one + "/next-stage", {"order": [bot["bot_id"] for bot in self.idle]})
        self.ask(200, "PUT", one + "/next-stage", {"order": next_stage[::-1]})
        self.ask(200, "POST", one + "/advance")
        self.look_at(tournament)
        self.ask(400, "POST", one + "/advance")

    def while_it_runs(self):
        """Of bots that never come, so that it does not go on by itself."""
        tournament = self.server.tournament_of(self.idle, format="round_robin", config=LONG)
        one = f"/api/tournaments/{tournament}"
        for bot, path in zip(self.idle, ("/withdraw", "/disqualify")):
            self.ask(200, "POST", one + path, {"bot_id": bot["bot_id"], "reason": "r"})
        for path in ("/bracket", "/standings", "/matches"):
            self.ask(200, "GET", one + path)
        running = next(m for m in self.server.ok("GET", one + "/matches")["matches"] if m["status"] == "in_progress")
        game = f"/api/games/{running['game_id']}"
        # It begins a moment after its match.
        agon.wait_until(lambda: self.server.get(game).status == 200, "the game begins")
        self.ask(200, "GET", game)
        self.ask(400, "POST", f"/api/matches/{running['match_id']}/correct", {"draw": True})
        self.ask(400, "POST", one + "/byes", {"bot_id": self.idle[2]["bot_id"], "round": 2})
        self.ask(200, "POST", one + "/cancel")
        swiss = f"/api/tournaments/{self.server.tournament_of(self.idle, format='swiss', config={**LONG, 'rounds': 2})}"
        self.ask(200, "POST", swiss + "/byes", {"bot_id": self.idle[0]["bot_id"], "round": 2, "kind": "zero"})
        self.ask(200, "GET", swiss + "/standings")
        self.ask(200, "POST", swiss + "/cancel")

    def corrections(self):
        bracket = self.look_at(self.server.tournament_of(self.bots[:4], config={"seeding": "registration"}))
        first = bracket["data"]["rounds"][0]["matches"][0]
        loser = next(first[p]["bot_id"] for p in ("player1", "player2") if first[p]["bot_id"] != first["winner"])
        one = f"/api/matches/{first['match_id']}"
        self.ask(422, "POST", one + "/correct", {"winner": self.idle[0]["bot_id"]})
        self.ask(422, "POST", one + "/correct", {"mode": "guess"})
        for dry in (True, False):
            told = self.ask(200, "POST", one + "/correct", {"winner": loser, "score": [0, 2] if first["player2"]["bot_id"] == loser else [2, 0],
                                                            "mode": "rewind", "reason": "r", "dry_run": dry})
            assert told["matches"] and told["ratings"], told
        self.look_at(bracket["tournament_id"])
        self.ask(404, "GET", f"/api/matches/{ABSENT}")
        self.ask(404, "POST", f"/api/matches/{ABSENT}/correct", {"winner": loser})


class ClosedArena(Walk):
    """The same where credentials are asked for."""

    def walk(self):
        host = bearer(sign_up(self.server, "host")["accessToken"])
        other = bearer(sign_up(self.server, "other")["accessToken"])
        bot = self.ask(201, "POST", "/api/bots", {"name": "b", "connection": {"type": "websocket"}}, **host)
        made = self.ask(201, "POST", "/api/tournaments", {"name": "t", "game_type": "rps"}, **host)
        one = f"/api/tournaments/{made['tournament_id']}"
        who = {"bot_id": bot["bot_id"]}
        for path, body in (("/api/bots", {"name": "x"}), ("/api/tournaments", {"name": "x", "game_type": "rps"})):
            self.ask(401, "POST", path, body)
        self.ask(403, "POST", "/api/bots", {"name": "x"}, **bearer(bot["api_key"]))
        for path, body in ((f"/api/bots/{bot['bot_id']}/rotate-key", None), (one + "/join", who), (one + "/leave", who), (one + "/withdraw", who),
                           (one + "/check-in", who), (one + "/disqualify", who), (one + "/byes", {**who, "round": 2}), (one + "/ready", None),
                           (one + "/start", None), (one + "/cancel", None), (one + "/advance", None)):
            self.ask(401, "POST", path, body)
            self.ask(403, "POST", path, body, **other)
        self.ask(403, "PUT", one + "/next-stage", {"order": [bot["bot_id"], bot["bot_id"]]}, **other)
        self.ask(403, "DELETE", f"/api/bots/{bot['bot_id']}", **other)
        self.ask(201, "POST", one + "/join", who, **bearer(bot["api_key"]))
        two = self.ask(201, "POST", "/api/bots", {"name": "c", "connection": {"type": "websocket"}}, **host)
        self.ask(201, "POST", one + "/join", {"bot_id": two["bot_id"]}, **host)
        self.ask(200, "POST", one + "/start", **host)
        match = self.ask(200, "GET", one + "/matches")["matches"][0]["match_id"]
        self.ask(403, "POST", f"/api/matches/{match}/correct", {"reopen": True}, **other)
        self.ask(200, "POST", one + "/cancel", **host)
        self.ask(200, "DELETE", f"/api/bots/{bot['bot_id']}", **host)


# --- the Player API ---------------------------------------------------------------------------------------------------

class Accounts(Walk):
    def walk(self):
        token = self.server.process.stdout.readline().split("token=")[1].strip()
        admin = {"token": token, "username": "first admin", "password": PASSWORD}
        self.ask(201, "POST", API + "/auth/setup", admin)
        self.ask(401, "POST", API + "/auth/setup", {**admin, "username": "second admin"})
        made = self.ask(201, "POST", API + "/auth/register", {"username": "ana", "password": PASSWORD})
        self.ask(409, "POST", API + "/auth/register", {"username": "Ana", "password": PASSWORD})
        self.ask(400, "POST", API + "/auth/register", {"username": "ben", "password": "short"})
        self.ask(400, "POST", API + "/auth/register", b"{")
        assert sign_in(self.server, "ana").status == 200
        assert sign_in(self.server, "ana", "wrong horse").status == 401
        self.ask(400, "POST", API + "/auth/login", {"username": "ana"})
        fresh = self.ask(200, "POST", API + "/auth/refresh", {"refreshToken": made["refreshToken"]})
        self.ask(401, "POST", API + "/auth/refresh", {"refreshToken": "agr_forged"})
        self.ask(400, "POST", API + "/auth/refresh", {})
        self.signed_in(bearer(fresh["accessToken"]))

    def signed_in(self, who):
        self.ask(200, "GET", API + "/auth/me", **who)
        self.ask(401, "GET", API + "/auth/me")
        self.ask(406, "GET", API + "/auth/me", Accept="text/html", **who)
        self.ask(200, "PUT", API + "/auth/me", {"avatarUrl": "https://example.org/a.png"}, **who)
        self.ask(400, "PUT", API + "/auth/me", {"avatarUrl": "javascript:alert(1)"}, **who)
        self.keys(who)
        password = {"presentPassword": PASSWORD, "newPassword": "battery staple"}
        again = bearer(self.ask(200, "PUT", API + "/auth/password", password, **who)["accessToken"])
        refused = self.server.request("PUT", API + "/auth/password", password, **again)
        assert refused.status in (400, 401, 403), refused
        self.ask(200, "POST", API + "/auth/logout", **again, Idempotency_Key="out")
        self.ask(401, "POST", API + "/auth/logout", **again)
        anew = bearer(sign_in(self.server, "ana", "battery staple").json["accessToken"])
        self.ask(422, "POST", API + "/auth/logout", {"another": "body"}, **anew, Idempotency_Key="out")

    def keys(self, who):
        made = self.ask(201, "POST", API + "/auth/keys", {"name": "k"}, Idempotency_Key="once", **who)
        assert self.ask(201, "POST", API + "/auth/keys", {"name": "k"}, Idempotency_Key="once", **who) == made
        self.ask(422, "POST", API + "/auth/keys", {"name": "other"}, Idempotency_Key="once", **who)
        self.ask(400, "POST", API + "/auth/keys", {"name": "k"}, Idempotency_Key="x" * 256, **who)
        for method, path, body in (("POST", "/auth/keys", {"name": "k"}), ("GET", "/auth/keys", None), ("DELETE", f"/auth/keys/{made['id']}", None),
                                   ("POST", "/auth/logout", None), ("PUT", "/auth/password", {"presentPassword": "a", "newPassword": "b"})):
            self.ask(403, method, API + path, body, **bearer(made["key"]))
        self.ask(200, "GET", API + "/auth/me", **bearer(made["key"]))
        for _ in range(19):
            self.ask(201, "POST", API + "/auth/keys", {"name": "more"}, **who)
        self.ask(409, "POST", API + "/auth/keys", {"name": "too many"}, **who)
        self.ask(200, "GET", API + "/auth/keys", **who)
        self.ask(204, "DELETE", f"{API}/auth/keys/{made['id']}", **who)
        self.ask(404, "DELETE", f"{API}/auth/keys/{made['id']}", **who)


class Tournaments(Walk):
    """Of people: announced, entered, paid for, played, corrected."""

    NAMES = ("eva", "gil", "hal", "ida")

    def walk(self):
        self.people = People(self.server, self.NAMES, money=5000)
        self.admin, self.who = self.people.admin, self.people.tokens
        self.places()
        self.life()
        self.formats()
        self.claims()
        self.leaving()
        self.wallets()
        self.streamed()

    def places(self):
        for noun, field in (("venues", "name"), ("events", "title")):
            path = f"{API}/{noun}"
            made = self.ask(201, "POST", path, {field: "x"}, **self.admin)
            one = f"{path}/{made['id']}"
            self.ask(400, "POST", path, {field: 7}, **self.admin)
            self.ask(403, "POST", path, {field: "x"}, **self.who["eva"])
            self.ask(200, "GET", path + "?page=1&limit=5", **self.who["eva"])
            self.ask(400, "GET", path + "?page=0", **self.who["eva"])
            self.ask(200, "GET", one, **self.who["eva"])
            self.ask(200, "PUT", one, {field: "y"}, **self.admin)
            self.ask(403, "PUT", one, {field: "z"}, **self.who["eva"])
            self.ask(403, "DELETE", one, **self.who["eva"])
            self.ask(204, "DELETE", one, **self.admin)
            for method in ("GET", "PUT", "DELETE"):
                self.ask(404, method, one, {field: "y"} if method == "PUT" else None, **self.admin)
        self.venue = self.ask(201, "POST", API + "/venues", {"name": "Cyber Arena", "address": "123 Cyber Street"}, **self.admin)["id"]
        self.event = self.ask(201, "POST", API + "/events", {"title": "Cyber Slam", "description": "Major"}, **self.admin)["id"]

    def life(self):
        made = self.ask(201, "POST", T, {
            "name": "Championship", "description": "d", "eventId": self.event, "venueId": self.venue, "startTime": "2024-01-15T14:00:00Z",
            "endTime": "2024-01-15T22:00:00Z", "maxParticipants": 4, "entryFee": 500, "prizePool": 3000, "format": "SINGLE_ELIMINATION",
            "rules": {"maxScore": 11, "gamesToWin": 3}}, **self.admin)
        self.one = f"{T}/{made['id']}"
        self.ask(400, "POST", T, {"name": "x", "maxParticipants": 1}, **self.admin)
        self.ask(400, "POST", T, {"name": "x", "maxParticipants": 4, "venueId": ABSENT}, **self.admin)
        self.ask(403, "POST", T, {"name": "x", "maxParticipants": 4}, **self.who["eva"])
        self.ask(400, "POST", self.one + "/join", {}, **self.who["eva"])
        self.ask(200, "PUT", self.one, {"description": "e", "status": "REGISTRATION_OPEN"}, **self.admin)
        self.ask(400, "PUT", self.one, {"status": "COMPLETED"}, **self.admin)
        for name in self.NAMES:
            self.ask(201, "POST", self.one + "/join", {"notes": "n"}, **self.who[name])
        self.ask(409, "POST", self.one + "/join", {}, **self.who["eva"])
        self.ask(200, "POST", self.one + "/leave", **self.who["eva"])
        again = self.server.request("POST", self.one + "/leave", **self.who["eva"])
        assert again.status in (400, 404, 409), again
        self.ask(201, "POST", self.one + "/join", {}, **self.who["eva"])
        self.see(self.one)
        self.ask(200, "PUT", self.one + "/seeds", {"seeds": list(self.people.ids.values())}, **self.admin)
        self.ask(400, "PUT", self.one + "/seeds", {"seeds": [ABSENT]}, **self.admin)
        self.ask(201, "POST", self.one + "/bracket/generate", **self.admin)
        self.ask(200, "POST", self.one + "/start", **self.admin)
        for path in ("/start", "/advance", "/bracket/generate"):
            again = self.server.request("POST", self.one + path, **self.admin)
            assert again.status in (400, 409), again
        self.ask(400, "DELETE", self.one, **self.admin)
        self.see(self.one)
        self.play()
        self.not_there()

    def play(self):
        first, second = self.people.matches(made := self.one.split("/")[-1])
        self.ask(400, "POST", f"{T}/matches/{first['id']}/result", {"winnerId": ABSENT}, **self.who[self.people.name_of(first["playerAId"])])
        for match in (first, second):
            self.people.report(match)
        self.ask(409, "POST", f"{T}/matches/{first['id']}/result", {"winnerId": first["playerBId"], "scoreA": 1, "scoreB": 2},
                 **self.who[self.people.name_of(first["playerAId"])])
        correction = {"winnerId": first["playerBId"], "scoreA": 8, "scoreB": 11, "mode": "REPLAY", "reason": "r"}
        for dry in (True, False):
            self.ask(200, "POST", f"{T}/matches/{first['id']}/correct", {**correction, "dryRun": dry}, **self.admin)
        self.ask(400, "POST", f"{T}/matches/{first['id']}/correct", {"winnerId": ABSENT}, **self.admin)
        self.ask(200, "POST", self.one + "/advance", **self.admin)
        self.people.report(self.people.matches(made)[0])
        self.see(self.one)
        self.ask(200, "GET", f"{T}/user/history?page=1&limit=2", **self.who["eva"])
        self.ask(400, "GET", f"{T}/user/history?page=none", **self.who["eva"])

    def see(self, one):
        """Everything that can be seen of a tournament."""
        self.ask(200, "GET", f"{T}?page=1&limit=2&venueId={self.venue}", **self.admin)
        tag = self.server.get(one, **self.admin).headers["ETag"]
        self.ask(304, "GET", one, If_None_Match=tag, **self.admin)
        for path in ("", "/bracket", "/standings", "/export", "/export?format=JSON"):
            self.ask(200, "GET", one + path, **self.admin)
        for match in self.ask(200, "GET", one, **self.who["eva"])["matches"]:
            self.ask(200, "GET", f"{T}/matches/{match['id']}", **self.who["eva"])
        self.ask(200, "GET", one + "/export?format=CSV", Accept="text/csv", **self.admin)

    def not_there(self):
        """The refusals of what does not exist, and of who may not."""
        one, match = f"{T}/{ABSENT}", f"{T}/matches/{ABSENT}"
        for path in ("", "/bracket", "/standings", "/export", "/events"):
            self.ask(404, "GET", one + path, **self.admin)
            self.ask(401, "GET", one + path)
        self.ask(400, "GET", self.one + "/export?format=PDF", **self.admin)
        self.ask(400, "GET", f"{T}?status=OVER", **self.admin)
        self.ask(404, "PUT", one, {"description": "x"}, **self.admin)
        self.ask(404, "PUT", one + "/seeds", {"seeds": [ABSENT]}, **self.admin)
        self.ask(404, "DELETE", one, **self.admin)
        for path in ("/join", "/leave", "/check-in", "/withdraw", f"/participants/{ABSENT}/disqualify", "/bracket/generate", "/start", "/advance"):
            self.ask(404, "POST", one + path, {}, **self.admin)
            self.ask(401, "POST", one + path, {})
        for method, path, body in (("PUT", self.one, {"description": "x"}), ("PUT", self.one + "/seeds", {"seeds": []}), ("DELETE", self.one, None)):
            self.ask(403, method, path, body, **self.who["eva"])
        for path in ("/bracket/generate", "/start", "/advance", f"/participants/{ABSENT}/disqualify"):
            self.ask(403, "POST", self.one + path, {}, **self.who["eva"])
        self.ask(404, "GET", match, **self.admin)
        for path in ("/result", "/result/confirm", "/result/dispute", "/no-show", "/present", "/correct"):
            self.ask(404, "POST", match + path, {"winnerId": ABSENT}, **self.admin)
            self.ask(401, "POST", match + path, {"winnerId": ABSENT})

    def formats(self):
        for fmt, rules in (("DOUBLE_ELIMINATION", {}), ("ROUND_ROBIN", {}), ("SWISS", {"rounds": 2}), ("SWISS_SYSTEM", {"rounds": 1})):
            made = self.people.tournament(self.NAMES[:3] if fmt == "SWISS" else self.NAMES, format=fmt, rules={**rules, "autoAdvance": True})
            self.ask(200, "POST", f"{T}/{made}/start", **self.admin)
            while open_matches := self.people.matches(made):
                for match in open_matches:
                    self.people.report(match, "AB"[match["bracketMatch"] % 2])
            self.see(f"{T}/{made}")
            if fmt.startswith("SWISS"):
                self.ask(200, "GET", f"{T}/{made}/export?format=TRF", **self.admin)

    def claims(self):
        """Results that wait for a confirmation, a dispute, a ruling; players who are not there."""
        stranger = bearer(sign_up(self.server, "stranger of claims")["accessToken"])
        made = self.people.tournament(self.NAMES, rules={"confirmResults": True})
        self.ask(200, "POST", f"{T}/{made}/start", **self.admin)
        for i, match in enumerate(self.people.matches(made)):
            one = f"{T}/matches/{match['id']}"
            reporter, opponent = (self.who[self.people.name_of(match[f"player{side}Id"])] for side in "AB")
            self.ask(200, "POST", one + "/no-show", **reporter)
            self.ask(200, "GET", one, **reporter)
            self.ask(200, "POST", one + "/present", **opponent)
            result = {"winnerId": match["playerAId"], "scoreA": 2, "scoreB": 1}
            for verb in ("/result", "/result/confirm", "/result/dispute", "/no-show", "/present", "/correct"):
                self.ask(403, "POST", one + verb, result, **stranger)
            self.ask(200, "POST", one + "/result", result, **reporter)
            self.ask(409, "POST", one + "/no-show", **opponent)
            self.ask(200, "GET", f"{T}/{made}", **reporter)
            self.ask(400, "POST", one + "/result/confirm", **reporter)
            if i == 0:
                self.ask(200, "POST", one + "/result/confirm", **opponent)
                continue
            self.ask(200, "POST", one + "/result/dispute", {"reason": "r"}, **opponent)
            self.ask(409, "POST", one + "/result/confirm", **opponent)
            self.ask(200, "GET", one, **reporter)
            self.ask(200, "POST", one + "/result", result, **self.admin)

    def leaving(self):
        made = self.people.tournament(self.NAMES, rules={"checkIn": 3600})
        one = f"{T}/{made}"
        stranger = bearer(sign_up(self.server, "stranger at the door")["accessToken"])
        self.ask(409, "POST", one + "/check-in", **stranger)
        for name in self.NAMES:
            self.ask(200, "POST", one + "/check-in", **self.who[name])
        self.ask(200, "POST", one + "/start", **self.admin)
        self.ask(409, "POST", one + "/withdraw", **stranger)
        self.ask(200, "POST", one + "/withdraw", {"reason": "ill"}, **self.who["eva"])
        people = self.ask(200, "GET", one, **self.admin)["participants"]
        out = next(p["id"] for p in people if p["user"]["username"] == "gil")
        self.ask(200, "POST", f"{one}/participants/{out}/disqualify", {"reason": "late"}, **self.admin)
        self.see(one)
        waiting = self.people.tournament(())
        self.ask(204, "DELETE", f"{T}/{waiting}", **self.admin)

    def wallets(self):
        self.ask(200, "GET", API + "/wallet", **self.who["eva"])
        self.ask(401, "GET", API + "/wallet")
        self.ask(200, "GET", API + "/wallet/transactions?page=1&limit=50", **self.who["eva"])
        self.ask(400, "GET", API + "/wallet/transactions?limit=0", **self.who["eva"])
        eva = self.people.ids["eva"]
        for path, body in (("/deposits", {"userId": eva, "amount": 5}), ("/adjustments", {"userId": eva, "amount": -5, "reason": "r"})):
            self.ask(201, "POST", API + "/wallet" + path, body, **self.admin)
            self.ask(400, "POST", API + "/wallet" + path, {**body, "amount": 0.5}, **self.admin)
            self.ask(404, "POST", API + "/wallet" + path, {**body, "userId": ABSENT}, **self.admin)
            self.ask(403, "POST", API + "/wallet" + path, body, **self.who["eva"])
        self.ask(409, "POST", API + "/wallet/adjustments", {"userId": eva, "amount": -1_000_000, "reason": "r"}, **self.admin)
        self.ask(200, "GET", API + "/leaderboard?game=pool&page=1&limit=50", **self.who["eva"])
        self.ask(400, "GET", API + "/leaderboard?limit=0", **self.who["eva"])
        self.ask(200, "GET", f"{API}/users/{eva}/ratings?game=pool", **self.who["eva"])
        self.ask(404, "GET", f"{API}/users/{ABSENT}/ratings", **self.who["eva"])
        self.ask(400, "GET", f"{API}/users/{eva}/ratings?limit=0", **self.who["eva"])

    def streamed(self):
        """The one answer that does not end by itself: its first event is enough."""
        path = self.one + "/events"
        request = urllib.request.Request(self.server.url + path, headers={**self.who["eva"], "Last-Event-ID": "0"})
        with urllib.request.urlopen(request, timeout=agon.PATIENCE) as answer:
            lines = []
            while not lines or not lines[-1].startswith(b"data:"):
                lines.append(answer.readline())
            agon.record(agon.Answer("GET", path, answer.status, answer.headers, b"".join(lines)))


class Matchmaking(Walk):
    """Queues with and without a ready check and confirmation, ranked matches, ratings."""

    def walk(self):
        self.people = People(self.server, ("ute", "zoe"))
        self.who = [self.people.tokens[name] for name in ("ute", "zoe")]
        self.ask(400, "POST", QUEUE + "join", {"game": "two words"}, **self.who[0])
        self.ask(200, "POST", QUEUE + "join", {"region": "eu", "avoid": [ABSENT]}, **self.who[0])
        self.ask(409, "POST", QUEUE + "join", {}, **self.who[0])
        self.ask(200, "GET", QUEUE + "status", **self.who[0])
        self.ask(200, "POST", QUEUE + "leave", **self.who[0])
        for order in ("leave", "accept", "decline"):
            self.ask(404, "POST", QUEUE + order, **self.who[0])
            self.ask(401, "POST", QUEUE + order)
        self.ask(200, "GET", QUEUE + "status", **self.who[0])
        self.ask(401, "GET", QUEUE + "status")
        self.stranger = sign_up(self.server, "stranger")["accessToken"]
        for _ in range(3):
            self.play({"game": "pool"})
        self.flags()
        self.blocks()
        self.confirmed()
        self.asked()
        self.ask(200, "GET", QUEUE + "statistics", **self.people.admin)
        self.ask(403, "GET", QUEUE + "statistics", **self.who[0])

    def meet(self, body):
        for who in self.who:
            self.ask(200, "POST", QUEUE + "join", body, **who)
        return self.ask(200, "GET", QUEUE + "status", **self.who[0])["match"]

    def play(self, body):
        one = f"{T}/matches/{self.meet(body)['id']}"
        shown = self.ask(200, "GET", one, **self.who[0])
        result = {"winnerId": shown["playerAId"], "scoreA": 2, "scoreB": 1}
        self.ask(400, "POST", one + "/result", {"winnerId": shown["playerAId"]}, **self.who[0])
        self.ask(403, "POST", one + "/result", result, **bearer(self.stranger))
        self.ask(200, "POST", one + "/result", result, **self.who[0])
        self.ask(409, "POST", one + "/result", {**result, "scoreA": 3}, **self.who[1])
        self.ask(200, "GET", one, **self.who[0])
        self.ask(200, "GET", f"{API}/users/{shown['playerAId']}/ratings?game=pool&page=1&limit=5", **self.who[1])
        self.ask(200, "GET", API + "/leaderboard?active=true", **self.who[1])

    def flags(self):
        """Three matches of the same two were over at once, which is noticed."""
        path = f"{API}/flags?game=pool&signal=QUICK_RESULTS&page=1&limit=5"
        assert self.ask(200, "GET", path, **self.people.admin)["flags"]
        self.ask(400, "GET", API + "/flags?signal=CHEATS", **self.people.admin)
        self.ask(403, "GET", API + "/flags", **self.who[0])

    def blocks(self):
        path, me = API + "/blocks", self.who[0]
        self.ask(400, "PUT", f"{path}/{self.people.ids['ute']}", **me)
        self.ask(404, "PUT", f"{path}/{ABSENT}", **me)
        blocked = [sign_up(self.server, f"blocked {i}")["user"]["id"] for i in range(51)]
        for i, user in enumerate(blocked):
            self.ask(200 if i < 50 else 409, "PUT", f"{path}/{user}", **me)
        self.ask(200, "GET", path + "?page=2&limit=20", **me)
        self.ask(400, "GET", path + "?limit=0", **me)
        self.ask(404, "DELETE", path + "/nobody", **me)
        for user in blocked:
            self.ask(204, "DELETE", f"{path}/{user}", **me)

    def confirmed(self):
        for verb, body in (("confirm", None), ("dispute", {"reason": "r"})):
            one = f"{T}/matches/{self.meet({'game': 'go'})['id']}"
            winner = self.ask(200, "GET", one, **self.who[0])["playerAId"]
            claimant, other = self.who if winner == self.people.ids["ute"] else self.who[::-1]
            self.ask(200, "POST", one + "/result", {"winnerId": winner, "scoreA": 2, "scoreB": 1}, **claimant)
            self.ask(200, "GET", one, **other)
            if verb == "dispute":
                self.ask(409, "POST", f"{one}/result/dispute", body, **claimant)
            self.ask(200, "POST", f"{one}/result/{verb}", body, **other)
            self.ask(200, "GET", one, **other)
        self.ask(200, "POST", one + "/result", {"winnerId": winner, "scoreA": 2, "scoreB": 1}, **self.people.admin)

    def asked(self):
        self.meet({"game": "chess"})
        self.ask(200, "POST", QUEUE + "accept", **self.who[0])
        self.ask(200, "GET", QUEUE + "status", **self.who[0])
        self.ask(200, "POST", QUEUE + "decline", **self.who[1])
        self.ask(200, "GET", QUEUE + "status", **self.who[1])
        self.ask(200, "POST", QUEUE + "join", {"game": "chess"}, **self.who[1])
        for who in self.who:
            self.ask(200, "POST", QUEUE + "accept", **who)
        self.ask(200, "GET", QUEUE + "status", **self.who[1])


class Misuse(Walk):
    """What an operation is refused for whatever it would do: made of a call that went well. Only what the walks were not
    answered with yet."""

    def __init__(self, server, operations, admin):
        super().__init__(server)
        self.operations, self.admin = operations, admin

    def walk(self):
        for operation in self.operations:
            self.operation = operation
            self.admin_here = self.admin if operation.template.startswith(API) else {}
            self.of_headers()
            self.of_the_path()
            self.of_the_key()
            self.of_the_body()
            if "{" in operation.template:
                self.refused(404, path=operation.at(ABSENT))

    def refused(self, status, body=None, path=None, **headers):
        one = self.operation
        if status in one.statuses - one.answered:
            self.ask(status, one.method, path or one.path, one.sent if body is None else body, **{**self.admin_here, **headers})

    def of_headers(self):
        self.refused(401, Authorization="Bearer forged")
        self.refused(406, Accept="image/png")
        if 304 in self.operation.statuses:
            answer = self.server.get(self.operation.path, **self.admin_here)
            assert answer.headers["ETag"], answer
            self.refused(304, If_None_Match=answer.headers["ETag"])

    def of_the_path(self):
        path = self.operation.path
        self.refused(414, path=path + ("&" if "?" in path else "?") + "x" * 3000)
        if "{" in self.operation.template:
            self.refused(400, path=self.operation.at("%zz"))

    def of_the_key(self):
        if self.operation.takes_keys:
            self.refused(422, body=b'{"another": "body"}', **self.operation.headers)
            self.refused(400, Idempotency_Key="x" * 256)

    def of_the_body(self):
        if self.operation.body:
            self.refused(413, body=b" " * 100_000)
            self.refused(415, body=b"x", Content_Type="text/plain")
            self.refused(400 if self.operation.template.startswith(API) else 422, body=b"{")


class Limits(Walk):
    """Where requests are counted, and all are used up."""

    def __init__(self, server, operations):
        super().__init__(server)
        self.operations = operations

    def walk(self):
        who = bearer(sign_up(self.server, "hasty")["accessToken"])
        for operation in self.operations:
            if 429 in operation.statuses:
                call = lambda: self.server.request(operation.method, operation.at(ABSENT), b"{" if operation.body else None, **who)
                agon.wait_until(lambda: call().status == 429, "too many requests", pause=0)


class Operation:
    """One of the document's, with the last call of it that went well."""

    def __init__(self, template, method, description, answers):
        self.template, self.method = template, method.upper()
        self.statuses = {int(status) for status in description["responses"]}
        self.body = "requestBody" in description
        self.takes_keys = any("IdempotencyKey" in p.get("$ref", "") for p in description.get("parameters", ()))
        self.pattern = re.compile(re.sub(r"{[^}]*}", "([^/]+)", template))
        calls = [a for a in answers if a["method"] == self.method and self.pattern.fullmatch(a["path"].split("?")[0])]
        self.answered = {call["status"] for call in calls}
        went_well = [call for call in calls if call["status"] < 300] or [{"path": self.at(ABSENT), "sent": None, "headers": {}}]
        # Who repeats a call needs its key.
        call = max(went_well, key=lambda call: "Idempotency_Key" in call["headers"])
        self.path, self.headers = call["path"], call["headers"]
        self.sent = call["sent"] and call["sent"].encode()

    def at(self, value):
        return re.sub(r"{[^}]*}", value, self.template)


# --- the test ---------------------------------------------------------------------------------------------------------

class Documented(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        """The whole walk; what the tests then look at are the recorded answers."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.document, cls.answers, rules = (cls.folder / name for name in ("openapi.json", "answers.jsonl", "rules.toml"))
        rules.write_text(RULES)
        before, agon.recording = agon.recording, cls.answers
        try:
            with agon.Server("--rate-limits", "off", "--matchmaking", str(rules)) as server:
                cls.document.write_bytes(server.get("/openapi.json").body)
                for walk in (Accounts, Arena, Tournaments, Matchmaking):
                    walk(server).walk()
                operations = cls.operations()
                admin = bearer(command(server, "token", "--username", "root", "--role", "admin"))
                Misuse(server, operations, admin).walk()
            with agon.Server("--rate-limits", "off", "--arena", "closed") as server:
                ClosedArena(server).walk()
            with agon.Server() as server:
                Limits(server, operations).walk()
        finally:
            agon.recording = before

    @classmethod
    def operations(cls):
        answers = [json.loads(line) for line in cls.answers.read_text().splitlines()]
        return [Operation(path, method, description, answers)
                for path, methods in json.loads(cls.document.read_text())["paths"].items() for method, description in methods.items()]

    def judge(self, document=None, answers=None, *flags):
        return agon.node(HERE / "validate_answers.mjs", document or self.document, answers or self.answers, *flags)

    def test_every_answer_is_as_the_document_says(self):
        """And every operation was answered with every status that the document has for it."""
        done = self.judge(None, None, "--complete")
        self.assertEqual(done.returncode, 0, "\n" + done.stdout + done.stderr)
        self.assertRegex(done.stdout, r" 0 complaints\n\Z")

    def test_what_does_not_fit_is_told(self):
        """One mistake at a time, in an answer or in the document: each is found."""
        games, none, _ = self.samples()
        text = games["body"]
        for answer, change, expected in (
                (games, {"status": 418}, "GET /api/games, 418: the document has no such status"),
                (games, {"type": "text/html"}, "GET /api/games, 200: the media type is text/html"),
                (games, {"body": text[1:]}, "GET /api/games, 200: the body is no JSON"),
                (games, {"body": text.replace('"title":', '"titel":')}, "must have required property 'title'"),
                (games, {"body": text.replace('"title":', '"extra":1,"title":')}, "must NOT have additional properties: extra"),
                (games, {"path": "/api/games?colour=red"}, "the query was taken, but the whole must NOT have additional properties: colour"),
                (none, {"body": "{}"}, "the document shows no body, the answer has one")):
            with self.subTest(expected):
                changed = self.folder / "changed.jsonl"
                changed.write_text(json.dumps({**answer, **change}))
                self.found(self.judge(None, changed), expected)

    def samples(self):
        """A list of games, an answer without a body, and a refusal."""
        lines = [json.loads(line) for line in self.answers.read_text().splitlines()]
        games = next(a for a in lines if a["path"] == "/api/games" and a["status"] == 200)
        return games, next(a for a in lines if a["status"] == 204), next(a for a in lines if a["path"].startswith("/api/games/") and a["status"] == 404)

    def test_a_document_that_is_wrong_is_told(self):
        few = self.folder / "few.jsonl"
        few.write_text("\n".join(map(json.dumps, self.samples())))
        for change, expected in (
                (lambda d: d["components"]["schemas"]["GameTypeList"].update(type="arary"), "the schema GameTypeList does not compile"),
                (lambda d: d["components"]["schemas"]["GameTypeList"].update(requierd=[]), "the schema GameTypeList does not compile"),
                (lambda d: d["paths"].update({"/api/more": d["paths"]["/api/games"]}), "GET /api/more: never answered with 200"),
                (lambda d: d["components"]["schemas"]["Refusal"].update(required=["details"], properties={"details": {}}),
                 "must have required property 'details'")):
            with self.subTest(expected):
                document = json.loads(self.document.read_text())
                change(document)
                changed = self.folder / "changed.json"
                changed.write_text(json.dumps(document))
                self.found(self.judge(changed, few, "--complete"), expected)

    def found(self, done, expected):
        self.assertEqual((done.returncode, done.stderr), (1, ""), done)
        self.assertIn(expected, done.stdout)


if __name__ == "__main__":
    agon.main()
