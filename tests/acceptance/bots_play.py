"""Bots play: over WebSocket with a client of our own, by webhook with a server of our own, and the examples as they are.

The document is `docs/bots.md`.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import agon

server = None


def setUpModule():
    global server
    server = agon.Server()


def tearDownModule():
    server.close()


def paper(_):
    """Beats `rock`."""
    return "paper"


class Case(unittest.TestCase):
    """What the tests of this file share."""

    maxDiff = None

    def on(self):
        """The server that the test plays on."""
        return server

    def bot(self, name="Ana"):
        return self.on().new_bot(name, connection={"type": "websocket"})

    def connected(self, bot):
        """The bot's socket, greeted."""
        socket = agon.WebSocket(self.on().port, key=bot["api_key"])
        self.addCleanup(socket.socket.close)
        self.assertEqual(socket.expect("hello")["bot_id"], bot["bot_id"])
        return socket

    def duel(self, *bots, **config):
        """A tournament of these bots, started; the first bot has seat 0."""
        return self.on().tournament_of(bots, config={"seeding": "registration", **config})

    def against_rock(self, bot, **config):
        return self.duel(bot, self.on().new_bot("Rocky", "rock"), **config)

    def final(self, tournament):
        """The last match of a completed tournament."""
        return self.on().played(tournament)["data"]["rounds"][-1]["matches"][0]

    def game_of(self, match):
        return self.on().ok("GET", f"/api/games/{match['game_id']}")

    def lose(self, socket):
        """Drops the socket, and waits until the server has noticed: who is back before that was never away."""
        def open_sockets():
            return re.search(r'agon_connections\{kind="websocket"\} (\d+)', self.on().get("/metrics").body.decode())[1]
        before = open_sockets()
        socket.drop()
        agon.wait_until(lambda: open_sockets() != before, "the server notices a lost connection")
        time.sleep(0.05)

    def play_out(self, socket, choose=paper):
        """Plays a match to its end; all its messages."""
        messages = []
        while True:
            message = socket.receive()
            self.assertIsNotNone(message, f"closed with {socket.close_code} after {messages}")
            messages.append(message)
            if message["type"] == "turn_request":
                socket.answer(message, choose(message))
            if message["type"] == "match_end":
                return messages


