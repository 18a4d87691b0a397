"""The calendar file of a point behind a signed address: who was given the link can open it, nobody can list or make one.

The address names a point and a language, nothing of a person, and is the same for everybody. What it serves is made at
each call, so that a session moved meanwhile is right.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from itsdangerous import BadSignature, URLSafeSerializer

from bot.papers.calendar_file import calendar_file
from bot.wording import LANGUAGES
from flows.calendar import upcoming
from flows.routing import Point

PATH = "calendar"
FILE_NAME = "lich-giao-dich.ics"
SESSIONS = 12  # a year of them


class CalendarLinks:
    """Addresses below `site`, signed with `secret`."""

    def __init__(self, secret: str, site: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="calendar")
        self._site = site.rstrip("/")

    def address(self, point: str, language: str) -> str:
        """Where the file of a point is."""
        return f"{self._site}/{PATH}/{self._signer.dumps([point, language])}.ics"

    def opened(self, token: str) -> tuple[str, str] | None:
        """(point code, language) of an address of ours, else None."""
        try:
            point, language = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        return (point, language) if isinstance(point, str) and language in LANGUAGES else None


def point_calendar(point: Point, at: datetime, language: str) -> str | None:
    """The file with the sessions of the year to come; None where no day is known."""
    sessions = tuple(islice(upcoming(point, at), SESSIONS))
    return calendar_file(point, sessions, at=at, language=language) if sessions else None
