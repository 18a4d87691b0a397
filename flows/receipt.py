"""The receipt: what the person is told once a lead is sent: its number, where it went and why, what comes next, what to bring."""

from __future__ import annotations

from datetime import datetime

from flows.calendar import next_session
from flows.documents import checklist
from flows.engine.effects import LeadDraft
from flows.engine.scene import Scene
from flows.engine.text import Joined, Text
from flows.routing import Point, Route
from flows.visit import attachments, when

PAPERS_AT_MOST = 5


def say_receipt(scene: Scene, lead: LeadDraft, found: Route | None) -> None:
    """Two messages: sent and where to; then what to prepare."""
    where = _where(found, lead.why, scene.at)
    key = "sent.no" if lead.truth == "no" else "sent"
    files = attachments(scene, found.point) if found is not None and found.point is not None else ()
    scene.say(key, files, lead=lead.id, where=where, filed=Text(f"filed_at.{lead.filed_at}"))
    papers = checklist(lead.programme, lead.scheme, scene.known, scene.on, scene.book)
    if papers:
        lines = Joined(tuple(paper.text for paper in papers[:PAPERS_AT_MOST]), "bullets")
        scene.say("sent.papers", papers=lines)


def _where(found: Route | None, why: Text, at: datetime) -> Text:
    if found is None or found.point is None:
        return Text("where.queue", {"why": why})
    point = found.point
    if not point.confirmed:
        return Text("where.presumed", {"point": point.name, "why": found.why})
    return Text("where.point", {"point": point.name, "why": found.why, "session": session_text(point, at)})


def session_text(point: Point, at: datetime) -> Text:
    """When the point is open next, or that its day is not known."""
    session = next_session(point, at)
    if session is None:
        return Text("session.unknown")
    place = ", ".join(part for part in (point.venue, point.address) if part)
    if place:
        return Text("session.on", {"when": when(session), "venue": place})
    return Text("session.on_somewhere", {"when": when(session)})
