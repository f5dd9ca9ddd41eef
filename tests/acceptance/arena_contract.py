"""The Arena API keeps its word: the source document, top to bottom, against a real server; then what `API.md` adds."""
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import agon

TOURNAMENT_FIELDS = {"tournament_id", "name", "game_type", "format", "status", "created_at", "start_time", "end_time",
                     "max_participants", "current_participants", "config"}
MATCH_FIELDS = {"match_id", "player1", "player2", "game_id", "status", "winner", "score"}
DEFAULTS = {"rounds_per_match": 3, "time_limit_per_move": 30, "seeding": "random", "auto_start": False, "start_delay": 300,
            "tiebreaker": "sudden_death"}
UNKNOWN_TOURNAMENT = "tourn_00000000000000000000000000"
UNKNOWN_BOT = "bot_00000000000000000000000000"
UNKNOWN_GAME = "game_00000000000000000000000000"
#: Every route of the Arena API.
ROUTES = {
    "/api/tournaments": {"get", "post"},
    "/api/tournaments/{tournament_id}": {"get"},
    "/api/tournaments/{tournament_id}/join": {"post"},
    "/api/tournaments/{tournament_id}/leave": {"post"},
    "/api/tournaments/{tournament_id}/ready": {"post"},
    "/api/tournaments/{tournament_id}/start": {"post"},
    "/api/tournaments/{tournament_id}/cancel": {"post"},
    "/api/tournaments/{tournament_id}/bracket": {"get"},
    "/api/tournaments/{tournament_id}/standings": {"get"},
    "/api/tournaments/{tournament_id}/matches": {"get"},
    "/api/bots": {"get", "post"},
    "/api/bots/{bot_id}": {"get", "delete"},
    "/api/bots/{bot_id}/rotate-key": {"post"},
    "/api/games": {"get"},
    "/api/games/{game_id}": {"get"},
    "/api/leaderboard": {"get"},
}
server = None


def setUpModule():
    global server
    server = agon.Server()


def tearDownModule():
    server.close()


class Case(unittest.TestCase):
    """What the tests of this file share."""

    maxDiff = None

    def refused(self, answer, status, sentence):
        """The answer is this refusal, letter for letter and nothing else."""
        self.assertEqual((answer.status, answer.json), (status, {"detail": sentence}), answer)

    def bots(self, *strategies):
        return [server.new_bot(f"{strategy}-{i}", strategy) for i, strategy in enumerate(strategies)]

    def absent_bots(self, count):
        """Bots that nobody connects: their matches stay in progress."""
        return [server.new_bot(f"absent-{i}", connection={"type": "websocket"}) for i in range(count)]


class CreateTournament(Case):
    def test_a_name_and_a_game_are_enough(self):
        """The rest is filled in: the format, every option, 0 participants, no times yet."""
        answer = server.post("/api/tournaments", {"name": "RPS Championship", "game_type": "rps"})
        self.assertEqual(answer.status, 201)
        made = answer.json
        self.assertGreaterEqual(set(made), {"tournament_id", "name", "game_type", "format", "status", "max_participants", "created_at"})
        self.assertRegex(made["tournament_id"], r"\Atourn_[0-7][0-9a-hjkmnp-tv-z]{25}\Z")
        self.assertEqual((made["name"], made["game_type"]), ("RPS Championship", "rps"))
        self.assertEqual((made["format"], made["status"]), ("single_elimination", "registration"))
        self.assertTrue(agon.is_instant(made["created_at"]), made["created_at"])
        self.assertEqual({k: made["config"].get(k) for k in DEFAULTS}, DEFAULTS)

    def test_every_option_of_the_source_comes_back_as_given(self):
        """`config` holds what was asked for beside every option that was not."""
        config = {"rounds_per_match": 5, "time_limit_per_move": 12.5, "seeding": "rating", "auto_start": True, "start_delay": 7,
                  "tiebreaker": "sudden_death"}
        made = server.new_tournament(name="Options", format="single_elimination", max_participants=16, config=config)
        self.assertEqual(made["max_participants"], 16)
        self.assertEqual({k: made["config"][k] for k in config}, config)
        shown = server.details(made["tournament_id"])["config"]
        self.assertEqual(shown, made["config"])
        self.assertGreater(set(shown), set(config))

    def test_options_that_nobody_knows_are_ignored(self):
        """Unknown fields do no harm, in the body and in the config."""
        made = server.new_tournament(surprise=1, config={"rounds_per_match": 1, "surprise": [2]})
        self.assertEqual(made["config"]["rounds_per_match"], 1)
        self.assertNotIn("surprise", made["config"])

    def test_a_null_option_is_no_option(self):
        """What is null has its default."""
        self.assertEqual(server.new_tournament(max_participants=None)["config"]["rounds_per_match"], 3)

    def test_a_body_that_breaks_the_schema_is_422_and_says_where(self):
        """`detail` is a list of `{loc, msg, type}`."""
        ok = {"name": "x", "game_type": "rps"}
        for body, loc in [({"game_type": "rps"}, ["body", "name"]),
                          ({"name": "x"}, ["body", "game_type"]),
                          ({**ok, "name": 7}, ["body", "name"]),
                          ({**ok, "name": ""}, ["body", "name"]),
                          ({**ok, "name": None}, ["body", "name"]),
                          ({**ok, "name": "x" * 101}, ["body", "name"]),
                          ({**ok, "game_type": "chess-boxing"}, ["body", "game_type"]),
                          ({**ok, "format": "best_of_friends"}, ["body", "format"]),
                          ({**ok, "max_participants": 1}, ["body", "max_participants"]),
                          ({**ok, "max_participants": "many"}, ["body", "max_participants"]),
                          ({**ok, "max_participants": 2.5}, ["body", "max_participants"]),
                          ({**ok, "config": []}, ["body", "config"]),
                          ({**ok, "config": {"rounds_per_match": 0}}, ["body", "config", "rounds_per_match"]),
                          ({**ok, "config": {"rounds_per_match": "3"}}, ["body", "config", "rounds_per_match"]),
                          ({**ok, "config": {"time_limit_per_move": -1}}, ["body", "config", "time_limit_per_move"]),
                          ({**ok, "config": {"auto_start": "yes"}}, ["body", "config", "auto_start"]),
                          ({**ok, "config": {"start_delay": -1}}, ["body", "config", "start_delay"]),
                          ({**ok, "config": {"seeding": "alphabet"}}, ["body", "config", "seeding"]),
                          ({**ok, "config": {"tiebreaker": "coin"}}, ["body", "config", "tiebreaker"])]:
            with self.subTest(body=body):
                answer = server.post("/api/tournaments", body)
                self.assertEqual(answer.status, 422, answer)
                mistakes = answer.detail
                self.assertIsInstance(mistakes, list)
                self.assertEqual([m["loc"] for m in mistakes], [loc])
                for mistake in mistakes:
                    self.assertEqual(set(mistake), {"loc", "msg", "type"})
                    self.assertTrue(mistake["msg"] and isinstance(mistake["msg"], str))
                    self.assertTrue(mistake["type"] and isinstance(mistake["type"], str))

    def test_an_unknown_word_is_answered_with_the_known_ones(self):
        """An unknown enum value is an error that lists what would do."""
        for body, words in [({"game_type": "chess"}, ["rps"]), ({"format": "swis"}, ["single_elimination"]),
                            ({"config": {"seeding": "x"}}, ["random", "rating", "registration", "manual"]),
                            ({"config": {"tiebreaker": "x"}}, ["sudden_death"])]:
            with self.subTest(body=body):
                answer = server.post("/api/tournaments", {"name": "x", "game_type": "rps", **body})
                self.assertEqual(answer.status, 422, answer)
                for word in words:
                    self.assertIn(word, answer.detail[0]["msg"])


