"""Matchmaking of the Player API against a real server: joining, meeting, reporting; settings from a file; and kill -9 in the
middle of it, AGON_CRASHES times (100 unless told)."""
import os
import pathlib
import random
import signal
import tempfile
import threading
import time
import unittest

import agon
from users import API, QUEUE, Player, T, bearer, command


def verify(server):
    done = server.verify()
    assert done.returncode == 0, done


class Queue(unittest.TestCase):
    def test_two_join_meet_report_and_meet_again(self):
        """The source's calls as written."""
        with agon.Server("--rate-limits", "off") as server:
            ana, ben = Player(server, "ana"), Player(server, "ben")
            joined = ana.join()
            self.assertEqual(joined.status, 200)
            self.assertIs(joined.json["success"], True)
            self.assertIsInstance(joined.json["estimatedWaitTime"], int)
            status = ana.status()
            self.assertEqual((status["inQueue"], status["position"], status["poolSize"], status["window"]), (True, 1, 1, 100))
            self.assertEqual(ana.join().status, 409)
            self.assertEqual(ana.post(QUEUE + "leave").json, {"success": True})
            self.assertEqual(ana.post(QUEUE + "leave").status, 404)
            for _ in range(2):
                self.assertEqual([p.join().status for p in (ana, ben)], [200, 200])
                match = ana.match()
                self.assertEqual(ben.match(), match)
                path = f"/api/v1/tournaments/matches/{match}"
                result = {"winnerId": ben.id, "scoreA": 8, "scoreB": 11}
                self.assertEqual(ana.post(path + "/result", {**result, "winnerId": ana.id}).status, 400)
                told = ben.post(path + "/result", result)
                self.assertEqual((told.status, told.json["status"], told.json["winner"]), (200, "COMPLETED", {"username": "ben"}))
                self.assertEqual(ana.post(path + "/result", result).status, 200)
                self.assertEqual(ana.post(path + "/result", {**result, "scoreA": 9}).status, 409)
            metrics = server.get("/metrics").body
            self.assertIn(b"agon_matchmaking_matches_total 2", metrics if isinstance(metrics, bytes) else metrics.encode())
            server.stop()
            verify(server)

    def test_a_blocked_pair_does_not_meet(self):
        """Whoever of the two blocked, also when both wait already; everybody else still meets them."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rules.toml"
            file.write_text("window = 20\nstep = 50\nstep_s = 2\nmax_ramp_s = 2\n")
            with agon.Server("--rate-limits", "off", "--matchmaking", str(file)) as server:
                ana, ben = Player(server, "ana"), Player(server, "ben")
                for p in (ana, ben):
                    p.join()
                won = {"winnerId": ana.id, "scoreA": 2, "scoreB": 1}
                self.assertEqual(ana.post(f"/api/v1/tournaments/matches/{ana.match()}/result", won).status, 200)
                # 32 points apart now, they would meet after two seconds.
                for p in (ana, ben):
                    self.assertEqual(p.join().status, 200)
                self.assertEqual(ben.block(ana).json["user"], {"id": ana.id, "username": "ana"})
                self.assertEqual(ben.block(ana).status, 200)
                self.assertEqual([b["user"]["username"] for b in ben.blocks()["blocks"]], ["ana"])
                self.assertEqual(ana.blocks()["totalCount"], 0)
                time.sleep(3)
                self.assertEqual([p.match() for p in (ana, ben)], [None, None])
                server.stop(signal.SIGKILL)
                server.begin()
                self.assertEqual([p.match() for p in (ana, ben)], [None, None])
                for p in (ana, ben):
                    self.assertEqual(p.post(QUEUE + "leave").status, 200)
                for p in (ana, ben):
                    self.assertEqual(p.join().status, 200)
                time.sleep(3)
                self.assertEqual([p.match() for p in (ana, ben)], [None, None])
                self.assertEqual([ben.unblock(ana).status for _ in range(2)], [204, 204])
                eve = Player(server, "eve")
                self.assertEqual(eve.join().status, 200)
                self.assertIsNotNone(eve.match())
                server.stop()
                verify(server)

    def test_the_operator_s_rules(self):
        """From a file; a wrong one stops the server with its place."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rules.toml"
            file.write_text('ready_check = true\nready_skip_s = 0\nonly_listed = true\n[[pools]]\ngame = "chess"\nwindow = 70\n')
            with agon.Server("--matchmaking", str(file)) as server:
                ana, ben = Player(server, "ana"), Player(server, "ben")
                self.assertEqual(ana.join(game="go").status, 404)
                self.assertEqual(ana.join(game="chess").status, 200)
                self.assertEqual(ana.status()["window"], 70)
                self.assertEqual(ben.join(game="chess").status, 200)
                self.assertIs(ana.status()["match"]["ready"], False)
                self.assertEqual([p.post(QUEUE + "accept").status for p in (ana, ben)], [200, 200])
                self.assertIs(ana.status()["match"]["ready"], True)
            file.write_text("[matchmaking]\nwindw = 1\n")
            done = agon.run("serve", "--config", str(file), "--data", folder)
            self.assertEqual(done.returncode, 2)
            self.assertIn("rules.toml: line 2: matchmaking/windw: no such setting", done.stderr)


