"""Which room may look into which, and what the pure rooms may not do. Read from the imports, nothing is imported here."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOMS = {"bot", "flows", "nlu"}
PURE = ("flows", "nlu")
# What the pure rooms may take from outside; numpy and scipy carry the classifier.
PURE_LIBRARIES = {"yaml", "pydantic", "msgspec", "rapidfuzz", "phonenumbers", "sklearn", "numpy", "scipy", "joblib"}
# Standard modules that talk, wait, draw lots, look at the clock or start something.
WORLDLY = {
    "asyncio", "concurrent", "ftplib", "getpass", "http", "imaplib", "logging", "multiprocessing", "secrets",
    "select", "selectors", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "tempfile",
    "threading", "time", "uuid", "webbrowser", "urllib",
}  # fmt: skip
# What 3.10 does not have, by the name under which it would be imported.
NEWER_THAN_3_10 = {
    "tomllib", "typing.Self", "typing.assert_never", "typing.assert_type", "typing.reveal_type", "typing.Never",
    "typing.LiteralString", "typing.Required", "typing.NotRequired", "typing.Unpack", "typing.TypeVarTuple",
    "typing.override", "enum.StrEnum", "enum.verify", "datetime.UTC", "itertools.batched", "asyncio.TaskGroup",
    "contextlib.chdir", "operator.call", "math.cbrt", "math.exp2",
}  # fmt: skip
SHELLS = {"__main__.py"}
# Tools that an author runs to make packaged data; nothing imports them (see the test below).
BUILDERS = {Path("nlu/places/build.py")}


def imports(tree: ast.Module) -> list[tuple[int, str]]:
    """Line and dotted name of everything imported; `from a import b` gives "a.b"."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            found += [(node.lineno, f"{base}.{name.name}") for name in node.names]
    return found


def core(house) -> list[Path]:
    """The files that decide and read: the pure rooms without the shells, the builders and Rasa's own project."""
    return [
        path
        for path in house.python(*PURE)
        if path.name not in SHELLS and path not in BUILDERS and path.parts[:2] != ("nlu", "rasa")
    ]


def offences(house, paths, forbidden) -> list[str]:
    return [
        f"{path}:{line} imports {name}"
        for path in paths
        if path.name not in SHELLS
        for line, name in imports(house.tree(path))
        if forbidden(path, name)
    ]


def test_nlu_looks_into_no_other_room(house):
    assert offences(house, house.python("nlu"), lambda path, name: name.split(".")[0] in ROOMS - {"nlu"}) == []


def test_flows_takes_only_the_values_of_nlu(house):
    def forbidden(path: Path, name: str) -> bool:
        parts = name.split(".")
        return parts[0] == "bot" or (parts[0] == "nlu" and parts[1:2] not in (["reading"], ["values"]))

    assert offences(house, house.python("flows"), forbidden) == []


def test_the_pure_rooms_take_only_pure_libraries(house):
    def forbidden(path: Path, name: str) -> bool:
        top = name.split(".", maxsplit=1)[0]
        return bool(top) and top not in sys.stdlib_module_names | ROOMS | PURE_LIBRARIES

    assert offences(house, core(house), forbidden) == []


def test_the_pure_rooms_do_not_touch_the_world(house):
    assert (
        offences(house, core(house), lambda path, name: name.split(".")[0] in WORLDLY and name != "urllib.parse") == []
    )


def test_the_pure_rooms_read_no_clock_and_write_no_file(house):
    """Today is what the event says. `date.today()` would make the same talk give two answers on two days."""
    clocks, writes = {"now", "today", "utcnow", "time_ns"}, {"write_text", "write_bytes", "mkdir", "unlink"}
    found = []
    for path in core(house):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                on_clock = isinstance(owner, ast.Name | ast.Attribute) and ast.unparse(owner).split(".")[-1] in (
                    "date",
                    "datetime",
                )
                if (node.func.attr in clocks and on_clock) or node.func.attr in writes:
                    found.append(f"{path}:{node.lineno} calls {ast.unparse(node.func)}")
    assert found == []


def test_chance_is_seeded(house):
    """`random.Random(seed)` gives the same lots each time; the module's own generator does not."""
    loose = []
    for path in core(house):
        names = [
            name for _, name in imports(house.tree(path)) if name.startswith("random.") and name != "random.Random"
        ]
        loose += [f"{path} imports {name}" for name in names]
        for node in ast.walk(house.tree(path)):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.startswith("random.") and (called != "random.Random" or not node.args):
                loose.append(f"{path}:{node.lineno} calls {called}")
    assert loose == []


def test_nothing_imports_a_builder(house):
    modules = {".".join(path.with_suffix("").parts) for path in BUILDERS}
    assert offences(house, house.python("bot", "flows", "nlu"), lambda path, name: name in modules) == []


def test_rasa_is_a_process_and_never_an_import(house):
    """It wants an older Python and older libraries; only its own project, loaded by Rasa itself, may name it."""
    paths = [path for path in house.python("bot", "flows", "nlu", "tests") if path.parts[:2] != ("nlu", "rasa")]
    assert offences(house, paths, lambda path, name: name.split(".")[0] == "rasa") == []


@pytest.mark.parametrize("library", ["telegram", "sqlalchemy", "redis", "httpx", "starlette", "uvicorn", "alembic"])
def test_only_the_shell_talks(house, library):
    assert offences(house, house.python(*PURE), lambda path, name: name.split(".")[0] == library) == []


def test_channels_and_stores_do_not_know_each_other(house):
    """They meet in `bot/app.py`; the values that both use stand in `messages.py` and `errors.py`."""
    shared = ("bot.channels.messages", "bot.channels.errors")

    def forbidden(path: Path, name: str) -> bool:
        if path.parts[1] == "channels":
            return name.startswith("bot.stores")
        return name.startswith("bot.channels") and not name.startswith(shared)

    paths = [path for path in house.python("bot") if path.parts[1] in ("channels", "stores")]
    assert offences(house, paths, forbidden) == []


def test_a_channel_knows_no_other_channel(house):
    """What two channels share stands in `messages.py`; Telegram's library stays in Telegram's files."""
    paths = [path for path in house.python("bot") if not path.name.startswith("telegram")]
    assert offences(house, paths, lambda path, name: name.split(".")[0] == "telegram") == []


def test_the_readers_that_rasa_uses_run_on_python_3_10(house):
    """Rasa's graph components use the very same code, and Rasa lives on 3.10."""
    paths = [path for path in house.python("nlu") if path == Path("nlu/text.py") or path.parts[1] == "entities"]
    paths += [Path("nlu/__init__.py"), Path("nlu/reading.py")]
    for path in paths:
        ast.parse(house.read(path), str(path), feature_version=(3, 10))
    assert (
        offences(house, paths, lambda path, name: name in NEWER_THAN_3_10 or name.split(".")[0] in NEWER_THAN_3_10)
        == []
    )


def test_names_say_what_is_inside(house):
    """House rule: a file is named for the one thing in it."""
    empty = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}
    assert [str(path) for path in house.python() if path.stem in empty] == []