class ListTournaments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A server of its own, so that what is listed is known: 25 open, 1 cancelled, 1 completed, oldest first."""
        cls.own = agon.Server()
        cls.open = [cls.own.new_tournament(name=f"Cup {i}")["tournament_id"] for i in range(25)]
        cls.cancelled = cls.own.new_tournament(name="Rained off")["tournament_id"]
        cls.own.ok("POST", f"/api/tournaments/{cls.cancelled}/cancel")
        cls.completed = cls.own.tournament_of([cls.own.new_bot("a", "random"), cls.own.new_bot("b", "random")], name="Done")
        cls.own.until_status(cls.completed, "completed")
        cls.newest_first = [cls.completed, cls.cancelled, *reversed(cls.open)]

    @classmethod
    def tearDownClass(cls):
        cls.own.close()

    def listed(self, query=""):
        found = self.own.ok("GET", "/api/tournaments" + query)
        self.assertEqual(set(found), {"tournaments", "total"})
        return [t["tournament_id"] for t in found["tournaments"]], found["total"]

    def test_the_newest_come_first_and_twenty_at_a_time(self):
        """Without a limit there are 20, and `total` counts them all."""
        self.assertEqual(self.listed(), (self.newest_first[:20], 27))

    def test_limit_and_offset_page_through_all_of_them(self):
        """Pages neither overlap nor leave one out."""
        paged = []
        for offset in range(0, 35, 7):
            ids, total = self.listed(f"?limit=7&offset={offset}")
            self.assertEqual(total, 27)
            paged += ids
        self.assertEqual(paged, self.newest_first)
        self.assertEqual(self.listed("?limit=100&offset=1000"), ([], 27))

    def test_filters_narrow_the_list_and_the_total(self):
        """By status, by game, by both."""
        self.assertEqual(self.listed("?status=registration&limit=100"), (list(reversed(self.open)), 25))
        self.assertEqual(self.listed("?status=cancelled"), ([self.cancelled], 1))
        self.assertEqual(self.listed("?status=completed&game_type=rps"), ([self.completed], 1))
        self.assertEqual(self.listed("?status=in_progress"), ([], 0))
        self.assertEqual(self.listed("?game_type=rps&limit=10"), (self.newest_first[:10], 27))

    def test_each_of_them_has_every_field_of_the_source(self):
        """And is the same as its details."""
        for shown in self.own.ok("GET", "/api/tournaments?limit=3")["tournaments"]:
            self.assertEqual(set(shown), TOURNAMENT_FIELDS)
            self.assertEqual(shown, self.own.details(shown["tournament_id"]))

    def test_an_unknown_status_is_400_that_lists_the_known_ones(self):
        """So that nobody has to guess."""
        answer = self.own.get("/api/tournaments?status=finished")
        self.assertEqual(answer.status, 400, answer)
        for known in ("registration", "ready", "in_progress", "completed", "cancelled"):
            self.assertIn(known, answer.detail)

    def test_what_cannot_be_meant_is_400(self):
        """Limits out of range, numbers that are none, parameters that nobody knows."""
        for query in ("limit=0", "limit=101", "limit=-1", "limit=ten", "limit=1.5", "limit=", "offset=-1", "offset=x", "limit=1&limit=2",
                      "limit=99999999999999999999", "status=", "colour=red", "status=%zz"):
            with self.subTest(query=query):
                answer = self.own.get("/api/tournaments?" + query)
                self.assertEqual(answer.status, 400, answer)
                self.assertIsInstance(answer.detail, str)


class TournamentDetails(Case):
    def test_before_the_start_the_times_are_null(self):
        """All fields are there, and what has not happened is null."""
        made = server.new_tournament(name="Details", max_participants=16)
        details = server.details(made["tournament_id"])
        self.assertEqual(set(details), TOURNAMENT_FIELDS)
        self.assertEqual((details["start_time"], details["end_time"]), (None, None))
        self.assertEqual((details["current_participants"], details["max_participants"]), (0, 16))
        self.assertEqual(details["created_at"], made["created_at"])

    def test_the_times_tell_start_and_end(self):
        """`start_time` once it has started, `end_time` once it is over."""
        tournament = server.tournament_of(self.absent_bots(2), config={"no_show_timeout": 600})
        running = server.details(tournament)
        self.assertEqual((running["status"], running["current_participants"], running["end_time"]), ("in_progress", 2, None))
        self.assertTrue(agon.is_instant(running["start_time"]), running)
        done = server.until_status(server.tournament_of(self.bots("random", "random")), "completed")
        for field in ("created_at", "start_time", "end_time"):
            self.assertTrue(agon.is_instant(done[field]), done)
        self.assertLessEqual(done["created_at"], done["start_time"])
        self.assertLessEqual(done["start_time"], done["end_time"])


class JoinTournament(Case):
    def test_a_bot_joins_and_gets_its_seed(self):
        """201; the seed is the order of registration until the tournament starts."""
        tournament = server.new_tournament()["tournament_id"]
        for place, bot in enumerate(self.bots("random", "rock", "cycle"), start=1):
            answer = server.post(f"/api/tournaments/{tournament}/join", {"bot_id": bot["bot_id"]})
            self.assertEqual(answer.status, 201)
            joined = answer.json
            self.assertEqual(set(joined), {"tournament_id", "bot_id", "seed", "registered_at"})
            self.assertEqual((joined["tournament_id"], joined["bot_id"], joined["seed"]), (tournament, bot["bot_id"], place))
            self.assertTrue(agon.is_instant(joined["registered_at"]), joined)
        self.assertEqual(server.details(tournament)["current_participants"], 3)

    def test_the_three_sentences_of_the_source_are_400(self):
        """Letter for letter."""
        first, second, third = self.bots("random", "random", "random")
        tournament = server.new_tournament(max_participants=2)["tournament_id"]
        join = f"/api/tournaments/{tournament}/join"
        server.join(tournament, first["bot_id"])
        self.refused(server.post(join, {"bot_id": first["bot_id"]}), 400, "Bot already registered for this tournament")
        server.join(tournament, second["bot_id"])
        self.refused(server.post(join, {"bot_id": third["bot_id"]}), 400, "Tournament is full")
        server.start(tournament)
        self.refused(server.post(join, {"bot_id": third["bot_id"]}), 400, "Tournament has already started")
        server.until_status(tournament, "completed")
        self.refused(server.post(join, {"bot_id": third["bot_id"]}), 400, "Tournament has already started")

    def test_a_refused_join_changes_nothing(self):
        """Neither the count nor the version."""
        bot, = self.bots("random")
        tournament = server.tournament_of([bot], start=False)
        before = server.get(f"/api/tournaments/{tournament}")
        server.post(f"/api/tournaments/{tournament}/join", {"bot_id": bot["bot_id"]})
        server.post(f"/api/tournaments/{tournament}/join", {"bot_id": UNKNOWN_BOT})
        after = server.get(f"/api/tournaments/{tournament}")
        self.assertEqual((before.json, before.headers["ETag"]), (after.json, after.headers["ETag"]))

    def test_who_is_unknown_is_404(self):
        """The tournament first, then the bot."""
        bot, = self.bots("random")
        tournament = server.new_tournament()["tournament_id"]
        self.refused(server.post(f"/api/tournaments/{UNKNOWN_TOURNAMENT}/join", {"bot_id": bot["bot_id"]}), 404, "Tournament not found")
        for unknown in (UNKNOWN_BOT, "bot_a1b2c3d4", "", "x", tournament):
            self.refused(server.post(f"/api/tournaments/{tournament}/join", {"bot_id": unknown}), 404, "Bot not found")

    def test_a_deleted_bot_cannot_join(self):
        """It is not found, here as elsewhere."""
        bot, = self.bots("random")
        server.ok("DELETE", f"/api/bots/{bot['bot_id']}")
        tournament = server.new_tournament()["tournament_id"]
        self.refused(server.post(f"/api/tournaments/{tournament}/join", {"bot_id": bot["bot_id"]}), 404, "Bot not found")
        self.refused(server.get(f"/api/bots/{bot['bot_id']}"), 404, "Bot not found")

    def test_a_body_without_a_bot_is_422(self):
        """And points at what is missing."""
        tournament = server.new_tournament()["tournament_id"]
        for body in ({}, None, {"bot": "x"}, {"bot_id": None}, {"bot_id": 7}, []):
            with self.subTest(body=body):
                answer = server.post(f"/api/tournaments/{tournament}/join", body)
                self.assertEqual(answer.status, 422, answer)
                self.assertEqual(answer.detail[0]["loc"], ["body"] if body == [] else ["body", "bot_id"])


class StartTournament(Case):
    def test_the_answer_is_the_source_letter_for_letter(self):
        """Id, status, message, and nothing else."""
        tournament = server.tournament_of(self.bots("random", "rock"), start=False)
        answer = server.post(f"/api/tournaments/{tournament}/start")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json, {"tournament_id": tournament, "status": "in_progress", "message": "Tournament started successfully"})

    def test_a_second_start_is_refused(self):
        """Running or over."""
        tournament = server.tournament_of(self.absent_bots(2), config={"no_show_timeout": 600})
        self.refused(server.post(f"/api/tournaments/{tournament}/start"), 400, "Tournament has already started")
        done = server.tournament_of(self.bots("random", "rock"))
        server.until_status(done, "completed")
        self.refused(server.post(f"/api/tournaments/{done}/start"), 400, "Tournament has already started")

    def test_a_tournament_needs_two_bots(self):
        """With fewer it is a 400 with a sentence, and it can start later."""
        bots = self.bots("random", "rock")
        tournament = server.new_tournament()["tournament_id"]
        for bot in bots:
            answer = server.post(f"/api/tournaments/{tournament}/start")
            self.assertEqual(answer.status, 400, answer)
            self.assertIsInstance(answer.detail, str)
            server.join(tournament, bot["bot_id"])
        server.start(tournament)

    def test_a_body_of_nothing_will_do(self):
        """`{}`, or none at all, with and without a content type."""
        for body in (None, {}, b""):
            tournament = server.tournament_of(self.bots("random", "rock"), start=False)
            self.assertEqual(server.post(f"/api/tournaments/{tournament}/start", body).status, 200, body)


class TournamentBracket(Case):
    def check_bracket(self, tournament, entrants):
        """What must hold of a completed bracket, whoever won."""
        bracket = server.played(tournament)
        self.assertEqual(set(bracket), {"tournament_id", "format", "status", "data"})
        self.assertEqual((bracket["tournament_id"], bracket["format"], bracket["status"]), (tournament, "single_elimination", "completed"))
        self.assertGreaterEqual(set(bracket["data"]), {"rounds", "champion"})
        rounds = bracket["data"]["rounds"]
        self.assertEqual([r["round_number"] for r in rounds], list(range(1, len(rounds) + 1)))
        self.assertEqual(2 ** len(rounds), 1 << (entrants - 1).bit_length())
        self.assertEqual([len(r["matches"]) for r in rounds], [2 ** i for i in reversed(range(len(rounds)))])
        seen_ids = [m["match_id"] for r in rounds for m in r["matches"]]
        self.assertEqual(len(set(seen_ids)), len(seen_ids))
        for r in rounds:
            for match in r["matches"]:
                self.check_match(match)
        self.check_first_round(rounds[0], entrants)
        for earlier, later in zip(rounds, rounds[1:]):
            advanced = [m["winner"] for m in earlier["matches"]]
            players = [p["bot_id"] for m in later["matches"] for p in (m["player1"], m["player2"])]
            self.assertEqual(players, advanced, "the winners advance, and nobody else")
        self.assertEqual(bracket["data"]["champion"], rounds[-1]["matches"][0]["winner"])
        return bracket

    def check_match(self, match):
        self.assertLessEqual(MATCH_FIELDS, set(match))
        self.assertLessEqual(set(match), MATCH_FIELDS | {"decision"})
        self.assertTrue(match["match_id"].startswith("match_"))
        self.assertEqual(match["status"], "completed")
        self.assertEqual(set(match["player1"]), {"bot_id", "bot_name", "seed"})
        if match["player2"] is None:
            self.assertEqual((match["game_id"], match["score"]), (None, None), "a bye has no game and no score")
            self.assertEqual(match["winner"], match["player1"]["bot_id"])
            return
        self.assertTrue(match["game_id"].startswith("game_"))
        self.assertRegex(match["score"], r"\A\d+-\d+\Z")
        score = [int(n) for n in match["score"].split("-")]
        names = [match["player1"]["bot_id"], match["player2"]["bot_id"]]
        self.assertIn(match["winner"], names)
        if score[0] != score[1]:
            self.assertEqual(match["winner"], names[0 if score[0] > score[1] else 1], match)

    def check_first_round(self, first, entrants):
        players = [p for m in first["matches"] for p in (m["player1"], m["player2"]) if p]
        self.assertEqual(sorted(p["seed"] for p in players), list(range(1, entrants + 1)))
        byes = sorted(m["player1"]["seed"] for m in first["matches"] if m["player2"] is None)
        self.assertEqual(byes, list(range(1, 2 * len(first["matches"]) - entrants + 1)), "the top seeds get the byes")

    def test_every_number_of_bots_from_two_up_comes_to_a_champion(self):
        """Byes advance by themselves, winners advance, the last one is the champion."""
        strategies = ["random", "frequency", "beat-last", "cycle", "markov"]
        for entrants in (2, 3, 4, 5, 6, 7, 8, 13, 16, 33):
            with self.subTest(entrants=entrants):
                bots = self.bots(*(strategies[i % 5] for i in range(entrants)))
                self.check_bracket(server.tournament_of(bots), entrants)

    def test_best_of_three_is_won_by_two(self):
        """The score is rounds won, as in "2-1"."""
        bracket = server.played(server.tournament_of(self.bots(*["random"] * 16)))
        for r in bracket["data"]["rounds"]:
            for match in r["matches"]:
                self.assertIn(match["score"], ("2-0", "2-1", "0-2", "1-2"), match)

    def test_a_match_that_waits_for_a_player_looks_as_in_the_source(self):
        """Three bots that nobody plays: the top seed waits in round 2 for who comes out of round 1."""
        bots = self.absent_bots(3)
        tournament = server.tournament_of(bots, config={"no_show_timeout": 600, "seeding": "registration"})
        bracket = server.bracket(tournament)
        self.assertEqual(bracket["status"], "in_progress")
        self.assertIsNone(bracket["data"]["champion"])
        (bye, first), (final,) = [r["matches"] for r in bracket["data"]["rounds"]]
        player = [{"bot_id": b["bot_id"], "bot_name": b["name"], "seed": i} for i, b in enumerate(bots, start=1)]
        self.assertEqual({k: bye[k] for k in MATCH_FIELDS - {"match_id"}},
                         {"player1": player[0], "player2": None, "game_id": None, "status": "completed",
                          "winner": bots[0]["bot_id"], "score": None})
        self.assertEqual({k: first[k] for k in MATCH_FIELDS - {"match_id", "game_id"}},
                         {"player1": player[1], "player2": player[2], "status": "in_progress", "winner": None, "score": None})
        self.assertTrue(first["game_id"].startswith("game_"))
        self.assertEqual({k: final[k] for k in MATCH_FIELDS - {"match_id"}},
                         {"player1": player[0], "player2": None, "game_id": None, "status": "waiting", "winner": None, "score": None})

    def test_before_the_start_there_are_no_rounds(self):
        """And no champion."""
        tournament = server.tournament_of(self.bots("random", "rock"), start=False)
        self.assertEqual(server.bracket(tournament), {"tournament_id": tournament, "format": "single_elimination", "status": "registration",
                                                      "data": {"rounds": [], "champion": None}})

    def test_the_draw_is_random_unless_told_otherwise(self):
        """Twelve draws of eight bots are not all the same; by registration they are."""
        def seeds(method):
            tournament = server.tournament_of(self.bots(*["random"] * 8), config={"seeding": method})
            first = server.bracket(tournament)["data"]["rounds"][0]
            return tuple(sorted((p["seed"], p["bot_name"]) for m in first["matches"] for p in (m["player1"], m["player2"])))
        self.assertGreater(len({seeds("random") for _ in range(12)}), 1)
        self.assertEqual({seeds("registration") for _ in range(2)}, {tuple((i + 1, f"random-{i}") for i in range(8))})

    def test_matches_and_standings_tell_the_same_as_the_bracket(self):
        """The champion is first, the other finalist second, and each match appears once."""
        tournament = server.tournament_of(self.bots(*["random"] * 6))
        bracket = server.played(tournament)
        matches = server.ok("GET", f"/api/tournaments/{tournament}/matches")
        flat = [m for r in bracket["data"]["rounds"] for m in r["matches"]]
        self.assertEqual([{k: m[k] for k in MATCH_FIELDS} for m in matches["matches"]], [{k: m[k] for k in MATCH_FIELDS} for m in flat])
        standings = server.ok("GET", f"/api/tournaments/{tournament}/standings")["standings"]
        self.assertEqual(len(standings), 6)
        final = flat[-1]
        self.assertEqual(standings[0]["bot_id"], bracket["data"]["champion"])
        self.assertEqual({s["bot_id"] for s in standings[:2]}, {final["player1"]["bot_id"], final["player2"]["bot_id"]})


class StatusFlow(Case):
    def test_a_full_tournament_is_ready(self):
        """Registration, then ready when full, then in progress, then completed."""
        bots = self.bots("random", "random")
        tournament = server.new_tournament(max_participants=2)["tournament_id"]
        seen = [server.details(tournament)["status"]]
        for bot in bots:
            server.join(tournament, bot["bot_id"])
            seen.append(server.details(tournament)["status"])
        self.assertEqual(seen, ["registration", "registration", "ready"])
        self.assertEqual(server.start(tournament)["status"], "in_progress")
        server.until_status(tournament, "completed")

    def test_ready_closes_registration_by_hand(self):
        """Once is enough; nobody joins any more, and the tournament can start."""
        bots = self.bots("random", "random", "random")
        tournament = server.tournament_of(bots[:2], start=False)
        for _ in range(2):
            answer = server.ok("POST", f"/api/tournaments/{tournament}/ready", expect=200)
            self.assertEqual((answer["tournament_id"], answer["status"]), (tournament, "ready"))
        answer = server.post(f"/api/tournaments/{tournament}/join", {"bot_id": bots[2]["bot_id"]})
        self.assertEqual((answer.status, type(answer.detail)), (400, str), answer)
        server.start(tournament)

    def test_a_full_tournament_starts_by_itself(self):
        """With `auto_start`, `start_delay` seconds after it became full: at once, or a second later."""
        for delay in (0, 1):
            with self.subTest(start_delay=delay):
                tournament = server.new_tournament(max_participants=2, config={"auto_start": True, "start_delay": delay})["tournament_id"]
                for bot in self.bots("random", "random"):
                    server.join(tournament, bot["bot_id"])
                full_at = time.monotonic()
                server.until_status(tournament, "completed")
                self.assertGreaterEqual(time.monotonic() - full_at, delay - 0.1)

    def test_without_auto_start_a_full_tournament_waits(self):
        """For its organiser."""
        tournament = server.tournament_of(self.bots("random", "random"), start=False, max_participants=2, config={"start_delay": 0})
        time.sleep(0.3)
        self.assertEqual(server.details(tournament)["status"], "ready")

    def test_an_announced_start_survives_a_restart(self):
        """Whether its time comes while the server is down or after."""
        with agon.Server() as own:
            tournaments = []
            for delay in (0.2, 1.5):
                bots = [own.new_bot(f"b{i}", "random") for i in range(2)]
                tournaments.append(own.tournament_of(bots, start=False, max_participants=2, config={"auto_start": True, "start_delay": delay}))
            own.stop()
            time.sleep(0.3)
            own.begin()
            for tournament in tournaments:
                own.until_status(tournament, "completed")

    def test_cancelling_ends_it(self):
        """Before the start or in the middle; nothing can be done to it afterwards."""
        bot, = self.bots("random")
        fresh = server.new_tournament()["tournament_id"]
        running = server.tournament_of(self.absent_bots(4), config={"no_show_timeout": 600})
        for tournament in (fresh, running):
            answer = server.ok("POST", f"/api/tournaments/{tournament}/cancel", expect=200)
            self.assertEqual((answer["tournament_id"], answer["status"]), (tournament, "cancelled"))
            self.assertEqual(server.details(tournament)["status"], "cancelled")
            self.assertTrue(agon.is_instant(server.details(tournament)["end_time"]))
            for order, body in (("join", {"bot_id": bot["bot_id"]}), ("start", None), ("ready", None), ("cancel", None)):
                answer = server.post(f"/api/tournaments/{tournament}/{order}", body)
                self.assertEqual((answer.status, type(answer.detail)), (400, str), answer)
        self.assertIsNone(server.bracket(running)["data"]["champion"])

    def test_what_is_over_cannot_be_cancelled(self):
        """A champion stays champion."""
        tournament = server.tournament_of(self.bots("random", "random"))
        champion = server.played(tournament)["data"]["champion"]
        self.assertEqual(server.post(f"/api/tournaments/{tournament}/cancel").status, 400)
        self.assertEqual(server.bracket(tournament)["data"]["champion"], champion)

    def test_a_bot_may_leave_before_the_start(self):
        """Its seat is free again; who is not in cannot leave; after the start nobody can."""
        bots = self.bots("random", "random", "random")
        tournament = server.tournament_of(bots[:2], start=False, max_participants=2)
        leave = f"/api/tournaments/{tournament}/leave"
        left = server.ok("POST", leave, {"bot_id": bots[0]["bot_id"]}, expect=200)
        self.assertEqual((left["tournament_id"], left["bot_id"]), (tournament, bots[0]["bot_id"]))
        self.assertEqual((server.details(tournament)["status"], server.details(tournament)["current_participants"]), ("registration", 1))
        self.assertEqual(server.post(leave, {"bot_id": bots[0]["bot_id"]}).status, 400)
        for unknown in (UNKNOWN_BOT, UNKNOWN_BOT[:-1]):
            self.refused(server.post(leave, {"bot_id": unknown}), 404, "Bot not found")
        self.assertEqual(server.join(tournament, bots[2]["bot_id"])["seed"], 2)
        server.start(tournament)
        self.refused(server.post(leave, {"bot_id": bots[1]["bot_id"]}), 400, "Tournament has already started")


class UnknownThings(Case):
    def test_an_unknown_tournament_is_404_everywhere(self):
        """With the source's sentence."""
        bot, = self.bots("random")
        for unknown in (UNKNOWN_TOURNAMENT, "tourn_abc123", "nonsense", bot["bot_id"], "00000000-0000-7000-8000-000000000000"):
            for path in ("", "/bracket", "/standings", "/matches"):
                self.refused(server.get(f"/api/tournaments/{unknown}{path}"), 404, "Tournament not found")
            for order in ("start", "ready", "cancel"):
                self.refused(server.post(f"/api/tournaments/{unknown}/{order}"), 404, "Tournament not found")
            for order in ("join", "leave"):
                self.refused(server.post(f"/api/tournaments/{unknown}/{order}", {"bot_id": bot["bot_id"]}), 404, "Tournament not found")

    def test_an_unknown_bot_or_game_is_404(self):
        """Each by its name."""
        for unknown in (UNKNOWN_BOT, "bot_x", "x"):
            self.refused(server.get(f"/api/bots/{unknown}"), 404, "Bot not found")
            self.refused(server.request("DELETE", f"/api/bots/{unknown}"), 404, "Bot not found")
            self.refused(server.post(f"/api/bots/{unknown}/rotate-key"), 404, "Bot not found")
        for unknown in (UNKNOWN_GAME, "game_xyz789", "x"):
            self.refused(server.get(f"/api/games/{unknown}"), 404, "Game not found")

    def test_an_unknown_path_is_404_in_the_same_form(self):
        """JSON with a `detail`, below /api."""
        for path in ("/api", "/api/", "/api/tournament", "/api/tournaments/x/y/z", "/api/bots/x/y"):
            answer = server.get(path)
            self.assertEqual(answer.status, 404, answer)
            self.assertIsInstance(answer.detail, str, answer)


