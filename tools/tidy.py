#!/usr/bin/env python3
"""Keeps the architecture's rules 1, 2, 3 and 6 over src/, and a clean text.

    tools/tidy.py [DIR]      DIR is the repository (default: the one that holds this script)

Each complaint is one line, `file:line: what is wrong; use X instead`. Exit status 0: none; 1: some; 2: no src/ there.
"""
import pathlib
import re
import sys
from typing import Iterator, NamedTuple

LAYERS = ["base", "core", "app", "faces", "adapters", "cli"]
SHOWN_ORDER = "base <- core <- app <- faces <- adapters <- cli, main"


class Complaint(NamedTuple):
    file: str
    line: int
    text: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.text}"


# --- reading C++ ---------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>(?<!\w)(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>(?<!\w)'(?:\\.|[^'\\\n])+')""",
    re.S | re.X,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.M)


class Source:
    """A file of C++ in three readings of equal length, so that offsets and lines agree."""

    def __init__(self, path: str, text: str):
        self.path = path
        self.parts = path.split("/")[1:]  # without src/
        self.layer = self.parts[0] if len(self.parts) > 1 else ""  # "" for main.cpp
        self.text = text
        self.literals = []  # (offset, text) of the string literals
        self.uncommented = TOKEN.sub(self._without_comment, text)
        self.code = TOKEN.sub(self._without_string, self.uncommented)

    @staticmethod
    def _blank(text: str) -> str:
        return re.sub(r"[^\n]", " ", text)

    def _without_comment(self, match):
        if match["comment"] is not None:
            return self._blank(match[0])
        if match["char"] is None:
            self.literals.append((match.start(), match[0]))
        return match[0]

    def _without_string(self, match):
        inside = self._blank(match[0][1:-1])
        return f'"{inside}"' if match["char"] is None else f"'{inside}'"

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def texts(self) -> Iterator[tuple[int, str]]:
        """The string literals, those that stand side by side as one: (offset, text)."""
        begin, end, whole = 0, 0, ""
        for offset, literal in self.literals:
            if whole and not self.uncommented[end:offset].strip():
                whole = whole[:-1] + literal[1:]
            else:
                if whole:
                    yield begin, whole
                begin, whole = offset, literal
            end = offset + len(literal)
        if whole:
            yield begin, whole

    def includes(self) -> Iterator[tuple[int, str, str]]:
        for match in INCLUDE.finditer(self.uncommented):
            yield self.line(match.start()), match[1], match[2]

    @property
    def is_test(self) -> bool:
        """Tests, benchmarks, and the shared body of tests that a port keeps beside it."""
        return re.search(r"_(test|bench)\.[ch]pp$|_(conformance|testing)\.hpp$", self.path) is not None

    @property
    def area(self) -> str:
        """`formats` for src/core/formats/swiss.cpp, `http` for src/adapters/http/session.cpp, else nothing."""
        return self.parts[1] if len(self.parts) > 2 else ""


# --- rule 1: includes point left -----------------------------------------------------------------------------------

TEST_LIBRARIES = re.compile(r"^(doctest|rapidcheck|benchmark|gtest|gmock)(/|\.h)")


def includes_point_left(source: Source) -> Iterator[Complaint]:
    for line, kind, name in source.includes():
        def complaint(text):
            return Complaint(source.path, line, text)

        layer = name.split("/")[0]
        if TEST_LIBRARIES.match(name):
            if not source.is_test:
                yield complaint(f"<{name}> outside a test; move what needs it to a file *_test.cpp or *_bench.cpp")
        elif name.endswith(".cpp"):
            yield complaint(f'"{name}" is a source file; include the header that declares what you need')
        elif "/" in name and layer in LAYERS:
            yield from (complaint(text) for text in wrong_direction(source, name, layer))
        elif kind == '"':
            yield complaint(f'"{name}" does not start at src/; use layer, area, thing: "core/formats/format.hpp"')


