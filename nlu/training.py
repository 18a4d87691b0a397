"""The training set: Rasa's YAML read into examples, and seeded, repeatable ways of typing them badly.

Both engines learn from `nlu/rasa/data/`. Here belong reading it and augmenting it; fitting a model does not.
"""

from __future__ import annotations

import csv
import hashlib
import random
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import yaml

from nlu.lexicon import load
from nlu.pattern import PART
from nlu.text import fold

SEED = 20261122  # of all augmentation: the same data and seed give the same model
DATA = Path(__file__).parent / "rasa" / "data"

TOPICS = (
    "eligibility", "amount", "rate", "term", "repayment", "documents", "procedure", "where_when", "start_application",
    "status", "human", "greet", "thanks", "affirm", "deny", "cancel", "go_back", "correct", "privacy", "complaint_scam",
    "calculator", "help", "inform", "out_of_scope",
)  # fmt: skip
"""All topics of the label guide; the file `<topic>.yml` holds the examples of each."""

PROGRAMMES = ("student", "water", "housing", "released", "abroad", "jobs", "other")
"""What a message can be about; `none` and `multiple` are counts of these, not members."""

_CODE = ("training", "features", "classifier", "letters", "misspelt", "text")
_LEXICON = ("abbreviations", "alike", "cues", "facts", "people", "slots")
_PLACES = Path(__file__).parent / "places" / "communes.csv"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Example(msgspec.Struct, frozen=True):
    """One labelled sentence. `topics`: the main one first; `slot`: the question it answers, if it answers one."""

    text: str
    topics: tuple[str, ...]
    programmes: tuple[str, ...] = ()
    slot: str | None = None


class TrainingDataError(ValueError):
    """A training file says something the label guide does not know; the message names file and group."""


def fingerprint() -> str:
    """A hash of everything that shapes the model, so that a cached one is never used after a change."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    sources = [*sorted(DATA.glob("*.yml")), *(here / f"{name}.py" for name in _CODE), here / "lexicon" / "pairs.tsv"]
    for path in [*sources, *(here / "lexicon" / f"{name}.yaml" for name in _LEXICON)]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Every example of `nlu/rasa/data/`, in the order of the files."""
    return tuple(example for topic in TOPICS for example in _file(DATA / f"{topic}.yml", topic))


def _file(path: Path, topic: str) -> Iterator[Example]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    for number, group in enumerate(content["nlu"], 1):
        where = f"{path.name}, group {number}"
        if group.get("intent") != topic:
            raise TrainingDataError(f"{where}: the intent must be {topic}, as the file is named")
        yield from _group(group, topic, where)


def _group(group: dict[str, Any], topic: str, where: str) -> Iterator[Example]:
    labels = group.get("metadata") or {}
    topics = tuple(labels.get("topics") or (topic,))
    programmes = _programmes(labels, where)
    unknown = [t for t in topics if t not in TOPICS] + [p for p in programmes if p not in PROGRAMMES]
    if unknown or topics[0] != topic:
        raise TrainingDataError(f"{where}: unknown or misplaced label {unknown or topics[0]}")
    for line in group["examples"].splitlines():
        text = unicodedata.normalize("NFC", line.strip().removeprefix("- ").strip())
        if text:
            yield Example(text, topics, programmes, labels.get("slot"))


def _programmes(labels: dict[str, Any], where: str) -> tuple[str, ...]:
    programme = labels.get("programme")
    if programme == "multiple":
        return tuple(labels["programmes"])
    if programme is None:
        raise TrainingDataError(f"{where}: metadata.programme is missing")
    return () if programme == "none" else (programme,)


# --- ways of typing -------------------------------------------------------------------------------------------------

_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_TELEX_MARKS = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}

_TEENCODE = {
    "không": ("ko", "k", "hok", "khum", "hông", "hem"),
    "được": ("đc", "dc", "đk"),
    "bao nhiêu": ("bn", "bnhiu", "nhiu"),
    "gì": ("j", "gì z", "gj"),
    "rồi": ("r", "rùi"),
    "vậy": ("z", "v", "dzậy"),
    "với": ("vs", "v"),
    "và": ("vs", "&"),
    "lãi suất": ("ls", "lsuat"),
    "hồ sơ": ("hs", "hso"),
    "sinh viên": ("sv",),
    "nhà ở xã hội": ("noxh", "nhà xh"),
    "nhà xã hội": ("noxh", "nxh"),
    "xuất khẩu lao động": ("xklđ", "xkld"),
    "nhà vệ sinh": ("nvs", "wc"),
    "như thế nào": ("ntn",),
    "thế nào": ("ntn", "tnao"),
    "ngân hàng": ("nh", "nhàng"),
    "giấy tờ": ("giấy tờ", "gtờ"),
    "mình": ("mk", "mìk"),
    "em": ("e",),
    "tôi": ("t", "tui"),
    "người": ("ng",),
    "triệu": ("tr", "củ"),
    "tháng": ("th", "thg"),
    "trước": ("trc",),
    "nhiều": ("nhìu", "nhiu"),
    "biết": ("bít",),
    "muốn": ("mún", "mun"),
    "giải ngân": ("gngan", "giải ngân"),
    "thủ tục": ("thủ tục", "ttục"),
    "đăng ký": ("đk", "đky"),
    "học": ("hok", "học"),
}