class Identifiers(Case):
    def test_ids_are_accepted_in_both_forms(self):
        """As a TypeID and as the UUID within, which is of version 7; answers show TypeIDs."""
        bots = self.bots("random", "random")
        tournament = server.new_tournament()["tournament_id"]
        uuid = agon.uuid_of(tournament)
        self.assertEqual(agon.type_id_of("tourn", uuid), tournament)
        self.assertEqual((uuid[14], uuid[19] in "89ab"), ("7", True), uuid)
        for bot in bots:
            joined = server.join(uuid, agon.uuid_of(bot["bot_id"]).upper())
            self.assertEqual((joined["tournament_id"], joined["bot_id"]), (tournament, bot["bot_id"]))
            self.assertEqual(server.ok("GET", f"/api/bots/{agon.uuid_of(bot['bot_id'])}"), server.ok("GET", f"/api/bots/{bot['bot_id']}"))
        self.assertEqual(server.start(uuid)["tournament_id"], tournament)
        bracket = server.played(uuid)
        self.assertEqual(bracket, server.bracket(tournament))
        game = bracket["data"]["rounds"][0]["matches"][0]["game_id"]
        self.assertEqual(server.ok("GET", f"/api/games/{agon.uuid_of(game)}"), server.ok("GET", f"/api/games/{game}"))

    def test_the_wrong_prefix_is_not_found(self):
        """A bot is no tournament, even with the same bits."""
        tournament = server.new_tournament()["tournament_id"]
        self.assertEqual(server.get("/api/tournaments/" + tournament.replace("tourn_", "bot_")).status, 404)
        self.assertEqual(server.get("/api/tournaments/" + tournament.removeprefix("tourn_")).status, 404)


