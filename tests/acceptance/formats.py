"""A tournament of bots of every format, over HTTP, from the first join to the champion; and what a host may do on the way:
check-in, withdrawal, stages, corrections, the published draw. Run by ctest; alone: python3 tests/acceptance/formats.py"""
import json
import subprocess
import unittest

import agon

STRATEGIES = ["random", "rock", "cycle", "copy-last", "beat-last", "frequency", "markov"]


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = agon.Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def bots(self, count, strategies=STRATEGIES):
        return [self.server.new_bot(f"Bot {i}", strategies[i % len(strategies)]) for i in range(count)]

    def play(self, count, strategies=STRATEGIES, **fields):
        """The bracket of a tournament of so many built-in bots, played to its end."""
        tournament = self.server.tournament_of(self.bots(count, strategies), **fields)
        return self.server.played(tournament)

    def matches(self, bracket):
        return [m for r in bracket["data"]["rounds"] for m in r["matches"]]

    def played_matches(self, bracket):
        return [m for m in self.matches(bracket) if m["player1"] and m["player2"]]

    def losses(self, bracket):
        lost = {}
        for match in self.played_matches(bracket):
            for player in ("player1", "player2"):
                bot = match[player]["bot_id"]
                lost[bot] = lost.get(bot, 0) + (match["winner"] not in (None, bot))
        return lost

    def standings(self, bracket):
        return self.server.ok("GET", f"/api/tournaments/{bracket['tournament_id']}/standings")["standings"]

    # --- each format --------------------------------------------------------------------------------------------------

    def test_double_elimination_puts_out_who_loses_twice(self):
        for count in (2, 3, 5, 8, 13):
            bracket = self.play(count, format="double_elimination")
            played = self.played_matches(bracket)
            self.assertIn(len(played), (2 * count - 2, 2 * count - 1))
            lost = self.losses(bracket)
            champion = bracket["data"]["champion"]
            self.assertEqual({lost[b] for b in lost if b != champion}, {2})
            self.assertEqual({r["bracket"] for r in bracket["data"]["rounds"]} - {"losers"}, {"winners", "final"})
            self.assertEqual(self.standings(bracket)[0]["bot_id"], champion)

    def test_the_grand_final_is_as_the_host_says(self):
        single = self.play(4, format="double_elimination", config={"grand_final": "single"})
        self.assertEqual(len(self.played_matches(single)), 6)
        none = self.play(4, format="double_elimination", config={"grand_final": "none"})
        self.assertEqual(len(self.played_matches(none)), 5)
        self.assertEqual(self.losses(none)[none["data"]["champion"]], 0)

    def test_round_robin_lets_everybody_meet_everybody(self):
        for count in (2, 5, 6):
            bracket = self.play(count, format="round_robin")
            met = [frozenset((m["player1"]["bot_id"], m["player2"]["bot_id"])) for m in self.matches(bracket)]
            self.assertEqual(len(met), count * (count - 1) // 2)
            self.assertEqual(len(set(met)), len(met))
            table = bracket["data"]["standings"]
            self.assertEqual([row["place"] for row in table], list(range(1, count + 1)))
            self.assertEqual(table, self.standings(bracket))
            self.assertEqual(table[0]["bot_id"], bracket["data"]["champion"])
            self.assertAlmostEqual(sum(row["points"] for row in table), len(met))
        double = self.play(4, format="round_robin", config={"rounds": 2})
        self.assertEqual(len(self.matches(double)), 12)

    def test_swiss_plays_its_rounds_and_nobody_meets_twice(self):
        bracket = self.play(13, format="swiss", config={"rounds": 5})
        rounds = bracket["data"]["rounds"]
        self.assertEqual([len(r["matches"]) for r in rounds], [7] * 5)
        met = [frozenset((m["player1"]["bot_id"], m["player2"]["bot_id"])) for m in self.played_matches(bracket)]
        self.assertEqual(len(set(met)), 30)
        byes = [m["player1"]["bot_id"] for m in self.matches(bracket) if not m["player2"]]
        self.assertEqual(len(set(byes)), 5)
        table = bracket["data"]["standings"]
        self.assertEqual(sorted((row["points"] for row in table), reverse=True), [row["points"] for row in table])
        self.assertIn("buchholz", table[0]["tiebreaks"])
        self.assertEqual(len(self.play(9, format="swiss")["data"]["rounds"]), 4)

    def test_third_place_and_longer_finals(self):
        bracket = self.play(8, ["random"], config={"third_place": True, "best_of": {"default": 1, "final": 5}})
        self.assertEqual(len(self.matches(bracket)), 8)
        final = bracket["data"]["rounds"][-1]["matches"][0]
        self.assertEqual(max(int(n) for n in final["score"].split("-")), 3)
        self.assertEqual([row["place"] for row in self.standings(bracket)[:5]], [1, 2, 3, 4, 5])

    def test_groups_and_then_a_playoff(self):
        config = {"stages": [{"format": "round_robin", "groups": 4, "advance": 2},
                             {"format": "single_elimination", "third_place": True}]}
        bracket = self.play(16, config=config)
        rounds = bracket["data"]["rounds"]
        self.assertEqual([r["stage"] for r in rounds], [1, 1, 1, 2, 2, 2])
        self.assertEqual([len(r["matches"]) for r in rounds], [8, 8, 8, 4, 2, 2])
        self.assertEqual({m["group"] for m in rounds[0]["matches"]}, {1, 2, 3, 4})
        table = self.standings(bracket)
        self.assertEqual(len(table), 16)
        self.assertEqual(table[0]["bot_id"], bracket["data"]["champion"])
        self.assertEqual(sorted(row["group_place"] for row in table[:8]), [1] * 4 + [2] * 4)

    # --- reasons ------------------------------------------------------------------------------------------------------

    def test_everything_says_why(self):
        bracket = self.play(7, format="swiss")
        base = f"/api/tournaments/{bracket['tournament_id']}"
        for match in self.server.ok("GET", base + "/matches")["matches"]:
            self.assertTrue(match["why"])
            self.assertEqual(self.server.ok("GET", f"/api/matches/{match['match_id']}")["why"], match["why"])
        for row in self.standings(bracket):
            self.assertTrue(row["why"])
            told = self.server.ok("GET", f"{base}/standings/{row['bot_id']}")
            self.assertTrue(told["seed_why"])
            self.assertEqual(told["cells"][0]["name"], "points")
            self.assertTrue(all(cell["why"] for cell in told["cells"]))

    def test_the_draw_was_committed_to_and_can_be_repeated(self):
        tournament = self.server.tournament_of(self.bots(9), start=False)
        path = f"/api/tournaments/{tournament}/draw"
        before = self.server.ok("GET", path)
        self.assertEqual(len(before["commitment"]), 64)
        self.assertIsNone(before["secret"])
        self.server.start(tournament)
        after = self.server.ok("GET", path)
        self.assertEqual(after["commitment"], before["commitment"])
        verdict = self.verify_draw(after)
        self.assertEqual(verdict.returncode, 0, verdict.stderr)
        after["order"][0], after["order"][1] = after["order"][1], after["order"][0]
        self.assertEqual(self.verify_draw(after).returncode, 1)

    def verify_draw(self, document):
        return subprocess.run([agon.program(), "verify-draw", "-"], input=json.dumps(document), text=True,
                              capture_output=True, timeout=agon.PATIENCE)

    # --- on the way ---------------------------------------------------------------------------------------------------

    def test_check_in_and_waiting_list(self):
        bots = self.bots(5)
        config = {"check_in": 3600, "waiting_list": True}
        tournament = self.server.new_tournament(max_participants=4, config=config)["tournament_id"]
        replies = [self.server.join(tournament, bot["bot_id"]) for bot in bots]
        self.assertEqual([reply.get("waiting") for reply in replies], [None] * 4 + [True])
        self.assertEqual(self.server.details(tournament)["status"], "ready")
        for bot in bots[:3]:
            self.server.ok("POST", f"/api/tournaments/{tournament}/check-in", {"bot_id": bot["bot_id"]}, expect=200)
        self.server.start(tournament)
        bracket = self.server.played(tournament)
        entered = {m[p]["bot_id"] for m in self.matches(bracket) for p in ("player1", "player2") if m[p]}
        self.assertEqual(entered, {b["bot_id"] for b in bots[:3] + bots[4:]})

    def test_corrections_are_told_before_they_are_made(self):
        bracket = self.play(4, config={"seeding": "registration"})
        first = bracket["data"]["rounds"][0]["matches"][0]
        loser = next(first[p]["bot_id"] for p in ("player1", "player2") if first[p]["bot_id"] != first["winner"])
        path = f"/api/matches/{first['match_id']}/correct"
        told = self.server.ok("POST", path, {"winner": loser, "dry_run": True}, expect=200)
        self.assertTrue(told["dry_run"])
        self.assertEqual(self.server.bracket(bracket["tournament_id"]), bracket)
        self.assertEqual(len(told["matches"]), 2)
        self.server.ok("POST", path, {"winner": loser}, expect=200)
        after = self.server.played(bracket["tournament_id"])
        self.assertEqual(after["data"]["rounds"][0]["matches"][0]["winner"], loser)
        final = after["data"]["rounds"][1]["matches"][0]
        self.assertIn(loser, (final["player1"]["bot_id"], final["player2"]["bot_id"]))
        self.assertNotEqual(final["game_id"], bracket["data"]["rounds"][1]["matches"][0]["game_id"])

    def test_who_withdraws_forfeits_what_is_left(self):
        slow = self.server.new_bot("Never there")
        bots = self.bots(3) + [slow]
        tournament = self.server.tournament_of(bots, format="round_robin", config={"no_show_timeout": 3600})
        self.server.ok("POST", f"/api/tournaments/{tournament}/withdraw", {"bot_id": slow["bot_id"]}, expect=200)
        bracket = self.server.played(tournament)
        self.assertEqual(bracket["data"]["standings"][-1]["left"], "withdrawn")
        self.assertEqual(sum(m.get("decision") == "withdrawn" for m in self.matches(bracket)), 3)

    def test_a_deleted_bot_leaves_its_tournaments(self):
        slow = self.server.new_bot("Here for a while")
        socket = agon.WebSocket(self.server.port, key=slow["api_key"])
        self.addCleanup(socket.socket.close)
        socket.expect("hello")
        config = {"seeding": "registration", "no_show_timeout": 3600, "time_limit_per_move": 3600}
        full = self.server.new_tournament(max_participants=2)["tournament_id"]
        running = self.server.tournament_of([slow, *self.bots(2)], format="round_robin", config=config)
        for bot in (slow, self.bots(1)[0]):
            self.server.join(full, bot["bot_id"])
        self.assertEqual(self.server.details(full)["status"], "ready")
        socket.expect("turn_request")
        self.server.ok("DELETE", f"/api/bots/{slow['bot_id']}", expect=200)
        self.assertEqual(socket.closed_with()[0], 4001)
        details = self.server.details(full)
        self.assertEqual((details["status"], details["current_participants"]), ("registration", 1))
        standings = self.server.played(running)["data"]["standings"]
        self.assertEqual((standings[-1]["bot_id"], standings[-1]["left"]), (slow["bot_id"], "withdrawn"))

    def test_a_match_that_is_cancelled_with_its_tournament_is_over(self):
        tournament = self.server.tournament_of([self.server.new_bot("Never there"), *self.bots(1)])
        self.server.ok("POST", f"/api/tournaments/{tournament}/cancel", expect=200)
        match = self.matches(self.server.bracket(tournament))[0]
        self.assertEqual((match["status"], match["winner"], match["decision"]), ("completed", None, "cancelled"))
        match = self.server.ok("GET", f"/api/matches/{match['match_id']}")
        self.assertEqual(match["completed_at"], self.server.details(tournament)["end_time"])


if __name__ == "__main__":
    unittest.main()