_DIALECTS = (
    # Nghệ Tĩnh
    {"thế nào": "răng", "làm sao": "mần răng", "làm": "mần", "đâu": "mô", "tôi": "choa", "gì": "chi", "vậy": "rứa",
     "bây giờ": "chừ", "sao": "răng", "không": "khôông", "này": "ni", "kia": "tê", "ai": "ai hè"},
    # Huế
    {"thế nào": "răng", "làm sao": "làm răng", "đâu": "mô", "tôi": "tui", "gì": "chi", "vậy": "rứa", "bây giờ": "chừ",
     "mẹ": "mạ", "không": "không hí", "này": "ni"},
    # the south
    {"không": "hông", "bao nhiêu": "nhiêu", "tôi": "tui", "giúp": "giùm", "vậy": "dzậy", "thế": "vầy", "bố": "ba",
     "mẹ": "má", "về": "dìa", "nhé": "nghen", "thật": "thiệt", "gửi": "gởi"},
)  # fmt: skip

_OPENERS = (
    "dạ em chào anh chị, ", "cho em hỏi ", "cho hỏi ", "alo ", "ad ơi ", "bạn ơi cho mình hỏi ", "chào cán bộ, ",
    "em ơi cho chị hỏi ", "cháu ơi cho bác hỏi ", "dạ cho con hỏi ", "alo alo cháu ơi bác hỏi tí ", "mình hỏi xíu, ",
    "o ơi cho choa hỏi ", "chị ơi ", "xin chào, tôi muốn hỏi ", "em muốn hỏi là ", "ủa ", "thế ", "hỏi giùm hàng xóm: ",
    "tôi hỏi hộ người nhà, ", "đọc mãi không hiểu, ", "sao hỏi hoài không ai trả lời, ", "nói rõ cho tôi biết ",
)  # fmt: skip
_CLOSERS = (
    " ạ", " vậy ạ", " hả em", " hả cháu", " nhỉ", " thế", " vậy", " hè", " rứa", " hí", " nghen", " nha", " z ad",
    " em ơi", " cảm ơn", " giúp em với", " với ạ", " đây", " hả chị", "???", "!!!", " 😭", " 🙏",
)  # fmt: skip
_QUESTIONS = frozenset(TOPICS[:10]) | {"calculator", "privacy", "complaint_scam", "human", "help", "out_of_scope"}
_ABOUT_A_LOAN = frozenset(TOPICS[:10]) | {"calculator"}
_TOLD_AROUND = _QUESTIONS - {"out_of_scope"} | {"start_application"}
_SLOTS = ("amount", "term", "poverty_status", "residence", "phone", "yes_no", "name", "monthly_income", "consent")


def without_accents(text: str) -> str:
    """The text as typed on a phone without Vietnamese keys; capitals stay."""
    return "".join(fold(c).upper() if c.isupper() else fold(c) for c in unicodedata.normalize("NFC", text))


def telex(text: str, chance: random.Random, share: float = 0.8) -> str:
    """The text as it comes out when the Telex keyboard was off."""
    return " ".join(_telex_word(w) if chance.random() < share else w for w in text.split(" "))


def _telex_word(word: str) -> str:
    tone, letters = "", []
    for char in unicodedata.normalize("NFD", word):
        if char in _TELEX_TONES:
            tone = _TELEX_TONES[char]
        else:
            letters.append(char)
    bare = unicodedata.normalize("NFC", "".join(letters))
    typed = "".join(_TELEX_MARKS.get(c, c) for c in bare.lower())
    if not tone:
        return typed
    tail = re.search(r"[^\w]*$", typed)
    cut = tail.start() if tail else len(typed)
    return typed[:cut] + tone + typed[cut:]