def wrong_direction(source: Source, name: str, layer: str) -> Iterator[str]:
    if source.path == "src/main.cpp":
        return
    if source.layer not in LAYERS:
        yield f"src/{source.layer} is not a layer; use one of {SHOWN_ORDER}"
        return
    if LAYERS.index(layer) <= LAYERS.index(source.layer):
        return
    if source.is_test and source.layer in ("app", "faces") and name.startswith("adapters/memory/"):
        return
    advice = f"includes point left ({SHOWN_ORDER}); use a port in {source.layer}/ that {layer}/ implements"
    if source.layer in ("base", "core"):
        advice = f"includes point left ({SHOWN_ORDER}); take what you need as an argument instead"
    if layer == "adapters":
        advice += ", wired in main.cpp"
        advice += " (tests of app and faces may use adapters/memory)" if source.is_test else ""
    yield f'{source.layer}/ includes "{name}"; {advice}'


# --- rule 2: core is pure ------------------------------------------------------------------------------------------

CLOCK = "take `Instant now` as an argument"
CHANCE = "use base/prng.hpp with a seed from the command"
THREADS = "leave threads and locks to app/engine"
FILES = "take the content as an argument, or do it behind a port of app/"
OUTPUT = "return events or a Result; app/ and adapters/ print and log"
SETTINGS = "take settings as an argument"
NETWORK = "leave it to adapters/, behind a port of app/"
COROUTINES = "decide at once; app/engine does the waiting"

