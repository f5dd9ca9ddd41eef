"""Bad input gets its answer and does no harm: never a 500, never an effect, the connection fit for the next request."""
import json
import random
import re
import socket
import subprocess
import unittest
import urllib.parse

import agon

server = None
ULID = "00000000000000000000000000"
BODY_LIMIT = 64 * 1024
#: JSONTestSuite leaves doubled names to the reader; here they are refused, because two readers could differ on them.
DOUBLED_NAMES = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def setUpModule():
    global server
    server = agon.Server()


def tearDownModule():
    server.close()


def create(**fields):
    """The body of a creation, as bytes."""
    return json.dumps({"name": "x", "game_type": "rps", **fields}).encode()


def nested(depth, opening=b"[", closing=b"]"):
    return opening * depth + closing * depth


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if server.process.poll() is not None:
            server.begin()  # one test that kills the server is enough
        self.before = self.counts()

    def tearDown(self):
        """The server is alive and well after all of it."""
        try:
            status = server.process.wait(0.05)
        except subprocess.TimeoutExpired:
            self.assertEqual(server.get("/healthz").status, 200)
        else:
            self.fail(f"the server died with status {status}: {server.error_text()[-2000:]}")

    def counts(self):
        return tuple(server.ok("GET", f"/api/{things}?limit=1")["total"] for things in ("tournaments", "bots"))

    def unchanged(self):
        self.assertEqual(self.counts(), self.before, "what is refused has no effect")

    def is_422(self, answer, kind=None):
        """Refused with 422 in the documented form."""
        self.assertEqual(answer.status, 422, answer)
        self.assertTrue(isinstance(answer.detail, list) and answer.detail, answer)
        for mistake in answer.detail:
            self.assertEqual(set(mistake), {"loc", "msg", "type"})
            self.assertEqual(mistake["loc"][0], "body")
        if kind:
            self.assertEqual(answer.detail[0]["type"], kind, answer)


