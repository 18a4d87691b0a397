"""The Rasa engine for a benchmark: served from its own environment where `make rasa` has installed it; never installed here."""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlu.training import examples

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
_spec = importlib.util.spec_from_file_location("rasa_service", ROOT / "deploy" / "rasa_service.py")
service = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(service)


def python() -> Path | None:
    """The Python of Rasa's environment; None, and why on stderr, where it is not installed."""
    try:
        _, version = service.interpreter()
    except service.NoInterpreter as error:
        print(f"Rasa is not measured: {error}", file=sys.stderr)
        return None
    if not any(
        home.name.startswith(f"py{version}-") and (home / "installed").exists() for home in service.CACHE.glob("py*")
    ):
        print("Rasa is not measured: `make rasa` has not installed it", file=sys.stderr)
        return None
    return service.environment()


DEFAULT = HERE / "rasa_default.yml"
_FEW = 40  # sentences of each topic: enough to learn labels from; the speed is not theirs


def default_model(program: Path) -> Path:
    """A model of Rasa's own default pipeline (DIET), taught a few sentences of each topic; trained once a version of both."""
    taught = _few_sentences()
    name = f"default-{hashlib.sha256(DEFAULT.read_bytes() + taught.encode()).hexdigest()[:16]}"
    model = service.CACHE / f"{name}.tar.gz"
    if not model.exists():
        data = service.CACHE / name / "nlu.yml"
        data.parent.mkdir(parents=True, exist_ok=True)
        data.write_text(taught, encoding="utf-8")
        where = ("--out", str(service.CACHE), "--fixed-model-name", name)
        service.rasa(program, "train", "nlu", "--config", str(DEFAULT), "--nlu", str(data.parent), *where)
    return model


def _few_sentences() -> str:
    by_topic: dict[str, list[str]] = {}
    for example in examples():
        listed = by_topic.setdefault(example.topics[0], [])
        if example.slot is None and len(listed) < _FEW and not set("[](){}") & set(example.text):
            listed.append(example.text)
    lines = ['version: "3.1"', "nlu:"]
    for topic, texts in by_topic.items():
        lines += [f"- intent: {topic}", "  examples: |", *(f"    - {text}" for text in texts)]
    return "\n".join(lines) + "\n"


class Served:
    """A running Rasa: asked over one connection that is kept alive."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def parse(self, text: str) -> dict:
        self._connection.request(
            "POST", "/model/parse", json.dumps({"text": text}), {"content-type": "application/json"}
        )
        return json.loads(self._connection.getresponse().read())

    def megabytes(self) -> float:
        """What the process holds in memory now."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def served(program: Path, model: Path) -> Iterator[Served]:
    """Rasa with the model, on a core of its own where there are two."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        service.command(program, model, port),
        cwd=service.CACHE,
        env=service.variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cores = sorted(os.sched_getaffinity(0))
    try:
        os.sched_setaffinity(process.pid, {cores[-1]})
        rasa = Served(process, port)
        for _ in range(240):
            try:
                if "intent" in rasa.parse("chào"):
                    break
            except (OSError, http.client.HTTPException):
                rasa = Served(process, port)
                time.sleep(0.5)
        else:
            raise RuntimeError("Rasa does not answer")
        yield rasa
    finally:
        process.terminate()
        process.wait(30)
