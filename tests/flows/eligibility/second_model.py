"""A second model of the verdicts, written from the contract alone, to hold `assess` against. It shares no code with it.

Each scheme is a function of a full assignment to "yes", "no" or "unknown" (a confirm point is left). `enumerate_scheme`
runs it over every completion of the facts that are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

YES, NO, UNKNOWN = "yes", "no", "unknown"
RANK = {NO: 0, UNKNOWN: 1, YES: 2}
Full = Mapping[str, Any]
MILLION = 1_000_000


def every(*truths: str) -> str:
    return min(truths, key=RANK.__getitem__)


def some(*truths: str) -> str:
    return max(truths, key=RANK.__getitem__)


def holds(value: bool) -> str:
    return YES if value else NO


def student_ordinary(f: Full, on: date) -> str:
    alone = holds(f["orphan"] in ("both_parents", "one_parent_other_cannot_work"))
    household = {"poor": YES, "near_poor": YES, "average": YES, "newly_escaped": UNKNOWN, "other": NO}[
        f["poverty_status"]
    ]
    listed = f["sudden_hardship"] in ("accident", "illness", "natural_disaster", "fire", "epidemic")
    hardship = holds(listed and f["hardship_confirmed"])
    if f["study_year"] == 1:
        enrolled = holds(f["admission_notice"])
    else:
        enrolled = holds(f["school_confirmation"] and not f["sanctioned"])
    return every(
        some(alone, every(holds(f["lawful_residence"]), some(household, hardship))),
        holds(f["institution_in_vietnam"]),
        holds(f["study_level"] in ("university", "college", "intermediate", "vocational")),
        enrolled,
    )


def student_stem(f: Full, on: date) -> str:
    if f["study_level"] in ("master", "phd"):
        grades = True
    elif f["study_year"] == 1:
        grades = f["three_years_rated_good"] or f["grade12_science_average_8"]
    else:
        grades = f["previous_year_very_good"]
    plain = f["vietnamese_citizen"] and f["stem_field"] and f["institution_in_vietnam"]
    return holds(bool(plain and f["study_level"] != "high_school" and grades))


def water_works(f: Full, on: date) -> str:
    area = {"rural": YES, "ward": UNKNOWN, "special_zone": UNKNOWN}[f["area"]]
    return every(area, holds(f["registration"] != "none"), holds(f["works_state"] != "sound"))


def ceilings(on: date) -> tuple[int, int, int]:
    if on >= date(2026, 4, 7):
        return 25, 35, 50
    if on >= date(2025, 10, 10):
        return 20, 30, 40
    return 15, 15, 30


def housing_purchase(f: Full, on: date) -> str:
    single, with_child, couple = (limit * MILLION for limit in ceilings(on))

    def income() -> str:
        if f["marital_status"] == "married":
            within = f["monthly_income"] + f["spouse_monthly_income"] <= couple
        else:
            within = f["monthly_income"] <= (with_child if f["raising_minor_child"] else single)
        return YES if within else UNKNOWN

    def by_class(one: str) -> str:
        if one in ("rural_poor", "rural_disaster"):
            return holds(f["province_sells_to_rural_poor"])
        if one in ("urban_low_income", "worker", "official"):
            return income()
        return {"merit": YES, "urban_poor": YES, "armed_forces": UNKNOWN}.get(one, NO)

    held = f["housing_class"]
    home = some(
        holds(not f["owns_home_in_province"]),
        holds(f["floor_area_per_person"] < 15),
        UNKNOWN if f["home_far_from_work"] else NO,
    )
    return every(
        holds(f["housing_purpose"] in ("buy", "lease_purchase")),
        some(*(by_class(one) for one in ([held] if isinstance(held, str) else held))),
        home,
        holds(not f["bought_social_housing_before"]),
        holds(not f["housing_support_before"]),
        holds(f["signed_contract"]),
        holds(not f["other_preferential_housing_loan"]),
    )


FIRST_EIGHT = (
    "merit",
    "rural_poor",
    "rural_disaster",
    "urban_poor",
    "urban_low_income",
    "worker",
    "armed_forces",
    "official",
)


def housing_build_repair(f: Full, on: date) -> str:
    held = f["housing_class"]
    return holds(
        f["housing_purpose"] in ("build", "repair")
        and any(one in FIRST_EIGHT for one in ([held] if isinstance(held, str) else held))
        and (f["house_state"] == "damaged" or (f["has_residential_land"] and f["house_state"] == "none"))
        and f["registration"] == "permanent"
        and f["land_certificate"]
        and not f["other_preferential_housing_loan"]
    )


def five_years(day: str, on: date) -> str:
    def within(one: date) -> bool:
        leap = (one.month, one.day) == (2, 29)
        return on <= date(one.year + 5, one.month, 28 if leap else one.day)

    if len(day) == 10:
        return holds(within(date.fromisoformat(day)))
    first = date.fromisoformat(day + "-01")
    days = [first + timedelta(days=n) for n in range(31)]
    truths = {within(one) for one in days if one.month == first.month and one <= on}
    return UNKNOWN if len(truths) == 2 else holds(truths.pop())


DEBT = {"none": YES, "own": NO, "household": UNKNOWN}


def released_person(f: Full, on: date) -> str:
    return every(
        holds(f["applicant_kind"] == "person"),
        holds(f["certificate"] in ("completed_sentence", "amnesty")),
        five_years(f["release_date"], on),
        holds(f["on_commune_list"]),
        DEBT[f["same_purpose_vbsp_debt"]],
    )


def released_training(f: Full, on: date) -> str:
    return every(
        released_person(f, on), holds(f["loan_purpose"] == "training"), holds(f["training_institution_lawful"])
    )


def released_business(f: Full, on: date) -> str:
    return every(released_person(f, on), holds(f["loan_purpose"] == "business"))


def released_establishment(f: Full, on: date) -> str:
    return every(
        holds(f["applicant_kind"] == "establishment"),
        holds(f["establishment_kind"] not in ("large_enterprise", "cooperative_union")),
        holds(f["workers_released"] * 10 >= f["workers_total"]),
        holds(f["plan_confirmed"]),
        DEBT[f["same_purpose_vbsp_debt"]],
        holds(f["loan_amount"] <= 100 * MILLION or f["can_secure"]),
    )


def abroad_contract_costs(f: Full, on: date) -> str:
    contract = {"service_enterprise": YES, "public_unit": YES, "investing_enterprise": UNKNOWN}
    return every(
        holds(f["full_civil_capacity"]),
        holds(f["trip_purpose"] == "work"),
        contract.get(f["contract_with"], NO),
        holds(f["loan_amount"] <= 200 * MILLION or f["can_secure"]),
    )


def abroad_eps_deposit(f: Full, on: date) -> str:
    return every(holds(f["eps_contract"]), holds(f["registration"] == "permanent"), UNKNOWN)


def jobs_worker(f: Full, on: date) -> str:
    return holds(f["applicant_kind"] == "person" and f["full_civil_capacity"] and f["business_plan"])


def jobs_establishment(f: Full, on: date) -> str:
    return holds(
        f["applicant_kind"] == "establishment"
        and f["establishment_kind"] != "large_enterprise"
        and f["business_plan"]
        and (f["loan_amount"] <= 200 * MILLION or f["can_secure"])
    )


BOOLS = (True, False)
CHOICES: dict[str, tuple[Any, ...]] = {
    "poverty_status": ("poor", "near_poor", "newly_escaped", "average", "other"),
    "study_level": ("university", "college", "intermediate", "vocational", "master", "phd", "high_school"),
    "orphan": ("both_parents", "one_parent_other_cannot_work", "one_parent_other_can_work", "no"),
    "sudden_hardship": ("accident", "illness", "natural_disaster", "fire", "epidemic", "other", "no"),
    "area": ("rural", "ward", "special_zone"),
    "registration": ("permanent", "temporary", "none"),
    "works_state": ("missing", "damaged", "sound"),
    "housing_purpose": ("buy", "lease_purchase", "build", "repair", "rent", "commercial"),
    "housing_class": (*FIRST_EIGHT, "returned_official_housing", "land_recovered", "student", "enterprise"),
    "marital_status": ("single", "married"),
    "house_state": ("none", "damaged", "sound"),
    "applicant_kind": ("person", "establishment"),
    "certificate": ("completed_sentence", "amnesty", "none"),
    "same_purpose_vbsp_debt": ("none", "own", "household"),
    "loan_purpose": ("training", "business"),
    "establishment_kind": (
        "small_or_medium_enterprise",
        "cooperative",
        "cooperative_union",
        "cooperative_group",
        "household_business",
        "large_enterprise",
    ),
    "trip_purpose": ("work", "study", "marriage", "tourism"),
    "contract_with": ("service_enterprise", "public_unit", "direct_employer", "investing_enterprise", "not_signed"),
}
ONCE = {  # values between which the contract tells no difference count once, so that many facts can be enumerated
    "study_level": ("university", "master", "high_school"),
    "sudden_hardship": ("illness", "other"),
    "orphan": ("both_parents", "no"),
    "poverty_status": ("poor", "newly_escaped", "other"),
    "housing_class": ("merit", "rural_poor", "worker", "armed_forces", "land_recovered"),
    "housing_purpose": ("buy", "build", "rent"),
    "establishment_kind": ("cooperative", "cooperative_union", "large_enterprise"),
    "trip_purpose": ("work", "study"),
    "contract_with": ("public_unit", "investing_enterprise", "not_signed"),
    "certificate": ("amnesty", "none"),
}

SCHEMES: dict[str, tuple[Callable[[Full, date], str], tuple[str, ...]]] = {
    "student.ordinary": (
        student_ordinary,
        (
            "orphan",
            "lawful_residence",
            "poverty_status",
            "sudden_hardship",
            "hardship_confirmed",
            "institution_in_vietnam",
            "study_level",
            "study_year",
            "admission_notice",
            "school_confirmation",
            "sanctioned",
        ),
    ),
    "student.stem": (
        student_stem,
        (
            "vietnamese_citizen",
            "stem_field",
            "institution_in_vietnam",
            "study_level",
            "study_year",
            "three_years_rated_good",
            "grade12_science_average_8",
            "previous_year_very_good",
        ),
    ),
    "water.works": (water_works, ("area", "registration", "works_state")),
    "housing.purchase": (
        housing_purchase,
        (
            "housing_purpose",
            "housing_class",
            "province_sells_to_rural_poor",
            "marital_status",
            "raising_minor_child",
            "monthly_income",
            "spouse_monthly_income",
            "owns_home_in_province",
            "floor_area_per_person",
            "home_far_from_work",
            "bought_social_housing_before",
            "housing_support_before",
            "signed_contract",
            "other_preferential_housing_loan",
        ),
    ),
    "housing.build_repair": (
        housing_build_repair,
        (
            "housing_purpose",
            "housing_class",
            "house_state",
            "has_residential_land",
            "registration",
            "land_certificate",
            "other_preferential_housing_loan",
        ),
    ),
    "released.training": (
        released_training,
        (
            "applicant_kind",
            "certificate",
            "release_date",
            "on_commune_list",
            "same_purpose_vbsp_debt",
            "loan_purpose",
            "training_institution_lawful",
        ),
    ),
    "released.business": (
        released_business,
        (
            "applicant_kind",
            "certificate",
            "release_date",
            "on_commune_list",
            "same_purpose_vbsp_debt",
            "loan_purpose",
        ),
    ),
    "released.establishment": (
        released_establishment,
        (
            "applicant_kind",
            "establishment_kind",
            "workers_released",
            "workers_total",
            "plan_confirmed",
            "same_purpose_vbsp_debt",
            "loan_amount",
            "can_secure",
        ),
    ),
    "abroad.contract_costs": (
        abroad_contract_costs,
        ("full_civil_capacity", "trip_purpose", "contract_with", "loan_amount", "can_secure"),
    ),
    "abroad.eps_deposit": (abroad_eps_deposit, ("eps_contract", "registration")),
    "jobs.worker": (jobs_worker, ("applicant_kind", "full_civil_capacity", "business_plan")),
    "jobs.establishment": (
        jobs_establishment,
        ("applicant_kind", "establishment_kind", "business_plan", "loan_amount", "can_secure"),
    ),
}


def domain(fact: str, known: Full, on: date, once: bool = False) -> tuple[Any, ...]:
    """Values of an unknown fact: all of a choice, and of a number enough to meet every side of every limit."""
    if once and fact in ONCE:
        return ONCE[fact]
    if fact in CHOICES:
        return CHOICES[fact]
    limits = [limit * MILLION for limit in ceilings(on)]
    match fact:
        case "study_year":
            return (1, 2)
        case "monthly_income" | "spouse_monthly_income":
            other = known.get("spouse_monthly_income" if fact == "monthly_income" else "monthly_income")
            edges = {0, *limits, *(limit + 1 for limit in limits)}
            if other is not None:
                edges |= {limits[2] - other, limits[2] - other + 1}
            return tuple(sorted(edge for edge in edges if edge >= 0))
        case "floor_area_per_person":
            return (14.99, 15)
        case "release_date":
            return (on.isoformat(), "2001-01-01")
        case "workers_total":
            part = known.get("workers_released")
            return (1, 10, 11) if part is None else tuple(sorted({1, max(1, part * 10), part * 10 + 1}))
        case "workers_released":
            whole = known.get("workers_total")
            return (0, 1, 2) if whole is None else tuple(sorted({0, max(0, (whole - 1) // 10), -(-whole // 10)}))
        case "loan_amount":
            return (0, 100 * MILLION, 100 * MILLION + 1, 200 * MILLION, 200 * MILLION + 1)
    return BOOLS


def completions(name: str, known: Full, on: date, once: bool = False) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every completion of the unknown facts, with its truth."""
    decide, facts = SCHEMES[name]
    unknown = [fact for fact in facts if known.get(fact) is None]
    for values in product(*(domain(fact, known, on, once) for fact in unknown)):
        yield values, decide({**known, **dict(zip(unknown, values, strict=True))}, on)


def size(name: str, known: Full, on: date, once: bool = False) -> int:
    """How many completions there are."""
    count = 1
    for fact in SCHEMES[name][1]:
        if known.get(fact) is None:
            count *= len(domain(fact, known, on, once))
    return count


def enumerate_scheme(name: str, known: Full, on: date, once: bool = False) -> tuple[str, frozenset[str]]:
    """Truth and missing by their definition: over all completions."""
    unknown = [fact for fact in SCHEMES[name][1] if known.get(fact) is None]
    table = dict(completions(name, known, on, once))
    truths = set(table.values())
    missing = set()
    for place, fact in enumerate(unknown):
        by_rest: dict[tuple[Any, ...], str] = {}
        for values, truth in table.items():
            rest = values[:place] + values[place + 1 :]
            if by_rest.setdefault(rest, truth) != truth:
                missing.add(fact)
                break
    return (truths.pop() if len(truths) == 1 else UNKNOWN), frozenset(missing)
