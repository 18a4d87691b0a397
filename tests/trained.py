"""The embedded classifier for tests: trained once a checkout, not once a test file. Its file name carries the hash of all it depends on."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

from bot.embedded import load_model, model_path
from nlu.classifier import Classifier

MODELS = Path(__file__).resolve().parents[1] / ".cache" / "classifier"


@lru_cache(maxsize=1)
def model() -> Classifier:
    """The model for today's training sentences."""
    return load_model(MODELS)


def put_model(folder: Path) -> None:
    """Lay the trained model where a process with `VAYVON_VAR=folder` finds it."""
    model()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(model_path(MODELS), model_path(folder))
