"""When a person may be written to unasked, and how long staff have to answer. Pure: the moment is handed in, in Việt Nam's time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flows.calendar import HOLIDAYS

MORNING, EVENING = time(8, 0), time(20, 0)  # nobody is woken, nobody is disturbed at night
SATURDAY = 5


def by_day(moment: datetime) -> datetime:
    """The moment itself if it lies between 8:00 and 20:00, else the next 8:00."""
    if moment.time() < MORNING:
        return datetime.combine(moment.date(), MORNING, moment.tzinfo)
    if moment.time() >= EVENING:
        return datetime.combine(moment.date() + timedelta(days=1), MORNING, moment.tzinfo)
    return moment


def after_working_days(moment: datetime, days: int) -> datetime:
    """So many working days later, by day. Tết moves with the moon and is not known here: staff away then are waited for in vain,
    and the person hears so, which is better than silence."""
    left = days
    while left:
        moment += timedelta(days=1)
        if moment.weekday() < SATURDAY and (moment.month, moment.day) not in HOLIDAYS:
            left -= 1
    return by_day(moment)