IMPURE_HEADERS = {
    **dict.fromkeys("iostream istream ostream fstream cstdio stdio.h print syncstream fmt/ostream.h".split(), OUTPUT),
    **dict.fromkeys("ctime time.h sys/time.h".split(), CLOCK),
    **dict.fromkeys("thread mutex shared_mutex condition_variable future semaphore latch barrier stop_token atomic "
                    "pthread.h".split(), THREADS),
    **dict.fromkeys("random".split(), CHANCE),
    **dict.fromkeys("filesystem fcntl.h unistd.h dirent.h sys/stat.h sys/mman.h".split(), FILES),
    **dict.fromkeys("csignal signal.h sys/socket.h netinet/in.h netdb.h poll.h sys/epoll.h sodium.h".split(), NETWORK),
    **dict.fromkeys("coroutine".split(), COROUTINES),
}
IMPURE_PREFIXES = {
    "boost/asio": NETWORK, "boost/beast": NETWORK, "boost/thread": THREADS, "boost/filesystem": FILES,
    "boost/random": CHANCE, "sqlite3": NETWORK, "libpq": NETWORK, "curl/": NETWORK, "openssl/": NETWORK,
    "prometheus/": OUTPUT, "spdlog/": OUTPUT, "base/log": OUTPUT, "CLI/": SETTINGS, "toml++/": SETTINGS,
    "nats": NETWORK,
}
IMPURE_CODE = [
    (r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\s*::\s*now\b", CLOCK),
    (r"(?<![\w.>:])(std\s*::\s*)?(clock_gettime|gettimeofday|localtime|gmtime|localtime_r|gmtime_r)\s*\(", CLOCK),
    (r"\bstd\s*::\s*(time|clock)\s*\(", CLOCK),
    (r"\brandom_device\b|\bstd\s*::\s*(mt19937(_64)?|default_random_engine|uniform_\w+_distribution|s?rand)\b", CHANCE),
    (r"(?<![\w.>:])s?rand\s*\(", CHANCE),
    (r"\bstd\s*::\s*(j?thread|this_thread|async|promise|future|shared_future|packaged_task)\b", THREADS),
    (r"\bstd\s*::\s*(\w*mutex|condition_variable(_any)?|atomic\w*|once_flag|call_once|lock_guard|unique_lock"
     r"|scoped_lock|shared_lock|counting_semaphore|binary_semaphore|latch|barrier)\b", THREADS),
    (r"\bthread_local\b", THREADS),
    (r"\bco_(await|return|yield)\b", COROUTINES),
    (r"\bstd\s*::\s*(cout|cerr|clog|cin|printf|fprintf|puts|fputs|print|println)\b", OUTPUT),
    (r"(?<![\w.>:])f?printf\s*\(|\bfmt\s*::\s*print(ln)?\s*\(", OUTPUT),
    (r"\bstd\s*::\s*(filesystem|[io]?fstream)\b|(?<![\w.>])fopen\s*\(", FILES),
    (r"\b(secure_)?getenv\s*\(", SETTINGS),
    (r"\bboost\s*::\s*(asio|beast)\b|\basio\s*::", NETWORK),
    (r"\bspdlog\s*::", OUTPUT),
]
IMPURE_CODE = [(re.compile(pattern), advice) for pattern, advice in IMPURE_CODE]


def core_is_pure(source: Source) -> Iterator[Complaint]:
    if source.layer != "core" or source.is_test:
        return
    for line, _, name in source.includes():
        advice = IMPURE_HEADERS.get(name) or next(
            (advice for prefix, advice in IMPURE_PREFIXES.items() if name.startswith(prefix)), None)
        if advice:
            yield Complaint(source.path, line, f"core is pure, so no <{name}>; {advice}")
    for number, text in enumerate(source.code.split("\n"), start=1):
        for pattern, advice in IMPURE_CODE:
            match = pattern.search(text)
            if match:
                word = match[0].strip().rstrip("(").strip()
                yield Complaint(source.path, number, f"core is pure, so no `{word}`; {advice}")
                break
    for offset, name in mutable_globals(source.code):
        yield Complaint(source.path, source.line(offset),
                        f"core has no globals that change, as `{name}`; use const, or make it a part of the state")


NOT_A_VARIABLE = re.compile(
    r"^(using|typedef|namespace|template|struct|class|enum|union|friend|static_assert|concept|requires|return|goto|case"
    r"|default|if|for|while|else|do|switch|throw|delete|operator|public|private|protected|[A-Z][A-Z0-9_]{3,}\s*\()\b")
CONSTANT = re.compile(r"\b(const|constexpr|consteval)\b")


def without_template_arguments(text: str) -> str:
    before = None
    while before != text:
        before, text = text, re.sub(r"<[^<>;(){}]*>", "", text)
    return text


def variable_in(statement: str) -> str:
    """The name that a declaration at namespace scope gives to something that may change, or nothing."""
    statement = re.sub(r"\[\[.*?\]\]|\balignas\s*\([^)]*\)", "", statement)
    statement = re.sub(r"<=>|<<|>>|[<>=!]=", " operator ", statement) if "operator" in statement else statement
    statement = without_template_arguments(statement).strip()
    if not statement or NOT_A_VARIABLE.match(statement) or "operator" in statement:
        return ""
    head = re.split(r"[=({;]", statement, maxsplit=1)
    if len(head) == 2 and statement[len(head[0])] == "(":
        return ""  # a function
    if CONSTANT.search(head[0]):
        return ""
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^\]]*\]", "", head[0]))
    words = [word for word in words if word not in ("extern", "static", "inline", "constinit", "unsigned", "signed")]
    return words[-1] if len(words) >= 2 else ""


