#!/usr/bin/env python3
"""Measures Agon against limit programs in one run and writes bench/results.md.

    make bench                 everything, about three minutes
    bench/run.py --quick       shorter, and nothing is written
    bench/run.py --people      only what people do over the Player API, and nothing is written

Every figure is a ratio inside this run, or a time that has a bar of its own. Requests per second swing with the
machine's other load; CPU per request and ratios do not, so those are what the bars are on.
"""
import argparse
import http.client
import json
import os
import pathlib
import resource
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
AGON = ROOT / "build/release/agon"
PROGRAMS = ROOT / "build/release/bench"


def run_json(*command):
    return json.loads(subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True).stdout)


class Process:
    """A server that ends with the `with` block; `cpu()` is what it has used, in seconds."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
        started = time.monotonic()
        self.line = self.process.stdout.readline()
        self.took = time.monotonic() - started
        self.port = int(self.line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)

    def cpu(self):
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def rss_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024


def serve(data, *more):
    return Process(AGON, "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn", *more)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    def __init__(self, port, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def read(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, (method, path, answer.status, content)
        return content

    def call(self, method, path, body=None):
        return json.loads(self.read(method, path, body))


def finished_tournament(client, bots):
    tournament = client.call("POST", "/api/tournaments", {"name": "Bench", "game_type": "rps"})["tournament_id"]
    for i in range(bots):
        bot = client.call("POST", "/api/bots", {"name": f"Bot {i}", "connection": {"type": "builtin", "strategy": "markov"}})
        client.call("POST", f"/api/tournaments/{tournament}/join", {"bot_id": bot["bot_id"]})
    client.call("POST", f"/api/tournaments/{tournament}/start")
    while client.call("GET", f"/api/tournaments/{tournament}")["status"] != "completed":
        time.sleep(0.05)
    return tournament


def wrk(server, path, seconds, *headers):
    """Requests per second and CPU microseconds of the server per request."""
    before = server.cpu()
    options = [part for header in headers for part in ("-H", header)]
    out = subprocess.run(["wrk", "-t1", "-c64", f"-d{seconds}s", *options, f"http://127.0.0.1:{server.port}{path}"],
                         check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in out, out
    requests = int(next(line for line in out.splitlines() if "requests in" in line).split()[0])
    rate = float(next(line for line in out.splitlines() if "Requests/sec" in line).split()[1])
    return rate, (server.cpu() - before) * 1e6 / requests


def measure_bracket(rounds, seconds):
    with tempfile.TemporaryDirectory() as folder, serve(folder) as server:
        client = Client(server.port)
        path = f"/api/tournaments/{finished_tournament(client, 64)}/bracket"
        body = pathlib.Path(folder) / "bracket.json"
        client.connection.request("GET", path)
        body.write_bytes(client.connection.getresponse().read())
        with Process(PROGRAMS / "limit_http", "--port", free_port(), "--threads", os.cpu_count(), "--body", body) as limit:
            pairs = [(wrk(server, path, seconds), wrk(limit, path, seconds)) for _ in range(rounds)]
        return {
            "bytes": body.stat().st_size,
            "rps": statistics.median(a[0] for a, _ in pairs),
            "limit_rps": statistics.median(b[0] for _, b in pairs),
            "rps_ratio": statistics.median(a[0] / b[0] for a, b in pairs),
            "cpu_us": statistics.median(a[1] for a, _ in pairs),
            "limit_cpu_us": statistics.median(b[1] for _, b in pairs),
            "cpu_ratio": statistics.median(a[1] / b[1] for a, b in pairs),
        }


def http_joins(seconds, clients, bots=4000, tournaments=16):
    """Durable joins a second, acknowledged over HTTP."""
    with tempfile.TemporaryDirectory() as folder, serve(folder) as server:
        client = Client(server.port)
        folder = pathlib.Path(folder)
        ids = [client.call("POST", "/api/tournaments", {"name": "Joins", "game_type": "rps"})["tournament_id"]
               for _ in range(tournaments)]
        lines = [json.dumps({"name": f"Bot {i}", "connection": {"type": "builtin"}}) for i in range(bots)]
        load(server.port, clients, 60, ["/api/bots"], lines, folder)
        known = []
        while len(known) < bots:
            known += [b["bot_id"] for b in client.call("GET", f"/api/bots?limit=100&offset={len(known)}")["bots"]]
        paths, bodies = [], []
        for turn in range(tournaments):
            for i, bot in enumerate(known):
                paths.append(f"/api/tournaments/{ids[(turn + i) % tournaments]}/join")
                bodies.append(json.dumps({"bot_id": bot}))
        found = load(server.port, clients, seconds, paths, bodies, folder)
        assert set(found["statuses"]) == {"201"}, found
        return found


def load(port, clients, seconds, paths, bodies, folder, tokens=(), rate=0):
    """As fast as they are answered, or so many a second; with the microseconds of each."""
    (folder / "paths").write_text("\n".join(paths) + "\n")
    (folder / "bodies").write_text("\n".join(bodies) + "\n")
    (folder / "headers").write_text("".join(f"Authorization: Bearer {token}\n" for token in tokens))
    found = run_json(PROGRAMS / "load", "--port", port, "--connections", clients, "--seconds", seconds, "--method", "POST",
                     "--paths", folder / "paths", "--bodies", folder / "bodies", "--headers", folder / "headers", "--rate", rate,
                     "--latencies", folder / "latencies")
    return found | {"latencies_us": [int(us) for us in (folder / "latencies").read_text().split()]}


class Listeners:
    """Many WebSocket clients in a process of their own, ready when this is made."""

    def __init__(self, port, count, events, *more):
        self.process = subprocess.Popen([str(c) for c in (PROGRAMS / "listeners", "--port", port, "--count", count, "--events", events,
                                                          *more)], stdout=subprocess.PIPE, text=True)
        self.ready_ms = json.loads(self.process.stdout.readline())["ready_ms"]

    def done(self):
        """For each event when the last client had it, in nanoseconds of the monotonic clock."""
        done = json.loads(self.process.stdout.readline())["done_ns"]
        self.process.wait()
        return done


def time_broadcasts(listeners, tell, alone, burst):
    """Milliseconds from the order to the last client, for events that come alone; then messages a second in a burst."""
    asked = []
    for _ in range(alone):
        asked.append(time.monotonic_ns())
        tell()
        time.sleep(0.3)
    began = time.monotonic_ns()
    for _ in range(burst):
        tell()
    done = listeners.done()
    return statistics.median((d - a) / 1e6 for d, a in zip(done, asked)), burst / ((done[-1] - began) / 1e9)


def agon_broadcast(count, alone, burst):
    with tempfile.TemporaryDirectory() as folder, serve(folder) as server:
        client = Client(server.port)
        token = subprocess.run([AGON, "token", "--data", folder, "--username", "watcher"], check=True, capture_output=True, text=True).stdout.strip()
        tournament = client.call("POST", "/api/tournaments", {"name": "Live", "game_type": "rps"})["tournament_id"]
        bots = iter([client.call("POST", "/api/bots", {"name": f"Bot {i}", "connection": {"type": "builtin", "strategy": "rock"}})["bot_id"]
                     for i in range(alone + burst)])
        before = server.rss_mib()
        subscribe = json.dumps({"event": "subscribe", "data": {"channel": f"tournament:{tournament}"}})
        # Two texts come before the first event: `authenticated` and `subscribed`.
        listeners = Listeners(server.port, count, alone + burst, "--token", token, "--subscribe", subscribe, "--skip", 2)
        kib = (server.rss_mib() - before) * 1024 / count
        latency, events = time_broadcasts(listeners, lambda: client.call("POST", f"/api/tournaments/{tournament}/join", {"bot_id": next(bots)}),
                                          alone, burst)
        return {"latency_ms": latency, "messages": events * count, "kib": kib, "ready_ms": listeners.ready_ms}


def beast_broadcast(count, alone, burst):
    sys.path.insert(0, str(ROOT / "tests/acceptance"))
    import agon
    with Process(PROGRAMS / "limit_broadcast", "--port", free_port(), "--threads", os.cpu_count()) as server:
        before = server.rss_mib()
        listeners = Listeners(server.port, count, alone + burst, "--path", "/", "--subscribe", '{"event":"subscribe"}')
        kib = (server.rss_mib() - before) * 1024 / count
        text = json.dumps({"event": "participant.joined", "data": "x" * 380})
        with agon.WebSocket(server.port, "/") as control:
            latency, events = time_broadcasts(listeners, lambda: control.send(text), alone, burst)
        return {"latency_ms": latency, "messages": events * count, "kib": kib}


def measure_live(rounds, count=5000, alone=10, burst=20):
    found = [(agon_broadcast(count, alone, burst), beast_broadcast(count, alone, burst)) for _ in range(rounds)]
    middle = {key: statistics.median(a[key] for a, _ in found) for key in found[0][0]}
    middle |= {f"limit_{key}": statistics.median(b[key] for _, b in found) for key in found[0][1]}
    return middle | {"ratio": statistics.median(a["messages"] / b["messages"] for a, b in found)}


def live_rows(live):
    return [
        ("one event to 5,000 WebSockets: messages a second, to a bare Beast broadcast", "≥ 0.7", f"{live['ratio']:.2f}",
         f"{live['messages']:,.0f}/s to {live['limit_messages']:,.0f}/s in a burst of 20", live["ratio"] >= 0.7),
        ("a durable join until the last of 5,000 WebSockets has it", "", f"{live['latency_ms']:.0f} ms",
         f"the bare broadcast {live['limit_latency_ms']:.0f} ms", None),
        ("memory of a WebSocket subscriber", "< 20 KiB", f"{live['kib']:.1f} KiB",
         f"the bare broadcast {live['limit_kib']:.1f} KiB", live["kib"] < 20),
    ]


def engine(command, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        return run_json(PROGRAMS / "engine", command, "--dir", pathlib.Path(folder) / "data", *arguments)


def limit_commit(seconds, rows):
    with tempfile.TemporaryDirectory() as folder:
        return run_json(PROGRAMS / "limit_commit", "--writers", 256, "--seconds", seconds, "--dir", folder, "--rows", rows)


def measure_joins(rounds, seconds):
    found = []
    for _ in range(rounds):
        found.append({"limit": limit_commit(seconds, 20_000)["writes_per_second"],
                      "hot_limit": limit_commit(seconds, 16)["writes_per_second"],
                      "engine": engine("joins", "--writers", 256, "--seconds", seconds)["writes_per_second"],
                      "http": http_joins(seconds, 256)["requests_per_second"]})
    middle = {key: statistics.median(f[key] for f in found) for key in found[0]}
    for key in ("engine", "http"):
        for limit in ("limit", "hot_limit"):
            middle[f"{key}_to_{limit}"] = statistics.median(f[key] / f[limit] for f in found)
    return middle


def measure_start(events):
    with tempfile.TemporaryDirectory() as folder:
        empty = []
        for i in range(5):
            with serve(f"{folder}/{i}") as server:
                time.sleep(0.3)
                empty.append((server.took, server.rss_mib()))
        run_json(PROGRAMS / "engine", "fill", "--dir", f"{folder}/full", "--events", events)
        full = []
        for _ in range(3):
            with serve(f"{folder}/full") as server:
                time.sleep(0.3)
                full.append((server.took, server.rss_mib()))
        verify = time.monotonic()
        subprocess.run([AGON, "verify", "--data", f"{folder}/full"], check=True, capture_output=True)
        return {"empty_ms": statistics.median(t for t, _ in empty) * 1000,
                "idle_mib": statistics.median(r for _, r in empty),
                "full_ms": statistics.median(t for t, _ in full) * 1000,
                "full_mib": statistics.median(r for _, r in full),
                "verify_s": time.monotonic() - verify, "events": events}


def list_rows(rows=100_000):
    """Pages of a long list, with their totals, to SQLite reading the same twenty rows by their keys."""
    with tempfile.TemporaryDirectory() as folder:
        found = run_json(PROGRAMS / "lists", "--dir", folder, "--rows", rows)
    names = {"all": "all", "status": "of one status", "game_type": "of one game",
             "status_and_game": "of one status and game"}
    lines = []
    for key, name in names.items():
        one = found[key]
        worst = max(one["first_us"], one["page_1000_us"])
        lines.append((f"a page of {rows:,} tournaments, {name}, with its total", "< 2 ms", f"{worst / 1000:.2f} ms",
                      f"page 1 {one['first_us']:.0f} µs, {one['first_us'] / one['first_limit_us']:.1f} times its rows by "
                      f"key; page 1,000 {one['page_1000_us']:.0f} µs, "
                      f"{one['page_1000_us'] / one['page_1000_limit_us']:.1f} times; {one['total']:,} in all",
                      worst < 2000))
    return lines


def swiss_rounds(players, rounds=9):
    """CPU seconds of each round of a simulated tournament, and the memory that it took."""
    lines = subprocess.run([PROGRAMS / "bench_swiss", str(players), str(rounds), "30"], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    seconds = [float(line.split(": ")[1].split()[0]) for line in lines if " round " in line]
    return {"most": max(seconds), "least": min(seconds), "mib": int(lines[-1].split()[-2])}


def measure_formats(quick):
    return {"formats": run_json(PROGRAMS / "bench_formats"),
            "swiss": {players: swiss_rounds(players) for players in ([1000] if quick else [1000, 5000, 10_000])}}


def format_rows(found):
    formats, swiss = found["formats"], found["swiss"]
    rows = [(f"a Dutch round of {players:,}, 30 % draws, the slowest of 9", bar, f"{swiss[players]['most']:.3f} s CPU",
             f"the fastest {swiss[players]['least']:.3f} s; {swiss[players]['mib']} MiB",
             limit is None or swiss[players]["most"] < limit)
            for players, bar, limit in ((1000, "< 0.3 s", 0.3), (5000, "< 30 s", 30), (10_000, "< 1 GiB", None))
            if players in swiss]
    return rows + [
        ("double elimination of 4,096, created and played", "< 50 ms", f"{formats['double_elimination_ms']:.0f} ms CPU",
         f"{formats['double_elimination_matches']:,} matches", formats["double_elimination_ms"] < 50),
        ("single elimination of 1,000,000, created", "< 1 s, 500 MB", f"{formats['single_elimination_ms'] / 1000:.2f} s CPU",
         f"{formats['single_elimination_mib']} MiB with the others", formats["single_elimination_ms"] < 1000
         and formats["single_elimination_mib"] < 476),
        ("round robin of 1,000, created", "< 200 ms", f"{formats['round_robin_ms']:.0f} ms CPU",
         f"{formats['round_robin_matches']:,} matches", formats["round_robin_ms"] < 200),
        ("standings, five tie-breaks, 1,000 players, 11 rounds", "< 10 ms", f"{formats['standings_ms']:.1f} ms CPU", "",
         formats["standings_ms"] < 10),
    ]


def rules_rows():
    """Rules that have no face yet: matchmaking and the rating engines."""
    pool = run_json(PROGRAMS / "bench_matchmaking", "--json")
    table = subprocess.run([PROGRAMS / "bench_ratings"], check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    duels = {line.split()[0]: float(line.split()[1]) for line in table}
    rows = [
        ("one arrival or expansion in a pool", "< 200 ns", f"{pool['ns_per_event']:.0f} ns CPU",
         f"with a ramp {pool['ns_per_event_ramp']:.0f} ns", pool["ns_per_event_ramp"] < 200),
        ("100,000 tickets matched in a batch", "< 20 ms", f"{pool['batch_100k_ms']:.1f} ms CPU", "", pool["batch_100k_ms"] < 20),
        ("1,000,000 tickets from arrival to departure", "< 1 s", f"{pool['million_tickets_ms'] / 1000:.2f} s CPU", "",
         pool["million_tickets_ms"] < 1000),
    ]
    return rows + [(f"rating updates of duels: {name}", f"> {bar} M/s", f"{duels[name] / 1e6:.1f} M per CPU second", "",
                    duels[name] > bar * 1e6)
                   for name, bar in (("elo", 10), ("glicko2", 2), ("weng_lin_plackett_luce", 2),
                                     ("weng_lin_bradley_terry", 2))]


# --- people, over the Player API ----------------------------------------------------------------------------------------

API = "/api/v1/tournaments"
READY_FOR = 256  # clients at once


def people(folder, count, spread=0):
    """Users in a data directory that is not served yet, as (token, id)."""
    lines = subprocess.run([str(c) for c in (PROGRAMS / "people", "players", "--dir", folder, "--count", count, "--spread", spread)],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split() for line in lines]


def admin(folder):
    return subprocess.run([AGON, "token", "--data", folder, "--username", "root", "--role", "admin"],
                          check=True, capture_output=True, text=True).stdout.strip()


def user_uuid(type_id):
    """As the Player API writes `user_01h…`."""
    number = 0
    for letter in type_id.split("_")[1]:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(letter)
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", f"{number:032x}")


def begun_cup(host, server, players, folder):
    """The id of a single elimination that all of them have joined."""
    cup = host.call("POST", API, {"name": "Cup", "maxParticipants": len(players), "status": "REGISTRATION_OPEN",
                                  "rules": {"autoAdvance": True}})["id"]
    found = load(server.port, READY_FOR, 60, [f"{API}/{cup}/join"], ["{}"] * len(players), folder, [t for t, _ in players])
    assert found["statuses"] == {"201": len(players)}, found
    host.call("POST", f"{API}/{cup}/start")
    return cup


def reports(host, cup, tokens):
    """Of the round that is being played: paths, bodies, and the tokens of those who report."""
    playing = [m for m in host.call("GET", f"{API}/{cup}")["matches"] if m["status"] == "IN_PROGRESS"]
    return ([f"{API}/matches/{m['id']}/result" for m in playing],
            [json.dumps({"winnerId": m["playerAId"], "scoreA": 11, "scoreB": 8}) for m in playing],
            [tokens[m["playerAId"]] for m in playing])


def log_size(folder):
    """Events, and the bytes that they hold."""
    with sqlite3.connect(f"file:{folder}/agon.db?mode=ro", uri=True) as log:
        return log.execute("SELECT count(*), sum(length(data) + length(type) + length(stream)) FROM event").fetchone()


def median_commit_us(host):
    """Of the server's commits so far, from its metrics: within the bucket that holds the median, evenly spread."""
    pairs = [(float(edge), int(float(count))) for edge, count in
             re.findall(r'agon_journal_commit_duration_seconds_bucket{le="([0-9.e-]+)"} ([0-9.e+]+)', host.read("GET", "/metrics").decode())]
    half, lower, before = pairs[-1][1] / 2, 0, 0
    for edge, count in pairs:
        if count >= half and count > before:
            return 1e6 * (lower + (edge - lower) * (half - before) / (count - before))
        lower, before = edge, count


