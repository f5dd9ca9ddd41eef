"""Tournaments of people over the Player API, against a real server: announced, entered, paid for, played, corrected; with
money that is neither lost nor made, whoever races (AGON_RACES times, 1,000 unless told) and whenever the server is killed
(AGON_CRASHES times, 100 unless told)."""
import json
import os
import random
import signal
import threading
import time
import unittest

import agon
from users import API, People, T

KILLS = int(os.environ.get("AGON_CRASHES", "100"))
RACES = int(os.environ.get("AGON_RACES", "1000"))
server = None


def setUpModule():
    global server
    server = agon.Server("--rate-limits", "off")


def tearDownModule():
    server.close()


class TheDocument(unittest.TestCase):
    """The source's sections, top to bottom, with the placeholders filled."""

    def test_top_to_bottom(self):
        # On a server of its own: only then is the champion the first of the leaderboard.
        with agon.Server("--rate-limits", "off") as own:
            self.walk(own)

    def walk(self, own):
        names = [f"champ {i:02}" for i in range(16)]
        p = People(own, names, money=1000)
        venue = p.ok("POST", API + "/venues", {"name": "Cyber Arena", "address": "123 Cyber Street"}, 201)["id"]
        event = p.ok("POST", API + "/events", {"title": "Cyber Slam Event", "description": "Major tournament event"}, 201)["id"]
        rules = {"maxScore": 11, "gamesToWin": 3, "timeLimit": 1800, "foulLimit": 3}
        made = p.ok("POST", T, {
            "name": "Cyber Slam Championship 2024", "description": "The ultimate cyberpunk pool championship",
            "eventId": event, "venueId": venue, "startTime": "2024-01-15T14:00:00Z", "endTime": "2024-01-15T22:00:00Z",
            "maxParticipants": 16, "entryFee": 500, "prizePool": 16000, "format": "SINGLE_ELIMINATION", "rules": rules}, 201)
        me = p.ok("GET", API + "/auth/me")["id"]
        expected = {
            "name": "Cyber Slam Championship 2024", "description": "The ultimate cyberpunk pool championship",
            "status": "UPCOMING", "startTime": "2024-01-15T14:00:00Z", "endTime": "2024-01-15T22:00:00Z", "maxPlayers": 16,
            "currentParticipants": 0, "entryFee": 500, "prizePool": 16000, "format": "SINGLE_ELIMINATION", "createdBy": me,
            "venue": {"id": venue, "name": "Cyber Arena", "address": "123 Cyber Street"},
            "event": {"content": {"title": "Cyber Slam Event", "description": "Major tournament event"}}}
        self.assertEqual({key: made[key] for key in expected}, expected)
        self.assertEqual(json.loads(made["rules"]), rules)
        one = f"{T}/{made['id']}"

        refused = p.ask("POST", one + "/join", {}, p.tokens[names[0]])
        self.assertEqual(refused.json, {"statusCode": 400, "message": "Tournament registration is not open", "error": "Bad Request"})
        self.assertEqual(p.ok("PUT", one, {"name": "Updated Tournament Name", "description": "Updated description",
                                           "status": "REGISTRATION_OPEN"})["name"], "Updated Tournament Name")
        joined = p.ok("POST", one + "/join", {"notes": "Excited to participate!"}, 201, p.tokens[names[0]])
        self.assertEqual((joined["tournamentId"], joined["userId"], joined["seed"], joined["status"]),
                         (made["id"], p.ids[names[0]], None, "REGISTERED"))
        self.assertEqual(joined["tournament"], {"id": made["id"], "name": "Updated Tournament Name", "entryFee": 500})
        self.assertEqual(joined["user"], {"id": p.ids[names[0]], "username": names[0]})
        twice = p.ask("POST", one + "/join", {}, p.tokens[names[0]])
        self.assertEqual(twice.json, {"statusCode": 409, "message": "User is already registered for this tournament", "error": "Conflict"})
        self.assertEqual(p.balance(names[0]), 500)
        self.assertEqual(p.ok("POST", one + "/leave", who=p.tokens[names[0]]), {"success": True})
        self.assertEqual(p.balance(names[0]), 1000)
        for name in names:
            p.ok("POST", one + "/join", {}, 201, p.tokens[name])

        listed = p.ok("GET", f"{T}?page=1&limit=20&status=READY&venueId={venue}")
        self.assertEqual(listed["totalCount"], 1)
        self.assertEqual(listed["pagination"], {"page": 1, "limit": 20, "totalPages": 1, "hasNext": False, "hasPrev": False})
        item = listed["tournaments"][0]
        self.assertEqual((item["currentParticipants"], item["_count"], item["venue"]),
                         (16, {"participants": 16, "matches": 0}, {"id": venue, "name": "Cyber Arena"}))

        bracket = p.ok("POST", one + "/bracket/generate", status=201)
        self.assertEqual((bracket["tournamentId"], bracket["currentRound"], bracket["totalRounds"], bracket["status"]),
                         (made["id"], 1, 4, "GENERATED"))
        self.assertEqual(p.ok("POST", one + "/start"), {"success": True})
        unfinished = p.ask("POST", one + "/advance")
        self.assertEqual((unfinished.status, unfinished.json["message"]), (400, "The current round is not finished"))
        for match in p.matches(made["id"]):
            p.report(match)
        shown = p.ok("GET", one + "/bracket")
        self.assertEqual(shown["tournament"], {"id": made["id"], "name": "Updated Tournament Name", "format": "SINGLE_ELIMINATION",
                                               "currentRound": 1, "totalRounds": 4, "status": "IN_PROGRESS"})
        self.assertEqual(p.ok("POST", one + "/advance"), {"success": True, "nextRound": 2})
        structure = json.loads(p.ok("GET", one + "/bracket")["bracket"]["structure"])
        self.assertEqual(structure, {"format": "SINGLE_ELIMINATION", "participantCount": 16, "totalRounds": 4, "rounds": [
            {"round": 1, "matches": 8, "status": "COMPLETED"}, {"round": 2, "matches": 4, "status": "IN_PROGRESS"},
            {"round": 3, "matches": 2, "status": "PENDING"}, {"round": 4, "matches": 1, "status": "PENDING"}]})
        for _ in range(3):
            for match in p.matches(made["id"]):
                p.report(match)
            if p.ok("GET", one)["status"] == "IN_PROGRESS":
                p.ok("POST", one + "/advance")

        over = p.ok("GET", one)
        self.assertEqual((over["status"], over["_count"], over["bracket"]["status"]), ("COMPLETED", {"participants": 16, "matches": 15}, "COMPLETED"))
        final = next(m for m in over["matches"] if m["bracketRound"] == 4)
        self.assertEqual((final["status"], final["scoreA"], final["scoreB"], final["bracketMatch"]), ("COMPLETED", 11, 8, 1))
        self.assertEqual(final["winner"], {"username": final["playerA"]["username"]})
        self.assertEqual(sum(p.balance(name) for name in names), 16 * 500 + 16000)
        history = p.ok("GET", f"{T}/user/history?page=1&limit=10", who=p.tokens[names[0]])
        self.assertEqual((history["totalCount"], history["participations"][0]["tournament"]["venue"]), (1, {"name": "Cyber Arena"}))
        top = p.ok("GET", API + "/leaderboard?game=pool")["leaderboard"][0]
        self.assertEqual(top["user"]["id"], final["winnerId"])
        self.assertGreater(top["rating"], 1200)
        self.assertIs(top["inactive"], False)
        self.assertEqual(p.ok("GET", API + "/leaderboard?game=pool&active=true")["leaderboard"][0], top)
        self.assertEqual(p.ask("DELETE", one).status, 204)
        self.assertEqual(p.ask("GET", one).json, {"statusCode": 404, "message": "Tournament not found", "error": "Not Found"})

    def test_who_may_not(self):
        p = People(server, ["nobody special"])
        self.assertEqual(server.get(T).json, {"statusCode": 401, "message": "Unauthorized", "error": "Unauthorized"})
        refused = p.ask("POST", T, {"name": "x", "maxParticipants": 4}, p.tokens["nobody special"])
        self.assertEqual(refused.json, {"statusCode": 403, "message": "Insufficient permissions", "error": "Forbidden"})


