"""The embedded classifier as the shell keeps it: trained once, saved beside the database, loaded from there. No training here."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from nlu.classifier import Classifier, train
from nlu.reading import Expecting, Intent
from nlu.training import fingerprint

log = structlog.get_logger(__name__)


class Embedded:
    """The classifier within this process: the default, and the fallback of any other one."""

    def __init__(self, model: Classifier) -> None:
        self._model = model

    async def classify(self, text: str, expecting: Expecting) -> Intent | None:
        """What the person wants."""
        return self._model.classify(text, expecting)


def model_path(folder: Path) -> Path:
    """Where the model for today's training sentences is kept; other sentences make another name."""
    return folder / f"classifier-{fingerprint()[:16]}.bin"


def load_model(folder: Path) -> Classifier:
    """The model for today's training sentences: read from `folder`, or trained now (seconds) and saved there."""
    path = model_path(folder)
    try:
        return Classifier.load(path.read_bytes())
    except (OSError, ValueError):
        log.info("classifier.training")
    model = train()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(model.dump())
        draft.replace(path)
        for old in folder.glob("classifier-*.bin"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("classifier.not_saved", why=error.strerror)  # trained again at the next start, nothing else
    return model
