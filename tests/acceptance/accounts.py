"""Accounts of the Player API against a real server: signing in and out, the operator's commands beside a running server,
keys, limits, requests that are sent again, and what is never written down."""
import http.server
import json
import pathlib
import random
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import unittest

import agon
from users import PASSWORD, bearer, command, me, sign_in, sign_up

server = None


def setUpModule():
    global server
    server = agon.Server("--rate-limits", "off")


def tearDownModule():
    server.close()


class Sessions(unittest.TestCase):
    def test_register_login_refresh_and_log_out(self):
        """The whole life of a session."""
        made = sign_up(server, "Ana Maria")
        self.assertEqual(set(made), {"user", "accessToken", "refreshToken", "expiresIn"})
        self.assertEqual(set(made["user"]), {"id", "username", "role", "profile"})
        self.assertEqual(made["user"]["profile"], {"avatarUrl": None, "skillRating": 1200})
        self.assertEqual(me(server, made["accessToken"]).json, made["user"])
        again = sign_in(server, "ana maria")
        self.assertEqual((again.status, again.json["user"]), (200, made["user"]))
        fresh = server.post("/api/v1/auth/refresh", {"refreshToken": again.json["refreshToken"]})
        self.assertEqual(fresh.status, 200)
        out = server.post("/api/v1/auth/logout", **bearer(fresh.json["accessToken"]))
        self.assertEqual((out.status, out.json), (200, {"success": True}))
        for token in (again.json["accessToken"], fresh.json["accessToken"]):
            self.assertEqual(me(server, token).status, 401)
        self.assertEqual(me(server, made["accessToken"]).status, 200)

    def test_errors_have_the_source_s_form(self):
        """statusCode, message, error; a list where fields break the schema."""
        sign_up(server, "taken")
        for path, body, expected in (
                ("register", {"username": "Taken", "password": PASSWORD}, (409, "The username is taken", "Conflict")),
                ("register", {"username": "weak", "password": "short"},
                 (400, ["password: must be at least 8 characters long"], "Bad Request")),
                ("login", {"username": "taken", "password": "wrong horse"}, (401, "Wrong username or password", "Unauthorized")),
                ("login", {"username": "taken"}, (400, ["password: field required"], "Bad Request"))):
            answer = server.post("/api/v1/auth/" + path, body)
            self.assertEqual(answer.json, dict(zip(("statusCode", "message", "error"), expected)), answer)
            self.assertEqual(answer.status, expected[0])
        self.assertEqual(server.get("/api/v1/auth/me").json, {"statusCode": 401, "message": "Unauthorized", "error": "Unauthorized"})

    def test_sixteen_who_want_one_name(self):
        """One gets it."""
        answers = agon.at_once(16, lambda i: server.post("/api/v1/auth/register", {"username": "wanted", "password": f"{PASSWORD} {i}"}).status)
        self.assertEqual(answers.count(201), 1, answers)
        self.assertLessEqual(set(answers), {201, 409, 429})

    def test_sixteen_who_refresh_with_one_token(self):
        """One gets the next; that it came again ends the session."""
        token = sign_up(server, "refresher")["refreshToken"]
        answers = agon.at_once(16, lambda i: server.post("/api/v1/auth/refresh", {"refreshToken": token}))
        good = [a.json for a in answers if a.status == 200]
        self.assertEqual([len(good), [a.status for a in answers].count(401)], [1, 15])
        self.assertEqual(me(server, good[0]["accessToken"]).status, 401)

    def test_accounts_survive_a_kill(self):
        """What was answered is there, and what was revoked stays revoked."""
        with agon.Server() as own:
            kept, left = sign_up(own, "kept"), sign_up(own, "left")
            own.post("/api/v1/auth/logout", **bearer(left["accessToken"]))
            own.restart(signal.SIGKILL)
            self.assertEqual(me(own, kept["accessToken"]).status, 200)
            self.assertEqual(me(own, left["accessToken"]).status, 401)
            self.assertEqual(sign_in(own, "left").status, 200)
            own.stop()
            self.assertEqual(own.verify().returncode, 0)

    def test_the_time_of_a_refusal_does_not_tell_whether_the_name_is_known(self):
        """Medians of pairs in random order. Without a hash one would take a hundredth; a busy machine may differ by half."""
        sign_up(server, "known")
        times = {"known": [], "unknown": []}
        for _ in range(150):
            for name in random.sample(sorted(times), 2):
                begin = time.perf_counter()
                self.assertEqual(sign_in(server, name, "wrong horse").status, 401)
                times[name].append(time.perf_counter() - begin)
        known, unknown = (statistics.median(times[name]) for name in ("known", "unknown"))
        self.assertLess(abs(known - unknown) / known, 0.5, f"{known * 1e3:.2f} ms and {unknown * 1e3:.2f} ms")

    def test_a_crowd_of_sign_ins_does_not_stop_everything_else(self):
        """Those who would wait too long are told to come back; others are served meanwhile."""
        token = sign_up(server, "bystander")["accessToken"]
        answers, slowest = [], 0.0
        crowd = threading.Thread(target=lambda: answers.extend(agon.at_once(80, lambda i: sign_in(server, f"nobody{i}"))))
        crowd.start()
        while crowd.is_alive():
            begin = time.perf_counter()
            self.assertEqual(me(server, token).status, 200)
            slowest = max(slowest, time.perf_counter() - begin)
        statuses = [a.status for a in answers]
        self.assertLessEqual(set(statuses), {401, 429})
        self.assertTrue(all(a.headers.get("Retry-After") for a in answers if a.status == 429))
        self.assertLess(slowest, 2.0)


