#!/usr/bin/env python3
"""Every rule of tidy.py, once broken and once kept, on small trees made for it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402


def complaints(files):
    """What tidy says about a tree of these files, as lines."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return [str(complaint) for complaint in tidy.complaints(pathlib.Path(folder))]


class Rules(unittest.TestCase):
    def broken(self, path, text, *words):
        """One complaint, which holds all these words and says what to use instead."""
        found = complaints({path: text})
        self.assertEqual(len(found), 1, found)
        self.assertIn("; ", found[0])
        for word in words:
            self.assertIn(word, found[0])

    def kept(self, path, text):
        self.assertEqual(complaints({path: text}), [])


class IncludesPointLeft(Rules):
    def test_an_include_to_the_right_is_broken(self):
        self.broken("src/core/tournament/decide.cpp", '#include "base/id.hpp"\n#include "app/engine.hpp"\n',
                    "decide.cpp:2:", "includes point left", "app/engine.hpp")
        self.broken("src/base/id.hpp", '#include "core/types.hpp"\n', "includes point left")
        self.broken("src/faces/http.cpp", '#include "adapters/http/session.hpp"\n', "wired in main.cpp")
        self.broken("src/adapters/http/x.cpp", "#include <cli/serve.hpp>\n", "includes point left")

    def test_an_include_to_the_left_or_beside_is_kept(self):
        self.kept("src/app/engine.cpp", '#include "app/engine.hpp"\n#include "core/types.hpp"\n#include <mutex>\n')
        self.kept("src/cli/serve.cpp", '#include "adapters/sqlite/store.hpp"\n')
        self.kept("src/adapters/http/session.cpp", '#include "faces/http.hpp"\n// #include "cli/serve.hpp"\n')

    def test_main_sees_everything_and_a_precompiled_header_what_its_layer_sees(self):
        self.kept("src/main.cpp", '#include "cli/serve.hpp"\n#include "adapters/memory/store.hpp"\n')
        self.broken("src/app/precompiled.hpp", '#include "faces/router.hpp"\n', "includes point left")
        self.kept("src/app/precompiled.hpp", '#include "base/precompiled.hpp"\n#include "app/engine.hpp"\n')

    def test_a_path_starts_at_src_and_names_a_header(self):
        self.broken("src/base/id.cpp", '#include "id.hpp"\n', "does not start at src/")
        self.broken("src/base/id.cpp", '#include "base/time.cpp"\n', "is a source file")

    def test_test_libraries_belong_to_tests(self):
        self.broken("src/base/id.cpp", "#include <doctest/doctest.h>\n", "outside a test", "*_test.cpp")
        self.kept("src/base/id_test.cpp", "#include <doctest/doctest.h>\n#include <rapidcheck.h>\n")
        self.kept("src/base/id_bench.cpp", "#include <benchmark/benchmark.h>\n")
        self.kept("src/app/store_conformance.hpp", "#include <doctest/doctest.h>\n")

    def test_tests_of_app_and_faces_may_use_the_memory_adapter(self):
        text = '#include "adapters/memory/store.hpp"\nMemoryStore store;\n'
        self.kept("src/app/engine_test.cpp", text)
        self.kept("src/faces/arena/tournaments_test.cpp", text)
        self.broken("src/core/formats/swiss_test.cpp", '#include "adapters/memory/store.hpp"\n', "point left")
        self.broken("src/app/engine_test.cpp", '#include "adapters/sqlite/store.hpp"\n', "may use adapters/memory")


