"""`agon backup` of a server at work, and `agon restore`: each backup is whole, holds all that had been acknowledged when it
was called for, and a server goes on with it.

AGON_BACKUPS is how often (5 unless told).
"""
import http.client
import json
import os
import pathlib
import shutil
import stat
import tempfile
import threading
import time
import unittest

import agon

BACKUPS = int(os.environ.get("AGON_BACKUPS", "5"))
CLIENTS = 4
PASSWORD = "correct horse battery"
#: What a stopped server looks like to its client.
GONE = (ConnectionError, http.client.HTTPException, OSError)


class Load:
    """Tournaments of bots, one after the other, and every answer that came, in order."""

    def __init__(self, server):
        self.server = server
        self.acknowledged = []  # (what, id); appended to only
        self.stopping = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        try:
            while not self.stopping.is_set():
                self.one_tournament(number)
        except GONE as e:
            if not self.stopping.is_set():
                self.failures.append(e)
        except Exception as e:  # noqa: BLE001: the test reports it
            self.failures.append(e)

    def one_tournament(self, number):
        tournament = self.server.new_tournament(f"Cup {number}", config={"rounds_per_match": 3})["tournament_id"]
        self.acknowledged.append(("tournament", tournament))
        for i in range(4):
            bot = self.server.new_bot(f"Bot {i}", strategy="markov")["bot_id"]
            self.acknowledged.append(("bot", bot))
            self.server.join(tournament, bot)
            self.acknowledged.append(("join", (tournament, bot)))
        self.server.start(tournament)
        self.acknowledged.append(("start", tournament))
        if self.server.details(tournament)["status"] == "completed":
            self.acknowledged.append(("end", tournament))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(agon.PATIENCE)
        if self.failures:
            raise self.failures[0]


def backup(server, file, *flags):
    return agon.run("backup", str(file), "--data", server.data, *flags, timeout=120)


def restore(file, data, *flags):
    return agon.run("restore", str(file), "--data", str(data), *flags, timeout=120)


