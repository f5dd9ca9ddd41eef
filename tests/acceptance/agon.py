"""What every acceptance test needs: the real program, started and stopped by its process id; HTTP; WebSocket; patience
with an end. Python's standard library only; everything talks to 127.0.0.1.

The program is the one that the environment variable AGON names.
"""
import base64
import collections
import ctypes
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: Nothing that a test waits for may take longer than this; what is normal takes a hundredth of it.
PATIENCE = 30.0
PR_SET_PDEATHSIG = 1


def program():
    """The path of the program under test."""
    return os.environ.get("AGON") or str(ROOT / "build" / "release" / "agon")


def sources():
    """The folder of the documents that the program answers to, or nothing."""
    folders = [os.environ.get("AGON_SOURCES"), ROOT.parent / "shared" / "seeds"]
    return next((pathlib.Path(f) for f in folders if f and pathlib.Path(f).is_dir()), None)


def test_data(name):
    """A file or folder of the shared test data; the test is skipped where it is absent."""
    folder = pathlib.Path(os.environ.get("AGON_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / name).exists():
        raise unittest.SkipTest(f"{folder / name} is not there")
    return folder / name


def wait_until(probe, what, patience=PATIENCE, pause=0.01):
    """The first true value of `probe()`; fails with `what` once the patience ends."""
    end = time.monotonic() + patience
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:g} s in vain: {what}")
        time.sleep(pause)


def free_port():
    """A port of 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def node(script, *args, **more):
    """What `node` has to say to a script, which takes its modules from `web/node_modules` or NODE_PATH; the test is skipped
    where there is none of these."""
    if not shutil.which("node"):
        raise unittest.SkipTest("there is no node")
    done = subprocess.run(["node", str(script), *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          preexec_fn=_die_with_the_test, **{"timeout": 4 * PATIENCE, **more})
    if re.search("Cannot find module '(ajv|ws)", done.stderr):
        raise unittest.SkipTest("a module is not there (npm ci in web/): " + done.stderr.strip())
    return done


# --- the program ------------------------------------------------------------------------------------------------------

_libc = ctypes.CDLL(None)


def _die_with_the_test():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def clean_environment(extra=None):
    """The test's environment without what would change the server's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AGON")}
    return {**kept, **(extra or {})}


def run(*args, env=None, timeout=PATIENCE, **more):
    """Runs a command of the program to its end."""
    return subprocess.run([program(), *args], env=clean_environment(env), capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **more)


def start(*args, env=None, **more):
    """Starts a command of the program; it dies with the test, however that ends."""
    return subprocess.Popen([program(), *args], env=clean_environment(env), stdin=subprocess.DEVNULL,
                            preexec_fn=_die_with_the_test, **more)


class Server:
    """`agon serve` on a data directory of its own, or on the one given, which then stays."""

    def __init__(self, *flags, data=None, listen="127.0.0.1:0", env=None):
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="agon-test-")
        self.flags = flags
        self.listen = listen
        self.env = env
        self.process = None
        self.connections = threading.local()
        self.all_connections = []
        self.errors = tempfile.TemporaryFile(mode="w+")
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def begin(self):
        """Starts it and waits until it listens."""
        listen = ["--listen", self.listen] if self.listen else []
        if self.process:
            self.process.stdout.close()
        self.process = start("serve", *listen, "--data", self.data, *self.flags, env=self.env,
                             stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening on http://(.+):(\d+)\n", line)
        if not match:
            raise AssertionError(f"the server said {line!r}; its errors: {self.error_text()!r}")
        self.port = int(match[2])
        self.forget_connections()
        return self

    def forget_connections(self):
        """Closes what is kept open to the server; each thread then opens a new one."""
        self.connections = threading.local()
        while self.all_connections:
            self.all_connections.pop().close()

    def error_text(self):
        """All that it said on standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def stop(self, how=signal.SIGTERM):
        """Its exit status after the signal."""
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status

    def restart(self, how=signal.SIGTERM):
        """Stops it and starts it again on the same data and another port."""
        self.stop(how)
        return self.begin()

    def close(self):
        """Ends it in any case and takes its data away."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self.forget_connections()
        self.errors.close()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # --- requests, on one connection per thread

    def request(self, method, path, body=None, **headers):
        """One request; a body that is not bytes goes as JSON. Header names with `_` for `-`."""
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None and not any(k.lower() == "content-type" for k in given):
            given["Content-Type"] = "application/json"
        for attempt in (1, 2):
            connection = getattr(self.connections, "one", None)
            fresh = connection is None
            if fresh:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
                self.connections.one = connection
                self.all_connections.append(connection)
            try:
                connection.request(method, path, body=body, headers=given)
                answer = connection.getresponse()
                content = answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The server may close a kept connection at any time between two requests.
                connection.close()
                self.connections.one = None
                if fresh or attempt == 2:
                    raise
                continue
            except BaseException:
                connection.close()
                self.connections.one = None
                raise
            if answer.will_close:
                connection.close()
                self.connections.one = None
            whole = Answer(method, path, answer.status, answer.headers, content)
            record(whole, body, headers)
            return whole

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def verify(self):
        """What `agon verify` says of the data directory."""
        return run("verify", "--data", self.data, timeout=120)

    def post(self, path, body=None, **headers):
        return self.request("POST", path, body, **headers)

    def ok(self, method, path, body=None, expect=None, **headers):
        """The JSON of an answer that must be a success."""
        answer = self.request(method, path, body, **headers)
        wanted = (expect,) if expect else (200, 201)
        if answer.status not in wanted:
            raise AssertionError(f"{answer}; sent {body!r}")
        return answer.json

    # --- the Arena in a few words

    def new_bot(self, name="Bot", strategy=None, connection=None, **headers):
        """Registers a bot: a built-in one where a strategy is given. Returns the whole answer."""
        body = {"name": name}
        if strategy:
            body["connection"] = {"type": "builtin", "strategy": strategy}
        if connection:
            body["connection"] = connection
        return self.ok("POST", "/api/bots", body, expect=201, **headers)

    def new_tournament(self, name="Cup", headers=None, **fields):
        """Creates a tournament of rock paper scissors. Returns the whole answer."""
        return self.ok("POST", "/api/tournaments", {"name": name, "game_type": "rps", **fields}, expect=201, **(headers or {}))

    def join(self, tournament_id, bot_id, **headers):
        return self.ok("POST", f"/api/tournaments/{tournament_id}/join", {"bot_id": bot_id}, expect=201, **headers)

    def start(self, tournament_id, **headers):
        return self.ok("POST", f"/api/tournaments/{tournament_id}/start", expect=200, **headers)

    def details(self, tournament_id):
        return self.ok("GET", f"/api/tournaments/{tournament_id}")

    def bracket(self, tournament_id):
        return self.ok("GET", f"/api/tournaments/{tournament_id}/bracket")

    def tournament_of(self, bots, start=True, **fields):
        """A tournament that these bots have joined, in this order, started unless told otherwise; its id."""
        tournament = self.new_tournament(**fields)["tournament_id"]
        for bot in bots:
            self.join(tournament, bot["bot_id"])
        if start:
            self.start(tournament)
        return tournament

    def until_status(self, tournament_id, *wanted, patience=PATIENCE):
        """The details once the tournament has one of these statuses."""
        def look():
            details = self.details(tournament_id)
            return details if details["status"] in wanted else None
        return wait_until(look, f"{tournament_id} is {' or '.join(wanted)}", patience)

    def played(self, tournament_id, patience=PATIENCE):
        """The bracket once the tournament is completed."""
        self.until_status(tournament_id, "completed", patience=patience)
        return self.bracket(tournament_id)


class Answer:
    """What came back."""

    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers, self.body = method, path, status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def detail(self):
        """The Arena's word for what is wrong, or nothing."""
        try:
            return self.json.get("detail")
        except (ValueError, AttributeError):
            return None

    def __repr__(self):
        return f"{self.method} {self.path[:200]} → {self.status} {self.body[:300]!r}"


#: Where every answer of `Server.request` is written down, one JSON object per line, for validate_answers.mjs; or nothing.
recording = os.environ.get("AGON_RECORD_ANSWERS")


def record(answer, sent=None, headers=None):
    """Writes an answer down, with what was sent, where a recording is wanted."""
    if not recording:
        return
    line = {"method": answer.method, "path": answer.path, "sent": sent and sent.decode(errors="replace"),
            "headers": headers or {}, "status": answer.status,
            "type": answer.headers.get("Content-Type"), "body": answer.body.decode(errors="replace")}
    with open(recording, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def raw(port, data, patience=5.0):
    """What the server sends for these bytes until it closes or says nothing more."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as s:
        try:
            s.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent: the answer is there all the same
        try:
            while True:
                piece = s.recv(65536)
                if not piece:
                    return got
                got += piece
                head, end, rest = got.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if end and length and len(rest) >= int(length[1]):
                    return got
        except (TimeoutError, ConnectionResetError):
            return got


def status_of(answer):
    """The status of a raw answer, or nothing."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(match[1]) if match else None


# --- ids and times ----------------------------------------------------------------------------------------------------

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def uuid_of(type_id):
    """`tourn_01h4…` as a UUID."""
    number = 0
    for c in type_id.rpartition("_")[2]:
        number = number * 32 + BASE32.index(c)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def type_id_of(prefix, uuid):
    """A UUID as `tourn_01h4…`."""
    number = int(uuid.replace("-", ""), 16)
    digits = ""
    for _ in range(26):
        digits = BASE32[number % 32] + digits
        number //= 32
    return f"{prefix}_{digits}"


def is_instant(text):
    """RFC 3339 in UTC with whole seconds, and a time that exists."""
    if not isinstance(text, str) or not INSTANT.fullmatch(text):
        return False
    datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return True


# --- rock paper scissors, as everybody knows it -------------------------------------------------------------------------

BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}
BEATEN_BY = {loser: winner for winner, loser in BEATS.items()}


def replay(game):
    """The score that a game's recorded moves come to: a missed move loses to any other."""
    score = [0, 0]
    for turn in game["turns"]:
        moves = {m["seat"]: m["action"] for m in turn["moves"]}
        mine, theirs = moves.get(0), moves.get(1)
        if mine == theirs:
            continue
        first = theirs is None or (mine is not None and BEATS[mine] == theirs)
        score[0 if first else 1] += 1
    return score


# --- WebSocket --------------------------------------------------------------------------------------------------------

class WebSocket:
    """A client of RFC 6455, as small as it gets."""

    def __init__(self, port, path="/api/bot/ws", key=None, patience=PATIENCE, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.close_code = None
        nonce = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
                f"Sec-WebSocket-Key: {nonce}", "Sec-WebSocket-Version: 13"]
        if key:
            head.append(f"Authorization: Bearer {key}")
        self.socket.sendall("\r\n".join(head + ["", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            piece = self.socket.recv(4096)
            if not piece:
                raise ConnectionError("closed in the handshake")
            self.buffer += piece
        answer, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101 "):
            self.socket.close()
            raise ConnectionError(answer.decode(errors="replace"))

    def send_frame(self, opcode, payload, final=True):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([(0x80 if final else 0) | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        repeated = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
        self.socket.sendall(head + mask + masked)

    def send(self, message):
        """A text frame; what is not a text goes as JSON."""
        self.send_frame(1, (message if isinstance(message, str) else json.dumps(message)).encode())

    def receive(self, patience=PATIENCE):
        """The next message as JSON, or nothing once the server closed: then `close_code` tells why.
        Raises TimeoutError where nothing comes in time."""
        self.socket.settimeout(patience)
        while True:
            if len(self.buffer) < 2:  # a frame is taken whole or not at all, so that a timeout loses nothing
                self.buffer += self._more()
            frame = self._whole_frame()
            if frame is None:
                self.buffer += self._more()
                continue
            opcode, payload = frame
            if opcode == 8:
                self.close_code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                try:
                    self.send_frame(8, payload[:2])
                except OSError:
                    pass
                self.socket.close()
                return None
            if opcode == 9:
                self.send_frame(10, payload)
            if opcode == 1:
                return json.loads(payload)

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("closed without a close frame")
        return piece

    def _whole_frame(self):
        if len(self.buffer) < 2:
            return None
        size, at = self.buffer[1] & 0x7F, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(self.buffer) < 2 + width:
                return None
            size, at = int.from_bytes(self.buffer[2:2 + width], "big"), 2 + width
        if len(self.buffer) < at + size:
            return None
        opcode, payload = self.buffer[0] & 0x0F, self.buffer[at:at + size]
        self.buffer = self.buffer[at + size:]
        return opcode, payload

    def until(self, wanted, patience=PATIENCE):
        """The next message of this type, and those before it; fails where the server closes first."""
        passed = []
        end = time.monotonic() + patience
        while True:
            message = self.receive(max(0.01, end - time.monotonic()))
            if message is None:
                raise AssertionError(f"closed with {self.close_code} before {wanted}; got {passed}")
            if message["type"] == wanted:
                return message, passed
            passed.append(message)

    def expect(self, wanted, patience=PATIENCE):
        """The next message of this type."""
        return self.until(wanted, patience)[0]

    def closed_with(self, patience=PATIENCE):
        """Reads on until the server closes; its code, and the messages before."""
        passed = []
        end = time.monotonic() + patience
        while (message := self.receive(max(0.01, end - time.monotonic()))) is not None:
            passed.append(message)
        return self.close_code, passed

    def answer(self, turn, action):
        """Answers a `turn_request`."""
        self.send({"type": "turn_action", "match_id": turn["match_id"], "request_id": turn["request_id"],
                   "action": action, "params": {}})

    def drop(self):
        """Goes without a word, as a crashed client does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Player(threading.Thread):
    """A bot that connects and plays `choose(turn_request)` until it is stopped or its socket is closed."""

    def __init__(self, server, key, choose):
        super().__init__(daemon=True)
        self.socket = WebSocket(server.port, key=key)
        self.choose = choose
        self.messages = []
        self.stopping = threading.Event()
        self.start()

    def run(self):
        try:
            while not self.stopping.is_set():
                try:
                    message = self.socket.receive(0.1)
                except TimeoutError:
                    continue
                if message is None:
                    return
                self.messages.append(message)
                turn = message if message["type"] == "turn_request" else message.get("pending")
                if turn:
                    action = self.choose(turn)
                    if action:
                        self.socket.answer(turn, action)
        except OSError:
            return

    def of(self, kind):
        """The messages of this type."""
        return [m for m in self.messages if m["type"] == kind]

    def stop(self):
        self.stopping.set()
        self.join(5)
        self.socket.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def at_once(count, act):
    """Runs `act(i)` in `count` threads that begin together; the results in order."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def one(i):
        barrier.wait(PATIENCE)
        try:
            results[i] = act(i)
        except Exception as e:  # noqa: BLE001: the test looks at it
            results[i] = e

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(PATIENCE)
    return results


def counted(items):
    """How often each item appears."""
    return dict(collections.Counter(items))


def main():
    """Runs the tests of the file, and says of each skipped one why."""
    unittest.main(verbosity=2, failfast=False)