class Races(unittest.TestCase):
    def test_eight_want_the_last_place_and_the_same_result(self):
        """One wins each time, and the answers say so."""
        names = [f"racer {i}" for i in range(8)]
        p = People(server, names, money=10_000)
        for _ in range(RACES):
            made = p.ok("POST", T, {"name": "Last place", "maxParticipants": 2, "entryFee": 100, "status": "REGISTRATION_OPEN"}, 201)["id"]
            p.ok("POST", f"{T}/{made}/join", {}, 201, p.tokens[names[0]])
            answers = agon.at_once(7, lambda i: p.ask("POST", f"{T}/{made}/join", {}, p.tokens[names[i + 1]]).status)
            self.assertEqual((answers.count(201), set(answers) - {201}), (1, {409}), answers)
            p.ok("POST", f"{T}/{made}/start")
            match = p.matches(made)[0]
            path = f"{T}/matches/{match['id']}/result"

            def report(i):
                side = "AB"[i % 2]
                score = {"scoreA": 2 - i % 2, "scoreB": 1 + i % 2}
                who = p.tokens[p.name_of(match[f"player{side}Id"])]
                return p.ask("POST", path, {"winnerId": match[f"player{side}Id"], **score}, who)

            answers = agon.at_once(8, report)
            winners = {a.json["winnerId"] for a in answers if a.status == 200}
            self.assertEqual((len(winners), [a.status for a in answers].count(409)), (1, 4), answers)
        self.assertEqual(sum(p.balance(name) for name in names), 80_000)