class PlayingOverWebSocket(Case):
    def test_a_bot_that_plays_well_wins(self):
        """Paper against rock: 2-0, and every message as documented, counted from 1 without a gap."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=20)
        messages = self.play_out(socket)
        final = self.final(tournament)
        self.assertEqual((final["winner"], final["score"]), (ana["bot_id"], "2-0"))
        self.assertEqual([m["seq"] for m in messages], list(range(1, len(messages) + 1)))
        self.assertEqual({m["match_id"] for m in messages}, {final["match_id"]})
        kinds = [m["type"] for m in messages if m["type"] != "turn_result"]
        self.assertEqual(kinds, ["match_start", *["round_start", "turn_request", "round_result"] * 2, "match_end"])

        begin = messages[0]
        self.assertEqual((begin["game_type"], begin["game_id"], begin["your_seat"]), ("rps", final["game_id"], 0))
        self.assertEqual((begin["turn_timeout_ms"], begin["attempt"]), (20000, 1))
        self.assertEqual([(s["seat"], s["display_name"], s["is_self"]) for s in begin["seats"]], [(0, "Ana", True), (1, "Rocky", False)])
        self.assertEqual(begin["seats"][0]["participant_id"], ana["bot_id"])
        self.assertEqual(begin["game_config"]["rounds_per_match"], 3)
        self.assertEqual(begin["tournament"], {"tournament_id": tournament, "name": "Cup", "round": 1})

        first, second = [m for m in messages if m["type"] == "turn_request"]
        self.assertGreaterEqual(set(first), {"match_id", "seq", "server_ts", "game_type", "request_id", "seat", "timeout_ms", "bank_ms", "valid_actions", "state"})
        self.assertEqual(first["valid_actions"], ["rock", "paper", "scissors"])
        self.assertTrue(0 < first["timeout_ms"] <= 20000)
        self.assertEqual((first["state"]["score"], first["state"]["last"], first["state"]["history"]), ([0, 0], None, ""))
        self.assertEqual((second["state"]["score"], second["state"]["history"], second["state"]["round"]), ([1, 0], "pr", 2))
        self.assertEqual(second["state"]["last"], {"moves": ["paper", "rock"], "winner": 0})
        self.assertNotEqual(first["request_id"], second["request_id"])

        result = [m for m in messages if m["type"] == "round_result"][1]
        self.assertEqual(result["result"], {"moves": ["paper", "rock"], "winner_seats": [0], "score": [2, 0], "timeouts": [False, False]})
        self.assertEqual(messages[-1]["reason"], "complete")
        self.assertEqual(sorted((r["rank"], r["seat"], r["score"]) for r in messages[-1]["results"]), [(1, 0, 2), (2, 1, 0)])

    def test_a_bot_without_headers_says_its_key_first(self):
        """`authenticate`, then all is as with a header."""
        ana = self.bot()
        with agon.WebSocket(server.port) as socket:
            socket.send({"type": "authenticate", "token": ana["api_key"]})
            hello = socket.expect("hello")
            self.assertEqual((hello["bot_id"], hello["selected_version"]), (ana["bot_id"], "1.0"))
            self.assertIn("1.0", hello["supported_versions"])
            tournament = self.against_rock(ana)
            self.play_out(socket)
            self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_a_bot_wins_a_tournament_of_eight(self):
        """One socket serves all its matches."""
        ana = self.bot()
        with agon.Player(server, ana["api_key"], paper) as player:
            tournament = self.duel(ana, *[server.new_bot(f"Rocky {i}", "rock") for i in range(7)], max_sudden_death=3)
            self.assertEqual(server.played(tournament)["data"]["champion"], ana["bot_id"])
            agon.wait_until(lambda: len(player.of("match_end")) == 3, "three matches end")
            self.assertEqual([m["tournament"]["round"] for m in player.of("match_start")], [1, 2, 3])

    def test_one_socket_plays_many_matches_at_once(self):
        """Ten tournaments, ten matches, one bot."""
        ana = self.bot()
        with agon.Player(server, ana["api_key"], paper):
            for final in [self.final(t) for t in [self.against_rock(ana, rounds_per_match=9) for _ in range(10)]]:
                self.assertEqual((final["winner"], final["score"]), (ana["bot_id"], "5-0"))

    def test_sixteen_remote_bots_play_a_tournament(self):
        """Every score is what the moves come to, and nobody missed a turn."""
        chance = random.Random(16)
        bots = [self.bot(f"Bot {i}") for i in range(16)]
        players = [agon.Player(server, b["api_key"], lambda turn: chance.choice(turn["valid_actions"])) for b in bots]
        try:
            bracket = server.played(self.duel(*bots, rounds_per_match=5))
        finally:
            for player in players:
                player.stop()
        for match in (m for r in bracket["data"]["rounds"] for m in r["matches"]):
            game = self.game_of(match)
            self.assertEqual("-".join(map(str, agon.replay(game))), match["score"])
            self.assertFalse([m for t in game["turns"] for m in t["moves"] if m["is_timeout"]])

    def test_nothing_is_revealed_before_both_have_answered(self):
        """Of two bots, the quick one hears nothing of the round until the slow one has moved."""
        ana, ben = self.bot("Ana"), self.bot("Ben")
        quick, slow = self.connected(ana), self.connected(ben)
        tournament = self.duel(ana, ben, rounds_per_match=1, time_limit_per_move=20)
        quick.answer(quick.expect("turn_request"), "rock")
        turn = slow.expect("turn_request")
        self.assertNotIn("rock", json.dumps(turn["state"]))
        with self.assertRaises(TimeoutError):
            quick.receive(0.3)
        slow.answer(turn, "scissors")
        for socket in (quick, slow):
            self.assertEqual(socket.expect("round_result")["result"]["moves"], ["rock", "scissors"])
        self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_the_first_valid_answer_counts(self):
        """The same again and another one afterwards change nothing and are not complained of."""
        ana, ben = self.bot("Ana"), self.bot("Ben")
        one, other = self.connected(ana), self.connected(ben)
        self.duel(ana, ben, rounds_per_match=1, time_limit_per_move=20)
        turn = one.expect("turn_request")
        for action in ("paper", "paper", "scissors"):
            one.answer(turn, action)
        one.send({"type": "ping"})
        one.expect("pong")
        other.answer(other.expect("turn_request"), "rock")
        result, before = one.until("round_result")
        self.assertEqual(result["result"]["moves"], ["paper", "rock"])
        self.assertNotIn("action_rejected", [m["type"] for m in before])

    def test_the_same_answer_again_after_the_turn_is_ignored(self):
        """As `docs/bots.md` says of the first valid answer: the same one again is ignored, also when the turn is over."""
        ana = self.bot()
        socket = self.connected(ana)
        self.against_rock(ana, time_limit_per_move=20)
        first = socket.expect("turn_request")
        socket.answer(first, "paper")
        second = socket.expect("turn_request")
        socket.answer(first, "paper")
        socket.answer(second, "paper")
        _, passed = socket.until("match_end")
        self.assertNotIn("action_rejected", [m["type"] for m in passed])

    def test_a_draw_is_played_again(self):
        """It has no winner and does not use up a round; a sudden death that never ends goes to the higher seed."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, rounds_per_match=1, time_limit_per_move=20)
        moves = iter(["rock", "rock", "paper"])
        messages = self.play_out(socket, lambda _: next(moves))
        winners = [m["result"]["winner_seats"] for m in messages if m["type"] == "round_result"]
        self.assertEqual(winners, [[], [], [0]])
        self.assertEqual(self.final(tournament)["score"], "1-0")
        rocks = [server.new_bot(f"Rocky {i}", "rock") for i in range(2)]
        final = self.final(self.duel(*rocks, max_sudden_death=5))
        self.assertEqual((final["winner"], final["score"]), (rocks[0]["bot_id"], "0-0"))
        self.assertTrue(final.get("decision"), final)

    def test_a_fixed_number_of_turns_is_played_to_its_end(self):
        """Mode `fixed_turns`, with the score of all of them."""
        ana = self.bot()
        with agon.Player(server, ana["api_key"], paper):
            final = self.final(self.against_rock(ana, mode="fixed_turns", turns=60))
        self.assertEqual((final["winner"], final["score"]), (ana["bot_id"], "60-0"))
        self.assertEqual(len(self.game_of(final)["turns"]), 60)

    def test_cancelling_the_tournament_ends_the_match(self):
        """The bot hears of it."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana)
        socket.expect("turn_request")
        server.ok("POST", f"/api/tournaments/{tournament}/cancel")
        self.assertEqual(socket.expect("match_end")["reason"], "cancelled")
        self.assertEqual(server.details(tournament)["status"], "cancelled")


class ClocksAndFaults(Case):
    def test_an_answer_too_late_loses_the_round(self):
        """The late answer is refused as stale, and the match goes on: 2-1."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=1)
        late = socket.expect("turn_request")
        self.assertLessEqual(late["timeout_ms"], 1000)
        result = socket.expect("round_result")["result"]
        self.assertEqual((result["moves"], result["winner_seats"], result["timeouts"]), ([None, "rock"], [1], [True, False]))
        following = socket.expect("turn_request")
        socket.answer(late, "paper")
        socket.answer(following, "paper")
        rejected = socket.expect("action_rejected")
        self.assertEqual((rejected["reason"], rejected["request_id"]), ("stale", late["request_id"]))
        self.play_out(socket)
        final = self.final(tournament)
        self.assertEqual((final["winner"], final["score"]), (ana["bot_id"], "2-1"))
        missed = self.game_of(final)["turns"][0]["moves"][0]
        self.assertEqual((missed["action"], missed["is_timeout"]), (None, True))
        self.assertGreaterEqual(missed["elapsed_ms"], 990)

    def test_the_third_illegal_move_counts_as_no_answer(self):
        """Two are rejected with the time that remains; the clock is the same."""
        ana = self.bot()
        socket = self.connected(ana)
        self.against_rock(ana, time_limit_per_move=20)
        turn = socket.expect("turn_request")
        remaining = [turn["timeout_ms"]]
        for action in ("lizard", "spock"):
            socket.answer(turn, action)
            rejected = socket.expect("action_rejected")
            self.assertEqual((rejected["reason"], rejected["submitted_action"], rejected["request_id"]), ("not_valid", action, turn["request_id"]))
            self.assertEqual(rejected["valid_actions"], ["rock", "paper", "scissors"])
            remaining.append(rejected["remaining_ms"])
        self.assertEqual(remaining, sorted(remaining, reverse=True))
        socket.answer(turn, "Paper")
        result = socket.expect("round_result")["result"]
        self.assertEqual((result["winner_seats"], result["timeouts"]), ([1], [True, False]))

    def test_after_an_illegal_move_a_legal_one_is_taken(self):
        """Within the same turn."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, rounds_per_match=1, time_limit_per_move=20)
        turn = socket.expect("turn_request")
        socket.answer(turn, "lizard")
        socket.answer(turn, "paper")
        self.assertEqual(socket.expect("match_end")["reason"], "complete")
        self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_three_turns_without_an_answer_forfeit_the_match(self):
        """The opponent wins, though few rounds are played."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, rounds_per_match=21, time_limit_per_move=0.2)
        self.assertEqual(socket.expect("match_end")["reason"], "forfeit")
        final = self.final(tournament)
        self.assertNotEqual(final["winner"], ana["bot_id"])
        self.assertEqual((final["decision"], len(self.game_of(final)["turns"])), ("timeouts", 3))

    def test_who_never_connects_loses_by_walkover(self):
        """After `no_show_timeout`, without a score."""
        ana = self.bot()
        tournament = self.against_rock(ana, no_show_timeout=0.3)
        final = self.final(tournament)
        self.assertNotEqual(final["winner"], ana["bot_id"])
        self.assertEqual((final["status"], final["score"], final["decision"]), ("completed", None, "no_show"))

    def test_who_waits_for_an_absent_opponent_hears_of_its_walkover(self):
        """Reason `walkover`, and the winner goes on."""
        ana, ben = self.bot("Ana"), self.bot("Ben")
        socket = self.connected(ana)
        tournament = self.duel(ana, ben, no_show_timeout=0.3)
        end = socket.expect("match_end")
        self.assertEqual(end["reason"], "walkover")
        self.assertEqual([r["rank"] for r in sorted(end["results"], key=lambda r: r["seat"])], [1, 2])
        self.assertEqual(server.played(tournament)["data"]["champion"], ana["bot_id"])

    def test_who_comes_within_the_time_plays(self):
        """A little late is not too late."""
        ana = self.bot()
        tournament = self.against_rock(ana, no_show_timeout=20)
        time.sleep(0.3)
        self.play_out(self.connected(ana))
        self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_where_both_are_absent_nobody_goes_on(self):
        """Of two, there is no champion; of four, the one who came is."""
        tournament = self.duel(self.bot("Ana"), self.bot("Ben"), no_show_timeout=0.3)
        bracket = server.played(tournament)
        match = bracket["data"]["rounds"][0]["matches"][0]
        self.assertEqual((bracket["data"]["champion"], match["winner"], match["score"], match["status"]), (None, None, None, "completed"))
        self.assertEqual(match["decision"], "double_no_show")
        rocky, paul = server.new_bot("Rocky", "rock"), server.new_bot("Paul", "beat-last")
        bots = [self.bot("Ana"), rocky, paul, self.bot("Ben")]  # by registration: 1 meets 4, 2 meets 3
        bracket = server.played(self.duel(*bots, no_show_timeout=0.3))
        self.assertIn(bracket["data"]["champion"], (rocky["bot_id"], paul["bot_id"]))
        self.assertEqual(bracket["status"], "completed")

    def test_a_reconnect_gets_the_pending_turn_again(self):
        """A snapshot with the same request id; the first loss of the connection stops the clock."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=1, reconnect_grace=20)
        socket.answer(socket.expect("turn_request"), "paper")
        turn = socket.expect("turn_request")
        socket.drop()
        time.sleep(1.4)
        again = self.connected(ana)
        snapshot = again.expect("snapshot")
        self.assertEqual((snapshot["match_id"], snapshot["pending"]["request_id"]), (turn["match_id"], turn["request_id"]))
        self.assertTrue(0 < snapshot["pending"]["timeout_ms"] <= 1000, snapshot)
        self.assertEqual(snapshot["state"], turn["state"])
        self.assertEqual((snapshot["your_seat"], snapshot["game_id"][:5]), (0, "game_"))
        again.answer(snapshot["pending"], "paper")
        self.assertEqual(again.expect("match_end")["reason"], "complete")
        self.assertEqual(self.final(tournament)["score"], "2-0")

    def test_who_stays_away_forfeits(self):
        """After `reconnect_grace`."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=60, reconnect_grace=0.3)
        socket.expect("turn_request")
        socket.drop()
        final = self.final(tournament)
        self.assertNotEqual(final["winner"], ana["bot_id"])
        self.assertEqual(final["decision"], "disconnected")

    def test_the_fourth_loss_of_the_connection_forfeits(self):
        """Three reconnects per match, no more."""
        ana = self.bot()
        tournament = self.against_rock(ana, time_limit_per_move=60, no_show_timeout=30)
        for _ in range(4):
            socket = self.connected(ana)
            while True:
                message = socket.receive()
                if message["type"] == "turn_request" or message.get("pending"):
                    break
            self.assertEqual(server.details(tournament)["status"], "in_progress")
            self.lose(socket)
        final = self.final(tournament)
        self.assertEqual((final["winner"] == ana["bot_id"], final["decision"]), (False, "disconnected"))

    def test_the_second_loss_of_the_connection_does_not_stop_the_clock(self):
        """A turn missed meanwhile is lost, and the match goes on."""
        ana = self.bot()
        tournament = self.against_rock(ana, time_limit_per_move=1, reconnect_grace=20, rounds_per_match=5, no_show_timeout=30)
        socket = self.connected(ana)
        turn = socket.expect("turn_request")
        self.lose(socket)
        socket = self.connected(ana)
        self.assertEqual(socket.expect("snapshot")["pending"]["request_id"], turn["request_id"])
        self.lose(socket)
        time.sleep(1.4)
        socket = self.connected(ana)
        snapshot = socket.expect("snapshot")
        self.assertEqual((snapshot["state"]["round"], snapshot["state"]["score"]), (2, [0, 1]), snapshot)
        with agon.Player(server, ana["api_key"], paper):
            final = self.final(tournament)
        self.assertEqual((final["winner"], final["score"]), (ana["bot_id"], "3-1"))

    def test_a_bot_that_is_deleted_does_not_hold_up_its_tournament(self):
        """Before the start or in the middle of a match, built in or not."""
        for connection in ({"type": "websocket"}, {"type": "builtin", "strategy": "random"}):
            gone = server.new_bot("Gone", connection=connection)
            others = [server.new_bot(f"b{i}", "random") for i in range(2)]
            tournament = server.tournament_of([gone, *others], start=False, config={"no_show_timeout": 0.3})
            server.ok("DELETE", f"/api/bots/{gone['bot_id']}")
            server.start(tournament)
            self.assertTrue(server.played(tournament)["data"]["champion"])
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=0.5)
        socket.expect("turn_request")
        server.ok("DELETE", f"/api/bots/{ana['bot_id']}")
        self.assertEqual(self.final(tournament)["status"], "completed")

    def test_cancelling_while_a_bot_is_awaited(self):
        """Nobody came yet: the tournament is cancelled all the same; who comes later is asked nothing, and at most told the end."""
        ana = self.bot()
        tournament = self.against_rock(ana, no_show_timeout=60)
        server.ok("POST", f"/api/tournaments/{tournament}/cancel")
        with agon.Player(server, ana["api_key"], paper) as player:
            time.sleep(0.3)
            told = [(m["type"], m.get("reason")) for m in player.messages if m["type"] != "hello"]
        self.assertIn(told, ([], [("match_end", "cancelled")]))
        self.assertEqual(server.details(tournament)["status"], "cancelled")

    def test_resume_asks_for_the_snapshots_once_more(self):
        """And the pending turn keeps its id."""
        ana = self.bot()
        socket = self.connected(ana)
        self.against_rock(ana, time_limit_per_move=20)
        turn = socket.expect("turn_request")
        socket.send({"type": "resume"})
        self.assertEqual(socket.expect("snapshot")["pending"]["request_id"], turn["request_id"])


