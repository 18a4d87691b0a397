"""YES, NO, UNKNOWN and their connectives: Kleene's three values, and nothing about facts or law."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """What can be said of a condition: it holds, it does not, or nobody can say yet."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN

NOT_COVERED = "not_covered"
"""Said instead of a truth for a day before the instrument in force today began."""


def all_of(truths: Iterable[Truth]) -> Truth:
    """NO if any is NO, else UNKNOWN if any is UNKNOWN, else YES."""
    found = set(truths)
    return NO if NO in found else UNKNOWN if UNKNOWN in found else YES


def any_of(truths: Iterable[Truth]) -> Truth:
    """YES if any is YES, else UNKNOWN if any is UNKNOWN, else NO."""
    found = set(truths)
    return YES if YES in found else UNKNOWN if UNKNOWN in found else NO


def negate(truth: Truth) -> Truth:
    """YES and NO change places; UNKNOWN stays."""
    return {YES: NO, NO: YES}.get(truth, UNKNOWN)


def covered_any_of(truths: Iterable[str]) -> str:
    """`any_of` over the schemes of a programme: schemes that a day does not cover say nothing."""
    covered = [Truth(truth) for truth in truths if truth != NOT_COVERED]
    return any_of(covered) if covered else NOT_COVERED
