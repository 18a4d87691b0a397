"""The clocks: the system's, and one that stands still for tests and for `vayvon chat --now`."""

from __future__ import annotations

from datetime import datetime

from bot.stores.tables import VIETNAM


class SystemClock:
    """The time, in Việt Nam."""

    def now(self) -> datetime:
        return datetime.now(VIETNAM)


class FixedClock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at if at.tzinfo is not None else at.replace(tzinfo=VIETNAM)

    def now(self) -> datetime:
        return self.at.astimezone(VIETNAM)
