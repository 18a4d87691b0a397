"""Second thoughts: "à mà có rồi", "nhầm, có tên rồi" take back an answer that is no longer asked for. Words only."""

from __future__ import annotations

from nlu.text import Plain

OPENINGS = frozenset({"a", "o", "ah", "ui", "oi", "ua", "uh", "y", "ay", "chet", "thoi", "xin", "loi", "em", "toi", "minh", "da", "con"})
SIGHS = frozenset({"a", "o", "ah", "y", "ui", "ua"})
TURNS = frozenset({"ma", "nham", "quen", "lon", "khoan"})  # "à mà", "em nhầm", "à quên"
IN_TRUTH = frozenset({("thuc", "ra"), ("that", "ra"), ("dung", "ra")})
AFTER = frozenset({"mat", "roi", "chut"})  # "quên mất", "nhầm rồi"
NODS = frozenset({"vang", "ok", "oke", "okie", "duoc", "biet", "hieu", "ro", "the", "vay", "thoi", "dung", "tot"})  # "à được rồi"
NOD = 3  # words: no longer message is a mere nod
LONGEST = 14  # words; a longer message tells a story of its own
BARE = 4  # words, in which "rồi" is the whole of it: "có rồi mà"


def second_thought(message: Plain) -> str | None:
    """What is said after the words of a second thought, as written; None if the message is none."""
    words = [word for word in message.words if word.kind != "p"]
    if not words or len(words) > LONGEST:
        return None
    first, turned = 0, False
    while first < len(words):
        key = words[first].key
        pair = (key, words[first + 1].key) if first + 1 < len(words) else ("", "")
        if pair in IN_TRUTH:
            first, turned = first + 2, True
        elif key in TURNS or (turned and key in AFTER):
            first, turned = first + 1, True
        elif key in OPENINGS and not turned:
            first += 1
        else:
            break
    left = [word.key for word in words[first:]]
    if not left or (len(left) <= NOD and NODS & set(left)):
        return None
    sighed = bool(first) and words[0].key in SIGHS and bool({"co", "roi"} & set(left))
    if turned or sighed:
        return message.text[words[first].start :]
    return message.text if len(words) <= BARE and "roi" in left and not NODS & set(left) else None