class Operator(unittest.TestCase):
    def setUp(self):
        self.own = agon.Server()
        self.addCleanup(self.own.close)

    def test_the_first_admin_comes_by_the_link_that_the_server_prints(self):
        """Once; a new one after each start, until there is an admin."""
        first = self.own.process.stdout.readline()
        self.own.restart()
        line = self.own.process.stdout.readline()
        self.assertNotEqual(first, line)
        token = re.search(r"http://\S+/setup\?token=(\S+)", line)[1]
        page = self.own.get("/setup?token=" + token)
        self.assertEqual(page.status, 200)
        self.assertIn(b"<form", page.body)
        body = {"token": token, "username": "root", "password": PASSWORD}
        made = self.own.post("/api/v1/auth/setup", body)
        self.assertEqual((made.status, made.json["user"]["role"]), (201, "ADMIN"))
        self.assertEqual(self.own.post("/api/v1/auth/setup", {**body, "username": "again"}).status, 401)
        self.assertEqual(self.own.post("/api/v1/venues", {"name": "Arena"}, **bearer(made.json["accessToken"])).status, 201)
        self.own.stop()
        self.assertNotIn("setup", self.own.error_text())
        link = command(self.own, "admin", "link", "--url", "https://agon.example.org")
        self.assertTrue(link.startswith("https://agon.example.org/setup?token="))
        self.own.begin()
        body = {"token": link.split("=")[1], "username": "second", "password": PASSWORD}
        self.assertEqual(self.own.post("/api/v1/auth/setup", body).status, 201)

    def test_users_are_managed_beside_the_running_server(self):
        """What a command changes, the server knows within a second or so."""
        ana = sign_up(self.own, "ana")
        self.assertEqual(self.own.post("/api/v1/venues", {"name": "x"}, **bearer(ana["accessToken"])).status, 403)
        command(self.own, "user", "role", "ana", "admin")
        agon.wait_until(lambda: me(self.own, ana["accessToken"]).status == 401, "the old role's token ends")
        fresh = self.own.post("/api/v1/auth/refresh", {"refreshToken": ana["refreshToken"]}).json
        self.assertEqual(fresh["user"]["role"], "ADMIN")
        self.assertEqual(self.own.post("/api/v1/venues", {"name": "x"}, **bearer(fresh["accessToken"])).status, 201)

        password = command(self.own, "user", "reset-password", "ana")
        agon.wait_until(lambda: me(self.own, fresh["accessToken"]).status == 401, "the old password's token ends")
        self.assertEqual(self.own.post("/api/v1/auth/refresh", {"refreshToken": fresh["refreshToken"]}).status, 401)
        self.assertEqual(sign_in(self.own, "ana").status, 401)
        self.assertEqual(sign_in(self.own, "ana", password).status, 200)

        made = command(self.own, "user", "create", "host", "--role", "host")
        self.assertEqual(sign_in(self.own, "host", made).json["user"]["role"], "HOST")
        listed = json.loads(command(self.own, "user", "list", "--json"))
        self.assertEqual([(u["username"], u["role"]) for u in listed], [("ana", "admin"), ("host", "host")])
        token = command(self.own, "token", "--username", "host")
        self.assertEqual(me(self.own, token).json["role"], "HOST")

    def test_commands_that_make_no_sense_say_so(self):
        """Status 2 for a bad use, 1 for what is not there."""
        for args, status in ((["user"], 2), (["user", "create", "x"], 2), (["user", "create", "ok", "--role", "king"], 2),
                             (["user", "role", "nobody", "host"], 1), (["user", "reset-password", "nobody"], 1),
                             (["keys", "rotate", "--keep", "99"], 2), (["admin"], 2)):
            data = ["--data", self.own.data] if len(args) > 1 else []
            done = agon.run(*args, *data)
            self.assertEqual((done.returncode, done.stdout), (status, ""), done)
            self.assertTrue(done.stderr.startswith("agon: "), done)
        done = subprocess.run([agon.program(), "user", "create", "okay", "--read-password", "--data", self.own.data],
                              input="short\n", capture_output=True, text=True, env=agon.clean_environment())
        self.assertEqual((done.returncode, "at least 8" in done.stderr), (2, True), done)

    def test_signing_keys_rotate_beside_the_running_server(self):
        """Old tokens stay good, until their key is dropped."""
        ana = sign_up(self.own, "ana")
        command(self.own, "keys", "rotate")
        token = command(self.own, "token", "--username", "ana")
        agon.wait_until(lambda: me(self.own, token).status == 200, "the new key is known")
        self.assertEqual(me(self.own, ana["accessToken"]).status, 200)
        command(self.own, "keys", "rotate", "--keep", "0")
        agon.wait_until(lambda: me(self.own, token).status == 401, "the old keys are dropped")
        self.assertEqual(me(self.own, ana["accessToken"]).status, 401)
        fresh = self.own.post("/api/v1/auth/refresh", {"refreshToken": ana["refreshToken"]})
        self.assertEqual(me(self.own, fresh.json["accessToken"]).status, 200)

    def test_no_secret_is_logged_or_left_in_the_data(self):
        """Passwords, tokens and keys, in errors too; the data holds hashes."""
        with agon.Server("--log-level", "debug", "--log-format", "json") as own:
            canary = "canary-password-7d1f"
            ana = sign_up(own, "ana", canary)
            sign_in(own, "ana", canary + "-wrong")
            sign_in(own, canary, canary)
            own.post("/api/v1/auth/register", {"username": "x", "password": canary})
            own.post("/api/v1/auth/register", b'{"username": "bob", "password": "' + canary.encode() + b'"')
            fresh = own.post("/api/v1/auth/refresh", {"refreshToken": ana["refreshToken"]}).json
            key = own.post("/api/v1/auth/keys", {"name": "k"}, Idempotency_Key="once", **bearer(fresh["accessToken"])).json["key"]
            me(own, fresh["accessToken"] + "x"), me(own, key + "x"), me(own, key)
            setup = own.process.stdout.readline().split("token=")[1].strip()
            self.assertEqual(own.stop(), 0)
            secrets = [canary, ana["refreshToken"], fresh["refreshToken"], ana["accessToken"], fresh["accessToken"], key, setup]
            for secret in secrets:
                self.assertNotIn(secret, own.error_text())
            for path in pathlib.Path(own.data).iterdir():
                content = path.read_bytes()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, path)