def time_until_rated(host):
    """A leaderboard is answered once every result that was acknowledged counts in it."""
    began = time.monotonic()
    host.call("GET", "/api/v1/leaderboard?limit=1")
    return (time.monotonic() - began) * 1000


def play_cup(players, folder, rate=0):
    """All reports of a tournament, its rounds as lists of requests, and what one of them wrote and answered."""
    token = admin(folder)
    with serve(folder) as server:
        host = Client(server.port, token)
        tokens = {user_uuid(user): token for token, user in players}
        cup = begun_cup(host, server, players, folder)
        events, written = log_size(folder)
        rounds, found, cpu, rated_ms = [], [], 0, None
        while (requests := reports(host, cup, tokens))[0]:
            before = server.cpu()
            rounds.append(requests)
            found.append(load(server.port, READY_FOR, 60, requests[0], requests[1], folder, requests[2], rate))
            cpu += server.cpu() - before
            assert found[-1]["statuses"] == {"200": len(requests[0])}, found[-1]
            if rated_ms is None:
                rated_ms = time_until_rated(host)
        more_events, more_written = log_size(folder)
        count = sum(f["requests"] for f in found)
        answer = host.read("GET", rounds[0][0][0].removesuffix("/result"))
        return rounds, {"found": found, "rated_ms": rated_ms, "commit_us": median_commit_us(host), "answer": answer, "cpu_us": cpu * 1e6 / count,
                        "events": (more_events - events) / count, "bytes": (more_written - written) / count}


