"""The locks belong to pyproject.toml: every dependency is in them, in a version that it allows, with hashes, without addresses."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement

LOCKS = ["deploy/requirements.lock", "deploy/requirements-test.lock", "deploy/requirements-postgres.lock"]


def locked(house, lock: str) -> dict[str, str]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", house.read(lock), re.M)
    return {name.lower().replace("_", "-"): version for name, version in pins}


@pytest.fixture(scope="module")
def project(house) -> dict:
    return tomllib.loads(house.read("pyproject.toml"))


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_hashes_and_no_line_says_where_from(house, lock):
    blocks = re.split(r"^(?=\S)", house.read(lock), flags=re.M)
    pins = [block for block in blocks if block.strip()]
    assert pins
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert [line for line in house.read(lock).splitlines() if line.startswith("-") or "://" in line] == []


def test_the_locks_satisfy_pyproject(house, project):
    """If this fails: `make lock`, and commit what it wrote."""
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    tests = [*wanted, *project["project"]["optional-dependencies"]["test"]]
    for lock, requirements in (("deploy/requirements.lock", wanted), ("deploy/requirements-test.lock", tests)):
        pins = locked(house, lock)
        for text in requirements:
            one = Requirement(text)
            name = one.name.lower().replace("_", "-")
            assert name in pins, f"{one.name} is not in {lock}"
            assert one.specifier.contains(pins[name], prereleases=True), f"{one} is locked as {pins[name]} in {lock}"


def test_both_locks_agree(house):
    run, test = locked(house, LOCKS[0]), locked(house, LOCKS[1])
    assert {name: (version, test.get(name)) for name, version in run.items() if test.get(name) != version} == {}


def test_the_npm_lock_belongs_to_its_package(house):
    package = json.loads(house.read("tests/telegram_peer/package.json"))
    lock = json.loads(house.read("tests/telegram_peer/package-lock.json"))
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    assert [name for name, one in lock["packages"].items() if name and not one.get("integrity")] == []
