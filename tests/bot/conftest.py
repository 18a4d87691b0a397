"""The composed app over a store in memory, with the classifier that is trained once a checkout. What needs another one makes its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from small_engine import AT
from trained import put_model

from bot.app import App, running
from bot.clock import FixedClock
from bot.settings import Settings, load


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of a folder of its own."""
    folder = tmp_path_factory.mktemp("var")
    put_model(folder)
    return load(var=folder)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """Nothing leaves it, its clock stands still, and nobody writes too much."""
    async with running(settings, clock=FixedClock(AT), dry=True, limited=False) as made:
        yield made
