"""Matchmaking of the Player API against a real server: joining, meeting, reporting; settings from a file; and kill -9 in the
middle of it."""
import pathlib
import random
import signal
import tempfile
import threading
import time
import unittest

import agon

PASSWORD = "correct horse battery"
QUEUE = "/api/v1/tournaments/matchmaking/"


def bearer(token):
    return {"Authorization": "Bearer " + token}


class Player:
    """Somebody who has signed up."""

    def __init__(self, server, name):
        self.server = server
        made = server.post("/api/v1/auth/register", {"username": name, "password": PASSWORD})
        assert made.status == 201, made
        self.token, self.id = made.json["accessToken"], made.json["user"]["id"]

    def post(self, path, body=None):
        return self.server.post(path, body or {}, **bearer(self.token))

    def status(self):
        answer = self.server.get(QUEUE + "status", **bearer(self.token))
        assert answer.status == 200, answer
        return answer.json

    def join(self, **body):
        return self.post(QUEUE + "join", body)

    def match(self):
        found = self.status()["match"]
        return found and found["id"]


def verify(server):
    done = agon.run("verify", "--data", server.data)
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
            self.assertIn("rules.toml: matchmaking/windw: no such setting", done.stderr)


class Kill(unittest.TestCase):
    PLAYERS, ROUNDS = 12, 8

    def test_killed_at_random_moments_nobody_is_lost_doubled_or_in_two_matches(self):
        """Everybody joins, reports and joins again; what was answered before the kill stands after it."""
        with agon.Server("--rate-limits", "off") as server:
            players = [Player(server, f"player{i}") for i in range(self.PLAYERS)]
            for round_ in range(self.ROUNDS):
                self.play_until_killed(server, players, random.Random(round_))
                self.check_places(players)
            server.stop()
            verify(server)

    def play_until_killed(self, server, players, prng):
        over = threading.Event()
        threads = [threading.Thread(target=self.play, args=(p, over)) for p in players]
        for thread in threads:
            thread.start()
        time.sleep(prng.uniform(0.02, 0.4))
        server.stop(signal.SIGKILL)
        over.set()
        for thread in threads:
            thread.join()
        server.begin()
        self.assertEqual([p.wrong for p in players if p.wrong], [])

    @staticmethod
    def play(player, over):
        player.joined = player.reported = player.wrong = None
        while not over.is_set():
            try:
                answer = player.join()
                if answer.status == 200:
                    player.joined = True
                match = player.match()
                if match:
                    path = f"/api/v1/tournaments/matches/{match}"
                    seen = player.server.get(path, **bearer(player.token)).json
                    if "playerAId" not in seen:
                        player.wrong = seen
                        return
                    first = seen["playerAId"] == player.id
                    scores = {"scoreA": 2, "scoreB": 1} if first else {"scoreA": 1, "scoreB": 2}
                    done = player.post(path + "/result", {"winnerId": player.id, **scores})
                    if done.status == 200:
                        player.reported, player.joined = (match, done.json), None
            except (OSError, ValueError, agon.http.client.HTTPException):
                return

    @staticmethod
    def state_of(player, match):
        return player.server.get(f"/api/v1/tournaments/matches/{match}", **bearer(player.token)).json["status"]

    def check_places(self, players):
        matches = {}
        for player in players:
            status = player.status()
            self.assertFalse(status["inQueue"] and status["match"], status)
            # What ended just before the kill leaves its queue a moment after the start.
            if status["match"] and self.state_of(player, status["match"]["id"]) == "IN_PROGRESS":
                matches.setdefault(status["match"]["id"], []).append(player)
            if player.reported:
                path = f"/api/v1/tournaments/matches/{player.reported[0]}"
                self.assertEqual(player.server.get(path, **bearer(player.token)).json, player.reported[1])
        self.assertEqual({len(pair) for pair in matches.values()} - {2}, set())


if __name__ == "__main__":
    unittest.main()