class Bodies(Case):
    def test_what_is_no_json_is_422(self):
        """Of type `json_invalid`, whatever is wrong with it."""
        for body in (b"x", b"{", b"}", b'{"name"', b'{"name": "x"', b"{'name': 'x'}", b'{"name": "x",}', b"[1,]", b"nul", b"NaN", b"Infinity", b"1e", b"01",
                     b'{"name": "x"} trailing', create() + create(), b'\xef\xbb\xbf' + create(), b'{"name": "\xff"}', b'{"name": "\xc0\xaf"}',
                     b'{"name": "\xed\xa0\x80"}', b'{"name": "a\nb"}', b'{"name": "a\x00b"}', b'{"name": "\\x"}', b'{"name": "\\ud800"}', b"// x\n{}", b"\x00",
                     create().decode().encode("utf-16"), b'{"a": 1e400}', nested(100), nested(30_000), nested(5000, b'{"a":', b"1}")[:BODY_LIMIT]):
            with self.subTest(body=body[:40]):
                self.is_422(server.post("/api/tournaments", body), "json_invalid")
        self.unchanged()

    def test_depth_is_limited_wherever_it_hides(self):
        """In the config, in a field that nobody knows."""
        for field in ("config", "surprise"):
            deep = b'{"name": "x", "game_type": "rps", "' + field.encode() + b'": {"deep": ' + nested(200) + b"}}"
            self.is_422(server.post("/api/tournaments", deep), "json_invalid")
        self.unchanged()

    def test_a_doubled_name_is_422(self):
        """At the top, deeper, spelt with an escape: two readers could see two things."""
        for body in (b'{"name": "x", "game_type": "rps", "name": "y"}', b'{"name": "x", "game_type": "rps", "n\\u0061me": "y"}',
                     b'{"name": "x", "game_type": "rps", "config": {"turns": 1, "turns": 1}}', b'{"name": "x", "game_type": "rps", "z": [{"a": 1, "a": 2}]}'):
            self.is_422(server.post("/api/tournaments", body), "json_invalid")
        self.unchanged()

    def test_what_is_no_object_is_422(self):
        """Each of the other kinds."""
        for body in (b"null", b"true", b"1", b'"x"', b"[]", b'[{"name": "x", "game_type": "rps"}]'):
            for path in ("/api/tournaments", "/api/bots"):
                self.is_422(server.post(path, body))
        self.unchanged()

    def test_every_field_refuses_every_wrong_kind(self):
        """And says which field it was."""
        kinds = {"null": None, "bool": True, "int": 3, "real": 1.5, "text": "7", "list": [], "object": {}}
        fields = {("name",): "text", ("game_type",): "text", ("format",): "text", ("max_participants",): "int", ("config",): "object",
                  ("config", "rounds_per_match"): "int", ("config", "turns"): "int", ("config", "max_sudden_death"): "int",
                  ("config", "time_limit_per_move"): "number", ("config", "start_delay"): "number", ("config", "no_show_timeout"): "number",
                  ("config", "reconnect_grace"): "number", ("config", "seeding"): "word", ("config", "tiebreaker"): "word", ("config", "mode"): "word",
                  ("config", "auto_start"): "bool"}
        fits = {"text": {"text"}, "int": {"int"}, "number": {"int", "real"}, "object": {"object"}, "word": set(), "bool": {"bool"}}
        for path, wanted in fields.items():
            for kind, value in kinds.items():
                # null stands for the default where there is one; a text may still be an unknown word.
                if kind in fits[wanted] or (kind == "null" and path not in {("name",), ("game_type",)}):
                    continue
                body = {"name": "x", "game_type": "rps"}
                place = body
                for step in path[:-1]:
                    place = place.setdefault(step, {})
                place[path[-1]] = value
                with self.subTest(path=path, kind=kind):
                    answer = server.post("/api/tournaments", body)
                    self.is_422(answer)
                    self.assertEqual(answer.detail[0]["loc"], ["body", *path])
        self.unchanged()

    def test_numbers_out_of_range_are_422(self):
        """At the edges, beyond 64 bits, beyond reason."""
        for name, values in {"max_participants": [1, 0, -1, 65_537, 2**31, 2**63, 2**64, -2**63 - 1, 1e300, 2.0000001],
                             "rounds_per_match": [0, -1, 1002, 2**63, 1e19], "turns": [0, 10_001], "max_sudden_death": [0, 1001],
                             "time_limit_per_move": [0, -0.0, 0.001, 86_401, 1e308, -1e-9], "start_delay": [-1, -0.001, 31_536_001, 1e30],
                             "no_show_timeout": [0, -1, 1e9], "reconnect_grace": [-1, 1e9]}.items():
            for value in values:
                body = {"name": "x", "game_type": "rps"}
                (body if name == "max_participants" else body.setdefault("config", {}))[name] = value
                with self.subTest(name=name, value=value):
                    answer = server.post("/api/tournaments", body)
                    self.is_422(answer)
                    self.assertEqual(answer.detail[0]["loc"][-1], name)
        self.unchanged()

    def test_numbers_at_the_edges_are_taken(self):
        """And a whole number may be written with a point."""
        for fields in ({"max_participants": 2}, {"max_participants": 65_536}, {"config": {"rounds_per_match": 1}}, {"config": {"rounds_per_match": 1001}},
                       {"config": {"time_limit_per_move": 0.01}}, {"config": {"start_delay": 0}}, {"config": {"rounds_per_match": 3.0}}):
            self.assertEqual(server.post("/api/tournaments", create(**fields)).status, 201, fields)

    def test_names_have_their_length(self):
        """Counted in characters, not in bytes: 100 for a tournament, 64 for a bot."""
        for path, most, extra in (("/api/tournaments", 100, {"game_type": "rps"}), ("/api/bots", 64, {})):
            for letter in ("x", "é", "大", "😀"):
                self.assertEqual(server.post(path, {"name": letter * most, **extra}).status, 201)
                for count in (0, most + 1, 10 * most):
                    answer = server.post(path, {"name": letter * count, **extra})
                    self.is_422(answer)
                    self.assertEqual(answer.detail[0]["loc"], ["body", "name"])

    def test_a_huge_body_is_413(self):
        """One byte more than 64 KiB, a megabyte, one that only claims to be huge; at the limit it is read."""
        fitting = create(pad="")
        at_limit = fitting.replace(b'"pad": ""', b'"pad": "' + b"x" * (BODY_LIMIT - len(fitting)) + b'"')
        self.assertEqual(len(at_limit), BODY_LIMIT)
        self.assertEqual(server.post("/api/tournaments", at_limit).status, 201)
        for size in (BODY_LIMIT + 1, 1_000_000):
            answer = agon.raw(server.port, self.head("POST", "/api/tournaments", f"Content-Length: {size}") + b"x" * size)
            self.assertEqual(agon.status_of(answer), 413)
            self.assertIn(b'{"detail":', answer)
        for claimed in (10**9, 2**63, 2**64, 10**30):
            answer = agon.raw(server.port, self.head("POST", "/api/tournaments", f"Content-Length: {claimed}"))
            self.assertEqual(agon.status_of(answer), 413, claimed)

    def test_a_huge_chunked_body_is_413(self):
        """Although nobody said how long it would be."""
        chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        answer = agon.raw(server.port, self.head("POST", "/api/tournaments", "Transfer-Encoding: chunked") + chunk * 20 + b"0\r\n\r\n")
        self.assertEqual(agon.status_of(answer), 413)

    def test_a_chunked_body_is_read(self):
        """However it is cut."""
        body = create()
        chunks = b"".join(b"%x\r\n%c\r\n" % (1, c) for c in body) + b"0\r\n\r\n"
        answer = agon.raw(server.port, self.head("POST", "/api/tournaments", "Transfer-Encoding: chunked", "Content-Type: application/json") + chunks)
        self.assertEqual(agon.status_of(answer), 201, answer)

    def test_another_content_type_is_415(self):
        """JSON it must be, with or without a charset."""
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "text/json", "application/jsonp", "application/jsonlines", "x", ""):
            with self.subTest(kind=kind):
                answer = server.post("/api/tournaments", create(), Content_Type=kind)
                self.assertEqual((answer.status, type(answer.detail)), (415, str), answer)

    def test_a_client_that_takes_no_json_gets_406(self):
        """What it would take is said; a browser's list, which ends in */*, is fine."""
        for accept in ("text/html", "image/png, text/plain;q=0.5", "application/xml"):
            answer = server.get("/api/tournaments", Accept=accept)
            self.assertEqual((answer.status, answer.detail), (406, "Only application/json is served here"), accept)
        for accept in ("*/*", "application/json", "application/*", "text/html,application/xhtml+xml,*/*;q=0.8"):
            self.assertEqual(server.get("/api/tournaments", Accept=accept).status, 200, accept)

    def test_a_compressed_body_is_415(self):
        """None is unpacked."""
        for encoding in ("gzip", "br", "deflate"):
            self.assertEqual(server.post("/api/tournaments", create(), Content_Encoding=encoding).status, 415)
        self.unchanged()

    def test_json_is_json_in_every_spelling(self):
        """Media types are the same in capitals, and may have a charset."""
        for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8", "application/json ; charset=utf-8"):
            with self.subTest(kind=kind):
                self.assertEqual(server.post("/api/tournaments", create(), Content_Type=kind).status, 201)

    def head(self, method, target, *fields):
        return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *fields, "", ""]).encode()


