"""How the log looks and where it goes: one line an event on stderr, with nothing personal in it (`bot/privacy.py`)."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.privacy import redact_event

OURS = ("bot", "uvicorn.error")  # whose lines follow the level that the operator set
_BEFORE = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
)


def configure(level: str = "info", style: str = "text") -> None:
    """Send our own log and that of every library the same way."""
    render = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_BEFORE, _without_traceback],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact_event, render],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    wanted = logging.getLevelNamesMapping()[level.upper()]
    # Below a warning, libraries quote what passes through them: Telegram's every message sent, others addresses.
    root.setLevel(max(wanted, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    for name in ("sqlalchemy.engine", "httpx", "httpcore", "aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)  # set by some of them themselves
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _without_traceback(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A library's traceback ends with the error's own text, which may quote what a person wrote: its kind has to do."""
    problem = event.pop("exc_info", None)
    if problem:
        kind = problem[0] if isinstance(problem, tuple) else sys.exc_info()[0]
        event["error"] = kind.__name__ if kind else "unknown"
    return event
