"""`vayvon serve` and `vayvon work` as processes: they start on nothing, answer, and end when told to, with nothing lost."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from trained import put_model

pytestmark = pytest.mark.acceptance  # whole processes, started and ended: slow
Start = Callable[..., subprocess.Popen]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    put_model(folder)
    return folder


@pytest.fixture
def start(var: Path) -> Iterator[Start]:
    started: list[subprocess.Popen] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VAYVON_")}
    environment = {**environment, "VAYVON_VAR": str(var), "TELEGRAM_TOKEN": "", "PYTHONUNBUFFERED": "1"}

    def run(*arguments: str, **more: str) -> subprocess.Popen:
        command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, env={**environment, **more}, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def lines_until(process: subprocess.Popen, pattern: str) -> list[str]:
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    pytest.fail("".join(lines))


def ended(process: subprocess.Popen) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)
    return process.returncode, rest


def test_serve_starts_on_nothing_answers_and_stops(start: Start) -> None:
    server = start("serve", "--port", "0")
    lines = lines_until(server, "first staff login")
    site = re.search(r"http://[^/\s]+", "".join(line for line in lines if line.startswith("web chat"))).group()
    with urllib.request.urlopen(f"{site}/healthz") as answer:
        assert answer.status == 200
    body = json.dumps({"start": True}).encode()
    ask = urllib.request.Request(f"{site}/api/chat", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(ask) as answer:
        assert json.load(answer)["replies"]
    with urllib.request.urlopen(f"{site}/console/") as answer:
        assert answer.status == 200
    status, _ = ended(server)
    assert status == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{site}/healthz", timeout=2)


def test_the_first_login_is_shown_once(start: Start) -> None:
    server = start("serve", "--port", "0")
    lines_until(server, "telegram ")
    time.sleep(0.3)
    status, rest = ended(server)
    assert status == 0 and "first staff login" not in rest


def test_work_ends_when_told_to(start: Start) -> None:
    worker = start("work")
    lines_until(worker, "work.started")
    assert ended(worker)[0] == 0


def test_serve_says_in_one_line_that_the_port_is_taken_or_the_database_away(start: Start) -> None:
    away = start("serve", VAYVON_DATABASE_URL="postgresql://vayvon@127.0.0.1:1/none")
    output, _ = away.communicate(timeout=60)
    assert away.returncode == 2 and output.splitlines()[-1].startswith("vayvon: ") and "Traceback" not in output
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = start("serve", "--port", str(taken.getsockname()[1]))
        output, _ = second.communicate(timeout=60)
    assert second.returncode == 2 and "can't be listened on" in output and "Traceback" not in output