def replay_to_limit(rounds, cup, folder, rate=0):
    """The same requests to the bare loop, whose one event has the bytes of all that a report writes; its tokens are known."""
    (folder / "answer").write_bytes(cup["answer"])
    event_bytes = max(1, round(cup["bytes"]) - len("tourn_") - 26 - len("EntrantRegistered"))
    with Process(PROGRAMS / "limit_commit_http", "--port", free_port(), "--threads", os.cpu_count(), "--dir", folder / "limit", "--keys",
                 folder, "--body", folder / "answer", "--event-bytes", event_bytes) as limit:
        for paths, bodies, tokens in rounds:
            load(limit.port, READY_FOR, 60, paths, bodies, folder, tokens)
        found = [load(limit.port, READY_FOR, 60, paths, bodies, folder, tokens, rate) for paths, bodies, tokens in rounds]
        return found, Client(limit.port).call("GET", "/")["commit_us"]


def play_both(count, rate=0):
    """The reports of a tournament, to the server and to the bare loop."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rounds, cup = play_cup(people(folder, count), folder, rate)
        return cup, *replay_to_limit(rounds, cup, folder, rate)


def crowded(found, percent):
    """What so many percent of the reports did not exceed, of the rounds with a match for each client."""
    waits = sorted(us for f in found if f["requests"] >= READY_FOR for us in f["latencies_us"])
    return waits[len(waits) * percent // 100]


def measure_reports(times, count=4096):
    def rate(found):
        return sum(f["requests"] for f in found) / sum(f["seconds"] for f in found)

    measured = []
    for _ in range(times):
        cup, limit, limit_commit_us = play_both(count)
        full = rate(cup["found"])
        half_cup, half_limit, _ = play_both(count, full / 2)
        p99_us, waited_us = crowded(cup["found"], 99), crowded(limit, 50)
        measured.append({"rate": full, "limit": rate(limit), "ratio": full / rate(limit), "p99_us": p99_us,
                         "limit_p99_us": crowded(limit, 99), "limit_p50_us": waited_us, "commit_us": cup["commit_us"],
                         "limit_commit_us": limit_commit_us, "rated_ms": cup["rated_ms"], "p99_to_commit": p99_us / waited_us,
                         "half_p50_us": crowded(half_cup["found"], 50), "half_p99_us": crowded(half_cup["found"], 99),
                         "half_limit_p99_us": crowded(half_limit, 99),
                         "events": cup["events"], "bytes": cup["bytes"], "cpu_us": cup["cpu_us"]})
    return {key: statistics.median(m[key] for m in measured) for key in measured[0]}


def measure_details(rounds, seconds, count=1024):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        players, token = people(folder, count), admin(folder)
        # One user asks a hundred thousand times: not what the meters are for.
        with serve(folder, "--rate-limits", "off") as server:
            host = Client(server.port, token)
            path = f"{API}/{begun_cup(host, server, players, folder)}"
            (folder / "body").write_bytes(host.read("GET", path))
            header = f"Authorization: Bearer {players[0][0]}"
            with Process(PROGRAMS / "limit_http", "--port", free_port(), "--threads", os.cpu_count(), "--body", folder / "body") as limit:
                pairs = [(wrk(server, path, seconds, header), wrk(limit, path, seconds, header)) for _ in range(rounds)]
        return {"bytes": (folder / "body").stat().st_size, "rps": statistics.median(a[0] for a, _ in pairs),
                "limit_rps": statistics.median(b[0] for _, b in pairs), "ratio": statistics.median(a[0] / b[0] for a, b in pairs),
                "cpu_us": statistics.median(a[1] for a, _ in pairs), "limit_cpu_us": statistics.median(b[1] for _, b in pairs)}


def measure_matchmaking(seconds, rate=2000):
    with tempfile.TemporaryDirectory() as folder:
        players = people(folder, round(rate * seconds), 300)
        tokens = pathlib.Path(folder) / "tokens"
        tokens.write_text("".join(f"{token}\n" for token, _ in players))
        with serve(folder) as server:
            before = server.cpu()
            found = run_json(PROGRAMS / "matchmaking_load", "--port", server.port, "--tokens", tokens, "--rate", rate)
            return found | {"rate": rate, "cpu_s": server.cpu() - before}


def wait_until_paired(server, tickets):
    """Until all but a few of those who waited at the start have a match."""
    host = Client(server.port)
    while float(re.search(rb"^agon_matchmaking_waiting ([0-9.e+]+)", host.read("GET", "/metrics"), re.M)[1]) > tickets / 100:
        time.sleep(0.02)


def joined_and_matched(server, tokens):
    """Waits until two who join now have a match."""
    clients = [Client(server.port, token) for token in tokens]
    for client in clients:
        client.call("POST", f"{API}/matchmaking/join", {})
    for client in clients:
        while not client.call("GET", f"{API}/matchmaking/status")["match"]:
            time.sleep(0.002)


def measure_restart(times, queues, tickets=100_000):
    """Seconds from the start of the process until two who join have a match, and it listens; memory; until all have one."""
    measured = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([str(c) for c in (PROGRAMS / "people", "tickets", "--dir", folder, "--count", tickets, "--spread", 300,
                                             "--queues", queues)], check=True, capture_output=True)
            players = people(folder, 2)
            began = time.monotonic()
            with serve(folder) as server:
                joined_and_matched(server, [token for token, _ in players])
                matched, memory = time.monotonic() - began, server.rss_mib()
                wait_until_paired(server, tickets)
                measured.append((matched, server.took, memory, time.monotonic() - began))
    return [statistics.median(column) for column in zip(*measured)]


def people_rows(quick):
    times, seconds = (1, 1) if quick else (3, 2)
    reported, details, queue = measure_reports(1 if quick else 9), measure_details(times, seconds), measure_matchmaking(3 if quick else 4)
    one, many = measure_restart(times, 1), measure_restart(times, 100)
    return [
        ("results of a tournament of 4,096 people, 256 clients, a JWT each, to the bare loop over HTTP", "≥ 0.4", f"{reported['ratio']:.2f}",
         f"{reported['rate']:,.0f}/s to {reported['limit']:,.0f}/s; a report is {reported['events']:.1f} events, {reported['bytes']:,.0f} bytes, "
         f"{reported['cpu_us']:.0f} µs CPU; a leaderboard with the first round's 2,048 results is answered {reported['rated_ms']:.0f} ms after the last of them",
         reported["ratio"] >= 0.4),
        ("p99 of such a report to the median that the same client waits for a commit of the bare loop", "< 5",
         f"{reported['p99_to_commit']:.1f}",
         f"{reported['p99_us'] / 1000:.1f} ms to {reported['limit_p50_us'] / 1000:.1f} ms; the bare loop's own p99 {reported['limit_p99_us'] / 1000:.1f} ms; "
         f"the disk takes {reported['commit_us'] / 1000:.2f} ms a commit, the bare loop's {reported['limit_commit_us'] / 1000:.2f} ms",
         reported["p99_to_commit"] < 5),
        ("p99 of a report, due at a steady rate of half of that", "", f"{reported['half_p99_us'] / 1000:.1f} ms",
         f"p50 {reported['half_p50_us'] / 1000:.2f} ms; the bare loop's p99 at that rate {reported['half_limit_p99_us'] / 1000:.1f} ms", None),
        ("GET a tournament of 1,024 people with its bracket, JWT checked: requests a second, to raw Asio", "≥ 0.7", f"{details['ratio']:.2f}",
         f"{details['rps']:,.0f} to {details['limit_rps']:,.0f}, {details['bytes']:,} bytes; CPU {details['cpu_us']:.0f} µs to "
         f"{details['limit_cpu_us']:.0f} µs", details["ratio"] >= 0.7),
        (f"a durable join until both have `matched` over their sockets, {queue['rate']:,} joins a second, p99 beyond the policy's delay", "< 10 ms",
         f"{queue['p99_us'] / 1000:.1f} ms", f"p50 {queue['p50_us'] / 1000:.2f} ms; the policy's own p50 {queue['policy_p50_us'] / 1000:.1f} ms; "
         f"joins acknowledged p99 {queue['ack_p99_us'] / 1000:.1f} ms; {queue['told']:,} of {queue['players']:,} met, {queue['cpu_s']:.1f} s CPU",
         queue["p99_us"] < 10_000),
    ] + [(f"start with 100,000 who wait in {name} until two more have met", "< 1 s", f"{found[0]:.2f} s",
          f"listening after {found[1]:.2f} s; those who waited have met after {found[3]:.2f} s; {found[2]:.0f} MiB", found[0] < 1) for name, found in (("one queue", one), ("100 queues", many))]


def verdict(holds):
    """Of a figure without a bar: none."""
    return {True: "yes", False: "**no**", None: ""}[holds]


def table(rows):
    return ["| what | bar | measured | figures | met |", "|---|---|---|---|---|"] + [
        f"| {what} | {bar} | {value} | {figures} | {verdict(met)} |" for what, bar, value, figures, met in rows]


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    name, mhz = (re.search(rf"^{field}\s*: (.*)$", text, re.M) for field in ("model name", "cpu MHz"))
    return f"{name[1].strip()}, {float(mhz[1]) / 1000:.1f} GHz" if name and mhz else "a processor that does not say its name"


def report(bracket, joins, small, large, start, formats, live, by_people):
    rows = [
        ("GET bracket of 64: CPU per request, to raw Asio", "≤ 1.5", f"{bracket['cpu_ratio']:.2f}",
         f"{bracket['cpu_us']:.1f} µs to {bracket['limit_cpu_us']:.1f} µs, {bracket['bytes']:,} bytes", bracket["cpu_ratio"] <= 1.5),
        ("GET bracket of 64: requests a second, to raw Asio", "≥ 0.8", f"{bracket['rps_ratio']:.2f}",
         f"{bracket['rps']:,.0f} to {bracket['limit_rps']:,.0f}", bracket["rps_ratio"] >= 0.8),
        ("durable joins over HTTP, 256 clients, to the bare commit loop", "≥ 0.4", f"{joins['http_to_limit']:.2f}",
         f"{joins['http']:,.0f}/s to {joins['limit']:,.0f}/s", joins["http_to_limit"] >= 0.4),
        ("durable joins in process, 256 writers, to the bare commit loop", "≥ 0.8", f"{joins['engine_to_limit']:.2f}",
         f"{joins['engine']:,.0f}/s to {joins['limit']:,.0f}/s", joins["engine_to_limit"] >= 0.8),
        ("1,024 built-in bots, best of three, start to champion, durable", "< 2 s", f"{small['seconds']:.2f} s",
         f"{small['events']:,} events, {small['cpu_seconds']:.2f} s CPU", small["seconds"] < 2),
        ("10,000 built-in bots", "works", f"{large['seconds']:.2f} s",
         f"{large['events']:,} events, {large['cpu_seconds']:.2f} s CPU", True),
        ("start on an empty directory to `listening`", "< 150 ms", f"{start['empty_ms']:.0f} ms", "", start["empty_ms"] < 150),
        (f"start on a store of {start['events']:,} events", "< 3 s", f"{start['full_ms'] / 1000:.2f} s",
         f"`agon verify` reads it all in {start['verify_s']:.1f} s", start["full_ms"] < 3000),
        ("idle memory", "< 40 MiB", f"{start['idle_mib']:.0f} MiB", f"{start['full_mib']:.0f} MiB with the full store", start["idle_mib"] < 40),
    ] + live_rows(live) + by_people + list_rows() + format_rows(formats) + rules_rows()
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    lines = ["# Measured", "",
             f"By `make bench` at commit `{commit}` on {os.cpu_count()} cores ({processor()}), Debian 12; the load comes from the same",
             "cores.",
             "Ratios are medians of pairs measured one after the other in this run. The bare commit loop is SQLite with the",
             "store's own statements and row sizes and nothing else: one event inserted and one of 20,000 rows updated a write,",
             "everybody who waits in one synced transaction (`bench/limit_commit.cpp`); over HTTP it also checks a token, and writes and",
             "answers the bytes that a report does (`bench/limit_commit_http.cpp`).", ""] + table(rows)
    lines += ["",
              "The joins go to 16 tournaments, whose rows stay hot and are written once per commit. Against a bare loop that does",
              f"the same ({joins['hot_limit']:,.0f} writes/s over 16 rows, one write a row and commit) the engine reaches "
              f"{joins['engine_to_hot_limit']:.2f} in process and {joins['http_to_hot_limit']:.2f} over HTTP, where the load",
              "generator and the protocol share the two cores with it.", "",
              "The people's reports go to one tournament, so to one stream and one row, as do those of the bare loop. They are made round by",
              "round, as a bracket has it; rounds of fewer matches than clients count for the rate, not for the p99. With 256 clients of which",
              "each has a report under way, the mean wait is 256 over the rate, whatever a commit takes; so the p99 is held against the wait of the",
              "same clients in the bare loop. At half of the rate a report counts from when it was due. Ratings are worked out",
              "by the same server: once a second, when five thousand wait, or when somebody asks; here after each burst, mostly. In matchmaking the load is open: joins are due at a steady rate, come from",
              "players whose ratings spread by 300 points, and count from when they were due, in the generator too, which is one thread on the",
              "same cores and holds a socket for each player. The first second is not counted. Those who wait at a start have all joined within",
              "the minute before it, and nearly all of them may meet at once: they are paired part by part, and who comes is served in between.", "",
              "A tournament that is finished and not read costs no memory: the state of a stream is dropped a minute after its",
              "last use (`engine_test.cpp`), and what is listed is read from the rows."]
    return "\n".join(lines) + "\n", all(row[4] is not False for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="shorter, and nothing is written")
    parser.add_argument("--people", action="store_true", help="only what people do over the Player API, and nothing is written")
    arguments = parser.parse_args()
    quick = arguments.quick
    rounds, seconds = (1, 1) if quick else (5, 2)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if arguments.people:
        rows = people_rows(quick)
        print("\n".join(table(rows)))
        raise SystemExit(0 if all(row[4] is not False for row in rows) else 1)
    text, met = report(measure_bracket(rounds, seconds), measure_joins(min(rounds, 3), seconds), engine("tournament", "--bots", 1024),
                       engine("tournament", "--bots", 10_000), measure_start(50_000 if quick else 1_000_000), measure_formats(quick), measure_live(min(rounds, 3)),
                       people_rows(quick))
    print(text)
    if not quick:
        (ROOT / "bench/results.md").write_text(text)
    raise SystemExit(0 if met else 1)


if __name__ == "__main__":
    main()
