"""The words: every key in every language, with the same placeholders, none empty, none double, none that nobody uses.

Keys that the code builds (`f"fact.{fact}.ask"`) count as a pattern: some entry has to fit each, and each entry has to
fit some literal or pattern. So a key without an entry, and an entry without a key, both show.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError, read_po

from bot.wording import LANGUAGES, placeholders

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
ALWAYS = {"you", "You"}  # every text may use these
# Calls whose first argument is a key.
SPEAKERS = {"Text", "say", "t", "word_key"}
# A figure of the law does not belong in a sentence; it would outlive its decree.
LEGAL_FIGURE = re.compile(r"\d[\d.,]*\s?(%|phần trăm|percent)|\d+ ?(triệu|tỷ) đồng(?! )")


@cache
def entries(root: Path, language: str) -> dict[str, tuple[str, Path]]:
    """Key -> text and file; a key that stands in two files fails here."""
    found: dict[str, tuple[str, Path]] = {}
    for file in sorted(root.glob(f"*/locale/{language}/LC_MESSAGES/*.po")):
        try:
            with file.open("rb") as stream:
                messages = list(read_po(stream, locale=language, abort_invalid=True))
        except PoFileError as error:
            pytest.fail(f"{file.relative_to(root)}: {error}")
        for message in messages:
            if not message.id:
                continue
            key = str(message.id)
            assert key not in found, f"{key} stands in {found[key][1].name} and in {file.name}"
            found[key] = (str(message.string or ""), file)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_worded_and_its_key_well_formed(house, language):
    empty = [key for key, (text, _) in entries(house.root, language).items() if not text.strip()]
    odd = [key for key in entries(house.root, language) if not KEY.fullmatch(key)]
    assert (empty, odd) == ([], [])


def test_every_key_is_worded_in_every_language(house):
    first, *others = (set(entries(house.root, language)) for language in LANGUAGES)
    for other in others:
        assert (sorted(first - other), sorted(other - first)) == ([], [])


def test_every_language_has_the_same_files(house):
    files = [
        {f.relative_to(house.root).parts[0] + f.name for _, f in entries(house.root, one).values()} for one in LANGUAGES
    ]
    assert all(names == files[0] for names in files)


def test_placeholders_agree(house):
    vi = entries(house.root, "vi")
    different = []
    for language in LANGUAGES:
        for key, (text, _) in entries(house.root, language).items():
            here = placeholders(text) - ALWAYS
            there = placeholders(vi[key][0]) - ALWAYS if key in vi else here
            if here != there:
                different.append(f"{key} ({language}): {sorted(here)} instead of {sorted(there)}")
    assert different == []


def test_vietnamese_is_written_in_one_unicode_form(house):
    assert [
        key for key, (text, _) in entries(house.root, "vi").items() if unicodedata.normalize("NFC", text) != text
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_holds_a_figure_of_the_law(house, language):
    """Figures come from `flows/parameters/`, with their date and citation."""
    texts = {
        key: text for key, (text, _) in entries(house.root, language).items() if not key.endswith(".hint")
    }  # an example
    held = [f"{key}: {text}" for key, text in texts.items() if LEGAL_FIGURE.search(text)]
    assert held == []


# --- keys and code


@cache
def spoken(house) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Literal keys that are certainly spoken, patterns of built keys (each with where it stands), and all literals."""
    literals: dict[str, str] = {}
    patterns: dict[str, str] = {}
    every: set[str] = set()
    for path in house.python("bot", "flows"):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                every.add(node.value)
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                patterns[pattern] = where
            if isinstance(node, ast.Call) and _called(node) in SPEAKERS and node.args:
                for key in _constants(node.args[0]):
                    if KEY.fullmatch(key):
                        literals[key] = where
    for path in house.files():
        if path.suffix in (".html", ".yaml") and path.parts[0] in ("bot", "flows"):
            every.update(KEY_ANYWHERE.findall(house.read(path)))
            for piece in TEMPLATE_PIECE.findall(house.read(path)):
                patterns[re.escape(piece) + r"[a-z0-9_.]+"] = str(path)
    return literals, patterns, frozenset(every)


KEY_ANYWHERE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
TEMPLATE_PIECE = re.compile(r"""["']([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.)["'] ?[~+%]""")


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _constants(node: ast.expr) -> list[str]:
    """The strings that an argument may be: itself, or either side of `a if b else c`."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _pattern(node: ast.JoinedStr) -> str | None:
    """`f"fact.{id}.ask"` as an expression; None for an f-string that is no key (a sentence, a header, an SQL text)."""
    pieces = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    shape = "".join("x" if piece is None else str(piece) for piece in pieces)
    if not KEY.fullmatch(shape) or not any(piece and "." in piece for piece in pieces):
        return None
    return "".join(r"[a-z0-9_.]+" if piece is None else re.escape(str(piece)) for piece in pieces)


def test_every_spoken_key_has_an_entry(house):
    literals, _, _ = spoken(house)
    known = entries(house.root, "vi")
    assert sorted(f"{where} says {key}" for key, where in literals.items() if key not in known) == []


def test_every_entry_is_spoken_somewhere(house):
    _, patterns, every = spoken(house)
    built = re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")
    unused = [key for key in entries(house.root, "vi") if key not in every and not built.fullmatch(key)]
    assert unused == []
