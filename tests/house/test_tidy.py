"""What must not stand in the repository: a machine's paths, download addresses, things left undone, errors swallowed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

THIS = Path("tests/house/test_tidy.py")
MACHINE = re.compile(r"(?<![\w.$}/])/(?:root|work|home|Users)/\w|file:///")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.org/|registry\.yarnpkg|deb\.debian\.org|"
    r"--(?:extra-)?index-url[ =]|--find-links[ =]|trusted-host"
)
UNDONE = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|# type: ignore")


def lines_with(house, expression, paths) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in paths
        if path != THIS
        for number, line in enumerate(house.read(path).splitlines(), 1)
        if expression.search(line)
    ]


def test_no_path_of_somebodys_machine(house):
    assert lines_with(house, MACHINE, house.texts()) == []


def test_no_address_to_download_from(house):
    """Where packages come from is the machine's affair; the locks name versions and hashes."""
    assert lines_with(house, REGISTRIES, house.texts()) == []


def test_npm_locks_name_no_addresses(house):
    locks = [path for path in house.files() if path.name == "package-lock.json"]
    assert [str(path) for path in locks if '"resolved"' in house.read(path)] == []


def test_nothing_is_left_undone(house):
    assert (
        lines_with(
            house, UNDONE, [path for path in house.texts() if path.suffix in (".py", ".js", ".html", ".css", ".yaml")]
        )
        == []
    )


def test_every_file_says_what_belongs_in_it(house):
    silent = [
        str(path) for path in house.python() if house.read(path).strip() and not ast.get_docstring(house.tree(path))
    ]
    assert silent == []


def test_no_error_is_swallowed_without_a_word(house):
    """`except Exception: pass` hides our own faults; a kind of error that is expected is named."""
    swallowed = []
    for path in house.python("bot", "flows", "nlu", "deploy"):
        for node in ast.walk(house.tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            if broad and all(isinstance(inner, ast.Pass | ast.Continue) for inner in node.body):
                swallowed.append(f"{path}:{node.lineno}")
    assert swallowed == []


def test_every_skipped_test_says_why(house):
    silent = []
    for path in house.python("tests"):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "pytest.skip",
                "pytest.mark.skip",
                "pytest.mark.skipif",
            ):
                reasoned = any(keyword.arg == "reason" for keyword in node.keywords)
                if not reasoned and not (ast.unparse(node.func) != "pytest.mark.skipif" and node.args):
                    silent.append(f"{path}:{node.lineno}")
    assert silent == []


def test_no_test_room_is_a_package(house):
    """Tests are imported by path; a package would give the same file two names."""
    assert [str(path) for path in house.files() if path.parts[0] == "tests" and path.name == "__init__.py"] == []