def mutable_globals(code: str) -> Iterator[tuple[int, str]]:
    """Variables of namespace scope, and `static` ones anywhere, that are not constant: (offset, name)."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: Source._blank(m[0]), code, flags=re.M)
    outside = 0  # depth of braces that are no namespace
    start = 0
    i = 0
    while i < len(code):
        c = code[i]
        if c == "{":
            statement = code[start:i].strip()
            if outside == 0 and re.match(r'(inline\s+)?namespace\b|extern\s*"', statement):
                start = i + 1  # a namespace: what it holds is of namespace scope too
            else:
                outside += 1
        elif c == "}":
            if outside > 0:
                outside -= 1
                if outside == 0 and is_function(code[start:i]):
                    start = i + 1
            else:
                start = i + 1
        elif c == ";" and outside == 0:
            name = variable_in(code[start:i])
            if name:
                first = start + len(code[start:i]) - len(code[start:i].lstrip())
                yield first, name
            start = i + 1
        i += 1
    for match in re.finditer(r"^[ \t]+(?:inline\s+)?static\s+([^;{}()=]*(?:<[^;]*?>)?[^;{}()=]*)[={;]", code, re.M):
        declaration = without_template_arguments(match[1])
        if CONSTANT.search(declaration) or "operator" in declaration:
            continue
        if re.search(r"\w[\s&*]+\w", declaration):
            name = re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^\]]*\]", "", declaration))[-1]
            yield match.start() + len(match[0]) - len(match[0].lstrip()), name


def is_function(text: str) -> bool:
    """Whether `text`, up to a closing brace, is a function with its body (and so ends without a semicolon)."""
    head = text.split("{", 1)[0]
    if "operator" in head or not head.strip():  # the latter: the body after a constructor's initialisers
        return True
    head = without_template_arguments(head)
    match = re.search(r"[=(]", head)
    return match is not None and match[0] == "(" and not re.match(r"\s*(struct|class|enum|union)\b", head)


# --- rule 3: areas of core are leaves ------------------------------------------------------------------------------

#: What an area may see beside itself, base/ and core/types.hpp; core/tournament sees everything.
SEEN_BY = {"formats": ["standings"], "trf": ["standings"], "ranked": ["matchmaking"],
           "integrity": ["ratings"]}


def areas_are_leaves(source: Source) -> Iterator[Complaint]:
    if source.layer != "core" or source.is_test:
        return
    for line, _, name in source.includes():
        parts = name.split("/")
        if source.area in ("formats", "games") and name == "base/money.hpp":
            yield Complaint(source.path, line, f"core/{source.area} knows no money; leave amounts to core/ledger")
        if parts[0] != "core" or len(parts) < 2 or source.area == "tournament":
            continue
        area = parts[1] if len(parts) > 2 else ""
        if area == source.area and (area or source.area == ""):
            continue
        seen = SEEN_BY.get(source.area, [])
        if source.area and name == "core/types.hpp" or area in seen:
            continue
        who = f"core/{source.area}" if source.area else source.path[len("src/"):]
        if source.area:
            allowed = "base/, core/types.hpp" + "".join(f" and core/{area}" for area in seen)
            advice = f"it sees only {allowed}; use core/tournament to bring both together, or core/types.hpp for a word"
        else:
            advice = "it stands left of every area; move it into core/tournament"
        yield Complaint(source.path, line, f'{who} includes "{name}"; {advice}')


# --- rule 6: Beast, SQL and the names of adapters have one place ---------------------------------------------------

BEAST_FOLDERS = ("adapters/http/", "adapters/outbound/")
SQL_FOLDERS = ("adapters/sqlite/", "adapters/postgres/", "adapters/sql/")
SQL_HEADER = re.compile(r"^(sqlite3(ext)?\.h|(postgresql/)?libpq(-fe\.h|/.*)|libpq-fe\.h|pqxx/.*|soci/.*)$")
SQL_TEXT = re.compile(
    r"\bSELECT\s.*?\sFROM\s|\bINSERT\s+(OR\s+\w+\s+)?INTO\s|\bUPDATE\s+\w+\s+SET\s|\bDELETE\s+FROM\s"
    r"|\b(CREATE|DROP|ALTER)\s+(UNIQUE\s+)?(TABLE|INDEX)\s|\bPRAGMA\s+\w+", re.S)
BEAST_CODE = re.compile(r"\b(boost\s*::\s*beast|beast\s*::)")
ADAPTER_NAME = re.compile(
    r"\b((Sqlite|SQLite|Postgres(ql|QL)?|Nats|Beast)\w*|MemoryStore\w*"
    r"|(open_|make_)?(sqlite|postgres|memory)_store\w*|(open|make)_(sqlite|postgres|nats)\w*|nats_bus\w*"
    r"|sqlite3_\w+|PQ(exec|connect|finish|clear|get|result|send|status|prepare|consume)\w*)\b")


def things_have_their_place(source: Source) -> Iterator[Complaint]:
    below = source.path[len("src/"):]
    beast_here = below.startswith(BEAST_FOLDERS)
    sql_here = below.startswith(SQL_FOLDERS)
    for line, _, name in source.includes():
        if name.startswith("boost/beast") and not beast_here:
            yield Complaint(source.path, line,
                            f"<{name}> outside adapters/http and adapters/outbound; "
                            "use faces/http.hpp (Request, Response) or adapters/http/websocket.hpp")
        if SQL_HEADER.match(name) and not sql_here:
            yield Complaint(source.path, line, f"<{name}> outside the SQL adapters; use the port in app/store.hpp")
    for match in BEAST_CODE.finditer(source.code):
        if not beast_here:
            yield Complaint(source.path, source.line(match.start()),
                            "Beast outside adapters/http and adapters/outbound; use faces/http.hpp (Request, Response)")
    for offset, text in source.texts():
        # A test may hold a text that only looks like SQL, to see that nobody runs it.
        if not sql_here and not source.is_test and SQL_TEXT.search(text):
            yield Complaint(source.path, source.line(offset),
                            "SQL outside the SQL adapters; use a row query through app/store.hpp")
    if source.layer in ("adapters", "cli") or source.path == "src/main.cpp":
        return
    for match in ADAPTER_NAME.finditer(source.code):
        memory_in_a_test = source.is_test and source.layer in ("app", "faces") and "emory" in match[0]
        if not memory_in_a_test:
            yield Complaint(source.path, source.line(match.start()),
                            f"`{match[0]}` names an adapter in {source.layer or 'src'}/; "
                            "use the port (app/store.hpp, app/bus.hpp) and let main.cpp choose")


# --- a clean text --------------------------------------------------------------------------------------------------

TEXT_FOLDERS = ("src", "tests", "bench", "tools", "cmake", "examples", "web")
TEXT_SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".js", ".mjs", ".ts", ".svelte", ".html", ".css"}
LEFT_OUT = {"node_modules", "dist", "build", "__pycache__"}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")


def clean_text(path: str, text: str) -> Iterator[Complaint]:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            yield Complaint(path, number, "a tab; use spaces")
        if line.endswith("\r"):
            yield Complaint(path, number, "a carriage return; use plain line ends")
        elif line != line.rstrip():
            yield Complaint(path, number, "blanks at the end of the line; use none")
        match = UNFINISHED.search(line)
        if match:
            yield Complaint(path, number, f"{match[0]} is unfinished work; finish it, or say plainly what is not there")
    if text and not text.endswith("\n"):
        yield Complaint(path, text.count("\n") + 1, "no newline at the end of the file; use one")


# --- all of it -----------------------------------------------------------------------------------------------------

RULES = (includes_point_left, core_is_pure, areas_are_leaves, things_have_their_place)


def text_files(root: pathlib.Path) -> Iterator[pathlib.Path]:
    for folder in TEXT_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            wanted = path.suffix in TEXT_SUFFIXES or path.name == "CMakeLists.txt"
            if wanted and path.is_file() and not LEFT_OUT.intersection(path.relative_to(root).parts):
                yield path


def complaints(root: pathlib.Path) -> list[Complaint]:
    found = []
    for path in text_files(root):
        name = path.relative_to(root).as_posix()
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += clean_text(name, text)
        if name.startswith("src/") and path.suffix in (".cpp", ".hpp"):
            source = Source(name, text)
            for rule in RULES:
                found += rule(source)
    return sorted(set(found))


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent)
    if not (root / "src").is_dir():
        print(f"tidy: no src/ in {root}", file=sys.stderr)
        return 2
    found = complaints(root)
    for complaint in found:
        print(complaint)
    if found:
        print(f"tidy: {len(found)} complaint{'s' if len(found) > 1 else ''}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