class GamesAndRatings(Case):
    def test_the_games_tell_moves_and_options(self):
        """Name, what a move looks like, options with their defaults, strategies of built-in bots."""
        rps = next(g for g in server.ok("GET", "/api/games")["games"] if g["game_type"] == "rps")
        self.assertEqual(rps["move"]["properties"]["action"]["enum"], ["rock", "paper", "scissors"])
        self.assertEqual(rps["options"]["properties"]["rounds_per_match"]["default"], 3)
        self.assertEqual(rps["options"]["properties"]["tiebreaker"]["default"], "sudden_death")
        names = [s["name"] for s in rps["strategies"]]
        self.assertLessEqual({"random", "rock", "cycle", "copy-last", "beat-last", "frequency", "markov"}, set(names))

    def test_every_game_can_be_replayed_to_its_score(self):
        """By rules of rock paper scissors that are not the server's own."""
        tournament = server.tournament_of(self.bots("random", "markov", "cycle", "beat-last", "frequency"), config={"rounds_per_match": 7})
        played = 0
        for r in server.played(tournament)["data"]["rounds"]:
            for match in r["matches"]:
                if not match["game_id"]:
                    continue
                played += 1
                game = server.ok("GET", f"/api/games/{match['game_id']}")
                self.assertEqual((game["match_id"], game["tournament_id"], game["game_type"]), (match["match_id"], tournament, "rps"))
                self.assertEqual([p["bot_id"] for p in game["players"]], [match["player1"]["bot_id"], match["player2"]["bot_id"]])
                self.assertEqual("-".join(map(str, agon.replay(game))), game["score"])
                self.assertEqual((game["status"], game["score"]), ("completed", match["score"]))
                if game.get("decision") != "draw_limit":  # two that always draw: nobody wins the game, the higher seed goes on
                    self.assertEqual((game["winner"], max(agon.replay(game))), (match["winner"], 4))
                for turn in game["turns"]:
                    self.assertTrue(agon.is_instant(turn["at"]), turn)
                    self.assertEqual([m["seat"] for m in turn["moves"]], [0, 1])
                for moment in (game["started_at"], game["ended_at"]):
                    self.assertTrue(agon.is_instant(moment), game)
        self.assertEqual(played, 4)

    def test_a_strategy_plays_as_it_says(self):
        """`rock` always plays rock, `cycle` rock, paper, scissors in turn."""
        bracket = server.played(server.tournament_of(self.bots("rock", "cycle"), config={"rounds_per_match": 9}))
        game = server.ok("GET", f"/api/games/{bracket['data']['rounds'][0]['matches'][0]['game_id']}")
        seat = {p["name"].split("-")[0]: i for i, p in enumerate(game["players"])}
        moves = {name: [t["moves"][i]["action"] for t in game["turns"]] for name, i in seat.items()}
        self.assertEqual(set(moves["rock"]), {"rock"})
        self.assertEqual(moves["cycle"], [["rock", "paper", "scissors"][i % 3] for i in range(len(moves["cycle"]))])

    def test_the_leaderboard_follows_the_results(self):
        """Best first, with wins and losses that add up; winners gain what losers lose."""
        with agon.Server() as own:
            bots = [own.new_bot(f"b{i}", s) for i, s in enumerate(["random"] * 4)]
            champion = own.played(own.tournament_of(bots))["data"]["champion"]

            def counted():
                shown = own.ok("GET", "/api/leaderboard?game_type=rps")
                return shown if sum(row["games"] for row in shown["leaderboard"]) == 6 else None
            shown = agon.wait_until(counted, "the leaderboard counts three matches")
            self.assertEqual((shown["game_type"], shown["total"]), ("rps", 4))
            rows = shown["leaderboard"]
            self.assertEqual([row["rank"] for row in rows], [1, 2, 3, 4])
            self.assertEqual([row["rating"] for row in rows], sorted((row["rating"] for row in rows), reverse=True))
            self.assertEqual(rows[0]["bot_id"], champion)
            self.assertEqual((rows[0]["games"], rows[0]["wins"], rows[0]["losses"]), (2, 2, 0))
            for row in rows:
                self.assertEqual(row["games"], row["wins"] + row["losses"] + row["draws"])
            self.assertEqual(own.ok("GET", "/api/leaderboard?limit=1&offset=1")["leaderboard"], rows[1:2])
            before = own.ok("GET", "/api/leaderboard")
            own.restart()
            self.assertEqual(own.ok("GET", "/api/leaderboard"), before)

    def test_seeding_by_rating_puts_the_best_first(self):
        """Who won before is seed 1."""
        with agon.Server() as own:
            bots = [own.new_bot(f"b{i}", s) for i, s in enumerate(["random"] * 4)]
            champion = own.played(own.tournament_of(bots))["data"]["champion"]
            agon.wait_until(lambda: sum(r["games"] for r in own.ok("GET", "/api/leaderboard")["leaderboard"]) == 6, "ratings")
            ranked = [row["bot_id"] for row in own.ok("GET", "/api/leaderboard")["leaderboard"]]
            self.assertEqual(ranked[0], champion)
            again = own.bracket(own.tournament_of(bots, config={"seeding": "rating"}))
            players = [p for m in again["data"]["rounds"][0]["matches"] for p in (m["player1"], m["player2"])]
            seed_of = {p["bot_id"]: p["seed"] for p in players}
            self.assertEqual(seed_of[champion], 1)