class ServerRestarts(Case):
    def setUp(self):
        self.own = agon.Server()
        self.addCleanup(self.own.close)

    def on(self):
        return self.own

    def pending(self, socket):
        """The turn that waits for an answer."""
        while True:
            message = socket.receive()
            turn = message if message["type"] == "turn_request" else message.get("pending")
            if turn:
                return turn

    def interrupted(self, stop):
        """A match that is stopped after its first round goes on with the same turn."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=20, no_show_timeout=30)
        socket.answer(socket.expect("turn_request"), "paper")
        turn = socket.expect("turn_request")
        stop(socket)
        self.own.begin()
        again = self.connected(ana)
        asked = self.pending(again)
        self.assertEqual((asked["request_id"], asked["match_id"]), (turn["request_id"], turn["match_id"]))
        self.assertEqual(asked["state"], turn["state"])
        self.assertGreater(asked["timeout_ms"], 15000, "a full clock")
        again.answer(asked, "paper")
        again.expect("match_end")
        final = self.final(tournament)
        self.assertEqual((final["winner"], final["score"], len(self.game_of(final)["turns"])), (ana["bot_id"], "2-0", 2))

    def test_a_match_goes_on_after_a_stop(self):
        """The socket is closed with 1012, so that the bot comes back."""
        def stop(socket):
            self.assertEqual(self.own.stop(), 0)
            self.assertEqual(socket.closed_with()[0], 1012)
        self.interrupted(stop)

    def test_a_match_goes_on_after_a_crash(self):
        """The same after `kill -9`."""
        self.interrupted(lambda _: self.own.stop(9))

    def test_no_turn_is_missed_while_the_server_stops(self):
        """It waits seconds for sockets that do not answer its close; the clock of the turn, shorter than that, stands still."""
        ana = self.bot()
        socket = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=1, no_show_timeout=30)
        game, turn = socket.expect("match_start"), socket.expect("turn_request")
        begun = time.monotonic()
        self.assertEqual(self.own.stop(), 0)
        self.assertGreater(time.monotonic() - begun, 2, "the stop took longer than the turn")
        self.own.begin()
        self.assertEqual(self.game_of(game)["turns"], [])
        again = self.connected(ana)
        asked = self.pending(again)
        self.assertEqual(asked["request_id"], turn["request_id"])
        again.answer(asked, "paper")
        self.play_out(again)
        moves = [move for turn in self.game_of(self.final(tournament))["turns"] for move in turn["moves"]]
        self.assertEqual([move["is_timeout"] for move in moves], [False] * 4)

    def test_after_a_restart_a_match_begins_with_match_start_again(self):
        """Counted from 1, for who was there first too; there is a snapshot only once it has begun."""
        ana, ben = self.bot("Ana"), self.bot("Ben")
        sockets = [self.connected(bot) for bot in (ana, ben)]
        self.duel(ana, ben, time_limit_per_move=20, no_show_timeout=30)
        for socket in sockets:
            socket.answer(socket.expect("turn_request"), "paper")
        turns = []
        for socket in sockets:
            socket.expect("round_result")
            turns.append(socket.expect("turn_request"))
        self.own.stop(9)
        self.own.begin()
        first = self.connected(ana)
        self.connected(ben)
        heard = [first.receive() for _ in range(3)]
        self.assertEqual([(m["type"], m["seq"]) for m in heard], [("match_start", 1), ("round_start", 2), ("turn_request", 3)])
        self.assertEqual((heard[0]["attempt"], heard[2]["request_id"]), (1, turns[0]["request_id"]))

    def test_keys_and_champions_outlive_the_server(self):
        """So do registrations."""
        ana = self.bot()
        with agon.Player(self.own, ana["api_key"], paper):
            tournament = self.against_rock(ana)
            before = self.own.played(tournament)
        self.own.restart()
        self.assertEqual(self.own.bracket(tournament), before)
        self.connected(ana)


class BadManners(Case):
    def test_a_wrong_key_is_4001(self):
        """By header and by frame, and so is a first frame that is not `authenticate`."""
        for key in ("bk_" + "A" * 43, "x", "eyJhbGciOiJub25lIn0.e30."):
            with agon.WebSocket(server.port, key=key) as socket:
                self.assertEqual(socket.closed_with()[0], 4001)
        for frame in ({"type": "authenticate", "token": "bk_wrong"}, {"type": "authenticate"}, {"type": "authenticate", "token": 7}, {"type": "ping"},
                      {"type": "turn_action", "match_id": "x", "request_id": "x", "action": "rock"}):
            with agon.WebSocket(server.port) as socket:
                socket.send(frame)
                code, messages = socket.closed_with()
                self.assertEqual(code, 4001, frame)
                self.assertEqual([(m["type"], m["code"]) for m in messages], [("error", "unauthenticated")])

    def test_no_key_in_five_seconds_is_4001(self):
        """Not much sooner, not much later."""
        with agon.WebSocket(server.port) as socket:
            since = time.monotonic()
            self.assertEqual(socket.closed_with(15)[0], 4001)
            self.assertGreater(time.monotonic() - since, 4.5)

    def test_a_key_in_the_url_does_not_count(self):
        """URLs end up in logs."""
        ana = self.bot()
        for query in (f"?token={ana['api_key']}", f"?key={ana['api_key']}"):
            try:
                with agon.WebSocket(server.port, path="/api/bot/ws" + query) as socket:
                    with self.assertRaises(TimeoutError):
                        socket.receive(0.3)
            except ConnectionError as e:
                self.assertRegex(str(e), r"HTTP/1\.1 4\d\d")

    def test_what_is_no_json_is_told_and_the_fifth_time_closes(self):
        """`error` with code `protocol`, then 4009."""
        socket = self.connected(self.bot())
        for frame in ("nonsense", "[]", "{}", '{"type": 7}'):
            socket.send(frame)
            error = socket.receive()
            self.assertEqual((error["type"], error["code"]), ("error", "protocol"), frame)
            self.assertTrue(error["message"])
        socket.send({"type": "turn_action", "match_id": "not an id", "request_id": "x", "action": "rock"})
        self.assertEqual(socket.closed_with()[0], 4009)

    def test_unknown_types_and_members_are_ignored(self):
        """A bot may be ahead of the server."""
        socket = self.connected(self.bot())
        for _ in range(20):
            socket.send({"type": "dance", "style": "tango"})
        socket.send({"type": "hello", "client_name": "ana-bot", "client_version": "1.4", "supported_versions": ["1.0", "9.0"], "mood": "good"})
        socket.send({"type": "ping", "n": 1})
        self.assertEqual(socket.receive()["type"], "pong")

    def test_no_common_version_is_4013(self):
        """After a hello that offers none."""
        socket = self.connected(self.bot())
        socket.send({"type": "hello", "supported_versions": ["9.9"]})
        self.assertEqual(socket.closed_with()[0], 4013)

    def test_a_flood_is_4009(self):
        """Too many messages, or too many bytes, in a second."""
        for frame, count in (({"type": "ping"}, 1000), ({"type": "dance", "pad": "x" * 3900}, 60)):
            socket = self.connected(self.bot())
            try:
                for _ in range(count):
                    socket.send(frame)
            except OSError:
                pass  # closed before all was sent
            try:
                code, messages = socket.closed_with()
                self.assertEqual((code, messages[-1]["code"]), (4009, "rate_limited"))
            except ConnectionResetError:
                self.fail("the flood was reset instead of closed with 4009")

    def test_an_oversize_message_is_4008(self):
        """4 KiB will do, more will not."""
        socket = self.connected(self.bot())
        frame = json.dumps({"type": "ping", "pad": ""})
        socket.send(frame.replace('""', '"' + "x" * (4096 - len(frame)) + '"'))
        self.assertEqual(socket.receive()["type"], "pong")
        socket.send("x" * 4097)
        self.assertEqual(socket.closed_with()[0], 4008)
        socket = self.connected(self.bot())
        try:
            socket.send("x" * 1_000_000)
        except OSError:
            pass
        try:
            self.assertEqual(socket.closed_with()[0], 4008)
        except ConnectionResetError:
            pass  # the server need not read on after it has said so

    def test_the_newest_socket_replaces_the_older(self):
        """Which is closed with 4000; the match goes on with the new one."""
        ana = self.bot()
        old = self.connected(ana)
        tournament = self.against_rock(ana, time_limit_per_move=20)
        turn = old.expect("turn_request")
        new = self.connected(ana)
        self.assertEqual(old.closed_with()[0], 4000)
        self.assertEqual(new.expect("snapshot")["pending"]["request_id"], turn["request_id"])
        new.answer(turn, "paper")
        self.play_out(new)
        self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_a_stranger_cannot_answer_for_another_bot(self):
        """An answer for a match that one is not in changes nothing."""
        ana, eve = self.bot("Ana"), self.bot("Eve")
        socket, stranger = self.connected(ana), self.connected(eve)
        tournament = self.against_rock(ana, rounds_per_match=1, time_limit_per_move=20)
        turn = socket.expect("turn_request")
        stranger.answer(turn, "scissors")
        stranger.send({"type": "ping"})
        stranger.expect("pong")
        socket.answer(turn, "paper")
        self.assertEqual(socket.expect("round_result")["result"]["moves"], ["paper", "rock"])
        self.assertEqual(self.final(tournament)["winner"], ana["bot_id"])

    def test_a_plain_request_to_the_socket_is_no_server_error(self):
        """426 or another 4xx."""
        answer = server.get("/api/bot/ws")
        self.assertIn(answer.status, (400, 404, 405, 426), answer)


class Hook(http.server.ThreadingHTTPServer):
    """A webhook bot: checks each signature and answers turns with `choose(turn, tries)`: an action, or (status, body)."""

    daemon_threads = True

    def __init__(self, choose):
        super().__init__(("127.0.0.1", 0), HookHandler)
        self.choose = choose
        self.secrets = []
        self.calls = []
        self.bad = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/bot"

    def turns(self):
        return [(wid, message) for wid, message in self.calls if message["type"] == "turn_request"]

    def stop(self):
        self.shutdown()
        self.server_close()


class HookHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.check(body)
        message = json.loads(body)
        with self.server.lock:
            self.server.calls.append((self.headers["webhook-id"], message))
            tries = sum(1 for wid, _ in self.server.calls if wid == self.headers["webhook-id"])
        if message["type"] != "turn_request":
            return self.reply(204, b"")
        answer = self.server.choose(message, tries)
        if isinstance(answer, tuple):
            return self.reply(*answer)
        return self.reply(200, json.dumps({"action": answer}).encode())

    def check(self, body):
        """Standard Webhooks: HMAC-SHA256 over id.timestamp.body."""
        wid, stamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        given = (self.headers["webhook-signature"] or "").split()
        keys = [base64.b64decode(s.removeprefix("whsec_")) for s in self.server.secrets]
        wanted = ["v1," + base64.b64encode(hmac.digest(k, f"{wid}.{stamp}.".encode() + body, hashlib.sha256)).decode() for k in keys]
        faults = []
        if not set(given) & set(wanted):
            faults.append(f"signature {given}, wanted one of {wanted}")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > 60:
            faults.append(f"timestamp {stamp}")
        if not (self.headers["Content-Type"] or "").startswith("application/json"):
            faults.append(f"content type {self.headers['Content-Type']}")
        self.server.bad += faults

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class PlayingByWebhook(Case):
    @classmethod
    def setUpClass(cls):
        cls.own = agon.Server("--webhooks-allow", "127.0.0.0/8", "--webhooks-http", "on")

    @classmethod
    def tearDownClass(cls):
        cls.own.close()

    def on(self):
        return self.own

    def hook(self, choose, name="Hook"):
        """A webhook bot and its server."""
        hook = Hook(choose)
        self.addCleanup(hook.stop)
        bot = self.own.new_bot(name, connection={"type": "webhook", "url": hook.url})
        self.assertTrue(bot["webhook_secret"].startswith("whsec_"))
        hook.secrets.append(bot["webhook_secret"])
        return hook, bot

    def test_a_webhook_bot_wins_its_match(self):
        """Each call signed, the turn's `webhook-id` its request id, nothing else needed than an action."""
        hook, bot = self.hook(lambda turn, tries: "paper")
        final = self.final(self.against_rock(bot, time_limit_per_move=20))
        self.assertEqual((final["winner"], final["score"], hook.bad), (bot["bot_id"], "2-0", []))
        self.assertEqual(len(hook.turns()), 2)
        for wid, turn in hook.turns():
            self.assertEqual(wid, turn["request_id"])
        kinds = agon.wait_until(lambda: {m["type"] for _, m in hook.calls} >= {"match_start", "turn_request", "round_result", "match_end"}, "all messages")
        self.assertTrue(kinds)
        self.assertEqual(len({m["seq"] for _, m in hook.calls}), len(hook.calls))

    def test_a_failed_call_is_tried_once_more(self):
        """With the same id; the second answer counts."""
        hook, bot = self.hook(lambda turn, tries: (503, b"") if tries == 1 else "paper")
        final = self.final(self.against_rock(bot, time_limit_per_move=20))
        self.assertEqual((final["winner"], final["score"], hook.bad), (bot["bot_id"], "2-0", []))
        self.assertEqual(agon.counted(wid for wid, _ in hook.turns()), {wid: 2 for wid, _ in hook.turns()})

    def test_what_is_no_answer_loses_the_turn(self):
        """Errors, redirects, bodies that are no `turn_action`, silence: three turns, and the match is lost."""
        elsewhere = Hook(lambda turn, tries: "paper")
        self.addCleanup(elsewhere.stop)

        def slow(turn, tries):
            time.sleep(1)
            return "paper"
        for choose in (lambda t, n: (500, b""), lambda t, n: (404, b'{"action": "paper"}'), lambda t, n: (200, b"paper"), lambda t, n: (200, b""),
                       lambda t, n: (200, b'{"action": 7}'), lambda t, n: (307, b"", [("Location", elsewhere.url)]),
                       lambda t, n: (200, b'{"action": "paper", "pad": "' + b"x" * 100_000 + b'"}'), slow):
            hook, bot = self.hook(choose)
            final = self.final(self.against_rock(bot, rounds_per_match=9, time_limit_per_move=0.4))
            self.assertNotEqual(final["winner"], bot["bot_id"])
            self.assertEqual(final["decision"], "timeouts")
            self.assertGreaterEqual(len(hook.turns()), 3)
        self.assertEqual(elsewhere.calls, [], "redirects are not followed")

    def test_nobody_at_the_address_loses_too(self):
        """A refused connection is no answer."""
        bot = self.own.new_bot("Gone", connection={"type": "webhook", "url": f"http://127.0.0.1:{agon.free_port()}/"})
        final = self.final(self.against_rock(bot, rounds_per_match=9, time_limit_per_move=0.4, no_show_timeout=1))
        self.assertNotEqual(final["winner"], bot["bot_id"])

    def test_a_turn_that_waits_for_the_others_of_its_host_loses_no_time(self):
        """Four calls at a time: each turn's time begins when it is sent."""
        def choose(turn, tries):
            time.sleep(0.4)
            return "paper" if turn["seat"] == 0 else "rock"
        hook, bot = self.hook(choose, "Hook 1")
        bots = [bot]
        for i in range(2, 17):
            bots.append(self.own.new_bot(f"Hook {i}", connection={"type": "webhook", "url": hook.url}))
            hook.secrets.append(bots[-1]["webhook_secret"])
        bracket = self.own.played(self.own.tournament_of(bots, config={"time_limit_per_move": 1.2}))
        matches = [match for round in bracket["data"]["rounds"] for match in round["matches"]]
        turns = [turn for match in matches for turn in self.game_of(match)["turns"]]
        self.assertEqual([move for turn in turns for move in turn["moves"] if move["is_timeout"]], [])
        self.assertEqual({turn["timeout_ms"] for _, turn in hook.turns()}, {1200})
        self.assertEqual(hook.bad, [])

    def test_a_rotated_secret_signs_beside_the_old_one(self):
        """So that a bot can change it at leisure."""
        hook, bot = self.hook(lambda turn, tries: "paper")
        rotated = self.own.ok("POST", f"/api/bots/{bot['bot_id']}/rotate-key")
        for secrets in ([bot["webhook_secret"]], [rotated["webhook_secret"]]):
            hook.secrets[:] = secrets
            self.assertEqual(self.final(self.against_rock(bot))["winner"], bot["bot_id"])
            self.assertEqual(hook.bad, [])

    def test_the_address_and_the_secret_are_shown_to_nobody(self):
        """Not in the bot's page, not in the list."""
        hook, bot = self.hook(lambda turn, tries: "paper")
        for path in (f"/api/bots/{bot['bot_id']}", "/api/bots?limit=100"):
            body = self.own.get(path).body.decode()
            self.assertNotIn(bot["webhook_secret"], body)
            self.assertNotIn(hook.url, body)

    def test_a_match_goes_on_after_a_restart(self):
        """The turn that waited comes again with the same id."""
        gate = threading.Event()

        def choose(turn, tries):
            if tries == 1 and turn["state"]["round"] == 2:
                gate.set()
                time.sleep(3)
            return "paper"
        with agon.Server("--webhooks-allow", "127.0.0.0/8", "--webhooks-http", "on") as own:
            hook = Hook(choose)
            self.addCleanup(hook.stop)
            bot = own.new_bot("Hook", connection={"type": "webhook", "url": hook.url})
            hook.secrets.append(bot["webhook_secret"])
            tournament = own.tournament_of([bot, own.new_bot("Rocky", "rock")], config={"time_limit_per_move": 20})
            self.assertTrue(gate.wait(agon.PATIENCE))
            own.restart()
            final = own.played(tournament)["data"]["rounds"][0]["matches"][0]
            self.assertEqual((final["winner"], hook.bad), (bot["bot_id"], []))
            self.assertEqual(max(agon.counted(wid for wid, _ in hook.turns()).values()), 2)


