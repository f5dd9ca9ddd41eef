"""A disk that is full, and one that fails to sync, under the real program.

Full: first by a limit on the size of its files (RLIMIT_FSIZE), which any user may set and raise again; then, for root, on a
small file system of its own in a mount namespace. Failed sync: strace lets every fsync and fdatasync fail.
"""
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import agon
from users import sign_up

#: So soon after there is space the server must write again and say that it is ready.
BACK_WITHIN = 5.0
CLIENTS = 4
EXIT_UNTRUSTED_DISK = 4
NO_SPACE = "There is no space left; nothing was changed"


class FileLimit:
    """The server's files may not grow by more than half a MiB."""

    def __init__(self):
        self.server = agon.Server("--rate-limits", "off", "--log-format", "json")

    def shrink(self):
        sizes = [f.stat().st_size for f in pathlib.Path(self.server.data).iterdir()]
        self.limit(max(sizes) + 512 * 1024)

    def free(self):
        self.limit(resource.RLIM_INFINITY)

    def limit(self, soft):
        hard = resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))

    def verify(self):
        return self.server.verify()

    def close(self):
        self.server.close()


class SmallFileSystem:
    """The data directory is a tmpfs of 3 MiB that only the server sees."""

    def __init__(self):
        if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
            raise unittest.SkipTest("no mount namespaces here; the limit on files was tested")
        self.folder = tempfile.mkdtemp(prefix="agon-small-")
        self.data = os.path.join(self.folder, "data")
        os.mkdir(self.data)
        wrapper = pathlib.Path(self.folder, "agon-on-a-small-disk")
        wrapper.write_text(f"""#!/bin/sh
exec unshare -m sh -c 'mount -t tmpfs -o size=3m,mode=0700 agon-test {self.data} && exec "$@"' sh {agon.program()} "$@"
""")
        wrapper.chmod(0o700)
        kept = os.environ.get("AGON")
        os.environ["AGON"] = str(wrapper)
        try:
            self.server = agon.Server("--rate-limits", "off", "--log-format", "json", data=self.data)
        finally:
            os.environ.pop("AGON") if kept is None else os.environ.update(AGON=kept)
        self.ballast = f"/proc/{self.server.process.pid}/root{self.data}/ballast"

    def shrink(self):
        with open(self.ballast, "wb") as f:
            f.write(bytes(1024 * 1024))

    def free(self):
        os.remove(self.ballast)

    def verify(self):
        return subprocess.run(["nsenter", "-t", str(self.server.process.pid), "-m", agon.program(), "verify", "--data", self.data],
                              capture_output=True, text=True, timeout=60)

    def close(self):
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Writers:
    """Clients that register bots until they are told to stop; what was acknowledged, and how the rest was answered."""

    def __init__(self, server):
        self.server = server
        self.lock = threading.Lock()
        self.acknowledged, self.refused = set(), []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        number = 0
        while not self.stopping.is_set():
            number += 1
            try:
                answer = self.server.post("/api/bots", {"name": f"Bot {client}-{number}", "description": "d" * 900})
            except (OSError, http.client.HTTPException):
                return  # the server is gone
            with self.lock:
                if answer.status == 201:
                    self.acknowledged.add(answer.json["bot_id"])
                else:
                    self.refused.append(answer)
            if answer.status != 201:
                time.sleep(0.01)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(agon.PATIENCE)
        assert not any(t.is_alive() for t in self.threads), "a client hangs"


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FullDisk:
    """What holds on either disk."""
    disk = None

    def setUp(self):
        self.on = self.disk()
        self.addCleanup(self.on.close)
        self.server = self.on.server

    def errors(self):
        """The lines of its log at the level of errors and warnings."""
        lines = [json.loads(line) for line in self.server.error_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["level"] in ("error", "warn")]

    def readiness(self):
        answer = self.server.get("/readyz")
        return answer.status, answer.json

    def registered(self):
        """Every bot that the list shows."""
        ids, total = set(), 1
        while len(ids) < total:
            page = self.server.ok("GET", f"/api/bots?limit=100&offset={len(ids)}")
            total = page["total"]
            ids |= {bot["bot_id"] for bot in page["bots"]}
        return ids

    def waiting_tournament(self):
        """Its only match ends by itself while the disk is full: one of its bots never comes."""
        bots = [self.server.new_bot("There", strategy="rock"), self.server.new_bot("Absent")]
        return bots, self.server.tournament_of(bots, config={"no_show_timeout": 1.5, "seeding": "registration"})

    def fill(self, zoe):
        """Until not even zoe's small change fits; the ids of the bots that were acknowledged."""
        self.on.shrink()
        writers = Writers(self.server)
        agon.wait_until(lambda: len(writers.refused) > 20, "the disk is full")
        writers.stop()
        refused = 0
        while refused < 10:
            answer = self.server.request("PUT", "/api/v1/auth/me", {"avatarUrl": f"/{time.monotonic()}.png"}, **zoe)
            refused = 0 if answer.status == 200 else refused + 1
        for answer in writers.refused:
            self.assertEqual((answer.status, answer.json), (507, {"detail": NO_SPACE, "code": "storage_full"}), answer)
        return writers.acknowledged

    def test_a_full_disk_refuses_changes_and_serves_reads_until_there_is_space(self):
        server = self.server
        ana, zoe = ({"Authorization": f"Bearer {sign_up(server, name)['accessToken']}"} for name in ("ana", "zoe"))
        bots, tournament = self.waiting_tournament()
        known = {b["bot_id"] for b in bots} | self.fill(zoe)

        self.check_refusals(ana)
        self.check_reads(ana, known, tournament)
        self.check_quiet()

        self.on.free()
        freed = time.monotonic()
        agon.wait_until(lambda: self.readiness() == (200, {"status": "ready"}), "ready again", patience=BACK_WITHIN)
        known.add(server.new_bot("First")["bot_id"])
        self.assertLess(time.monotonic() - freed, BACK_WITHIN)
        self.assertIn("agon_storage_full 0", server.get("/metrics").body.decode())

        # What could not be written meanwhile is: the match is over, and its result is in the tournament.
        self.assertEqual(server.played(tournament)["data"]["champion"], bots[0]["bot_id"])
        self.assertEqual(self.registered(), known)
        verdict = self.on.verify()
        self.assertEqual(verdict.returncode, 0, verdict)
        if self.server.own_data:
            self.server.restart()
            self.assertEqual(self.registered(), known)

    def test_a_server_that_nobody_asks_finds_out_that_there_is_space(self):
        zoe = {"Authorization": f"Bearer {sign_up(self.server, 'zoe')['accessToken']}"}
        self.fill(zoe)
        self.assertEqual(self.readiness()[0], 503)
        self.on.free()
        agon.wait_until(lambda: self.readiness() == (200, {"status": "ready"}), "ready again", patience=BACK_WITHIN)

    def check_refusals(self, ana):
        """Every kind of change, in each face's form."""
        answer = self.server.post("/api/tournaments", {"name": "Cup", "game_type": "rps"})
        self.assertEqual((answer.status, answer.json), (507, {"detail": NO_SPACE, "code": "storage_full"}), answer)
        wanted = {"statusCode": 507, "message": NO_SPACE, "error": "Insufficient Storage", "code": "storage_full"}
        for method, path, body, headers in (("PUT", "/api/v1/auth/me", {"avatarUrl": "/a.png"}, ana),
                                            ("POST", "/api/v1/auth/keys", {"name": "k"}, {**ana, "Idempotency-Key": "k1"}),
                                            ("POST", "/api/v1/auth/register", {"username": "ben", "password": "correct horse battery"}, {})):
            for _ in range(2):
                answer = self.server.request(method, path, body, **headers)
                self.assertEqual((answer.status, answer.json), (507, wanted), answer)

    def check_reads(self, ana, known, tournament):
        server = self.server
        status, body = self.readiness()
        self.assertEqual((status, body["status"]), (503, "not ready"), body)
        self.assertTrue(any(r.startswith("storage_full: ") for r in body["reasons"]), body)
        self.assertEqual(server.get("/healthz").status, 200)
        self.assertIn("agon_storage_full 1", server.get("/metrics").body.decode())
        self.assertEqual(self.registered(), known, "all that was acknowledged, and nothing that was refused")
        self.assertEqual(server.details(tournament)["status"], "in_progress")
        for path in (f"/api/tournaments/{tournament}/bracket", "/api/tournaments", "/api/leaderboard?game_type=rps"):
            server.ok("GET", path)
        me = server.ok("GET", "/api/v1/auth/me", **ana)
        self.assertIsNone(me["profile"]["avatarUrl"])
        self.assertEqual(server.ok("GET", "/api/v1/auth/keys", **ana), {"keys": []})

    def check_quiet(self):
        """It neither spins nor fills its log: one line tells of the full disk, however much waits for space."""
        pid, lines = self.server.process.pid, len(self.errors())
        before = cpu_seconds(pid)
        time.sleep(3)
        self.assertLess(cpu_seconds(pid) - before, 0.6)
        self.assertEqual(len(self.errors()), lines, self.errors()[lines:])
        told = [line for line in self.errors() if line["msg"].startswith("no space is left")]
        # More than one where small commits still fitted between those that did not.
        self.assertIn(len(told), range(1, 6), told)
        self.assertIn("free some space", told[0]["why"])
        others = [line for line in self.errors() if line not in told and "write-ahead log" not in line["msg"]]
        self.assertEqual(others, [])