class TargetsAndHeads(Case):
    SHAPES = ["x", "0", "-1", "null", "undefined", "NaN", "true", "*", "'", '"', "`", "a" * 1000, "tourn_", "tourn", "_", "tourn_" + "z" * 26,
              "tourn_8" + "0" * 25, "tourn_" + ULID[1:], "tourn_" + ULID + "0", "TOURN_" + ULID, "tourn_" + "0" * 25 + "u", "tourn__" + ULID[1:], "bot_" + ULID,
              "match_" + ULID, ULID, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-7000-8000-00000000000g",
              "{00000000-0000-7000-8000-000000000000}", "urn:uuid:00000000-0000-7000-8000-000000000000", "00000000000070008000000000000000", "1;DROP TABLE events",
              "1'%20OR%20'1'='1", "%27%20OR%201=1--", "%F0%9F%98%80", "%ff", "%80", "%c0%af", "$%7Bjndi:ldap:x%7D", "%3Cscript%3E", "%0d%0aX-Evil:%201", "~root", "a.b", "...", "%25", "%2525"]

    def test_unknown_ids_of_all_shapes_are_404(self):
        """The same as an id that could be but is not."""
        for shape in self.SHAPES:
            quoted = urllib.parse.quote(shape, safe="%;:'{}*~!$()=-_.`")
            quoted = quoted.replace("`", "%60").replace("{", "%7B").replace("}", "%7D")
            for path, sentence in ((f"/api/tournaments/{quoted}", "Tournament not found"), (f"/api/tournaments/{quoted}/bracket", "Tournament not found"),
                                   (f"/api/bots/{quoted}", "Bot not found"), (f"/api/games/{quoted}", "Game not found")):
                with self.subTest(path=path[:80]):
                    answer = server.get(path)
                    self.assertEqual((answer.status, answer.json), (404, {"detail": sentence}), answer)
                    self.assertNotIn("X-Evil", answer.headers)
            self.assertEqual(server.post(f"/api/tournaments/{quoted}/start").status, 404)
            self.assertEqual(server.post(f"/api/tournaments/{quoted}/join", {"bot_id": shape}).status, 404)
        self.unchanged()

    def test_unknown_bots_of_all_shapes_cannot_join(self):
        """404, whatever the text."""
        tournament = server.new_tournament()["tournament_id"]
        for shape in [*self.SHAPES, "", "\u0000", "😀", "a" * 60_000, "bot_" + ULID]:
            answer = server.post(f"/api/tournaments/{tournament}/join", {"bot_id": shape})
            self.assertEqual((answer.status, answer.json), (404, {"detail": "Bot not found"}), answer)
        self.assertEqual(server.details(tournament)["current_participants"], 0)

    def test_tricks_with_percent_and_dots_are_refused(self):
        """Hidden slashes, NULs, dot segments and broken escapes: 400."""
        for target in ("/api/tournaments/%2e%2e/bots", "/api/../api/tournaments", "/api/./tournaments", "/..", "/%2e", "/api/tournaments/a%2fb", "/api/tournaments/a%5cb",
                       "/api/tournaments/%00", "/api/tournaments/%", "/api/tournaments/%4", "/api/tournaments/%zz", "/api\\tournaments", "api/tournaments",
                       "http://x/api/tournaments", "*", "/api/tournaments#x", "/api/tournaments\x7f", "/api/tournaments\xe9"):
            with self.subTest(target=target):
                answer = agon.raw(server.port, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
                self.assertEqual(agon.status_of(answer), 400, answer[:200])

    def test_slashes_too_many_are_no_other_name(self):
        """A path has one spelling."""
        for target in ("//api/tournaments", "/api//tournaments", "/api/tournaments//", "/API/tournaments"):
            with self.subTest(target=target):
                answer = agon.raw(server.port, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                self.assertEqual(agon.status_of(answer), 404, answer[:200])

    def test_heads_that_cannot_be_trusted_are_refused_and_the_connection_closed(self):
        """Framing in doubt is 400; each other fault has its status."""
        post = "POST /api/tournaments HTTP/1.1\r\nHost: x\r\n"
        get = "GET /api/tournaments HTTP/1.1\r\n"
        body = create().decode()
        for name, data, status in [
                ("two lengths", post + f"Content-Length: {len(body)}\r\nContent-Length: {len(body)}\r\n\r\n" + body, 400),
                ("a list of lengths", post + f"Content-Length: {len(body)}, {len(body)}\r\n\r\n" + body, 400),
                ("a signed length", post + f"Content-Length: +{len(body)}\r\n\r\n" + body, 400),
                ("a hexadecimal length", post + "Content-Length: 0x10\r\n\r\n" + body, 400),
                ("length and chunks", post + f"Content-Length: {len(body)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                ("chunks and length", post + f"Transfer-Encoding: chunked\r\nContent-Length: {len(body)}\r\n\r\n0\r\n\r\n", 400),
                ("an unknown coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
                ("xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                ("chunked in 1.0", "POST /api/tournaments HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                ("a folded field", get + "Host: x\r\nX-A: 1\r\n 2\r\n\r\n", 400),
                ("no host", get + "\r\n", 400),
                ("two hosts", get + "Host: x\r\nHost: x\r\n\r\n", 400),
                ("a space before the colon", get + "Host : x\r\n\r\n", 400),
                ("a bare line feed", "GET /api/tournaments HTTP/1.1\nHost: x\n\n", 400),
                ("a NUL in a value", get + "Host: x\r\nX-A: a\0b\r\n\r\n", 400),
                ("no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                ("garbage", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
                ("a body with GET", get + "Host: x\r\nContent-Length: 2\r\n\r\n{}", 400),
                ("a broken chunk", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
                ("an old version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
                ("an unknown method", "BREW /api/tournaments HTTP/1.1\r\nHost: x\r\n\r\n", 501),
                ("a small method", "get /api/tournaments HTTP/1.1\r\nHost: x\r\n\r\n", 501),
                ("CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                ("an odd expectation", post + "Expect: miracles\r\nContent-Length: 2\r\n\r\n{}", 417),
                ("a long target", f"GET /api/tournaments?x={'y' * 3000} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
                ("a long field", get + f"Host: x\r\nX-A: {'y' * 9000}\r\n\r\n", 431),
                ("many fields", get + "Host: x\r\n" + "".join(f"X-{i}: 1\r\n" for i in range(100)) + "\r\n", 431)]:
            with self.subTest(name):
                answer = agon.raw(server.port, data.encode("latin-1") + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                wanted = (400, 501) if name == "CONNECT" else (status,)
                self.assertIn(agon.status_of(answer), wanted, answer[:200])
                self.assertRegex(answer.lower(), rb"\r\nconnection: close\r\n")
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)), 1, "nothing after it is answered")
        self.unchanged()

    def test_query_strings_that_mean_nothing_are_400(self):
        """Broken escapes, parameters given twice, unknown ones."""
        for query in ("limit=%", "limit=%zz", "status=%ff", "limit=1&limit=1", "x=1", "limit=1;offset=2", "limit[]=1", "limit=0x10", "limit=1e1", "limit=+1",
                      "limit=%2B1", "limit=-0", "offset=9999999999999999999", "status[$ne]=x", "game_type=rps&game_type=rps"):
            with self.subTest(query=query):
                self.assertEqual(server.get(f"/api/tournaments?{query}").status, 400)

    def test_requests_mutated_at_random_never_break_the_server(self):
        """2,000 of them: any answer but a 500, and healthy afterwards."""
        chance = random.Random(20240115)
        tournament = server.new_tournament()["tournament_id"]
        seeds = [f"GET /api/tournaments?status=registration&limit=10 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(),
                 b"POST /api/tournaments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                 % (len(create(config={"turns": 7})), create(config={"turns": 7})),
                 f"POST /api/tournaments/{tournament}/join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 14\r\n\r\n".encode() + b'{"bot_id":"x"}']
        for i in range(2000):
            data = bytearray(chance.choice(seeds))
            for _ in range(chance.randint(1, 6)):
                at = chance.randrange(len(data))
                change = chance.randrange(4)
                if change == 0:
                    data[at] = chance.randrange(256)
                elif change == 1:
                    del data[at:at + chance.randint(1, 8)]
                elif change == 2:
                    data[at:at] = data[at:at + chance.randint(1, 20)]
                else:
                    data[at:at] = chance.choice([b"\r\n", b"\0", b"%00", b"\"", b"{", b"[" * 40, b"1e999", b"\xff"])
                if not data:
                    break
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
                s.sendall(bytes(data))
                s.shutdown(socket.SHUT_WR)
                got = b""
                try:
                    while piece := s.recv(65536):
                        got += piece
                except ConnectionResetError:
                    pass
            self.assertNotIn(agon.status_of(got), (500, 502, 503), (i, bytes(data), got[:300]))


#: Marks that change the direction of the text around them.
DIRECTION_MARKS = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def is_name(text):
    """Not blank, no control characters, no marks that change the direction of text."""
    controls = any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in text)
    return bool(text.strip(" ")) and not controls and not DIRECTION_MARKS.intersection(text)


class Names(Case):
    def test_naughty_strings_come_back_unchanged(self):
        """As names of tournaments and of bots, written plainly and with escapes; what is no name is 422."""
        strings = json.loads(agon.test_data("naughty-strings.json").read_text(encoding="utf-8"))
        self.assertGreater(len(strings), 400)
        taken = 0
        for i, text in enumerate(strings):
            with self.subTest(text=text[:60]):
                plain = json.dumps({"name": text, "game_type": "rps"}, ensure_ascii=bool(i % 2)).encode()
                answer = server.post("/api/tournaments", plain)
                if not 1 <= len(text) <= 100 or not is_name(text):
                    self.is_422(answer)
                    continue
                self.assertEqual((answer.status, answer.json.get("name")), (201, text), answer)
                self.assertEqual(server.details(answer.json["tournament_id"])["name"], text)
                taken += 1
                if len(text) <= 64:
                    bot = server.new_bot(text, "random")
                    self.assertEqual(server.ok("GET", f"/api/bots/{bot['bot_id']}")["name"], text)
        print(f"\n{taken} of {len(strings)} strings are names", flush=True)

    def test_they_come_back_unchanged_in_brackets_and_after_a_restart(self):
        """From the log as from the memory."""
        strings = [s for s in json.loads(agon.test_data("naughty-strings.json").read_text(encoding="utf-8")) if 1 <= len(s) <= 64 and is_name(s)]
        chosen = random.Random(7).sample(strings, 64)
        with agon.Server() as own:
            bots = [own.new_bot(text, "random") for text in chosen]
            tournament = own.tournament_of(bots, name=chosen[0])
            own.played(tournament)
            for _ in range(2):
                first = own.bracket(tournament)["data"]["rounds"][0]["matches"]
                names = {p["bot_id"]: p["bot_name"] for m in first for p in (m["player1"], m["player2"])}
                self.assertEqual(names, {b["bot_id"]: text for b, text in zip(bots, chosen)})
                own.restart()


class ParsingSuite(Case):
    def test_the_json_parsing_suite(self):
        """y_ is read, n_ is refused as no JSON, i_ gets any answer but a 500."""
        folder = agon.test_data("json-parsing")
        files = sorted(folder.rglob("*.json"))
        kinds = agon.counted(f.name[0] for f in files)
        self.assertGreater(kinds.get("y", 0), 80)
        self.assertGreater(kinds.get("n", 0), 150)
        decided = []
        for file in files:
            body = file.read_bytes()
            with self.subTest(file.name):
                answer = server.post("/api/tournaments", body)
                invalid = answer.status == 422 and answer.detail[0]["type"] == "json_invalid"
                if len(body) > BODY_LIMIT:
                    self.assertEqual(answer.status, 413, answer)
                elif not body:
                    self.is_422(answer)  # no body at all is an empty object
                elif file.name.startswith("y_") and file.name not in DOUBLED_NAMES:
                    self.is_422(answer)
                    self.assertFalse(invalid, answer)  # read, and then no tournament
                elif file.name.startswith("i_"):
                    self.is_422(answer)
                    decided.append(f"{file.name}: {'refused' if invalid else 'read'}")
                else:
                    self.is_422(answer, "json_invalid")
        print("\ndecided:", *decided, sep="\n  ", flush=True)
        self.unchanged()


class Races(Case):
    def post_at_once(self, count, path_and_body):
        """The answers to `count` posts that begin together."""
        answers = agon.at_once(count, lambda i: server.post(*path_and_body(i)))
        for answer in answers:
            self.assertIsInstance(answer, agon.Answer)
        return answers

    def test_the_last_seat_goes_to_exactly_one(self):
        """32 bots at once; everybody else is told that it is full."""
        for _ in range(5):
            bots = [server.new_bot(f"b{i}", "random") for i in range(35)]
            tournament = server.tournament_of(bots[32:], start=False, max_participants=4)
            answers = self.post_at_once(32, lambda i: (f"/api/tournaments/{tournament}/join", {"bot_id": bots[i]["bot_id"]}))
            self.assertEqual(agon.counted((a.status, a.detail) for a in answers), {(201, None): 1, (400, "Tournament is full"): 31})
            winner = next(a.json for a in answers if a.status == 201)
            self.assertEqual(winner["seed"], 4)
            details = server.details(tournament)
            self.assertEqual((details["current_participants"], details["status"]), (4, "ready"))

    def test_a_bot_joins_exactly_once(self):
        """16 times at once."""
        for _ in range(5):
            bot = server.new_bot("b", "random")
            tournament = server.new_tournament()["tournament_id"]
            answers = self.post_at_once(16, lambda i: (f"/api/tournaments/{tournament}/join", {"bot_id": bot["bot_id"]}))
            self.assertEqual(agon.counted((a.status, a.detail) for a in answers), {(201, None): 1, (400, "Bot already registered for this tournament"): 15})
            self.assertEqual(server.details(tournament)["current_participants"], 1)

    def test_seeds_are_given_once_each(self):
        """32 bots join at once: seeds 1 to 32."""
        bots = [server.new_bot(f"b{i}", "random") for i in range(32)]
        tournament = server.new_tournament()["tournament_id"]
        answers = self.post_at_once(32, lambda i: (f"/api/tournaments/{tournament}/join", {"bot_id": bots[i]["bot_id"]}))
        self.assertEqual(sorted(a.json["seed"] for a in answers), list(range(1, 33)))

    def test_a_tournament_starts_exactly_once(self):
        """16 times at once, and it is played once."""
        for _ in range(5):
            bots = [server.new_bot(f"b{i}", "random") for i in range(4)]
            tournament = server.tournament_of(bots, start=False)
            answers = self.post_at_once(16, lambda i: (f"/api/tournaments/{tournament}/start",))
            self.assertEqual(agon.counted((a.status, a.detail) for a in answers), {(200, None): 1, (400, "Tournament has already started"): 15})
            self.assertEqual(len(server.played(tournament)["data"]["rounds"]), 2)

    def test_cancelling_while_the_first_matches_begin_does_no_harm(self):
        """Start and cancel at the same moment, again and again: cancelled or played, and the server lives."""
        for _ in range(40):
            tournament = server.tournament_of([server.new_bot(f"b{i}", "random") for i in range(3)], start=False)
            answers = self.post_at_once(2, lambda i: (f"/api/tournaments/{tournament}/{['start', 'cancel'][i]}",))
            details = server.until_status(tournament, "completed", "cancelled")
            self.assertEqual(details["status"] == "cancelled", answers[1].status == 200)

    def test_start_cancel_and_leave_at_once_leave_one_truth(self):
        """Whatever came first, the details agree with the answers."""
        for _ in range(10):
            bots = [server.new_bot(f"b{i}", "random") for i in range(3)]
            tournament = server.tournament_of(bots, start=False)
            orders = [("start", None), ("cancel", None), ("leave", {"bot_id": bots[0]["bot_id"]})] * 4
            answers = self.post_at_once(12, lambda i: (f"/api/tournaments/{tournament}/{orders[i][0]}", orders[i][1]))
            done = agon.counted(orders[i][0] for i, a in enumerate(answers) if a.status == 200)
            self.assertLessEqual(set(agon.counted(a.status for a in answers)), {200, 400})
            self.assertTrue(all(n == 1 for n in done.values()), done)
            details = server.until_status(tournament, "completed", "cancelled")
            self.assertEqual(details["status"] == "cancelled", "cancel" in done)
            self.assertEqual(details["current_participants"], 3 - done.get("leave", 0))


if __name__ == "__main__":
    agon.main()