def teencode(text: str, chance: random.Random) -> str:
    """The text in short forms, some of them at random."""
    return _swap(text.lower(), {k: chance.choice(v) for k, v in _TEENCODE.items() if chance.random() < 0.8})


def dialect(text: str, chance: random.Random) -> str:
    """The text with the words of one region."""
    return _swap(text, chance.choice(_DIALECTS))


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    return load("alike")


@lru_cache(maxsize=1)
def _alike() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """What finds an interchangeable phrase, and the group of each."""
    group_of = {phrase.lower(): group for group in _lists()["groups"] for phrase in group}
    longest_first = sorted(group_of, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE), group_of


def alike(text: str, chance: random.Random) -> str:
    """The text with other words of the same kind: another country, another way to say how much."""
    pattern, group_of = _alike()
    return pattern.sub(
        lambda m: chance.choice(group_of[m.group().lower()]) if chance.random() < 0.7 else m.group(), text
    )


def _swap(text: str, words: dict[str, str]) -> str:
    for plain, form in sorted(words.items(), key=lambda kv: -len(kv[0])):
        text = re.sub(rf"(?<!\w){re.escape(plain)}(?!\w)", form, text)
    return text


def spoken(text: str) -> str:
    """The text as voice typing leaves it: one breath, no capitals, no marks between clauses."""
    return re.sub(r"\s+", " ", re.sub(r"(?<!\d)[.,;:!?…](?!\d)|[?!]", " ", text.lower())).strip()