class BadInput(unittest.TestCase):
    def test_naughty_strings_are_kept_or_refused(self):
        """As every free text: no 500, and what was taken comes back as it was."""
        p = People(server, ["naughty"])
        strings = json.loads(agon.test_data("naughty-strings.json").read_text())
        random.Random(7).shuffle(strings)
        for text in strings[:150]:
            for body, field in (({"name": text, "maxParticipants": 4}, "name"),
                                ({"name": "x", "maxParticipants": 4, "description": text}, "description")):
                answer = p.ask("POST", T, body)
                self.assertIn(answer.status, (201, 400), (text, answer))
                if answer.status == 201:
                    self.assertEqual(p.ok("GET", f"{T}/{answer.json['id']}")[field], text)

    def test_money_is_whole_and_in_range(self):
        p = People(server, ["counter"])
        for fee in (-1, 0.5, "5", 2**53, 1e400, True):
            answer = p.ask("POST", T, {"name": "x", "maxParticipants": 4, "entryFee": fee})
            self.assertEqual(answer.status, 400, (fee, answer))


class Killed(unittest.TestCase):
    def test_no_coin_appears_or_disappears(self):
        """Joins, leaves, results and completions, with kills at random moments; each answer is true afterwards."""
        rng = random.Random(11)
        names = [f"payer {i}" for i in range(6)]
        with agon.Server("--rate-limits", "off") as own:
            p = People(own, names, money=100_000)
            acknowledged, stop = [], threading.Event()

            def work(seed):
                mine = random.Random(seed)
                while not stop.is_set():
                    try:
                        pair = mine.sample(names, 2)
                        made = p.tournament(pair, entryFee=mine.randint(1, 500))
                        if mine.random() < 0.3:
                            p.ok("POST", f"{T}/{made}/leave", who=p.tokens[pair[0]])
                        elif mine.random() < 0.2:
                            p.ok("PUT", f"{T}/{made}", {"status": "CANCELLED"})
                            acknowledged.append((made, "CANCELLED"))
                        else:
                            p.ok("POST", f"{T}/{made}/start")
                            p.report(p.matches(made)[0], mine.choice("AB"))
                            acknowledged.append((made, "COMPLETED"))
                    except Exception:
                        time.sleep(0.02)  # the server is gone for a moment

            for _ in range(KILLS):
                stop.clear()
                workers = [threading.Thread(target=work, args=(rng.random(),)) for _ in range(4)]
                for worker in workers:
                    worker.start()
                time.sleep(rng.uniform(0.05, 0.6))
                own.stop(signal.SIGKILL)
                stop.set()
                for worker in workers:
                    worker.join()
                verified = own.verify()
                self.assertEqual(verified.returncode, 0, verified)
                own.begin()
                for made, status in acknowledged[-40:]:
                    self.assertEqual(p.ok("GET", f"{T}/{made}")["status"], status)
            self.assertGreater(len(acknowledged), 5)


if __name__ == "__main__":
    agon.main()
