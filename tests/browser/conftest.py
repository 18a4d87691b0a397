"""The composed app on a loopback port with a real Chromium in front. The talk's store lives in memory, one a test."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from bot.app import running
from bot.commands.operate import first_login
from bot.settings import Settings
from bot.web import build_asgi

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Silent:
    """A classifier that never knows: the citizen of these tests presses buttons and answers what is asked."""

    async def classify(self, text, expecting):
        return None


@dataclass
class Site:
    """A running server."""

    address: str
    login: str
    password: str


@pytest.fixture
def site(tmp_path):
    """The app, served as `vayvon serve` does, outbox worker included."""
    started, stop = threading.Event(), threading.Event()
    found: list[Site] = []

    async def serve() -> None:
        settings = Settings(var=tmp_path, messages_per_minute=500)
        async with running(settings, dry=True, classifier=Silent()) as app:
            login, password = await first_login(app.store) or ("", "")
            app.start_work()
            server = uvicorn.Server(uvicorn.Config(build_asgi(app), port=0, log_level="warning"))
            server.install_signal_handlers = lambda: None
            serving = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.02)
            port = server.servers[0].sockets[0].getsockname()[1]
            found.append(Site(f"http://127.0.0.1:{port}", login, password))
            started.set()
            while not stop.is_set():
                await asyncio.sleep(0.05)
            server.should_exit = True
            await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(60), "the server did not start"
    yield found[0]
    stop.set()
    thread.join(20)


@pytest.fixture(scope="module")  # closed before other files run: its event loop would be in the way of theirs
def chromium():
    path = os.environ.get("VAYVON_TEST_CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, site: Site):
    """Opens a window on the site; whatever the browser complains of (CSP, scripts, missing files) fails the test."""
    contexts, complaints = [], []

    def window(width: int = 360, height: int = 740, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=site.address, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    window.complaints = complaints
    yield window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script, installed from its lock file."""
    npm = shutil.which("npm")
    if not AXE.exists() and npm:
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE, check=False, capture_output=True, timeout=180)
    if not AXE.exists():
        missing = "axe-core is not installed (npm ci in tests/browser)"
        if os.environ.get("REQUIRE") == "all":
            pytest.fail(f"REQUIRE=all, but {missing}", pytrace=False)
        pytest.skip(missing)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def pictures() -> Path | None:
    """Where to leave pictures to look at (VAYVON_TEST_PICTURES); None: nowhere."""
    folder = os.environ.get("VAYVON_TEST_PICTURES")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