class Backup(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="agon-backup-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.server = agon.Server("--log-level", "warn")
        self.addCleanup(self.server.close)

    def check_holds(self, server, acknowledged):
        """All of it, in the server that was restored."""
        for what, of in acknowledged:
            if what == "bot":
                self.assertEqual(server.get(f"/api/bots/{of}").status, 200, of)
            elif what == "tournament":
                self.assertEqual(server.details(of)["tournament_id"], of)
            elif what == "join":
                self.assertIn(server.post(f"/api/tournaments/{of[0]}/join", {"bot_id": of[1]}).status, (400, 409), of)
            elif what == "start":
                self.assertIn(server.details(of)["status"], ("in_progress", "completed"), of)
            else:
                self.assertEqual(server.details(of)["status"], "completed", of)

    def test_backups_of_a_server_at_work(self):
        """Each restores to a clean data directory that is not older than the call, and what was running goes on."""
        load = Load(self.server)
        agon.wait_until(lambda: len(load.acknowledged) > 20, "the load is under way")
        made = []
        for i in range(BACKUPS):
            time.sleep(0.2)
            before = list(load.acknowledged)
            file = self.folder / f"{i}.db"
            said = backup(self.server, file, "--json")
            self.assertEqual(said.returncode, 0, said)
            told = json.loads(said.stdout)
            self.assertTrue(told["clean"] and told["keys"], told)
            made.append((file, before, told))
        load.stop()
        self.assertGreater(len(made[-1][1]), len(made[0][1]), "the load went on meanwhile")
        for file, before, told in made:
            data = self.folder / (file.stem + "-data")
            said = restore(file, data)
            self.assertEqual(said.returncode, 0, said)
            verdict = agon.run("verify", "--data", str(data), "--json", timeout=120)
            self.assertEqual(verdict.returncode, 0, verdict)
            self.assertEqual(json.loads(verdict.stdout)["events"], told["events"])
            with agon.Server("--log-level", "warn", data=str(data)) as again:
                self.check_holds(again, before)
                for what, of in before:
                    if what == "start":
                        again.until_status(of, "completed")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if p.is_file()), [f"{i}.db" for i in range(BACKUPS)])

    def test_tokens_and_passwords_are_good_after_a_restore(self):
        """The keys are in the backup; without them there are passwords still, and tokens no more."""
        made = self.server.ok("POST", "/api/v1/auth/register", {"username": "ana", "password": PASSWORD}, expect=201)
        for flags, status in (((), 200), (("--without-keys",), 401)):
            file = self.folder / f"{status}.db"
            self.assertEqual(backup(self.server, file, *flags).returncode, 0)
            data = self.folder / str(status)
            said = restore(file, data)
            self.assertEqual(said.returncode, 0, said)
            self.assertEqual("holds no keys" in said.stdout, status == 401, said)
            with agon.Server(data=str(data)) as again:
                self.assertEqual(again.get("/api/v1/auth/me", Authorization=f"Bearer {made['accessToken']}").status, status)
                signed = again.post("/api/v1/auth/login", {"username": "ana", "password": PASSWORD})
                self.assertEqual(signed.status, 200, signed)

    def test_ratings_are_the_same_after_a_restore(self):
        """They are not in the backup, but worked out anew; so also where their file was deleted, or another log put beside it."""
        bots = [self.server.new_bot(name, strategy="markov") for name in ("Ana", "Ben", "Cleo", "Dan")]
        for _ in range(3):
            self.server.played(self.server.tournament_of(bots, config={"rounds_per_match": 3}))
        board = self.server.get("/api/leaderboard").json
        self.assertEqual(len(board["leaderboard"]), 4, board)
        file, data = self.folder / "one.db", self.folder / "data"
        self.assertEqual(backup(self.server, file).returncode, 0)
        self.assertEqual(restore(file, data).returncode, 0)
        older = (data / "agon.db").read_bytes()
        for deleted in (False, True, False):
            if deleted:
                (data / "derived.db").unlink()
            with agon.Server(data=str(data)) as again:
                self.assertEqual(again.get("/api/leaderboard").json, board)
                self.assertIn("worked out from the log's beginning", again.error_text())
                again.played(again.tournament_of(bots, config={"rounds_per_match": 3}))
                self.assertNotEqual(again.get("/api/leaderboard").json, board)
            verdict = agon.run("verify", "--data", str(data), "--json")
            self.assertEqual(verdict.returncode, 0, verdict)
            (data / "agon.db").write_bytes(older)

    def test_only_the_owner_can_read_it(self):
        """The file, the directory, and what is in it."""
        file, data = self.folder / "one.db", self.folder / "data"
        self.assertEqual(backup(self.server, file).returncode, 0)
        self.assertEqual(restore(file, data).returncode, 0)
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (file, data, *data.iterdir())}
        self.assertEqual(modes, {"one.db": 0o600, "data": 0o700, "agon.db": 0o600, "keys.json": 0o600, "lock": 0o600})

    def test_nothing_is_overwritten(self):
        """Neither a file nor a directory that holds anything; also not that of a running server."""
        file = self.folder / "one.db"
        self.assertEqual(backup(self.server, file).returncode, 0)
        kept = file.read_bytes()
        again = backup(self.server, file)
        self.assertEqual((again.returncode, again.stderr.count("\n")), (1, 1), again)
        self.assertIn("never overwritten", again.stderr)
        self.assertEqual(file.read_bytes(), kept)
        for data in (self.server.data, self.folder):
            said = restore(file, data)
            self.assertEqual(said.returncode, 1, said)
            self.assertIn("not empty", said.stderr)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["one.db"])

    def test_an_empty_directory_and_one_that_a_server_holds(self):
        """The first is restored into; in the second a server might just begin."""
        file, empty, held = self.folder / "one.db", self.folder / "empty", self.folder / "held"
        self.assertEqual(backup(self.server, file).returncode, 0)
        empty.mkdir()
        self.assertEqual(restore(file, empty).returncode, 0)
        held.mkdir()
        with agon.Server(data=str(held)) as other:
            for path in held.iterdir():
                if path.name != "lock":
                    path.unlink()
            said = restore(file, held)
            self.assertEqual((said.returncode, "another agon" in said.stderr), (1, True), said)
            self.assertEqual(other.get("/healthz").status, 200)

    def test_what_is_no_backup_is_refused_and_leaves_nothing(self):
        """A text, a database without a label, a backup that lost its end or was changed."""
        whole = self.folder / "whole.db"
        self.server.tournament_of([self.server.new_bot(f"Bot {i}", strategy="rock") for i in range(40)])
        self.assertEqual(backup(self.server, whole).returncode, 0)
        self.server.stop()
        content = whole.read_bytes()
        middle = len(content) // 2
        for name, bad in (("text", b"no database" * 1000), ("empty", b""), ("short", content[:middle]),
                          ("changed", content[:middle] + b"\xff" * 4096 + content[middle + 4096:]),
                          ("directory's own", (pathlib.Path(self.server.data) / "agon.db").read_bytes())):
            file = self.folder / "bad.db"
            file.write_bytes(bad)
            said = restore(file, self.folder / "data")
            self.assertEqual((said.returncode, said.stdout), (1, ""), (name, said))
            self.assertIn("bad.db", said.stderr, name)
            self.assertEqual([p.name for p in (self.folder / "data").glob("*") if p.name != "lock"], [], name)
        self.assertEqual(restore(self.folder / "none.db", self.folder / "data").returncode, 1)

    def test_a_data_directory_in_which_something_is_wrong(self):
        """It is named and not kept, unless told to."""
        import sqlite3
        self.server.new_tournament()
        self.server.stop()
        with sqlite3.connect(pathlib.Path(self.server.data) / "agon.db") as database:
            database.execute("DELETE FROM row_tournament")
        database.close()
        file, data = self.folder / "one.db", self.folder / "data"
        said = backup(self.server, file)
        self.assertEqual((said.returncode, file.exists()), (1, False), said)
        self.assertIn("its tournament row is missing", said.stderr)
        self.assertEqual(backup(self.server, file, "--anyway").returncode, 0)
        self.assertEqual(restore(file, data).returncode, 1)
        self.assertFalse((data / "agon.db").exists())
        self.assertEqual(restore(file, data, "--anyway").returncode, 0)

    def test_without_a_data_directory(self):
        """A mistyped path is named, and not made."""
        for data in (self.folder / "none", self.folder):
            said = agon.run("backup", str(self.folder / "one.db"), "--data", str(data))
            self.assertEqual(said.returncode, 1)
            self.assertIn(str(data), said.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    agon.main()