class Bots(Case):
    def test_the_key_is_shown_once(self):
        """At registration, never again; a webhook's secret too."""
        made = server.new_bot("Ana", connection={"type": "websocket"})
        self.assertRegex(made["bot_id"], r"\Abot_[0-9a-z]{26}\Z")
        self.assertTrue(made["api_key"].startswith("bk_"))
        self.assertTrue(agon.is_instant(made["created_at"]))
        for shown in (server.get(f"/api/bots/{made['bot_id']}"), server.get("/api/bots?limit=100")):
            self.assertEqual(shown.status, 200)
            self.assertNotIn(made["api_key"].encode(), shown.body)
            self.assertNotIn(b"bk_", shown.body)

    def test_the_list_is_newest_first_and_counts(self):
        """With limit and offset as for tournaments."""
        with agon.Server() as own:
            made = [own.new_bot(f"b{i}", "random")["bot_id"] for i in range(25)]
            first = own.ok("GET", "/api/bots")
            self.assertEqual(([b["bot_id"] for b in first["bots"]], first["total"]), (made[:4:-1], 25))
            self.assertEqual([b["bot_id"] for b in own.ok("GET", "/api/bots?limit=10&offset=20")["bots"]], made[4::-1])
            own.ok("DELETE", f"/api/bots/{made[3]}")
            self.assertEqual(own.ok("GET", "/api/bots?limit=1")["total"], 24)
            for query in ("limit=0", "limit=101", "offset=-1"):
                self.assertEqual(own.get(f"/api/bots?{query}").status, 400)

    def test_a_wrong_connection_is_422(self):
        """And points at what is wrong."""
        for connection, loc in [({"type": "pigeon"}, ["body", "connection", "type"]),
                                ({"type": "builtin", "strategy": "genius"}, ["body", "connection", "strategy"]),
                                ({"type": "webhook"}, ["body", "connection", "url"]),
                                ("websocket", ["body", "connection"])]:
            answer = server.post("/api/bots", {"name": "x", "connection": connection})
            self.assertEqual((answer.status, answer.detail[0]["loc"]), (422, loc), answer)
        answer = server.post("/api/bots", {"name": "x", "game_types": ["rps", "chess"]})
        self.assertEqual((answer.status, answer.detail[0]["loc"]), (422, ["body", "game_types", 1]), answer)

    def test_a_rotated_key_is_new(self):
        """And shown this once."""
        made = server.new_bot("Ana", connection={"type": "websocket"})
        rotated = server.ok("POST", f"/api/bots/{made['bot_id']}/rotate-key", expect=200)
        self.assertTrue(rotated["api_key"].startswith("bk_"))
        self.assertNotEqual(rotated["api_key"], made["api_key"])
        for key in (made["api_key"], rotated["api_key"]):
            with agon.WebSocket(server.port, key=key) as socket:
                self.assertEqual(socket.expect("hello")["bot_id"], made["bot_id"])


class HttpManners(Case):
    def test_what_is_known_need_not_be_sent_again(self):
        """An ETag, 304 for it, and another one after a change."""
        bot, = self.bots("random")
        tournament = server.new_tournament()["tournament_id"]
        for path in ("", "/bracket", "/standings", "/matches"):
            url = f"/api/tournaments/{tournament}{path}"
            first = server.get(url)
            tag = first.headers["ETag"]
            self.assertRegex(tag, r'\A(W/)?"[^"]+"\Z')
            again = server.get(url, If_None_Match=tag)
            self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
            self.assertEqual(server.get(url, If_None_Match=f'"x", {tag}').status, 304)
            self.assertEqual(server.get(url, If_None_Match='"another"').status, 200)
        tag = server.get(f"/api/tournaments/{tournament}").headers["ETag"]
        server.join(tournament, bot["bot_id"])
        changed = server.get(f"/api/tournaments/{tournament}", If_None_Match=tag)
        self.assertEqual((changed.status, changed.json["current_participants"]), (200, 1))

    def test_head_is_get_without_the_body(self):
        """Same status, type, length and tag."""
        tournament = server.new_tournament()["tournament_id"]
        for path in (f"/api/tournaments/{tournament}", f"/api/tournaments/{tournament}/bracket", "/api/tournaments", "/api/games",
                     "/healthz", "/openapi.json", "/docs", f"/api/tournaments/{UNKNOWN_TOURNAMENT}"):
            head, get = server.request("HEAD", path), server.get(path)
            self.assertEqual((head.status, head.body), (get.status, b""), path)
            for field in ("Content-Type", "Content-Length", "ETag"):
                self.assertEqual(head.headers[field], get.headers[field], f"{field} of {path}")

    def test_a_method_that_is_not_offered_is_405_with_allow(self):
        """`Allow` lists what is."""
        tournament = server.new_tournament()["tournament_id"]
        for method, path, allowed in [("DELETE", "/api/tournaments", {"GET", "POST"}), ("PUT", f"/api/tournaments/{tournament}", {"GET"}),
                                      ("PATCH", f"/api/tournaments/{tournament}/bracket", {"GET"}),
                                      ("GET", f"/api/tournaments/{tournament}/join", {"POST"}),
                                      ("GET", f"/api/tournaments/{tournament}/start", {"POST"}),
                                      ("POST", "/api/games", {"GET"}), ("POST", "/api/leaderboard", {"GET"}),
                                      ("PUT", f"/api/bots/{UNKNOWN_BOT}", {"GET", "DELETE"})]:
            answer = server.request(method, path)
            self.assertEqual(answer.status, 405, answer)
            self.assertEqual({m.strip() for m in answer.headers["Allow"].split(",")} - {"HEAD", "OPTIONS"}, allowed, answer)
            self.assertIsInstance(answer.detail, str)

    def test_pages_that_only_read_refuse_writing_with_405(self):
        """/healthz and its like, too."""
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/"):
            answer = server.post(path, {})
            self.assertEqual(answer.status, 405, answer)
            self.assertIn("GET", answer.headers.get("Allow") or "")

    def test_answers_are_json_in_utf_8(self):
        """As their content type says."""
        made = server.new_tournament(name="Ünïcödé ♟ 大会")
        answer = server.get(f"/api/tournaments/{made['tournament_id']}")
        self.assertTrue(answer.headers["Content-Type"].startswith("application/json"))
        self.assertEqual(json.loads(answer.body.decode("utf-8"))["name"], "Ünïcödé ♟ 大会")

    def test_many_requests_go_over_one_connection(self):
        """And pipelined ones are answered in order."""
        request = b"GET /api/tournaments?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
            s.sendall(request * 5 + last)
            got = b""
            while piece := s.recv(65536):
                got += piece
        self.assertEqual(got.count(b"HTTP/1.1 200 "), 6)
        self.assertTrue(got.rstrip().endswith(b'{"status":"ok"}'), got[-200:])