class OutsideIssuer(unittest.TestCase):
    NAMES = ["--jwks-issuer", "https://id.example.org", "--jwks-audience", "agon"]

    def test_it_is_given_whole_and_readable_or_not_at_all(self):
        """Status 2 and what is wrong; with a good key set it serves."""
        with tempfile.TemporaryDirectory() as folder:
            good, bad = pathlib.Path(folder) / "good.json", pathlib.Path(folder) / "bad.json"
            good.write_text(json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "alg": "EdDSA",
                                                  "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}))
            bad.write_text('{"keys": [{"kty": "oct", "kid": "a", "alg": "HS256", "k": "AAAA"}]}')
            for flags in (["--jwks", str(good)], self.NAMES, ["--jwks", str(bad), *self.NAMES], ["--jwks", folder + "/none", *self.NAMES],
                          ["--jwks", "http://id.example.org/keys", *self.NAMES]):
                done = agon.run("serve", "--listen", "127.0.0.1:0", "--data", folder + "/data", *flags)
                self.assertEqual((done.returncode, done.stderr.startswith("agon: --jwks: ")), (2, True), done)
            with agon.Server("--jwks", str(good), *self.NAMES) as own:
                self.assertEqual(me(own, "x.y.z").status, 401)
                self.assertEqual(me(own, sign_up(own, "ana")["accessToken"]).status, 200)

    def test_keys_are_taken_from_where_they_are_published_and_may_change(self):
        """Tokens by node's own cryptography; the URL fails first, has a key that is none of ours beside others, then rotates."""
        now = int(time.time())
        made = agon.node(pathlib.Path(__file__).parent / "issuer.mjs", json.dumps(
            {"iss": self.NAMES[1], "aud": "agon", "sub": "4711", "preferred_username": "ana", "iat": now, "exp": now + 900}))
        first, second, third = json.loads(made.stdout)
        encryption = {**third["jwk"], "kid": "enc", "use": "enc"}
        with Published() as published:
            flags = ["--jwks", published.url, *self.NAMES]
            with agon.Server(*flags) as own:
                self.assertEqual(me(own, first["token"]).status, 401)
                published.keys = [encryption, first["jwk"], second["jwk"]]
                agon.wait_until(lambda: me(own, first["token"]).status == 200, "the URL is asked again", pause=0.2)
                ana = me(own, second["token"]).json
                self.assertEqual((ana["username"], ana["role"]), ("ana", "PLAYER"))
                self.assertEqual(me(own, third["token"]).status, 401)
                self.assertLessEqual(published.asked, 3)
                self.assertIn("answered 503", own.error_text())
            published.keys = [third["jwk"]]
            with agon.Server(*flags) as own:
                self.assertEqual(me(own, third["token"]).json["username"], "ana")
                self.assertEqual([me(own, one["token"]).status for one in (first, second)], [401, 401])


class Published:
    """A set of keys at a URL of this machine; 503 while there is none."""

    def __enter__(self):
        self.keys, self.asked = None, 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                body = json.dumps({"keys": outer.keys}).encode()
                self.send_response(200 if outer.keys else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/keys"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Limits(unittest.TestCase):
    def test_limits_hold_and_can_be_switched_off(self):
        """100 a minute at once; the arena has no limit; off is off."""
        with agon.Server() as own:
            token = sign_up(own, "ana")["accessToken"]
            answers = [me(own, token) for _ in range(110)]
            self.assertEqual([a.status for a in answers[:100]], [200] * 100)
            self.assertIn(429, [a.status for a in answers[100:]])
            refused = next(a for a in answers if a.status == 429)
            self.assertEqual(refused.headers["Retry-After"], "1")
            self.assertEqual(refused.headers["RateLimit-Policy"], '"tournament";q=100;w=60')
            self.assertRegex(refused.headers["RateLimit"], r'\A"tournament";r=0;t=\d+\Z')
            for _ in range(150):
                self.assertEqual(own.get("/api/games").status, 200)
            tries = [sign_in(own, "ana", "wrong horse").status for _ in range(25)]
            self.assertEqual((tries[:20], 429 in tries[20:]), ([401] * 20, True))
        token = sign_up(server, "unlimited")["accessToken"]
        answers = [me(server, token) for _ in range(150)]
        self.assertEqual({a.status for a in answers}, {200})
        self.assertNotIn("RateLimit", answers[0].headers)


class Once(unittest.TestCase):
    def test_a_request_that_is_repeated_across_kills_happens_once(self):
        """Keys are made under load while the server is killed; each that was asked for is there once."""
        with agon.Server("--rate-limits", "off") as own:
            names = [f"user{i:02}" for i in range(8)]
            tokens = {name: sign_up(own, name) for name in names}
            for turn in range(6):
                self.make_while_killed(own, tokens, turn)
            for name in names:
                listed = own.get("/api/v1/auth/keys", **bearer(tokens[name]["accessToken"])).json["keys"]
                self.assertEqual([k["name"] for k in listed], [f"{name}-{turn}" for turn in range(6)])
            own.stop()
            self.assertEqual(own.verify().returncode, 0)

    def make_while_killed(self, own, tokens, turn):
        def ask(name, answers):
            try:
                answers[name] = own.post("/api/v1/auth/keys", {"name": f"{name}-{turn}"}, Idempotency_Key=f"turn-{turn}",
                                         **bearer(tokens[name]["accessToken"]))
            except OSError:
                answers[name] = None
        before, after = {}, {}
        threads = [threading.Thread(target=ask, args=(name, before)) for name in tokens]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0, 0.02))
        own.process.kill()
        for thread in threads:
            thread.join()
        own.process.wait()
        own.begin()
        for name in tokens:
            ask(name, after)
            self.assertEqual(after[name].status, 201)
            if before[name] is not None:
                self.assertEqual(after[name].body, before[name].body)
                self.assertEqual(after[name].headers["Idempotent-Replayed"], "true")


if __name__ == "__main__":
    agon.main()