class CoreIsPure(Rules):
    def test_headers_that_reach_out_are_broken(self):
        for header, advice in {"iostream": "Result", "thread": "app/engine", "filesystem": "as an argument",
                               "random": "base/prng.hpp", "boost/asio/awaitable.hpp": "port", "sodium.h": "port",
                               "spdlog/spdlog.h": "print and log"}.items():
            self.broken("src/core/formats/swiss.cpp", f"#include <{header}>\n", "core is pure", header, advice)

    def test_clocks_chance_threads_output_and_settings_are_broken(self):
        for code, advice in {
            "auto t = f(std::chrono::system_clock::now());": "Instant now",
            "auto t = f(time_of(clock_gettime(x)));": "Instant now",
            "int roll() { return rand() % 6; }": "base/prng.hpp",
            "int roll() { std::random_device d; return 1; }": "base/prng.hpp",
            "void f() { std::thread t; }": "app/engine",
            "struct S { std::mutex m; };": "app/engine",
            "void f() { std::cout << 1; }": "Result",
            'void f() { printf("x"); }': "Result",
            'bool f() { return std::filesystem::exists("x"); }': "argument",
            'auto f() { return std::getenv("X"); }': "settings",
            "Task<int> f() { co_return 1; }": "app/engine",
        }.items():
            found = complaints({"src/core/tournament/x.cpp": code + "\n"})
            self.assertTrue(any("core is pure" in line and advice in line for line in found), (code, found))

    def test_pure_code_is_kept(self):
        self.kept("src/core/tournament/decide.cpp", """#include <algorithm>
#include <chrono>
#include "base/prng.hpp"
// std::cout and std::mutex in a comment are words
/* so is getenv("X") */
const char* const note = nullptr;
constexpr std::string_view said = "std::thread, rand() and steady_clock::now() in a text";
Result<Events> decide(const Tournament& t, Instant now) {
    std::vector<int> xs;
    xs.erase(std::remove(xs.begin(), xs.end(), 1'000), xs.end());
    const auto operand = t.operand(now), brand = t.rand(), strand(3);
    return events(std::chrono::seconds{3});
}
""")

    def test_other_layers_and_tests_may_do_all_that(self):
        text = "#include <thread>\nint roll() { return rand() % 6; }\nint counter = 0;\n"
        self.kept("src/app/engine.cpp", text)
        self.kept("src/core/formats/swiss_test.cpp", text)

    def test_a_global_that_changes_is_broken(self):
        for code, name in {
            "namespace agon {\nint counter = 0;\n}": "counter",
            "namespace agon { namespace {\nstd::map<int, const char*> cache;\n} }": "cache",
            "std::vector<const Format*> formats{&swiss};": "formats",
            "inline bool ready;": "ready",
            "int f() {\n    static int calls = 0;\n    return ++calls;\n}": "calls",
            "struct S {\n    static inline int count = 0;\n};": "count",
            "struct S { int a = 1; };\nint f() { return 1; }\nS one;": "one",
        }.items():
            self.broken("src/core/formats/x.cpp", code + "\n", f"`{name}`", "globals that change")

    def test_constants_types_and_functions_are_no_globals_that_change(self):
        self.kept("src/core/formats/x.cpp", """#define TWICE(x) \\
    int x = 2
namespace agon {
constexpr int rounds[] = {1, 2};
const Format swiss{.name = "swiss", .plan = [](int n) { int m = n; return m; }};
inline constexpr auto half = [](int n) { return n / 2; };
enum class Colour { white, black };
struct Board {
    int white = 0;
    static constexpr int seats = 2;
    static Board of(int n) { return {n}; }
    bool operator==(const Board&) const = default;
    auto operator<=>(const Board& b) const { return white <=> b.white; }
};
using Boards = std::vector<Board>;
template <typename T> T twice(T x) { T y = x; return x + y; }
template <typename T> concept Small = sizeof(T) < 3;
BOOST_DESCRIBE_STRUCT(Board, (), (white))
std::vector<Board> draw(int n = 3, std::span<const int> seeds = {});
Board::Board(int n) : white{n}, black(n) {}
bool operator<(const Board& a, const Board& b) { return a.white < b.white; }
static int helper(int n) { return n; }
extern const int limit;
const std::vector<const Format*>& all_formats() {
    static const std::vector<const Format*> all = {&swiss};
    return all;
}
}  // namespace agon
""")


class AreasAreLeaves(Rules):
    def test_an_area_that_sees_a_sibling_is_broken(self):
        self.broken("src/core/formats/swiss.cpp", '#include "core/games/game.hpp"\n', "core/formats", "core/standings")
        self.broken("src/core/games/rps.cpp", '#include "core/tournament/state.hpp"\n', "core/games")
        self.broken("src/core/standings/table.cpp", '#include "core/formats/format.hpp"\n', "core/tournament to bring")
        self.broken("src/core/trf/table.cpp", '#include "core/formats/dutch/dutch.hpp"\n', "core/trf", "core/standings")
        self.broken("src/core/types.hpp", '#include "core/formats/format.hpp"\n', "left of every area")

    def test_formats_and_games_know_no_money(self):
        self.broken("src/core/formats/swiss.cpp", '#include "base/money.hpp"\n', "no money", "core/ledger")
        self.kept("src/core/ledger/ledger.cpp", '#include "base/money.hpp"\n')

    def test_what_areas_may_see_is_kept(self):
        self.kept("src/core/formats/swiss.cpp", '#include "core/formats/swiss.hpp"\n#include "core/types.hpp"\n'
                                                '#include "base/id.hpp"\n#include "core/standings/table.hpp"\n')
        self.kept("src/core/tournament/decide.cpp", '#include "core/formats/format.hpp"\n'
                                                    '#include "core/ledger/ledger.hpp"\n')
        self.kept("src/core/trf/trf.hpp", '#include "core/standings/cross_table.hpp"\n#include "core/trf/line.hpp"\n')
        self.kept("src/core/types.cpp", '#include "core/types.hpp"\n')
        self.kept("src/core/formats/swiss_test.cpp", '#include "core/games/game.hpp"\n')