class Operators(Case):
    def test_health_and_readiness(self):
        """Both 200 on a server that serves."""
        for path in ("/healthz", "/readyz"):
            self.assertEqual(server.get(path).status, 200)

    def test_the_start_page_and_the_documentation_load_nothing_from_elsewhere(self):
        """HTML whose links, scripts and styles are the server's own."""
        for path in ("/", "/docs"):
            page = server.get(path)
            self.assertEqual(page.status, 200)
            self.assertTrue(page.headers["Content-Type"].startswith("text/html"))
            text = page.body.decode()
            for link in re.findall(r"""(?:src|href)=["']([^"']+)["']""", text):
                self.assertNotRegex(link, r"\A(https?:)?//", f"{path} links to {link}")
                if link.startswith("/") and not link.startswith("//"):
                    self.assertEqual(server.get(link).status, 200, link)

    def test_metrics_are_prometheus_text_and_keep_its_conventions(self):
        """Each has a type; counters end in _total, times are in _seconds; nothing appears twice."""
        server.get("/api/tournaments")
        page = server.get("/metrics")
        self.assertEqual(page.status, 200)
        self.assertTrue(page.headers["Content-Type"].startswith("text/plain"), page.headers["Content-Type"])
        types, samples = {}, []
        for line in page.body.decode().splitlines():
            if match := re.fullmatch(r"# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary|untyped)", line):
                self.assertNotIn(match[1], types)
                types[match[1]] = match[2]
            elif line.startswith("#"):
                self.assertRegex(line, r"\A# HELP [a-z_:][a-z0-9_:]* \S")
            elif line:
                match = re.fullmatch(r'([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)', line)
                self.assertTrue(match, line)
                float(match[3])
                samples.append((match[1], match[2]))
        self.assertEqual(len(samples), len(set(samples)), "a sample appears twice")
        self.assertTrue(types)
        for name, kind in types.items():
            self.assertRegex(name, r"\A(agon|process)_")
            if kind == "counter":
                self.assertTrue(name.endswith("_total"), name)
            self.assertNotRegex(name, r"_(ms|millis\w*|us|micros\w*|minutes|kb|mb)(_|\Z)")
            if re.search(r"duration|latency|_time", name):
                self.assertRegex(name, r"_seconds")
        for name, _ in samples:
            family = re.sub(r"_(bucket|sum|count)\Z", "", name)
            self.assertTrue(name in types or types.get(family) in ("histogram", "summary"), f"{name} has no type")
        self.assertTrue(any(kind == "histogram" and name.endswith("_seconds") for name, kind in types.items()))
        self.assertIn("agon_http_requests_total", types)

    def test_the_openapi_document_lists_every_route(self):
        """Valid JSON of OpenAPI 3.1, all references lead somewhere, and `agon openapi` prints the same."""
        document = server.ok("GET", "/openapi.json")
        self.assertRegex(document["openapi"], r"\A3\.1\.\d+\Z")
        self.assertTrue(document["info"]["title"] and document["info"]["version"])
        shown = {path: {m for m in item if m in ("get", "post", "put", "patch", "delete")} for path, item in document["paths"].items()}
        self.assertEqual({p: m for p, m in shown.items() if p in ROUTES}, ROUTES)
        operations = [op for item in document["paths"].values() for m, op in item.items() if m != "parameters"]
        names = [op["operationId"] for op in operations if "operationId" in op]
        self.assertEqual(len(names), len(set(names)))
        for op in operations:
            self.assertTrue(op["responses"] and op.get("summary"), op)

        def references(node):
            if isinstance(node, dict):
                yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
                node = list(node.values())
            if isinstance(node, list):
                for item in node:
                    yield from references(item)
        for reference in references(document):
            place = document
            for step in reference.removeprefix("#/").split("/"):
                self.assertIn(step, place, reference)
                place = place[step]
        for path, item in document["paths"].items():
            for method, op in item.items():
                if method == "parameters":
                    continue
                named = {p["name"] for p in op.get("parameters", []) + item.get("parameters", []) if p.get("in") == "path"}
                self.assertEqual(named, set(re.findall(r"\{(\w+)\}", path)), f"{method} {path}")
        printed = agon.run("openapi")
        self.assertEqual(printed.returncode, 0)
        self.assertEqual(json.loads(printed.stdout)["paths"], document["paths"])


class Logs(unittest.TestCase):
    def test_a_log_for_machines_is_json_and_holds_no_secret(self):
        """One object a line with time, level and message; neither keys nor tokens nor webhook secrets, even at debug."""
        with agon.Server("--log-format", "json", "--log-level", "debug", "--webhooks-allow", "127.0.0.0/8") as own:
            token = agon.run("token", "--data", own.data, "--username", "ana").stdout.strip()
            hook = own.new_bot("Hook", connection={"type": "webhook", "url": "https://127.0.0.1:8443/hidden-path"}, Authorization=f"Bearer {token}")
            bot = own.new_bot("Ana", connection={"type": "websocket"})
            with agon.WebSocket(own.port, key=bot["api_key"]) as one, agon.WebSocket(own.port) as other:
                one.expect("hello")
                other.send({"type": "authenticate", "token": bot["api_key"] + "wrong"})
                other.closed_with()
            own.post("/api/tournaments", {"name": "x", "game_type": "rps"}, Authorization="Bearer " + token[:-1])
            own.played(own.tournament_of([own.new_bot("a", "random"), own.new_bot("b", "random")]))
            self.assertEqual(own.stop(), 0)
            text = own.error_text()
            lines = [json.loads(line) for line in text.splitlines() if line]
            self.assertTrue(lines)
            for line in lines:
                self.assertLessEqual({"ts", "level", "msg"}, set(line))
            for secret in (token, bot["api_key"], hook["api_key"], hook["webhook_secret"], hook["webhook_secret"][6:], "hidden-path"):
                self.assertNotIn(secret, text)

    def test_the_data_directory_is_the_owners_alone(self):
        """Nobody else of the machine reads keys or data."""
        with agon.Server() as own:
            own.new_bot("Ana", connection={"type": "websocket"})
            folder = pathlib.Path(own.data)
            for path in [folder, *folder.rglob("*")]:
                if path.is_file() and path.suffix not in ("", ".key"):
                    continue  # the folder keeps them
                self.assertEqual(path.stat().st_mode & 0o077, 0, f"{path} {oct(path.stat().st_mode)}")