class WebhookAddresses(Case):
    def refused(self, on, url):
        answer = on.post("/api/bots", {"name": "x", "connection": {"type": "webhook", "url": url}})
        self.assertEqual(answer.status, 422, (url, answer))
        self.assertEqual(answer.detail[0]["loc"], ["body", "connection", "url"])

    def test_loopback_and_private_addresses_are_refused(self):
        """In every spelling, without the operator's word."""
        for host in ("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1",
                     "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "224.0.0.1"):
            for url in (f"https://{host}/", f"https://{host}:8443/hook"):
                self.refused(server, url)

    def test_only_https_on_its_ports_and_without_extras(self):
        """No http, no odd port, no user name, no fragment, no nonsense."""
        for url in ("http://example.com/", "https://example.com:22/", "https://user:pw@example.com/", "https://example.com/#x", "ftp://example.com/",
                    "example.com", "https://", "https:///x", "javascript:alert(1)", "https://exa mple.com/", "https://example.com:99999/", "//example.com/"):
            self.refused(server, url)

    def test_the_operators_word_opens_what_it_says_and_no_more(self):
        """Loopback is allowed by its range; http by its switch."""
        with agon.Server("--webhooks-allow", "127.0.0.0/8") as own:
            own.new_bot("Hook", connection={"type": "webhook", "url": "https://127.0.0.1:8443/"})
            self.refused(own, "http://127.0.0.1:8443/")
            self.refused(own, "https://10.0.0.1/")
        self.assertNotEqual(agon.run("serve", "--listen", "127.0.0.1:0", "--store", "memory", "--webhooks-allow", "nonsense").returncode, 0)


class Examples(Case):
    """The examples, as they lie in the folder, through a whole tournament."""

    @classmethod
    def setUpClass(cls):
        cls.own = agon.Server("--webhooks-allow", "127.0.0.0/8", "--webhooks-http", "on")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="agon-test-"))

    @classmethod
    def tearDownClass(cls):
        cls.own.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def run_example(self, command, says, env, cwd=None):
        """The example's process, once it says that it is there."""
        process = subprocess.Popen(command, env=agon.clean_environment(env), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, stdin=subprocess.DEVNULL, preexec_fn=agon._die_with_the_test)

        def end():
            process.kill()
            process.wait()
            process.stdout.close()
        self.addCleanup(end)
        line = process.stdout.readline()
        self.assertIn(says, line, "the example's first line")
        return process

    def tournament_with(self, bot):
        """Five bots, the example among them; its moves, none of them missed."""
        others = [self.own.new_bot(f"{s}", s) for s in ("rock", "random", "cycle", "frequency")]
        tournament = self.own.tournament_of([*others, bot], config={"rounds_per_match": 9, "seeding": "registration"})
        bracket = self.own.played(tournament)
        self.assertTrue(bracket["data"]["champion"])
        moves = []
        for r in bracket["data"]["rounds"]:
            for match in r["matches"]:
                if not match["game_id"]:
                    continue
                game = self.own.ok("GET", f"/api/games/{match['game_id']}")
                seats = [i for i, p in enumerate(game["players"]) if p["bot_id"] == bot["bot_id"]]
                moves += [m for t in game["turns"] for m in t["moves"] if m["seat"] in seats]
        self.assertTrue(moves, "the example played")
        self.assertEqual([m for m in moves if m["is_timeout"]], [])

    def test_the_python_webhook_bot(self):
        """`examples/python-webhook-bot/bot.py`."""
        port = agon.free_port()
        bot = self.own.new_bot("Python", connection={"type": "webhook", "url": f"http://127.0.0.1:{port}/"})
        self.run_example([sys.executable, str(agon.ROOT / "examples" / "python-webhook-bot" / "bot.py"), str(port)], "waiting for turns",
                         {"AGON_WEBHOOK_SECRET": bot["webhook_secret"]})
        self.tournament_with(bot)

    def test_the_node_bot(self):
        """`examples/node-bot/bot.mjs`, with the `ws` of `web/node_modules` or of NODE_PATH."""
        if not shutil.which("node"):
            self.skipTest("there is no node")
        places = [agon.ROOT / "web" / "node_modules", *map(pathlib.Path, filter(None, os.environ.get("NODE_PATH", "").split(":")))]
        modules = next((p for p in places if (p / "ws").is_dir()), None)
        if not modules:
            self.skipTest("the module ws is not there (npm ci in web/)")
        shutil.copy(agon.ROOT / "examples" / "node-bot" / "bot.mjs", self.folder)
        (self.folder / "node_modules").symlink_to(modules)  # an ES module looks beside itself only
        bot = self.own.new_bot("Node", connection={"type": "websocket"})
        self.run_example(["node", "bot.mjs"], f"connected as {bot['bot_id']}", {"AGON_URL": self.own.url, "AGON_BOT_KEY": bot["api_key"]}, cwd=self.folder)
        self.tournament_with(bot)


if __name__ == "__main__":
    agon.main()
