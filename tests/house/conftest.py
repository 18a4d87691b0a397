"""What the house tests look at: the files of the checkout, read once. No rule stands here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Not ours or not kept: everything that .gitignore names, and git itself.
FOREIGN = {
    ".git",
    ".venv",
    "node_modules",
    "__pycache__",
    ".pytest_cache",
    ".hypothesis",
    ".cache",
    ".ruff_cache",
    "var",
    "build",
}
TEXT = {
    ".py", ".md", ".toml", ".yaml", ".yml", ".po", ".json", ".html", ".css", ".js", ".sh", ".lock", ".example", ".csv", ".txt",
    ".cfg", ".ini", ".svg", ".mako", "",
}  # fmt: skip


class House:
    """The checkout: its files, their text, their syntax trees. All paths are relative to the top."""

    root = ROOT

    def files(self) -> tuple[Path, ...]:
        """Every file of ours."""
        return _files()

    def texts(self) -> tuple[Path, ...]:
        return tuple(path for path in _files() if path.suffix in TEXT)

    def python(self, *rooms: str) -> tuple[Path, ...]:
        """Python files of these rooms, or of the whole house."""
        return tuple(path for path in _files() if path.suffix == ".py" and (not rooms or path.parts[0] in rooms))

    def read(self, path: Path | str) -> str:
        return _read(Path(path))

    def tree(self, path: Path) -> ast.Module:
        return _tree(path)


@cache
def _files() -> tuple[Path, ...]:
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in FOREIGN or entry.name.endswith(".egg-info") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry.relative_to(ROOT)


@cache
def _read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_read(path), str(path))


@pytest.fixture(scope="session")
def house() -> House:
    return House()
