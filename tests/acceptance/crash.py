"""`kill -9` at random moments under load: nothing that was acknowledged is lost, what runs goes on, `agon verify` is clean.

AGON_CRASHES is how often (12 unless told), AGON_CRASH_SEED repeats a run's choices (the kernel's part in it cannot be
repeated).
"""
import http.client
import os
import random
import signal
import subprocess
import threading
import time
import unittest

import agon

CRASHES = int(os.environ.get("AGON_CRASHES", "12"))
SEED = int(os.environ.get("AGON_CRASH_SEED") or random.SystemRandom().randrange(2**32))
THREADS = 8
STRATEGIES = ["random", "rock", "cycle", "copy-last", "beat-last", "frequency", "markov"]
#: What a dead server looks like to its client.
GONE = (ConnectionError, http.client.HTTPException, OSError)


class Ledger:
    """Every acknowledged answer, as one client saw it."""

    def __init__(self):
        self.bots = {}         # id → the answer of its registration
        self.tournaments = {}  # id → the answer of its creation
        self.joins = {}        # tournament → {bot: registered_at}
        self.left = set()      # (tournament, bot)
        self.started = set()
        self.matches = {}      # match → what was seen of it once completed, with its tournament
        self.champions = {}    # tournament → champion
        self.games = {}        # finished game → what was seen of it

    def add(self, other):
        for name, value in vars(other).items():
            vars(self)[name].update(value)


class Client(threading.Thread):
    """Creates, joins, starts and looks, until the server is gone."""

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.server, self.chance = server, random.Random(seed)
        self.ledger = Ledger()
        self.failure = None
        self.requests = 0

    def run(self):
        try:
            while True:
                self.one_tournament()
        except GONE:
            pass
        except Exception as e:  # noqa: BLE001: the test reports it
            self.failure = e

    def ok(self, *args, **more):
        self.requests += 1
        return self.server.ok(*args, **more)

    def one_tournament(self):
        ledger, chance = self.ledger, self.chance
        options = {"rounds_per_match": chance.choice([1, 3, 9]), "no_show_timeout": 0.05, "seeding": chance.choice(["random", "registration", "rating"])}
        tournament = self.ok("POST", "/api/tournaments", {"name": f"Cup {chance.random()}", "game_type": "rps", "config": options}, expect=201)
        tid = tournament["tournament_id"]
        ledger.tournaments[tid] = tournament
        ledger.joins[tid] = {}
        for i in range(chance.randint(2, 6)):
            # The first is built in, so that somebody is there; some of the others never come.
            absent = i > 0 and chance.random() < 0.2
            connection = {"type": "websocket"} if absent else {"type": "builtin", "strategy": chance.choice(STRATEGIES)}
            bot = self.ok("POST", "/api/bots", {"name": f"Bot {chance.randrange(10**9)}", "connection": connection}, expect=201)
            ledger.bots[bot["bot_id"]] = bot
            joined = self.ok("POST", f"/api/tournaments/{tid}/join", {"bot_id": bot["bot_id"]}, expect=201)
            ledger.joins[tid][bot["bot_id"]] = joined["registered_at"]
        if chance.random() < 0.1:
            return  # stays open
        self.ok("POST", f"/api/tournaments/{tid}/start", expect=200)
        ledger.started.add(tid)
        for _ in range(chance.randint(0, 6)):
            if self.look(tid):
                return

    def look(self, tid):
        """Notes what can be seen of the tournament; true once it has its champion."""
        bracket = self.ok("GET", f"/api/tournaments/{tid}/bracket")
        for r in bracket["data"]["rounds"]:
            for match in r["matches"]:
                if match["status"] != "completed":
                    continue
                self.ledger.matches[match["match_id"]] = (tid, match)
                if match["game_id"] and self.chance.random() < 0.2:
                    game = self.ok("GET", f"/api/games/{match['game_id']}")
                    if game["status"] == "completed":
                        self.ledger.games[match["game_id"]] = game
        if bracket["data"]["champion"]:
            self.ledger.champions[tid] = bracket["data"]["champion"]
        return bracket["status"] == "completed"


