"""What is looked for first, to spare a slow pattern, is there whenever the slow one finds something."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nlu import asides
from nlu.classifier import _NUMBERS_OF_QUESTIONS, _QUESTIONS
from nlu.entities import date as dates
from nlu.entities import place, self
from nlu.pattern import PART, Patterns, _heads
from nlu.places.index import packaged
from nlu.text import fold, plain
from nlu.training import TOPICS, examples, without_accents

INTENTS = Path(__file__).parent / "intents"
WRITTEN = [json.loads(line)["text"] for name in ("dev", "heldout") for line in (INTENTS / f"{name}.jsonl").open(encoding="utf-8")]
SAID = """
sao lại hỏi vậy|hỏi cái đó làm gì|cần để làm gì|why do you ask|theo quy định nào|luật nào|dựa vào đâu|căn cứ điều nào|which law|according to what
xóa hết thông tin của tôi|xem dữ liệu|rút lại đồng ý|thông tin của em đâu|delete my data|withdraw consent|show my details
rút lại sự đồng ý|hủy đồng ý|tôi không đồng ý cho giữ thông tin nữa|đừng lưu thông tin của tôi|stop using my data|revoke my consent
còn mấy câu nữa|bao nhiêu câu nữa|sắp xong chưa|hỏi nhiều thế|how many more questions
còn tôi thì sao|còn em có được vay không|thế con muốn vay|vay cho bản thân|đăng ký cho chính tôi|việc của tôi|tôi đồng ý|em hoàn toàn nhất trí
English please|in English|do you speak English|tiếng Anh|nói tiếng Anh đi|I don't know Vietnamese|tiếng Việt|in Vietnamese please|chuyển lại tiếng Việt
khoan đã đừng gửi|không, đừng gửi đi|don't send it|gửi lại đi|nộp lại lần nữa|please send it again|xóa hết đi|delete everything|ẩn đi|hide this|dừng lại|stop
em muốn chết quách cho xong|không muốn sống nữa|chắc em tự tử|phải tự sát thôi|chồng đánh em hoài|bạo lực gia đình|I want to die|bực mình quá|làm khó dân|hỏi hoài|đồ điên
không đồng ý nữa|dữ liệu của tôi|hỏi cho bác Tư|vay giùm mẹ em|xin giúp bà hàng xóm|chú Ba nhờ hỏi|sinh 3/9/1990|ngày 12-05-2024|2024-05-12
"""
TEXTS = [*re.split(r"[|\n]", SAID.strip()), *WRITTEN, *map(without_accents, WRITTEN), *(example.text for example in examples()[::3])]


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (asides._WHY, asides._WHY_NEEDS),
        (asides._LAW, asides._LAW_NEEDS),
        (asides._DATA, asides._DATA_NEEDS),
        (asides._UNCONSENT, asides._DATA_NEEDS),
        (asides._KEEP_NO_MORE, asides._DATA_NEEDS),
        (asides._AGREES_NO_MORE, asides._DATA_NEEDS),
        (asides._OWN_DATA, asides._DATA_NEEDS),
        (asides._LEFT, asides._LEFT_NEEDS),
        (asides._OWN, asides._OWN_NEEDS),
        (asides._OWN_TOO, asides._OWN_TOO_NEEDS),
        (asides._OWN_TOO, asides._OWN_TOO_BESIDE),
        (asides._UNSEND, asides._SEND_NEEDS),
        (asides._RESEND, asides._SEND_NEEDS),
        (asides._ERASE, asides._ERASE_NEEDS),
        (asides._HIDE, asides._HIDE_NEEDS),
        (asides._STOP, asides._STOP_NEEDS),
        (asides._DESPAIR, asides._DESPAIR_NEEDS),
        (asides._BEATEN, asides._BEATEN_NEEDS),
    ],
)
def test_an_aside_holds_one_of_the_words_it_needs(pattern: re.Pattern[str], needs: frozenset[str]):
    found = [folded for folded in map(fold, TEXTS) if pattern.search(folded)]
    assert found
    assert [folded for folded in found if needs.isdisjoint(re.findall(r"\w+", folded))] == []


def test_a_language_is_wanted_and_despair_said_with_one_of_the_pieces_they_hold():
    for folded in map(fold, TEXTS):
        assert not asides._ENGLISH.search(folded) or any(need in folded for need in asides._ENGLISH_NEEDS), folded
        assert not asides._VIETNAMESE.search(folded) or asides._VIETNAMESE_NEED in folded, folded
        assert not asides._ANGRY.search(folded) or asides._may_complain(asides._words(folded)), folded
        assert not asides._DESPAIR.search(folded) or any(need in folded for need in asides._DESPAIR_HOLDS), folded


def test_another_person_is_named_only_where_the_plain_words_show_it():
    for text in TEXTS:
        for needs, pattern in self._ABOUT:
            if needs is not None and pattern.search(text):
                assert needs.search(plain(text).line), text


def test_a_numeric_date_has_two_parted_digits():
    found = [text for text in TEXTS if dates._NUMERIC.search(text)]
    assert found
    assert all(dates._PARTED.search(text) for text in found)


def test_a_text_that_is_not_weighed_names_no_place():
    index = packaged()
    unweighed = [text for text in TEXTS if not place._may_name_places(index, [place._spelled(raw) for raw in place.WORD.findall(text)])]
    assert len(unweighed) > len(TEXTS) / 10
    for text in unweighed:
        assert place._Spans(index, place.tokenize(text), text).spans() == (), text


@pytest.mark.parametrize(
    ("phrase", "heads"),
    [
        ("hộ nghèo", [("ho", "ngheo")]),
        ("[không] có (sổ|giấy)", [("co", "giay"), ("co", "so"), ("khong", "co")]),
        ("chưa ... rồi", [("chua", None)]),
        ("(ở|về) # tháng", [("o", None), ("ve", None)]),
        ("có", [("co", None)]),
    ],
)
def test_the_first_two_words_of_a_phrase(phrase: str, heads: list[tuple[str, str | None]]):
    assert _heads(PART.findall(phrase)) == heads


def test_phrases_are_found_whatever_their_first_two_words_are_followed_by():
    phrases = Patterns([("[không] có (sổ|giấy) đỏ", 1), ("có", 2), ("# tháng", 3), ("vay ... được", 4)])
    found = phrases.find(plain("không có sổ đỏ, vay 3 tháng có được không"))
    assert [(one.payload, one.first, one.last) for one in found] == [(1, 0, 4), (1, 1, 4), (2, 1, 2), (4, 5, 10), (3, 6, 8), (2, 8, 9)]


def test_the_questions_are_numbered_as_the_topics_are():
    assert {TOPICS[number] for number in _NUMBERS_OF_QUESTIONS} == _QUESTIONS