class TheSourceItself(unittest.TestCase):
    """Every curl line of the source, taken from the document, against a server on a port of its own."""

    @classmethod
    def setUpClass(cls):
        folder = agon.sources()
        if not folder or not (folder / "bot-tournament-api.txt").exists():
            raise unittest.SkipTest("the source document bot-tournament-api.txt is not there (AGON_SOURCES names its folder)")
        if not shutil.which("curl") or not shutil.which("bash"):
            raise unittest.SkipTest("there is no curl or no bash")
        text = (folder / "bot-tournament-api.txt").read_text()
        blocks = re.findall(r"```bash\n(.*?)```", text, flags=re.S)
        cls.commands = [c for block in blocks for c in re.split(r"\n(?=curl |#)", "\n" + block) if c.strip().startswith("curl ")]
        cls.own = agon.Server()

    @classmethod
    def tearDownClass(cls):
        cls.own.close()

    def curl(self, command, **replace):
        """Status and JSON of a curl line as it stands, but for the port."""
        for old, new in {"localhost:8000": f"localhost:{self.own.port}", **replace}.items():
            command = command.replace(old, new)
        script = "curl() { command curl -sS -w '\\n%{http_code}' \"$@\"; }\n" + command
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=agon.PATIENCE,
                              env={**agon.clean_environment(), "no_proxy": "localhost,127.0.0.1", "NO_PROXY": "localhost,127.0.0.1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body)

    def test_all_seven_are_found(self):
        """Create, list twice, details, join, start, bracket."""
        self.assertEqual(len(self.commands), 7, self.commands)

    def test_each_works_as_it_stands(self):
        """What names a tournament that does not exist is a 404 with the source's sentence; the rest succeeds."""
        for command in self.commands:
            with self.subTest(command=command.strip()):
                status, body = self.curl(command)
                if "tourn_abc123" in command:
                    self.assertEqual((status, body), (404, {"detail": "Tournament not found"}))
                elif "-X POST" in command:
                    self.assertEqual((status, body["status"], body["max_participants"]), (201, "registration", 32))
                else:
                    self.assertEqual((status, set(body)), (200, {"tournaments", "total"}))

    def test_they_make_a_tournament_from_creation_to_champion(self):
        """With real ids in the place of the document's."""
        create, open_ones, of_rps, details, join, start, bracket = self.commands
        status, made = self.curl(create)
        self.assertEqual((status, made["name"], made["max_participants"]), (201, "Weekly RPS Tournament", 32))
        tournament = made["tournament_id"]
        for command in (open_ones, of_rps):
            status, listed = self.curl(command)
            self.assertEqual(status, 200)
            self.assertIn(tournament, [t["tournament_id"] for t in listed["tournaments"]])
        self.assertEqual(self.curl(details, tourn_abc123=tournament), (200, self.own.details(tournament)))
        for seed in (1, 2, 3):
            bot = self.own.new_bot(f"Bot {seed}", "random")["bot_id"]
            status, joined = self.curl(join, tourn_abc123=tournament, bot_a1b2c3d4=bot)
            self.assertEqual((status, joined["bot_id"], joined["seed"]), (201, bot, seed))
        status, started = self.curl(start, tourn_abc123=tournament)
        self.assertEqual((status, started["message"]), (200, "Tournament started successfully"))
        self.own.until_status(tournament, "completed")
        status, shown = self.curl(bracket, tourn_abc123=tournament)
        self.assertEqual((status, shown), (200, self.own.bracket(tournament)))
        self.assertTrue(shown["data"]["champion"].startswith("bot_"))


class TheProgram(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="agon-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def test_a_damaged_store_is_refused_with_status_3(self):
        """It says what to do, and is left as it is."""
        damaged = b"this is no database, whatever its name says" * 100
        (self.folder / "agon.db").write_bytes(damaged)
        said = self.fails(3, "serve", "--listen", "127.0.0.1:0", "--data", str(self.folder), says=("agon.db",))
        self.assertRegex(said, "backup|restore")
        self.assertEqual((self.folder / "agon.db").read_bytes(), damaged)

    def fails(self, status, *args, says=(), env=None):
        """The command ends with this status, one clear line on standard error, and nothing on standard output."""
        done = agon.run(*args, env=env)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done)
        for word in says:
            self.assertIn(word, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, f"one clear line, not {done.stderr!r}")
        return done.stderr

    def test_both_signals_stop_it_cleanly(self):
        """SIGTERM and SIGINT: exit status 0, and what was acknowledged is there at the next start."""
        with agon.Server() as own:
            for how in (signal.SIGTERM, signal.SIGINT):
                made = own.new_tournament()["tournament_id"]
                self.assertEqual(own.stop(how), 0, own.error_text())
                own.begin()
                self.assertEqual(own.details(made)["tournament_id"], made)

    def test_a_stop_lets_requests_in_flight_finish(self):
        """What was acknowledged around the signal is kept, and whoever got an answer got a whole one."""
        with agon.Server() as own:
            acknowledged, stop = [], []

            def create(_):
                while not stop:
                    try:
                        acknowledged.append(own.new_tournament()["tournament_id"])
                    except OSError:
                        return True
                    except Exception as e:  # noqa: BLE001
                        if "RemoteDisconnected" in repr(e) or "503" in str(e):
                            return True
                        return e
                return True
            threads = [threading.Thread(target=create, args=(i,)) for i in range(4)]
            for t in threads:
                t.start()
            time.sleep(0.3)
            self.assertEqual(own.stop(), 0)
            stop.append(True)
            for t in threads:
                t.join(agon.PATIENCE)
            own.begin()
            self.assertTrue(acknowledged)
            for tournament in acknowledged:
                self.assertEqual(own.get(f"/api/tournaments/{tournament}").status, 200, tournament)

    def test_a_taken_port_is_one_clear_line(self):
        """And the hint how to get another."""
        with agon.Server() as own:
            self.fails(1, "serve", "--listen", f"127.0.0.1:{own.port}", "--data", str(self.folder), says=[f"127.0.0.1:{own.port}", "in use"])

    def test_a_bad_flag_is_status_2(self):
        """With one line that names it."""
        for args, word in [(["--nonsense"], "--nonsense"), (["--listen", "nowhere"], "--listen"), (["--listen", "127.0.0.1:99999"], "--listen"),
                           (["--arena", "ajar"], "--arena"), (["--log-level", "loud"], "--log-level"), (["--store", "paper"], "--store"),
                           (["--threads", "many"], "--threads"), (["stray"], "stray")]:
            with self.subTest(args=args):
                self.fails(2, "serve", "--data", str(self.folder), *args, says=[word])

    def test_a_bad_word_in_the_environment_is_status_2(self):
        """With one line that names the variable, and no flag that was not given."""
        for name, value in (("ARENA", "ajar"), ("LISTEN", "nowhere"), ("THREADS", "many"), ("THREADS", "999"), ("WEBHOOKS_ALLOW", "10.0.0.0/8,zzz")):
            said = self.fails(2, "serve", "--data", str(self.folder), says=[f"AGON_{name}"], env={f"AGON_{name}": value})
            self.assertNotIn("--" + name.lower().replace("_", "-"), said)
        outside = {"AGON_JWKS": "nosuch.json", "AGON_JWKS_ISSUER": "i", "AGON_JWKS_AUDIENCE": "a"}
        self.fails(2, "serve", "--data", str(self.folder), says=["agon: AGON_JWKS: nosuch.json: "], env=outside)
        self.fails(2, "serve", "--data", str(self.folder), "--threads", "many", says=["--threads"], env={"AGON_THREADS": "2"})

    def test_an_unknown_command_is_status_2(self):
        """With one line that names it; so is none at all."""
        self.fails(2, "sereve", says=["sereve"])
        self.assertEqual(agon.run().returncode, 2)

    def test_a_data_directory_that_cannot_be_written_is_one_clear_line(self):
        """A path below a file; a folder that another server has."""
        (self.folder / "file").write_text("")
        self.fails(1, "serve", "--listen", "127.0.0.1:0", "--data", str(self.folder / "file" / "data"), says=["--data"])
        with agon.Server() as own:
            self.fails(1, "serve", "--listen", "127.0.0.1:0", "--data", own.data, says=[own.data])

    def test_an_unknown_key_in_the_file_is_named_with_its_line(self):
        """Status 2; a wrong value and wrong TOML too."""
        file = self.folder / "agon.toml"
        for text, says in [('# settings\nlisten = "127.0.0.1:0"\nlissten = "x"\n', ["line 3", "lissten", "listen"]),
                           ('\narena = "ajar"\n', ["line 2: arena: "]), ('a = \n', ["line 1"]), ('[server]\nlisten = "x"\n', ["line 1", "server"]),
                           ('\nlisten = "bogus"\n', ["line 2: listen: bogus: no port; write "]), ("threads = 1.5\n", ["line 1: threads: must be "]),
                           ("threads = 257\n", ["line 1: threads: "]),
                           ('webhooks_allow = ["10.0.0.0/8",\n"zzz"]\n', ["line 1: webhooks_allow: 'zzz' is not an address range such as "]),
                           ('# x\n[matchmaking]\nwindow = 5\nwindw = 5\n', ["line 4: matchmaking/windw: no such setting"]),
                           ('[[matchmaking.pools]]\ngame = "go"\n\nwindow = -1\n', ["line 4: matchmaking/pools/0/window: -1 is too small"]),
                           ('\njwks = "nosuch.json"\njwks_issuer = "i"\njwks_audience = "a"\n', ["line 2: jwks: nosuch.json: "])]:
            with self.subTest(text=text):
                file.write_text(text)
                self.fails(2, "serve", "--data", str(self.folder), "--config", str(file), says=["agon.toml", *says])
        self.fails(2, "serve", "--data", str(self.folder), "--config", str(self.folder / "none.toml"), says=["none.toml"])

    def test_only_a_key_that_is_near_is_suggested(self):
        """`foo` is not `bus`."""
        file = self.folder / "agon.toml"
        for key, near in (("lissten", "listen"), ("log-level", "log_level"), ("webhook_allow", "webhooks_allow"), ("foo", None), ("config", None), ("port", None), ("x", None)):
            file.write_text(f"{key} = 1\n")
            said = self.fails(2, "serve", "--data", str(self.folder), "--config", str(file), says=[f"unknown key `{key}`"])
            self.assertEqual(f"(did you mean `{near}`?)" in said, near is not None, said)
            self.assertEqual("did you mean" in said, near is not None, said)

    def test_an_address_that_is_none_is_a_bad_value(self):
        """Status 2 and what is allowed, also of `demo`; none of them is tried."""
        for address in ("300.0.0.1:80", "0:0", "example.invalid:80", "[127.0.0.1]:80", "::1:80", "[localhost]:80", "127.1:80"):
            for command in ("serve", "demo"):
                self.fails(2, command, "--listen", address, says=[f"--listen: {address}: the address must be an IPv4 address"], env={"AGON_DATA": str(self.folder)})
        with agon.Server(listen="localhost:0") as own:
            self.assertEqual(own.get("/healthz").status, 200)

    def test_flags_win_over_the_environment_and_that_over_the_file(self):
        """Each by the port that it names."""
        in_file, in_environment, in_flag = agon.free_port(), agon.free_port(), agon.free_port()
        file = self.folder / "agon.toml"
        file.write_text(f'listen = "127.0.0.1:{in_file}"\nlog_level = "off"\n')
        with agon.Server("--config", str(file), listen=None) as own:
            self.assertEqual(own.port, in_file)
        with agon.Server("--config", str(file), listen=None, env={"AGON_LISTEN": f"127.0.0.1:{in_environment}"}) as own:
            self.assertEqual(own.port, in_environment)
        with agon.Server("--config", str(file), listen=f"127.0.0.1:{in_flag}", env={"AGON_LISTEN": f"127.0.0.1:{in_environment}"}) as own:
            self.assertEqual(own.port, in_flag)
        with agon.Server(listen=None, env={"AGON_CONFIG": str(file)}) as own:
            self.assertEqual(own.port, in_file)

    def test_help_lists_the_commands_and_gives_examples(self):
        """`agon help` those that there are; `--help` of each, and of what stands below it, an example that is one of it."""
        listed = agon.run("help")
        self.assertEqual(listed.returncode, 0)
        for command in ("serve", "demo", "token", "openapi", "version", "verify"):
            self.assertRegex(listed.stdout, rf"(?m)^\s*{command}\b", "agon help lists it")
        self.assertGreater(self.commands_below(), 25)

    def commands_below(self, *path):
        """How many commands there are there, each with an example."""
        shown = agon.run(*path, "--help")
        self.assertEqual(shown.returncode, 0)
        if path:
            self.assertRegex(shown.stdout, rf"(?s)Examples?:\n.*\bagon {' '.join(path)}\b")
        _, _, listed = shown.stdout.partition("Subcommands:\n")
        return sum(1 + self.commands_below(*path, name) for name in re.findall(r"(?m)^  ([a-z][\w-]*) ", listed.partition("\n\n")[0]))

    def test_data_commands_have_json(self):
        """version and verify, for machines."""
        self.assertTrue(json.loads(agon.run("version", "--json").stdout)["version"])
        self.assertRegex(agon.run("version").stdout, r"\Aagon \S+\n\Z")
        self.assertEqual(agon.run("--version").stdout, agon.run("version").stdout)
        data = "--data", str(self.folder / "new")
        self.assertRegex(json.loads(agon.run("admin", "link", *data, "--json").stdout)["link"], r"\Ahttp://127\.0\.0\.1:8000/setup\?token=\S+\Z")
        only, = json.loads(agon.run("keys", "list", *data, "--json").stdout)
        self.assertIs(only["signs"], True)
        after = json.loads(agon.run("keys", "rotate", *data, "--json").stdout)
        self.assertEqual([key["signs"] for key in after], [True, False])
        self.assertEqual(after[1]["key_id"], only["key_id"])
        self.assertEqual(agon.run("keys", "list", *data).stdout, f"{after[0]['key_id']}  signs\n{after[1]['key_id']}  verifies\n")
        with agon.Server() as own:
            own.played(own.tournament_of([own.new_bot("a", "random"), own.new_bot("b", "random")]))
            own.stop()
            verdict = agon.run("verify", "--data", own.data, "--json")
            self.assertEqual((verdict.returncode, json.loads(verdict.stdout)["clean"]), (0, True), verdict)
        self.assertEqual(agon.run("verify", "--data", str(self.folder)).returncode, 1)

    def test_the_demo_plays_a_tournament_to_its_champion(self):
        """Once, without pauses, on a store that is thrown away."""
        done = agon.run("demo", "--once", "--pace", "0", "--bots", "8", "--listen", "127.0.0.1:0", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("champion: ", done.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])


class ClosedArena(Case):
    """`--arena closed`: writing needs a token or a key; reading stays public."""

    @classmethod
    def setUpClass(cls):
        cls.own = agon.Server("--arena", "closed")
        cls.ana, cls.ben = (cls.token("--username", name) for name in ("ana", "ben"))
        cls.admin = cls.token("--username", "root-user", "--role", "admin")

    @classmethod
    def tearDownClass(cls):
        cls.own.close()

    @classmethod
    def token(cls, *args):
        """A bearer token, made while the server runs."""
        done = agon.run("token", "--data", cls.own.data, *args)
        if done.returncode != 0:
            raise AssertionError(done)
        return {"Authorization": "Bearer " + done.stdout.strip()}

    def status(self, method, path, body=None, **headers):
        return self.own.request(method, path, body, **headers).status

    def test_strangers_may_read_and_nothing_else(self):
        """401 with WWW-Authenticate, a sentence, and one text for all causes."""
        tournament = self.own.new_tournament(headers=self.ana)["tournament_id"]
        bot = self.own.new_bot("Ana's", "random", **self.ana)["bot_id"]
        for path in ("/api/tournaments", f"/api/tournaments/{tournament}", f"/api/tournaments/{tournament}/bracket", "/api/bots",
                     f"/api/bots/{bot}", "/api/games", "/api/leaderboard", "/healthz", "/openapi.json"):
            self.assertEqual(self.status("GET", path), 200, path)
        writes = [("/api/tournaments", {"name": "x", "game_type": "rps"}), ("/api/bots", {"name": "x"}),
                  (f"/api/tournaments/{tournament}/join", {"bot_id": bot}), (f"/api/tournaments/{tournament}/leave", {"bot_id": bot}),
                  (f"/api/tournaments/{tournament}/start", None), (f"/api/tournaments/{tournament}/ready", None),
                  (f"/api/tournaments/{tournament}/cancel", None), (f"/api/bots/{bot}/rotate-key", None)]
        for path, body in writes:
            answer = self.own.post(path, body)
            self.assertEqual(answer.status, 401, answer)
            self.assertIsInstance(answer.detail, str)
            self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))
        self.assertEqual(self.status("DELETE", f"/api/bots/{bot}"), 401)
        self.assertEqual(self.own.details(tournament)["current_participants"], 0)

    def test_a_bad_token_is_401_even_for_reading(self):
        """Whatever is wrong with it, the text is the same."""
        good = self.ana["Authorization"]
        head, payload, signature = good.removeprefix("Bearer ").split(".")
        texts = set()
        for bad in ("Bearer x", "Bearer ", "Basic YTpi", good + "x", good[:-4], "Bearer bk_" + "x" * 43, f"Bearer {head}.{payload}.",
                    f"Bearer {head}..{signature}", "Bearer eyJhbGciOiJub25lIn0.e30."):
            answer = self.own.post("/api/tournaments", {"name": "x", "game_type": "rps"}, Authorization=bad)
            self.assertEqual(answer.status, 401, (bad, answer))
            texts.add(answer.body)
        self.assertEqual(len(texts), 1, texts)

    def test_the_organiser_and_admins_run_a_tournament(self):
        """Another user is 403, and so is a bot's key."""
        bots = [self.own.new_bot(f"b{i}", "random", **self.ana) for i in range(2)]
        key = {"Authorization": "Bearer " + bots[0]["api_key"]}
        self.assertEqual(self.status("POST", "/api/tournaments", {"name": "x", "game_type": "rps"}, **key), 403)
        for order, who in (("start", self.ana), ("cancel", self.ana), ("ready", self.ana), ("cancel", self.admin), ("start", self.admin)):
            tournament = self.own.new_tournament(headers=self.ana)["tournament_id"]
            for bot in bots:
                self.own.join(tournament, bot["bot_id"], **self.ana)
            for other in (self.ben, key):
                self.assertEqual(self.status("POST", f"/api/tournaments/{tournament}/{order}", **other), 403)
            self.assertEqual(self.status("POST", f"/api/tournaments/{tournament}/{order}", **who), 200)
        self.own.start(self.started_by(self.admin, bots), **self.admin)

    def started_by(self, who, bots):
        tournament = self.own.new_tournament(headers=who)["tournament_id"]
        for bot in bots:
            self.own.join(tournament, bot["bot_id"], **self.admin)
        return tournament

    def test_a_bot_joins_by_its_key_or_its_owners_token(self):
        """Another bot's key and another user's token are 403."""
        mine, other = (self.own.new_bot(name, "random", **self.ana) for name in ("mine", "other"))
        key = {"Authorization": "Bearer " + mine["api_key"]}
        others_key = {"Authorization": "Bearer " + other["api_key"]}
        for who in (key, self.ana, self.admin):
            tournament = self.own.new_tournament(headers=self.ben)["tournament_id"]
            join, leave = f"/api/tournaments/{tournament}/join", f"/api/tournaments/{tournament}/leave"
            body = {"bot_id": mine["bot_id"]}
            for stranger in (self.ben, others_key):
                self.assertEqual(self.status("POST", join, body, **stranger), 403)
            self.assertEqual(self.status("POST", join, body, **who), 201)
            for stranger in (self.ben, others_key):
                self.assertEqual(self.status("POST", leave, body, **stranger), 403)
            self.assertEqual(self.status("POST", leave, body, **who), 200)

    def test_a_bot_belongs_to_who_registered_it(self):
        """Only its owner, the bot itself or an admin may rotate its key or delete it."""
        made = self.own.new_bot("Ana's", "random", **self.ana)
        self.assertEqual(self.status("POST", f"/api/bots/{made['bot_id']}/rotate-key", **self.ben), 403)
        self.assertEqual(self.status("DELETE", f"/api/bots/{made['bot_id']}", **self.ben), 403)
        rotated = self.own.ok("POST", f"/api/bots/{made['bot_id']}/rotate-key", **self.ana)
        for key in (made["api_key"], rotated["api_key"]):
            with agon.WebSocket(self.own.port, key=key) as socket:
                socket.expect("hello")
        self.assertEqual(self.status("DELETE", f"/api/bots/{made['bot_id']}", **self.ana), 200)
        with agon.WebSocket(self.own.port, key=rotated["api_key"]) as socket:
            self.assertEqual(socket.closed_with()[0], 4001)

    def test_what_does_not_exist_is_404_for_who_may(self):
        """And never 500."""
        self.refused(self.own.post(f"/api/tournaments/{UNKNOWN_TOURNAMENT}/start", **self.admin), 404, "Tournament not found")
        self.assertIn(self.status("POST", f"/api/tournaments/{UNKNOWN_TOURNAMENT}/start", **self.ana), (403, 404))
        self.assertEqual(self.status("POST", f"/api/tournaments/{UNKNOWN_TOURNAMENT}/start"), 401)

    def test_tokens_made_while_the_server_runs_do_not_harm_its_data(self):
        """New users from beside, tournaments from within, then a restart: all of it is there, and verify is content."""
        with agon.Server("--arena", "closed") as own:
            made = []
            for i in range(6):
                done = agon.run("token", "--data", own.data, "--username", f"user{i}")
                self.assertEqual(done.returncode, 0, done)
                token = {"Authorization": "Bearer " + done.stdout.strip()}
                made += [own.new_tournament(headers=token)["tournament_id"] for _ in range(3)]
            own.restart()
            for tournament in made:
                own.details(tournament)
            own.stop()
            verdict = own.verify()
            self.assertEqual(verdict.returncode, 0, verdict)

    def test_a_token_may_be_made_before_the_first_start(self):
        """The data directory is made then, and the server that starts on it later knows the token."""
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "new" / "data"
            made = agon.run("token", "--data", str(data), "--username", "ana")
            self.assertEqual((made.returncode, data.stat().st_mode & 0o777), (0, 0o700), made)
            self.assertIn("made the data directory", made.stderr)
            with agon.Server("--arena", "closed", data=str(data)) as server:
                answer = server.post("/api/tournaments", {"name": "Cup", "game_type": "rps"},
                                     Authorization="Bearer " + made.stdout.strip())
                self.assertEqual(answer.status, 201, answer)

    def test_the_token_command_checks_what_it_is_given(self):
        """Names, roles, times: status 2; a token for an admin says so."""
        for args in (["--username", ""], [], ["--username", "x" * 1000], ["--username", "ana", "--role", "king"],
                     ["--username", "ana", "--ttl", "soon"], ["--username", "ana", "--ttl", "0s"], ["--username", "ana", "--ttl", "-1h"]):
            self.assertEqual(agon.run("token", "--data", self.own.data, *args).returncode, 2, args)


class OpenArena(Case):
    def test_open_means_that_nobody_is_asked(self):
        """On a loopback address nobody needs a token; closed by default on others is for the unit tests to show."""
        self.assertEqual(server.post("/api/tournaments", {"name": "x", "game_type": "rps"}).status, 201)
        with agon.Server("--arena", "open", env={"AGON_ARENA": "closed"}) as own:
            own.new_tournament()
        with agon.Server(env={"AGON_ARENA": "closed"}) as own:
            self.assertEqual(own.post("/api/tournaments", {"name": "x", "game_type": "rps"}).status, 401)


if __name__ == "__main__":
    agon.main()
