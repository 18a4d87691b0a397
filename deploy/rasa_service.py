"""Rasa as a process of its own: finds an interpreter that can run it, installs it once, trains once for each state of
the data, serves. Standard library only.

    python deploy/rasa_service.py [--port 5005] [--train-only]

Rasa 3.6.21, the last open one, wants Python 3.10, or 3.11 with the lock that works there. `RASA_PYTHON` names an
interpreter; else a `python3.10` that really runs; else a 3.11. Without one the bot works with its embedded engine alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "nlu" / "rasa"
CACHE = ROOT / ".cache" / "rasa"
OURS = ROOT / "deploy" / "rasa-ours.lock"
TRAINED_FROM = ("nlu/*.py", "nlu/entities/*.py", "nlu/lexicon/*", "nlu/places/*.csv", "nlu/rasa/*", "nlu/rasa/data/*")


class NoInterpreter(Exception):
    """Rasa 3.6 runs on Python 3.10 (or 3.11): none was found. Name one in RASA_PYTHON; the embedded engine needs none."""


def interpreter() -> tuple[str, str]:
    """(program, "310" or "311") that can run Rasa."""
    named = os.environ.get("RASA_PYTHON")
    for program in (named,) if named else ("python3.10", "python3.11", "python3", sys.executable):
        version = _version(program)
        if version in {"310", "311"}:
            return program, version
    raise NoInterpreter(NoInterpreter.__doc__)


def _version(program: str | None) -> str:
    """What it says of itself when it really runs; a version manager's shim may not."""
    path = shutil.which(program or "")
    if path is None:
        return ""
    asked = "import sys; print(f'{sys.version_info.major}{sys.version_info.minor}')"
    done = subprocess.run([path, "-c", asked], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def environment() -> Path:
    """The Python of Rasa's own environment, installed if its locks changed."""
    program, version = interpreter()
    lock = ROOT / "deploy" / f"rasa-py{version}.lock"
    stamp = hashlib.sha256(lock.read_bytes() + OURS.read_bytes()).hexdigest()[:16]
    home = CACHE / f"py{version}-{stamp}"
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        print("installing Rasa (2.5 GB, once) …", file=sys.stderr, flush=True)
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([program, "-m", "venv", str(home)], check=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
        ]
        for file in (lock, OURS):
            subprocess.run([*install, "--ignore-requires-python", "--require-hashes", "-r", str(file)], check=True)
        (home / "installed").touch()
    return python


def model(python: Path) -> Path:
    """The trained model, by the hash of what it is trained from."""
    files = sorted(path for pattern in TRAINED_FROM for path in ROOT.glob(pattern) if path.is_file())
    content = b"".join(str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in files)
    path = CACHE / f"model-{hashlib.sha256(content).hexdigest()[:16]}.tar.gz"
    if not path.exists():
        print("training Rasa …", file=sys.stderr, flush=True)
        rasa(
            python, "train", "nlu", "--config", str(PROJECT / "config.yml"), "--nlu", str(PROJECT / "data"),
            "--out", str(CACHE), "--fixed-model-name", path.name.removesuffix(".tar.gz"),
        )  # fmt: skip
    return path


def variables() -> dict[str, str]:
    """Rasa's environment variables: our code importable, no telemetry, no noise."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**os.environ, **quiet, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}


def rasa(python: Path, *arguments: str) -> None:
    """Run one Rasa command to its end."""
    subprocess.run(
        [str(python), "-m", "rasa", *arguments], cwd=CACHE, env=variables(), check=True, stdin=subprocess.DEVNULL
    )


def command(python: Path, trained: Path, port: int) -> list[str]:
    """What serves the model on loopback."""
    return [
        str(python), "-m", "rasa", "run", "--enable-api", "--model", str(trained), "--interface", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Install, train and serve Rasa for vayvon.")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--train-only", action="store_true")
    chosen = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        python = environment()
    except NoInterpreter as error:
        print(error, file=sys.stderr)
        return 2
    trained = model(python)
    if chosen.train_only:
        return 0
    print(f"Rasa: VAYVON_RASA_URL=http://127.0.0.1:{chosen.port}", file=sys.stderr, flush=True)
    return subprocess.run(command(python, trained, chosen.port), cwd=CACHE, env=variables(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