class Clients(unittest.TestCase):
    """Two clients with npm's WebSocket library, who hear of everything as the live API's document has it."""

    def live_through(self, scenario, rules=""):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rules.toml"
            file.write_text(rules)
            with agon.Server("--rate-limits", "off", "--matchmaking", str(file)) as server:
                admin = command(server, "token", "--username", "root", "--role", "admin")
                script = pathlib.Path(__file__).resolve().parent / "matchmaking_clients.mjs"
                done = agon.node(script, server.url, scenario, admin)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                server.stop()
                verify(server)

    def test_the_source_s_section(self):
        self.live_through("section")

    def test_both_accept(self):
        self.live_through("accepted", "ready_check = true\nready_skip_s = 0\n")

    def test_one_declines(self):
        self.live_through("declined", "ready_check = true\nready_skip_s = 0\n")

    def test_a_lost_connection_goes_on_without_loss(self):
        self.live_through("resumed")


class Seeker(Player):
    """Plays again and again, in a queue that asks first or in one that does not, and remembers what it was answered."""

    GAMES = ("pool", "asked")

    def __init__(self, server, name, prng):
        super().__init__(server, name)
        self.prng, self.wrong, self.may_decline = prng, None, True
        self.forget()

    def forget(self):
        #: How many results it had when it joined, until it gives its place up itself; when it began to wait; what it
        #: accepted and declined.
        self.results_before = self.waits_since = self.accepted = self.declined = None
        self.reported = None

    def take_part(self, over):
        self.forget()
        while not over.is_set() and not self.declined:
            try:
                self.step()
            except (OSError, ValueError, agon.http.client.HTTPException):
                return

    def step(self):
        status = self.status()
        if not status["inQueue"] and not status["match"]:
            return self.enter()
        if status["queuedAt"] and self.results_before is not None:
            self.waits_since = status["queuedAt"]
        if match := status["match"]:
            self.report(match["id"]) if match["ready"] else self.answer(match["id"])

    def enter(self):
        # The wait before is over, and a join begins another even where the answer is never read.
        before, self.waits_since = self.results(), None
        if self.join(game=self.prng.choice(self.GAMES)).status == 200:
            self.forget()
            self.results_before = before

    def answer(self, match):
        if self.may_decline and self.prng.random() < 0.2:
            self.may_decline, self.results_before = False, None
            if self.post(QUEUE + "decline").status == 200:
                self.declined = match
        elif self.post(QUEUE + "accept").status == 200:
            self.accepted = match

    def report(self, match):
        seen = self.see(match)
        if "playerAId" not in seen:
            self.wrong = seen
            return
        scores = {"scoreA": 2, "scoreB": 1} if seen["playerAId"] == self.id else {"scoreA": 1, "scoreB": 2}
        self.results_before = None
        done = self.post(f"{T}/matches/{match}/result", {"winnerId": self.id, **scores})
        if done.status == 200:
            self.reported = (match, done.json)

    def see(self, match):
        return self.server.get(f"{T}/matches/{match}", **bearer(self.token)).json

    def results(self):
        return sum(self.server.get(f"{API}/users/{self.id}/ratings?game={game}", **bearer(self.token)).json["totalCount"] for game in self.GAMES)


class Kill(unittest.TestCase):
    PLAYERS, KILLS = 12, int(os.environ.get("AGON_CRASHES", "100"))

    def test_killed_at_random_moments_nobody_is_lost_doubled_or_in_two_matches(self):
        """Everybody joins, accepts or declines, reports and joins again; what was answered before the kill stands after it."""
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder) / "rules.toml"
            rules.write_text('window = 400\nramp = "fixed"\nramp_s = 0.2\n[[pools]]\ngame = "asked"\nready_check = true\nready_skip_s = 0\n')
            with agon.Server("--rate-limits", "off", "--matchmaking", str(rules)) as server:
                prng = random.Random(1)
                self.players = [Seeker(server, f"player{i}", random.Random(i)) for i in range(self.PLAYERS)]
                self.kept = dict.fromkeys(("waiting", "accepted", "declined", "reported"), 0)
                for _ in range(self.KILLS):
                    self.play_until_killed(server, prng.uniform(0.02, 0.4))
                    self.check_places()
                server.stop()
                verify(server)
        # Each kind of answer was there to be lost.
        self.assertTrue(all(self.kept.values()), self.kept)

    def play_until_killed(self, server, seconds):
        over = threading.Event()
        threads = [threading.Thread(target=player.take_part, args=(over,)) for player in self.players]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        server.stop(signal.SIGKILL)
        over.set()
        for thread in threads:
            thread.join()
        server.begin()
        self.assertEqual([p.wrong for p in self.players if p.wrong], [])

    def check_places(self):
        by_id = {player.id: player for player in self.players}
        for player in self.players:
            status = player.status()
            match = status["match"]
            self.assertFalse(status["inQueue"] and match and match["ready"], status)
            # What ended just before the kill leaves its queue a moment after the start.
            if match and match["ready"] and player.see(match["id"])["status"] == "IN_PROGRESS":
                self.assertEqual(by_id[match["opponentId"]].match(), match["id"])
            self.check_answers(player, status, match)

    def check_answers(self, player, status, match):
        if player.results_before is not None and not status["inQueue"] and not match:
            self.assertGreater(player.results(), player.results_before, "a ticket was lost")
        if player.results_before is not None and player.waits_since and status["queuedAt"]:
            self.assertEqual(status["queuedAt"], player.waits_since, "the wait began anew")
            self.kept["waiting"] += 1
        if player.accepted and match and match["id"] == player.accepted:
            self.assertTrue(match["ready"] or match["accepted"], status)
            self.kept["accepted"] += 1
        if player.declined:
            self.assertNotEqual(match and match["id"], player.declined)
            self.kept["declined"] += 1
        if player.reported:
            self.assertEqual(player.see(player.reported[0]), player.reported[1])
            self.kept["reported"] += 1


if __name__ == "__main__":
    unittest.main()