class ThingsHaveTheirPlace(Rules):
    def test_beast_elsewhere_is_broken(self):
        self.broken("src/adapters/bots/websocket.cpp", "#include <boost/beast/core.hpp>\n", "outbound", "; use ")
        self.broken("src/app/x.cpp", "void f() { boost::beast::flat_buffer b; }\n", "Beast", "faces/http.hpp")
        self.kept("src/adapters/http/session.cpp", "#include <boost/beast/http.hpp>\nnamespace beast = boost::beast;\n")
        self.kept("src/adapters/outbound/client.cpp", "#include <boost/beast/http.hpp>\n")

    def test_sql_elsewhere_is_broken(self):
        self.broken("src/adapters/http/x.cpp", "#include <sqlite3.h>\n", "app/store.hpp")
        self.broken("src/cli/x.cpp", "#include <libpq-fe.h>\n", "app/store.hpp")
        self.broken("src/app/rows/x.cpp", 'auto q = "SELECT id FROM rows WHERE x";\n', "row query")
        self.broken("src/app/rows/x.cpp", 'auto q = R"(\n  INSERT INTO rows\n  VALUES (1))";\n', "x.cpp:1:")
        self.broken("src/app/rows/x.cpp", 'auto q = "SELECT id "\n         "FROM rows ";\n', "row query")
        self.kept("src/adapters/sqlite/store.cpp", '#include <sqlite3.h>\nauto q = "SELECT id FROM rows";\n')
        self.kept("src/app/rows/x.cpp", '// SELECT id FROM rows\nauto q = "Select one from the list";\n')

    def test_an_adapters_name_elsewhere_is_broken(self):
        self.broken("src/app/x.cpp", "auto s = SqliteStore{};\n", "`SqliteStore`", "main.cpp choose")
        self.broken("src/faces/x.cpp", "auto s = open_postgres_store(url);\n", "names an adapter")
        self.kept("src/main.cpp", "auto s = open_sqlite_store(path);\n")
        self.kept("src/cli/serve.cpp", "auto s = SqliteStore{};\n")
        self.kept("src/app/x.cpp", '// SqliteStore keeps it\nauto s = "sqlite";\n')


class CleanText(Rules):
    def test_dirt_is_broken(self):
        self.broken("src/app/x.cpp", "\tint x;\n", "a tab")
        self.broken("src/app/x.cpp", "int x; \n", "blanks at the end")
        self.broken("tests/x.py", "x = 1", "no newline")
        self.broken("cmake/x.cmake", "set(x)\r\n", "carriage return")
        self.broken("src/app/x.cpp", "// TO" "DO: more\n", "unfinished")
        self.broken("src/app/x.cpp", "// FIX" "ME\n", "unfinished")

    def test_clean_text_and_what_is_not_ours_is_kept(self):
        self.kept("src/app/x.cpp", "int x;\n\nint y;\n")
        self.kept("web/node_modules/x/x.js", "\tx ")


class Program(unittest.TestCase):
    def run_tidy(self, folder):
        program = pathlib.Path(__file__).with_name("tidy.py")
        return subprocess.run([sys.executable, str(program), folder], capture_output=True, text=True, check=False)

    def test_it_tells_by_its_exit_status(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_tidy(folder).returncode, 2)
            source = pathlib.Path(folder) / "src" / "base" / "x.cpp"
            source.parent.mkdir(parents=True)
            source.write_text("int x;\n")
            self.assertEqual(self.run_tidy(folder).returncode, 0)
            source.write_text("int x; \n")
            ran = self.run_tidy(folder)
            self.assertEqual(ran.returncode, 1)
            self.assertEqual(ran.stdout, "src/base/x.cpp:1: blanks at the end of the line; use none\n"
                                         "tidy: 1 complaint\n")


if __name__ == "__main__":
    unittest.main()
