"""`agon swiss pair`, `check` and `simulate`, and `agon standings`: what they print, write and answer by their status.

The golden tournaments are those of AGON_TEST_DATA, or ../shared/data beside the repository.
"""
import json
import pathlib
import subprocess
import tempfile
import unittest

import agon


def run(*arguments, stdin=None):
    """The finished program: status, standard output, standard error."""
    return subprocess.run([agon.program(), *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          encoding="utf-8", timeout=120, check=False)


def player(number, points, *entries):
    """A record 001."""
    return f"001 {number:>4}      {'Player ' + str(number):<33} {2000 - number:>4}{'':28}{points:>4}{'':5}" + "".join(
        f"  {entry}" for entry in entries) + "\n"


#: Two rounds of three are played, by the rules.
FOUR = "012 Four\n142 3\n152 W\n" + "".join([
    player(1, "2.0", "   3 w 1", "   2 b 1"), player(2, "1.0", "   4 b 1", "   1 w 0"),
    player(3, "0.5", "   1 b 0", "   4 w ="), player(4, "0.5", "   2 w 0", "   3 b =")])


#: The exercise of the FIDE Handbook, C.07: points, rounds as opponent, colour, result; Buchholz of 2023 and of 2026.
EXERCISE = [
    ("3.5", "9w1 13b= 2w= 15b1 4w=", "12.5", "12.5"), ("4.0", "10b1 7w1 1b= 16w1 3b=", "13", "13"),
    ("3.5", "11w= 6b1 8w1 4b= 2w=", "15.5", "15.5"), ("3.5", "12b1 H 13w1 3w= 1b=", "15", "14"),
    ("2.5", "13w0 15b0 11w1 7b= 10w1", "8.5", "8.5"), ("3.0", "14b0 3w0 U 10w1 8b1", "12", "11.5"),
    ("1.5", "15w1 2b0 16b0 5w= 11b0", "14.5", "14.5"), ("2.5", "16b= 14w1 3b0 13w1 6w0", "13.5", "13.5"),
    ("1.5", "1b0 10w0 H 11b- U", "9", "9"), ("1.0", "2w0 9b1 15w0 6b0 5b0", "13", "13"),
    ("2.5", "3b= 16w0 5b0 9w+ 7w1", "13.5", "12.5"), ("2.0", "4w0 U 14w+ Z Z", "11.5", "11.5"),
    ("1.5", "5b1 1w= 4b0 8b0 14w0", "14", "14"), ("2.0", "6w1 8b0 12b- Z 13b1", "11", "11"),
    ("2.0", "7b0 5w1 10b1 1w0 16b0", "12", "12"), ("3.5", "8w= 11b1 7w1 2b0 15w1", "12.5", "12.5"),
]


def entry(token):
    """`9w1` as it stands in a record 001."""
    return f"{token[:-2]:>4} {token[-2]} {token[-1]}" if len(token) > 1 else f"0000 - {token}"


class SwissCommands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, text, name="event.trf"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def ok(self, *arguments, **options):
        ran = run(*arguments, **options)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran)
        return ran.stdout

    def refused(self, status, *arguments, **options):
        """The one line on standard error."""
        ran = run(*arguments, **options)
        self.assertEqual((ran.returncode, ran.stdout), (status, ""), ran)
        self.assertTrue(ran.stderr.startswith("agon: ") and ran.stderr.count("\n") == 1, ran.stderr)
        return ran.stderr[len("agon: "):].rstrip("\n")

    def test_pair_prints_the_boards_as_engines_do(self):
        path = self.file(FOUR)
        self.assertEqual(self.ok("swiss", "pair", path), "2\n1 4\n3 2\n")
        self.assertEqual(self.ok("swiss", "pair", "-", stdin=FOUR), "2\n1 4\n3 2\n")
        self.assertEqual(self.ok("swiss", "pair", path, "-o", self.folder / "out"), "")
        self.assertEqual((self.folder / "out").read_text(), "2\n1 4\n3 2\n")

    def test_pair_gives_an_odd_field_a_bye(self):
        three = "152 W\n" + "".join(player(n, "0.0") for n in (1, 2, 3))
        self.assertEqual(self.ok("swiss", "pair", "--rounds", 2, "-", stdin=three), "2\n1 2\n3 0\n")
        answer = json.loads(self.ok("swiss", "pair", "--rounds", 2, "-", "--json", stdin=three))
        self.assertEqual(answer["round"], 1)
        self.assertEqual([(b["board"], b["white"], b["black"]) for b in answer["boards"]], [(1, 1, 2)])
        self.assertEqual(answer["bye"]["player"], 3)
        reasons = answer["boards"][0]["why_pair"], answer["boards"][0]["why_colours"], answer["bye"]["why"]
        self.assertTrue(all(reasons), reasons)

    def test_pair_says_why_it_cannot(self):
        two = player(1, "1.0", "   2 w 1") + player(2, "0.0", "   1 b 0")
        path = self.file(two, "two.trf")
        self.assertEqual(self.refused(1, "swiss", "pair", path, "--rounds", 2),
                         f"{path}: there is no legal pairing of round 2; an arbiter decides")
        self.assertIn("add --rounds N", self.refused(1, "swiss", "pair", path))
        self.assertIn("No such file", self.refused(1, "swiss", "pair", self.folder / "nosuch"))
        self.assertIn("Is a directory", self.refused(1, "swiss", "pair", self.folder))
        self.assertIn("No such file", self.refused(1, "swiss", "pair", self.file(FOUR), "-o", self.folder / "no/such"))
        self.assertIn("see agon swiss pair --help", self.refused(2, "swiss", "pair"))
        self.assertIn("see agon swiss --help", self.refused(2, "swiss"))

    def test_a_mistake_is_told_with_file_line_and_columns(self):
        path = self.file(FOUR.replace("   3 w 1", "  41 w 1"), "round3.trf")
        self.assertEqual(self.refused(1, "swiss", "pair", path),
                         f"{path}: line 4, columns 92–95: opponent 41, but the file has 4 players")
        self.assertEqual(self.refused(1, "standings", path),
                         f"{path}: line 4, columns 92–95: opponent 41, but the file has 4 players")

    def test_bytes_that_are_no_report_are_refused(self):
        for content in (b"", b"\0" * 1000, bytes(range(256)) * 50, b"001 " * 10000, b"\xff\xfe0\0" * 100):
            ran = subprocess.run([agon.program(), "swiss", "check", self.file(content)], capture_output=True,
                                 check=False)
            self.assertEqual(ran.returncode, 1, content[:20])
            self.assertEqual(ran.stderr.count(b"\n"), 1, ran.stderr)

    def test_check_names_the_board_whose_colours_are_swapped(self):
        good = self.file(FOUR, "good.trf")
        bad = self.file(FOUR.replace("   4 w =", "   4 b =").replace("   3 b =", "   3 w ="), "bad.trf")
        self.assertEqual(self.ok("swiss", "check", good), f"{good}: 2 rounds, no difference\n")
        ran = run("swiss", "check", good, bad)
        self.assertEqual(ran.returncode, 1)
        self.assertEqual(ran.stdout, f"{good}: 2 rounds, no difference\n"
                                     f"{bad}: round 2, board 2: the file has 4-3, the rules give 3-4\n")
        ran = run("swiss", "check", good, bad, self.folder / "nosuch", "--json")
        self.assertEqual(ran.returncode, 1)
        answer = json.loads(ran.stdout)
        self.assertEqual([len(f["differences"]) for f in answer], [0, 1, 0])
        self.assertEqual(answer[1]["differences"][0]["board"], 2)
        self.assertIn("No such file", answer[2]["error"])

    def test_the_golden_tournaments_are_paired_as_they_were(self):
        files = sorted(agon.test_data("swiss").glob("*.trf"))
        self.assertEqual(len(files), 37)
        lines = self.ok("swiss", "check", *files).splitlines()
        self.assertEqual(len(lines), 37)
        for file, line in zip(files, lines):
            self.assertRegex(line, f"^{file}: \\d rounds, no difference$")

    def test_a_golden_tournament_with_one_swapped_colour_differs_there(self):
        text = (agon.test_data("swiss") / "small-009x03-s1.trf").read_text()
        swapped = text.replace("2 b 1\n", "2 w 1\n", 1).replace("1 w 0\n", "1 b 0\n", 1)
        self.assertNotEqual(text, swapped)
        path = self.file(swapped)
        ran = run("swiss", "check", path)
        self.assertEqual(ran.returncode, 1)
        self.assertEqual(ran.stdout, f"{path}: round 3, board 1: the file has 1-2, the rules give 2-1\n")

    def test_simulate_writes_a_tournament_that_checks(self):
        settings = ["swiss", "simulate", "--players", 31, "--rounds", 7, "--forfeits", 5, "--byes", 5, "--retire", 2]
        first, again = self.folder / "first.trf", self.folder / "again.trf"
        self.ok(*settings, "--seed", 1, "-o", first)
        self.ok(*settings, "--seed", 1, "-o", again)
        self.assertEqual(first.read_bytes(), again.read_bytes())
        self.assertNotEqual(first.read_text(), self.ok(*settings, "--seed", 2))
        self.assertEqual(self.ok("swiss", "check", first), f"{first}: 7 rounds, no difference\n")
        self.assertIn("8 players can play 1 to 7", self.refused(2, "swiss", "simulate", "--players", 8, "--rounds", 9,
                                                                "--seed", 1))
        self.assertIn("--seed", self.refused(2, "swiss", "simulate", "--players", 8, "--rounds", 5))

    def test_standings_are_a_table_or_json(self):
        path = self.file(FOUR)
        table = self.ok("standings", path, "--tiebreaks", "buchholz,wins").splitlines()
        self.assertEqual(table[0].split(), ["place", "no.", "name", "rating", "PTS", "BH", "WIN"])
        self.assertEqual([line.split()[:2] for line in table[1:]], [["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"]])
        table = self.ok("standings", path, "--tiebreaks", "wins").splitlines()
        self.assertEqual([line.split()[0] for line in table], ["place", "1", "2", "3-4", "3-4"])
        answer = json.loads(self.ok("standings", path, "--tiebreaks", "BH,WIN", "--json"))
        self.assertEqual([line["number"] for line in answer], [1, 2, 3, 4])
        self.assertEqual(answer[0]["values"], [{"tiebreak": "points", "value": "2"},
                                               {"tiebreak": "buchholz", "value": "1.5"},
                                               {"tiebreak": "wins", "value": "2"}])
        explained = self.ok("standings", path, "--tiebreaks", "buchholz", "--explain")
        self.assertIn("\n1. Player 1 (no. 1)\n   Points 2: 1 + 1\n   Buchholz 1.5:", explained)
        self.assertIn("buchholz_cut1", self.refused(2, "standings", path, "--tiebreaks", "nosuch"))
        self.assertIn("--edition", self.refused(2, "standings", path, "--edition", "fide_1999"))

    def test_the_handbooks_exercise_has_its_values_in_both_editions(self):
        path = self.file("142 5\n" + "".join(
            player(n, points, *(entry(token) for token in rounds.split())).replace(f" {2000 - n} ", f" {2250 - 50 * n} ")
            for n, (points, rounds, *_) in enumerate(EXERCISE, start=1)))
        for edition, column in (("fide_2023", 2), ("fide_2026", 3)):
            answer = json.loads(self.ok("standings", path, "--tiebreaks", "buchholz", "--edition", edition, "--json"))
            found = {line["number"]: line["values"][1]["value"] for line in answer}
            self.assertEqual(found, {n: row[column] for n, row in enumerate(EXERCISE, start=1)})

    def test_every_command_has_help_with_examples(self):
        for command in (["swiss", "pair"], ["swiss", "check"], ["swiss", "simulate"], ["standings"]):
            self.assertIn("Example", self.ok(*command, "--help"))


if __name__ == "__main__":
    agon.main()
