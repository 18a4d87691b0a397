"""Conversations of simulated citizens: what must never happen did not, and the rest is no worse than it was."""

from __future__ import annotations

from functools import lru_cache

import pytest
from simulation.judge import NEVER, RIGHT
from simulation.play import play, play_many, summed

TALKS = 150
