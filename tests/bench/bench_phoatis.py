"""Intents of PhoATIS, the embedded engine beside Rasa's DIET: only where PHOATIS_DIR names its folder.

The data are for research: neither they nor a model trained on them is kept, all of it lives in a temporary folder.
PHOATIS_EPOCHS (14) says how long DIET learns; it takes about a minute for each on one core.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nlu.classifier import fit
from nlu.training import without_accents

_spec = importlib.util.spec_from_file_location("rasa_beside", Path(__file__).with_name("rasa_beside.py"))
rasa_beside = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rasa_beside)

Rows = list[tuple[str, str]]
CONFIG = """
recipe: default.v1
language: vi
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
  - {name: DIETClassifier, epochs: %(epochs)s, batch_size: 32, entity_recognition: false, random_seed: 1}
"""
ASK = """
import asyncio, json, sys
from pathlib import Path
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def all_of(texts): return [(await agent.parse_message(text))["intent"]["name"] for text in texts]
texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
Path(sys.argv[3]).write_text(json.dumps(asyncio.run(all_of(texts))), encoding="utf-8")
"""


def rows() -> Iterator[dict[str, Any]]:
    folder = os.environ.get("PHOATIS_DIR")
    if not folder:
        print("PhoATIS is not measured: PHOATIS_DIR names no folder", file=sys.stderr)
        return
    home = next((home for home in (Path(folder), Path(folder) / "syllable-level") if (home / "train").is_dir()), None)
    if home is None:
        print(f"PhoATIS is not measured: {folder} holds no train/seq.in", file=sys.stderr)
        return
    taught, tested = _part(home / "train"), _part(home / "test")
    began = time.perf_counter()
    yield from _right("embedded engine", fit(taught), tested, time.perf_counter() - began)
    yield from _diet(taught, tested)


def _part(folder: Path) -> Rows:
    texts = (folder / "seq.in").read_text(encoding="utf-8").splitlines()
    labels = (folder / "label").read_text(encoding="utf-8").splitlines()
    return [(text.strip(), label.strip()) for text, label in zip(texts, labels, strict=True)]


def _right(name: str, label_of: Callable[[str], str], tested: Rows, took: float) -> Iterator[dict[str, Any]]:
    yield {"name": f"PhoATIS, {name}: training", "measured": took, "unit": "s"}
    for kind, typed in (("with accents", str), ("without accents", without_accents)):
        hits = sum(label_of(typed(text)) == label for text, label in tested)
        yield {"name": f"PhoATIS, {name}: intents {kind}", "measured": 100 * hits / len(tested), "unit": "%"}


def _diet(taught: Rows, tested: Rows) -> Iterator[dict[str, Any]]:
    program = rasa_beside.python()
    if program is None:
        return
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "config.yml").write_text(
            CONFIG % {"epochs": int(os.environ.get("PHOATIS_EPOCHS", "14"))}, encoding="utf-8"
        )
        by_label: dict[str, list[str]] = {}
        for text, label in taught:
            by_label.setdefault(label.replace("#", "+"), []).append(text)
        (home / "nlu.yml").write_text(_yaml(by_label), encoding="utf-8")
        began = time.perf_counter()
        _run(
            program, home, "-m", "rasa", "train", "nlu", "--config", "config.yml", "--nlu", "nlu.yml", "--out", "models"
        )
        took = time.perf_counter() - began
        texts = [typed(text) for typed in (str, without_accents) for text, _ in tested]
        (home / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        _run(program, home, "-c", ASK, str(next((home / "models").glob("*.tar.gz"))), "texts.json", "said.json")
        said = dict(zip(texts, json.loads((home / "said.json").read_text(encoding="utf-8")), strict=True))
        yield from _right("Rasa's DIET", lambda text: said[text].replace("+", "#"), tested, took)


def _yaml(by_label: dict[str, list[str]]) -> str:
    lines = ['version: "3.1"', "nlu:"]
    for label, texts in by_label.items():
        lines += [f'- intent: "{label}"', "  examples: |", *(f"    - {text}" for text in texts)]
    return "\n".join(lines) + "\n"


def _run(program: Path, home: Path, *arguments: str) -> None:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([str(program), *arguments], cwd=home, env=rasa_beside.service.variables(), check=True, **quiet)
