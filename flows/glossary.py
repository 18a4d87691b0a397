"""The hard words that we cannot avoid, each with its plain meaning in the catalogue. No sentence stands here.

`term.<id>` is the word with a short gloss, for use inside a sentence; `term.<id>.more` answers "what is that?".
"""

from __future__ import annotations

from flows.engine.text import Text

TERMS: tuple[str, ...] = (
    "savings_group",
    "group_meeting",
    "entrusted_body",
    "transaction_point",
    "office",
    "borrower",
    "collateral",
    "principal",
    "instalment",
    "grace",
    "extension",
    "overdue",
    "freeze",
    "write_off",
    "disbursement",
    "plan",
    "average_household",
    "newly_escaped",
    "difficult_area",
    "reserved_results",
    "lease_purchase",
    "cost_plan",
    "release_certificate",
    "service_enterprise",
    "public_unit",
    "deposit",
    "capacity",
)


def gloss(term: str) -> Text:
    """The word with its short meaning, to stand in a sentence."""
    return Text(f"term.{_known(term)}")


def meaning(term: str) -> Text:
    """What the word means, in a sentence or two."""
    return Text(f"term.{_known(term)}.more")


def _known(term: str) -> str:
    if term not in TERMS:
        raise LookupError(f"{term} is no word of the glossary: add it to TERMS and to both catalogues")
    return term