class FullByALimit(FullDisk, unittest.TestCase):
    disk = FileLimit


class FullFileSystem(FullDisk, unittest.TestCase):
    disk = SmallFileSystem


class FailedSync(unittest.TestCase):
    def setUp(self):
        if not shutil.which("strace"):
            self.skipTest("strace is not installed (tools/packages.txt)")
        self.server = agon.Server("--rate-limits", "off")
        self.addCleanup(self.server.close)

    def let_syncs_fail(self):
        """From now on, and soon the server is gone; returns once strace has every thread of it, or it ended already."""
        tracer = subprocess.Popen(["strace", "-f", "-q", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO",
                                   "-o", "/dev/null", "-p", str(self.server.process.pid)], stderr=subprocess.PIPE, text=True)
        self.addCleanup(tracer.stderr.close)
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.kill)
        tasks = pathlib.Path(f"/proc/{self.server.process.pid}/task")

        def attached():
            if self.server.process.poll() is not None:
                return True
            if tracer.poll() is not None and "not permitted" in (why := tracer.stderr.read()):
                self.skipTest(f"nothing may be traced here: {why}")
            try:
                return all(re.search(r"TracerPid:\t[1-9]", (t / "status").read_text()) for t in tasks.iterdir())
            except (FileNotFoundError, ProcessLookupError):
                return False
        agon.wait_until(attached, "strace has every thread")

    def test_a_failed_sync_ends_the_server_and_nothing_acknowledged_is_lost(self):
        writers = Writers(self.server)
        agon.wait_until(lambda: len(writers.acknowledged) > 50, "the server is at work")
        self.let_syncs_fail()
        status = self.server.process.wait(agon.PATIENCE)
        writers.stop()
        self.assertEqual(status, EXIT_UNTRUSTED_DISK, self.server.error_text())
        self.assertEqual(writers.refused, [], "who waits for an answer gets none")
        lines = [line for line in self.server.error_text().splitlines() if " error " in line]
        self.assertEqual(len(lines), 1, lines)
        for word in ("the disk failed, so agon ends", "a sync failed", "check the disk", "start agon again", self.server.data, "Input/output error"):
            self.assertIn(word, lines[0])

        # As a supervisor does.
        self.server.begin()
        for bot in writers.acknowledged:
            self.server.ok("GET", f"/api/bots/{bot}")
        self.assertEqual(self.server.get("/readyz").status, 200)
        self.server.new_bot("Next")
        verdict = self.server.verify()
        self.assertEqual(verdict.returncode, 0, verdict)


if __name__ == "__main__":
    agon.main()