class Crashes(unittest.TestCase):
    def setUp(self):
        self.server = agon.Server("--log-level", "warn")
        self.addCleanup(self.server.close)
        self.chance = random.Random(SEED)
        self.all = Ledger()

    def load_and_end(self, how, status):
        """Clients at work, then the signal; what they saw."""
        clients = [Client(self.server, self.chance.randrange(2**32)) for _ in range(THREADS)]
        for client in clients:
            client.start()
        time.sleep(self.chance.uniform(0.030, 0.350))
        self.assertEqual(self.server.stop(how), status, self.server.error_text()[-2000:])
        seen = Ledger()
        for client in clients:
            client.join(agon.PATIENCE)
            self.assertFalse(client.is_alive(), "a client hangs")
            if client.failure:
                raise client.failure
            seen.add(client.ledger)
        return seen, sum(c.requests for c in clients)

    def verify(self):
        """`agon verify`, while the server is down."""
        verdict = self.server.verify()
        self.assertEqual(verdict.returncode, 0, verdict)

    def check_kept(self, seen):
        """All that was acknowledged is there."""
        server = self.server
        for bid, bot in seen.bots.items():
            shown = server.ok("GET", f"/api/bots/{bid}")
            self.assertEqual(shown, {k: v for k, v in bot.items() if k in shown}, "a registered bot is as it was")
        for tid, made in seen.tournaments.items():
            shown = server.details(tid)
            for field in ("name", "game_type", "format", "max_participants", "created_at", "config"):
                self.assertEqual(shown[field], made[field], (tid, field))
            self.assertGreaterEqual(shown["current_participants"], len(seen.joins[tid]), tid)
            if tid in seen.started:
                self.assertIn(shown["status"], ("in_progress", "completed"), f"{tid} was started")
            self.check_joins(tid, shown["status"], seen.joins[tid])
        for tid, champion in seen.champions.items():
            bracket = server.bracket(tid)
            self.assertEqual((bracket["status"], bracket["data"]["champion"]), ("completed", champion), "a champion stays champion")
        brackets = {}
        for mid, (tid, match) in seen.matches.items():
            if tid not in brackets:
                brackets[tid] = {m["match_id"]: m for r in server.bracket(tid)["data"]["rounds"] for m in r["matches"]}
            self.assertEqual(brackets[tid][mid], match, "a result once seen stays")
        for gid, game in seen.games.items():
            self.assertEqual(server.ok("GET", f"/api/games/{gid}"), game, "a game once seen stays")

    def check_joins(self, tid, status, joins):
        if status in ("in_progress", "completed"):
            first = self.server.bracket(tid)["data"]["rounds"][0]["matches"]
            players = {p["bot_id"] for m in first for p in (m["player1"], m["player2"]) if p}
            self.assertLessEqual(set(joins), players, f"who joined {tid} plays")
            return
        for bid in joins:
            answer = self.server.post(f"/api/tournaments/{tid}/join", {"bot_id": bid})
            self.assertEqual((answer.status, answer.detail), (400, "Bot already registered for this tournament"), answer)

    def check_progress(self, seen):
        """What was started comes to its champion, and every score is what the moves come to."""
        for tid in seen.started:
            bracket = self.server.played(tid)
            self.assertTrue(bracket["data"]["champion"], tid)
            if self.chance.random() < 0.2:
                self.check_scores(bracket)

    def check_scores(self, bracket):
        rounds = bracket["data"]["rounds"]
        for match in (m for r in rounds for m in r["matches"] if m["game_id"]):
            game = self.server.ok("GET", f"/api/games/{match['game_id']}")
            self.assertEqual(game["status"], "completed")
            if match["score"]:
                self.assertEqual("-".join(map(str, agon.replay(game))), match["score"], match)
        for earlier, later in zip(rounds, rounds[1:]):
            slots = [p and p["bot_id"] for m in later["matches"] for p in (m["player1"], m["player2"])]
            for slot in filter(None, slots):
                self.assertIn(slot, [m["winner"] for m in earlier["matches"]], "only winners advance")

    def test_nothing_acknowledged_is_lost(self):
        """Crash after crash on the same data."""
        print(f"\n{CRASHES} crashes with AGON_CRASH_SEED={SEED}", flush=True)
        for crash in range(1, CRASHES + 1):
            seen, requests = self.load_and_end(signal.SIGKILL, -signal.SIGKILL)
            self.verify()
            self.server.begin()
            self.check_kept(seen)
            self.check_progress(seen)
            self.all.add(seen)
            print(f"crash {crash}: {requests} requests, {len(seen.started)} started, {len(seen.champions)} champions, {len(seen.matches)} results seen", flush=True)
        self.check_kept(self.all)
        self.check_everything()
        self.assertEqual(self.server.stop(), 0)
        self.verify()

    def test_a_clean_stop_under_load_loses_nothing_either(self):
        """SIGTERM in the middle of it: exit status 0, and at the next start all goes on."""
        for _ in range(max(2, CRASHES // 3)):
            seen, _ = self.load_and_end(signal.SIGTERM, 0)
            self.verify()
            self.server.begin()
            self.check_kept(seen)
            self.check_progress(seen)
        self.check_everything()

    def test_crashes_while_it_comes_up_again_do_no_harm(self):
        """Killed in the first milliseconds of its life, several times in a row, with work to take up."""
        seen, _ = self.load_and_end(signal.SIGKILL, -signal.SIGKILL)
        for _ in range(max(3, CRASHES // 2)):
            process = agon.start("serve", "--listen", "127.0.0.1:0", "--data", self.server.data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.chance.uniform(0.001, 0.080))
            process.kill()
            process.wait()
        self.verify()
        self.server.begin()
        self.check_kept(seen)
        self.check_progress(seen)
        self.check_everything()

    def check_everything(self):
        """All tournaments, also those whose answers were lost: none hangs, and each result counts once in the ratings."""
        wanted = {}
        for tid in self.every("/api/tournaments", "tournaments", "tournament_id"):
            if self.server.details(tid)["status"] == "in_progress":
                self.server.until_status(tid, "completed")
            for match in self.server.ok("GET", f"/api/tournaments/{tid}/matches")["matches"]:
                if match["winner"] and match["player2"] and match.get("decision") != "no_show":
                    for player in (match["player1"], match["player2"]):
                        wanted[player["bot_id"]] = wanted.get(player["bot_id"], 0) + 1

        def ratings_agree():
            shown = {}
            total, offset = 1, 0
            while offset < total:
                page = self.server.ok("GET", f"/api/leaderboard?limit=100&offset={offset}")
                total, offset = page["total"], offset + 100
                shown.update({row["bot_id"]: row["games"] for row in page["leaderboard"]})
            self.difference = {b: (shown.get(b, 0), wanted.get(b, 0)) for b in shown.keys() | wanted.keys() if shown.get(b, 0) != wanted.get(b, 0)}
            return not self.difference
        try:
            agon.wait_until(ratings_agree, "every result counts once in the ratings", patience=10, pause=0.2)
        except AssertionError as e:
            raise AssertionError(f"{e}; (counted, played): {dict(list(self.difference.items())[:10])} of {len(self.difference)}") from None

    def every(self, path, list_name, id_name):
        ids, total = [], 1
        while len(ids) < total:
            page = self.server.ok("GET", f"{path}?limit=100&offset={len(ids)}")
            total = page["total"]
            self.assertTrue(page[list_name], "a page within the total is not empty")
            ids += [item[id_name] for item in page[list_name]]
        self.assertEqual(len(set(ids)), len(ids), "each is listed once")
        return ids


if __name__ == "__main__":
    agon.main()
