"""How well and how fast messages are read: the embedded engine, beside Rasa over HTTP where it is installed."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from nlu import read
from nlu.classifier import Classifier, train
from nlu.evaluate import evaluate
from nlu.reading import Expecting
from nlu.training import without_accents

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("rasa_beside", HERE / "rasa_beside.py")
rasa_beside = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rasa_beside)

INTENTS = HERE.parent / "nlu" / "intents"
ON = date(2026, 11, 22)
SLOT_MARK = "\x1f"
SLOTS = {
    "amount": "loan_amount", "income": "monthly_income", "full_name": "name", "school_year": "study_year",
    "commune": "residence", "contract_term": "term", "in_savings_group": "group",
}  # fmt: skip
MEMORY = """
import sys
sys.path.insert(0, {root!r})
def held(): return int(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1]) / 1024
import numpy, msgspec, yaml, datetime
before = held()
from nlu import read
from nlu.classifier import Classifier
from nlu.reading import Expecting
model = Classifier.load(open({model!r}, 'rb').read())
for text in {texts!r}: read(text, Expecting(), model.classify(text), datetime.date(2026, 11, 22))
print(before, held())
"""


def rows() -> Iterator[dict[str, Any]]:
    began = time.perf_counter()
    model = train()
    yield {"name": "training the embedded engine", "measured": time.perf_counter() - began, "unit": "s", "aim": 60}
    size = len(model.dump())
    yield {"name": "its model", "measured": size / 1e6, "unit": "MB"}
    yield from _right(model)
    texts = [(m["text"], _expecting(m)) for m in _messages("heldout")]
    yield from _fast(model, texts)
    yield from _memory(model, [text for text, _ in texts[:100]])


def _messages(name: str) -> list[dict[str, Any]]:
    path = INTENTS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _expecting(message: dict[str, Any]) -> Expecting:
    slot = (message["context"] or {}).get("asked_slot")
    return Expecting(SLOTS.get(slot, slot))


# ---- how well


def _right(model: Classifier) -> Iterator[dict[str, Any]]:
    for name in ("heldout", "dev", "blind", "fresh", "unseen"):
        messages = _messages(name)
        kept = _judged(model, messages, lambda text: text)
        bare = _judged(model, messages, without_accents)
        for what, aim in (("programme", 97), ("topic", 93)):
            right = 100 * getattr(kept, what)
            yield {"name": f"{name}: {what} right", "measured": right, "unit": "%", "aim": aim, "better": "higher"}
            lost = max(0.0, right - 100 * getattr(bare, what))
            yield {"name": f"{name}: {what}, lost without accents", "measured": lost, "unit": "points", "aim": 2}
        if any("entities" in m for m in messages):
            f1 = 100 * kept.entities.f1
            yield {"name": f"{name}: entities, F1", "measured": f1, "unit": "%", "aim": 95, "better": "higher"}


def _judged(model: Classifier, messages: list[dict[str, Any]], typed: Callable[[str], str]) -> Any:
    readings = []
    for message in messages:
        text, expecting = typed(message["text"]), _expecting(message)
        readings.append(read(text, expecting, model.classify(text, expecting), ON))
    return evaluate(messages, readings)


# ---- how fast


def _fast(model: Classifier, texts: list[tuple[str, Expecting]]) -> Iterator[dict[str, Any]]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        intents = _timed(model.classify, texts)
        whole = _timed(lambda text, asked: read(text, asked, model.classify(text, asked), ON), texts)
        yield from _speed("embedded intents", intents)
        yield from _speed("embedded whole reading, place look-up apart", whole)
        yield from _beside(texts, intents, whole)
    finally:
        os.sched_setaffinity(0, allowed)


def _timed(work: Callable[[str, Expecting], Any], texts: list[tuple[str, Expecting]]) -> list[float]:
    """Seconds for each text: the middle of five rounds, for our engine and Rasa alike, so that what else the machine does counts less."""
    for text, asked in texts:
        work(text, asked)
    rounds = []
    for _ in range(5):
        took = []
        for text, asked in texts:
            began = time.perf_counter()
            work(text, asked)
            took.append(time.perf_counter() - began)
        rounds.append(took)
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def _speed(name: str, took: list[float]) -> Iterator[dict[str, Any]]:
    yield {"name": f"{name}: messages", "measured": len(took) / sum(took), "unit": "a second"}
    yield {"name": f"{name}: p95", "measured": 1000 * statistics.quantiles(took, n=20)[-1], "unit": "ms"}


def _beside(texts: list[tuple[str, Expecting]], intents: list[float], whole: list[float]) -> Iterator[dict[str, Any]]:
    program = rasa_beside.python()
    if program is None:
        return
    began = time.perf_counter()
    path = rasa_beside.service.model(program)
    took = time.perf_counter() - began
    if took > 10:
        yield {"name": "training Rasa", "measured": took, "unit": "s"}
    yield {"name": "Rasa's model", "measured": path.stat().st_size / 1e6, "unit": "MB"}
    with rasa_beside.served(program, path) as rasa:
        parses = _timed(lambda text, asked: rasa.parse(f"{asked.slot or ''}{SLOT_MARK}{text}"), texts)
        yield {"name": "Rasa: memory", "measured": rasa.megabytes(), "unit": "MB"}
    yield from _speed("Rasa over HTTP, /model/parse", parses)
    for name, own, aim in (("intents", intents, 25), ("whole reading", whole, 10)):
        row = {"name": f"embedded {name}: times Rasa's parse", "measured": sum(parses) / sum(own), "unit": "x"}
        yield {**row, "aim": aim, "better": "higher"}
    with rasa_beside.served(program, rasa_beside.default_model(program)) as rasa:
        parses = _timed(lambda text, _: rasa.parse(text), texts)
    yield from _speed("Rasa's default pipeline (DIET) over HTTP", parses)
    for name, own in (("intents", intents), ("whole reading", whole)):
        yield {"name": f"embedded {name}: times DIET's parse", "measured": sum(parses) / sum(own), "unit": "x"}


def _memory(model: Classifier, texts: list[str]) -> Iterator[dict[str, Any]]:
    path = HERE.parents[1] / ".cache" / "bench-classifier.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(model.dump())
    script = MEMORY.format(root=str(HERE.parents[1]), model=str(path), texts=texts)
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    before, after = map(float, said.split())
    path.unlink()
    yield {"name": "embedded engine, readers and lexicons: memory", "measured": after - before, "unit": "MB"}
    yield {"name": "a Python process that reads: memory", "measured": after, "unit": "MB"}