def slips(text: str, chance: random.Random) -> str:
    """One or two slips of the finger: a letter doubled, dropped or swapped, a mark lost."""
    letters = list(text)
    for _ in range(1 + len(letters) // 30):
        spot = chance.randrange(len(letters))
        if not letters[spot].isalpha():
            continue
        kind = chance.randrange(4)
        if kind == 0:
            letters[spot] = without_accents(letters[spot])
        elif kind == 1 and len(letters) > 12:
            letters[spot] = ""
        elif kind == 2 and spot + 1 < len(letters) and letters[spot + 1].isalpha():
            letters[spot], letters[spot + 1] = letters[spot + 1], letters[spot]
        else:
            letters[spot] *= 2
        letters = [c for piece in letters for c in piece] if any(len(p) != 1 for p in letters) else letters
    return "".join(letters)


def augmented(seed: int = SEED) -> Iterator[tuple[Example, int]]:
    """Every example with half of its variants, each with the number of the example it comes from; the same for a seed.

    All variants take twice as long to learn from and gain nothing that can be measured.
    """
    for number, example in enumerate(examples()):
        yield example, number
        for variant in islice(varied(example, seed), 0, None, 2):
            yield variant, number
    for number, invented in enumerate(made_up(seed), len(examples())):
        yield invented, number


def varied(example: Example, seed: int = SEED) -> Iterator[Example]:
    """The example as others would type it; the same for a seed."""
    chance = random.Random(f"{seed}:{example.text}:{example.slot}")
    for variant in dict.fromkeys(_variants(example, chance)):
        if variant.text != example.text or variant.slot != example.slot:
            yield variant


_JOINTS = (", ", ", ", " và ", " rồi ", "? ", ". ", " với lại ", ", còn ", " ", ", với cho hỏi ", ", thêm nữa là ")


@lru_cache(maxsize=1)
def _partners() -> dict[str, tuple[Example, ...]]:
    """Short sentences that can stand beside another one: questions, wishes and facts, all without a slot."""
    free = [e for e in examples() if e.slot is None and len(e.topics) == 1 and 8 < len(e.text) < 70]
    kinds = {"question": _ABOUT_A_LOAN - {"start_application"}, "wish": {"start_application"}, "fact": {"inform"}}
    return {kind: tuple(e for e in free if e.topics[0] in topics) for kind, topics in kinds.items()}


def _joined(example: Example, chance: random.Random) -> Iterator[Example]:
    """The question with another one behind it, or behind a wish or a fact, which it outweighs."""
    if example.slot is not None or len(example.text) > 90 or example.topics[0] not in _ABOUT_A_LOAN:
        return
    text = example.text.rstrip("?. ")
    lower = text[:1].lower() + text[1:]
    asks = example.topics[0] != "start_application"
    if asks and chance.random() < 0.45:
        other = _partner("question", example, chance)
        if other and other.topics[0] not in example.topics:
            tail = other.text[:1].lower() + other.text[1:]
            joined = _with(example, _sometimes_typed(text + chance.choice(_JOINTS) + tail, chance))
            yield msgspec.structs.replace(
                joined, topics=example.topics + other.topics, programmes=example.programmes or other.programmes
            )
    if chance.random() < 0.35:
        kind = "wish" if asks and chance.random() < 0.5 else "fact"
        other = _partner(kind, example, chance)
        if other:
            joined = _with(
                example, _sometimes_typed(other.text.rstrip("?. ") + chance.choice(_JOINTS[:6]) + lower, chance)
            )
            yield msgspec.structs.replace(joined, programmes=example.programmes or other.programmes)


def _partner(kind: str, example: Example, chance: random.Random) -> Example | None:
    """A sentence of the kind that names no other programme than the example."""
    for _ in range(20):
        other = chance.choice(_partners()[kind])
        if not other.programmes or other.programmes == example.programmes:
            return other
    return None


def _sometimes_typed(text: str, chance: random.Random) -> str:
    return _typed(text, chance) if chance.random() < 0.6 else text


def made_up(seed: int = SEED) -> Iterator[Example]:
    """What is not written out in the data because there is no end of it: answers to a form, and stories."""
    yield from _form_answers(seed)
    yield from _facts_told(seed)
    yield from _stories(seed)


def _address(
    kind: str, place: str, communes: list[tuple[str, str]], provinces: list[str], chance: random.Random
) -> str:
    """A place as people answer with it: bare, with its unit word, or up to the province."""
    way = chance.random()
    if way < 0.3:
        return place
    if way < 0.6:
        return f"{kind} {place}"
    district = f"{chance.choice(('huyện', 'huyện', 'thị xã', 'quận'))} {chance.choice(communes)[1]}"
    parts = [f"{kind} {place}", *([district] if way < 0.9 else []), chance.choice(provinces)]
    return chance.choice((", ", ", ", " ")).join(parts)


_YES_LEADS = ("dạ có, ", "có, ", "rồi, ", "ừ ", "có chứ, ", "dạ rồi ạ, ", "dạ ", "")
_NO_LEADS = ("dạ ", "hổng, ", "không, ", "nỏ, ", "", "", "dạ thưa ")
_TAILS = ("", "", "", " ạ", " rồi", " cháu ạ", " nghen", " đó em", " mô", " nha")


def _facts_told(seed: int) -> Iterator[Example]:
    """How the facts of `nlu/lexicon/facts.yaml` are told in answer to their question: a yes, a no, or a value."""
    chance = random.Random(seed)
    for fact, entry in load("facts").items():
        yes_no = load("slots").get(fact) == "bool"
        for value, phrases in ((v, p) for part in ("says", "asked") for v, p in (entry.get(part) or {}).items()):
            for phrase in phrases:
                for _ in range(3):
                    text = said(str(phrase), chance)
                    if not yes_no:
                        says_no = value in ("none", "no") and text.startswith(("không", "chưa"))
                        topic = "deny" if says_no else "inform"
                        yield Example(_typed(text, chance) if chance.random() < 0.5 else text, (topic,), (), fact)
                        continue
                    lead = chance.choice(_YES_LEADS if value else _NO_LEADS)
                    told = _sometimes_typed(lead + text + chance.choice(_TAILS), chance)
                    yield Example(told, ("affirm" if value else "deny",), (), fact)


def said(phrase: str, chance: random.Random) -> str:
    """One way to say a phrase of the lexicon (syntax in `nlu/pattern.py`), its gaps left empty."""
    parts = PART.findall(phrase)
    words, rest = _one_way(parts, chance)
    assert not rest, phrase
    return " ".join(words).replace("#", str(chance.randrange(2, 40)))


def _one_way(parts: list[str], chance: random.Random) -> tuple[list[str], list[str]]:
    ways: list[list[str]] = [[]]
    while parts:
        part, *parts = parts
        if part in "([":
            inside, parts = _one_way(parts, chance)
            ways[-1] += inside if part == "(" or chance.random() < 0.5 else []
        elif part in ")]":
            break
        elif part == "|":
            ways.append([])
        elif part not in ("...", "..,"):
            ways[-1].append(part)
    return chance.choice(ways), parts


def _form_answers(seed: int, count: int = 200) -> Iterator[Example]:
    """Bare names, places and fields of study: what people answer a form is endless, so it is made up."""
    chance, lists = random.Random(seed), _lists()
    surnames = [s.capitalize() for s in load("people")["surnames"].split() if s.isalpha()]
    with _PLACES.open(encoding="utf-8", newline="") as file:
        communes = [
            (row["type"].lower(), row["name"].removeprefix(row["type"]).strip()) for row in csv.DictReader(file)
        ]
    provinces = lists["answers"]["province"]
    given = lists["answers"]["given"]
    for _ in range(count):
        kind, place = chance.choice(communes)
        middle = chance.choice(("Thị", "Văn", chance.choice(given), chance.choice(surnames)))
        answers = {
            "name": f"{chance.choice(surnames)} {middle} {chance.choice(given)}",
            "residence": _address(kind, place, communes, provinces, chance),
            "study_field": chance.choice(lists["answers"]["study_field"]),
        }
        for slot, answer in answers.items():
            text = chance.choice(lists["frames"][slot]).format(answer)
            way = chance.randrange(5)
            text = (
                without_accents(text) if way == 0 else text.upper() if way == 1 else spoken(text) if way == 2 else text
            )
            yield Example(text, ("inform",), (), slot)


def _variants(example: Example, chance: random.Random) -> Iterator[Example]:
    text, asks = example.text, example.topics[0] in _QUESTIONS
    yield _with(example, without_accents(text))
    yield _with(example, _typed(text, chance))
    if example.slot is None:
        yield _with(example, _typed(alike(text, chance), chance))
        yield _with(example, alike(text, chance))
        if example.topics[0] in _TOLD_AROUND:
            yield _after_story(example, chance)
    if not example.programmes and example.topics[0] in _ABOUT_A_LOAN:
        for programme in chance.sample(PROGRAMMES, 2):
            asked = f"{chance.choice(_lists()['mentions'][programme])} {text[:1].lower()}{text[1:]}"
            yield msgspec.structs.replace(example, text=asked, programmes=(programme,))
    yield from _joined(example, chance)
    if len(text) > 15 and asks:
        yield _with(example, _typed(_framed(text, chance), chance))
    if (
        example.slot is None
        and example.topics[0] not in ("inform", "affirm", "deny", "greet")
        and chance.random() < 0.5
    ):
        # a question asked in the middle of a form stays a question
        yield msgspec.structs.replace(example, text=spoken(text), slot=chance.choice(_SLOTS))


def _typed(text: str, chance: random.Random) -> str:
    """The text in one of the ways people type."""
    way = chance.randrange(8)
    if way == 0:
        return telex(text, chance)
    if way in (1, 6, 7):  # the commonest by far among the young
        return teencode(text, chance)
    if way == 2:
        return dialect(text, chance)
    if way == 3:
        return spoken(text)
    if way == 4:
        return slips(text, chance)
    return without_accents(dialect(text, chance))


def _after_story(example: Example, chance: random.Random) -> Example:
    """The example with a story before it, or sometimes behind it. What names no programme takes that of the story."""
    stories = _lists()["stories"]
    about = example.programmes[0] if len(example.programmes) == 1 else "none"
    if not example.programmes and example.topics[0] in _ABOUT_A_LOAN and chance.random() < 0.6:
        about = chance.choice(list(stories))
    if about not in stories or chance.random() < 0.25:
        told, programmes = chance.choice(stories["none"]), example.programmes
    else:
        told, programmes = chance.choice(stories[about]), (about,) if about != "none" else example.programmes
    text = alike(example.text, chance)
    if chance.random() < 0.2:
        text = f"{text.rstrip('?. ')}, {told}"
    else:
        text = told + chance.choice(_lists()["joints"]) + text[:1].lower() + text[1:]
    text = _typed(text, chance) if chance.random() < 0.5 else text
    return msgspec.structs.replace(example, text=text, programmes=programmes)


def _stories(seed: int) -> Iterator[Example]:
    """The stories alone: they tell and ask nothing."""
    chance = random.Random(seed)
    for programme, told in _lists()["stories"].items():
        programmes = () if programme == "none" else (programme,)
        for story in told:
            other = chance.choice(_lists()["stories"]["none"])
            for text in (story, f"{other}, {story}", f"{story}, {other}"):
                yield Example(text, ("inform",), programmes)
                yield Example(_typed(text, chance), ("inform",), programmes)


def _framed(text: str, chance: random.Random) -> str:
    """The text with what people put around a question: a greeting, a bit of story, a polite ending."""
    lower = text[:1].lower() + text[1:]
    way = chance.randrange(3)
    if way == 0:
        return chance.choice(_OPENERS) + lower
    if way == 1:
        return text.rstrip("?. ") + chance.choice(_CLOSERS)
    return chance.choice(_OPENERS) + chance.choice(_lists()["stories"]["none"]) + ", " + lower


def _with(example: Example, text: str) -> Example:
    return msgspec.structs.replace(example, text=text)
