"""The forms of our YAML files, and reading one with file and line in every error. No meaning: `book.py` builds that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator


class BookError(ValueError):
    """Our own data are wrong; every line of the message names file and line."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


Path = tuple[str | int, ...]


class Sheet:
    """One YAML file as plain data, remembering on which line each value stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        try:
            root = yaml.compose(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
            self._loader = yaml.SafeLoader("")
            self.data = self._plain(root, ()) if root is not None else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise BookError([f"{name}:{line}: {error.problem}"]) from error

    def _plain(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            plain: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = self._loader.construct_object(key_node, deep=True)
                if key in plain:
                    raise BookError([f"{self.name}:{key_node.start_mark.line + 1}: {key!r} is written twice"])
                plain[key] = self._plain(value_node, (*path, key))
            return plain
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(part, (*path, place)) for place, part in enumerate(node.value)]
        return self._loader.construct_object(node)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def complaint(self, path: Path, message: str) -> str:
        return f"{self.name}:{self.line(path)}: {message}"


Form = TypeVar("Form", bound=BaseModel)


def read_sheet(file: Traversable) -> Sheet:
    """A packaged YAML file."""
    return Sheet(f"flows/{_within(file)}", file.read_text(encoding="utf-8"))


def _within(file: Traversable) -> str:
    return str(file).replace("\\", "/").rsplit("/flows/", 1)[-1]


def fill(form: type[Form], sheet: Sheet, path: Path = ()) -> Form:
    """Check one value of a sheet against its form."""
    data = sheet.data
    for step in path:
        data = data[step]
    try:
        return form.model_validate(data)
    except ValidationError as error:
        raise BookError([_explain(sheet, path, problem) for problem in error.errors()]) from error


def _explain(sheet: Sheet, path: Path, problem: Any) -> str:
    place = ".".join(str(step) for step in problem["loc"])
    return sheet.complaint((*path, *problem["loc"]), f"{place}: {problem['msg']}" if place else problem["msg"])


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _exact(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Exact = Annotated[Decimal, BeforeValidator(_exact)]


class SourceForm(Strict):
    instrument: str
    article: str | None = None
    mark: Literal["V", "K"] = "V"


class InstrumentForm(Strict):
    id: str
    title: str
    issued: date | None
    effective: date | None
    ended: date | None = None
    status: Literal["in_force", "repealed", "amending", "lapsed", "unclear"]
    checked: date
    mark: Literal["V", "K"] = "V"


class RegisterForm(Strict):
    instruments: list[InstrumentForm]


class DatedValueForm(SourceForm):
    value: Exact | Literal["none", "required"]
    start: date = Field(alias="from")
    end: date | None = Field(alias="to")


class ParameterForm(Strict):
    id: str
    about: str
    unit: Literal[
        "vnd",
        "percent_year",
        "percent",
        "factor",
        "months",
        "years",
        "square_metres",
        "collateral",
        "days",
        "day_of_month",
        "grade",
    ]
    counts: Literal["today", "signing", "disbursement", "confirmation"]
    values: list[DatedValueForm]


class FactForm(Strict):
    id: str
    kind: Literal["bool", "choice", "multichoice", "integer", "money", "number", "date", "code"]
    official: str
    programmes: list[str]
    group: str
    values: list[str] = []
    minimum: int | None = None
    maximum: int | None = None
    unit: str | None = None
    sensitive: bool = False
    asked: bool = True
    decides: bool = True
    after: list[str] = []
    prior: dict[bool | str, int] = {}
    among_all: dict[bool | str, int] = {}
    usual: dict[int, int] = {}
    can_become: list[bool | str] = []
    verified_by: str | None = None
    seen_by: Literal["point", "office"] = "point"
    keep: Literal["as_case"] = "as_case"

    @model_validator(mode="after")
    def _values_fit(self) -> FactForm:
        if (self.kind in ("choice", "multichoice")) != bool(self.values):
            raise ValueError("`values` belong to a choice or a multichoice, and only there")
        domain: set[bool | str] = {True, False} if self.kind == "bool" else set(self.values)
        if self.prior and set(self.prior) != domain:
            raise ValueError(f"`prior` must name each of {sorted(map(str, domain))}")
        if self.among_all and set(self.among_all) != domain:
            raise ValueError(f"`among_all` must name each of {sorted(map(str, domain))}")
        if self.usual and self.kind not in ("integer", "money", "number", "date"):
            raise ValueError("`usual` belongs to a number, an amount or a day; of others write `prior`")
        number = self.kind in ("integer", "money", "number")
        if not set(self.can_become) <= ({"lower", "higher"} if number else domain):
            raise ValueError("`can_become` must name values of the fact, or lower or higher for a number")
        return self


class ParameterName(Strict):
    parameter: str


class CompareForm(Strict):
    fact: str
    equals: bool | str | int | None = None
    at_most: int | ParameterName | None = None
    at_least: int | ParameterName | None = None
    above: int | ParameterName | None = None
    below: int | ParameterName | None = None

    @model_validator(mode="after")
    def _one(self) -> CompareForm:
        if len(self.model_fields_set - {"fact"}) != 1:
            raise ValueError("compare wants exactly one of equals, at_most, at_least, above, below")
        return self


class BetweenForm(Strict):
    fact: str
    low: int | ParameterName
    high: int | ParameterName


class OneOfForm(Strict):
    fact: str
    values: list[str]


class SumForm(Strict):
    facts: list[str]
    limit: int | ParameterName


class ShareForm(Strict):
    part: str
    whole: str
    percent: int | ParameterName


class WithinForm(Strict):
    fact: str
    years: int | ParameterName


KINDS = (
    "compare",
    "between",
    "one_of",
    "sum_at_most",
    "share_at_least",
    "within_years",
    "confirm",
    "all",
    "any",
    "not",
)


class ConditionForm(Strict):
    id: str | None = None
    sources: list[SourceForm] = []
    compare: CompareForm | None = None
    between: BetweenForm | None = None
    one_of: OneOfForm | None = None
    sum_at_most: SumForm | None = None
    share_at_least: ShareForm | None = None
    within_years: WithinForm | None = None
    confirm: str | None = None
    all_: list[ConditionForm] | None = Field(default=None, alias="all")
    any_: list[ConditionForm] | None = Field(default=None, alias="any")
    not_: ConditionForm | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_kind(self) -> ConditionForm:
        kinds = {name.rstrip("_") for name in self.model_fields_set} & set(KINDS)
        if len(kinds) != 1:
            raise ValueError(f"a condition has exactly one of {', '.join(KINDS)}")
        return self


class LowerRateForm(Strict):
    factor: str
    since: date
    when: ConditionForm


class RateForm(Strict):
    base: str
    factor: str | None = None
    lower: LowerRateForm | None = None


class AmountForm(Strict):
    flat: str | None = None
    total: str | None = None
    per_worker: str | None = None
    share: str | None = None
    of: str | None = None
    cap: str | None = None
    collateral_share: str | None = None
    monthly: str | None = None
    rule: str


class StudyTermForm(Strict):
    grace: str | None = None
    short_course: str
    long_course: str


class EarlierRuleForm(Strict):
    to: date
    rule: str


class TermForm(Strict):
    flat: str | None = None
    fact: str | None = None
    source: SourceForm | None = None
    study: StudyTermForm | None = None
    rule: str | None = None
    earlier: list[EarlierRuleForm] = []


class CollateralForm(Strict):
    flat: str | None = None
    above: str | None = None


class TermsForm(Strict):
    rate: RateForm | None
    overdue: list[str]
    max_amount: AmountForm
    max_term: TermForm
    collateral: CollateralForm


class PlaceForm(Strict):
    when: ConditionForm
    place_kind: str
    filed_at: str


class NoteForm(Strict):
    id: str
    source: SourceForm | None = None
    when: ConditionForm | None = None
    start: date | None = Field(default=None, alias="from")


class InstalmentForm(Strict):
    up_to: int | None = None
    to: date | None = None
    months: int


class ScheduleForm(Strict):
    principal_every: list[InstalmentForm]
    interest_every: int = 1
    study: bool = False
    first_after_course: int = 0
    unsettled: list[str] = []


Place = Literal["residence", "school", "works", "house", "project", "plan"]


class SchemeForm(Strict):
    since: date
    place_kind: Place
    place_if: list[PlaceForm] = []
    filed_at: Literal["point", "office"]
    amount_per: Literal["loan", "month_of_study", "works_type", "person", "project", "contract"]
    needs_group: bool | None
    applicant: Literal["household", "person", "establishment"]
    conditions: list[ConditionForm]
    confirm: dict[str, list[SourceForm]] = {}
    notes: list[NoteForm] = []
    terms: TermsForm
    schedule: ScheduleForm


class ProgrammeForm(Strict):
    id: str
    schemes: dict[str, SchemeForm]


class LocalSchemeForm(Strict):
    rate: Exact | None = None
    max_amount: int | None = None
    max_amount_by: dict[str, dict[str, int]] = {}


class LocalForm(Strict):
    province: str
    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")
    source: SourceForm
    schemes: dict[str, LocalSchemeForm]
