"""Period plans: frequency, spacing and appointments kept, and what falls short told. Compiles on the first run."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.planning.patterns import make_patterns
from bot.domain.planning.period import plan_period
from bot.domain.planning.period_problem import PeriodCustomer, PeriodPlan, PeriodProblem, ShortfallReason
from bot.domain.planning.period_walk import PeriodViolationCode, walk_period
from bot.domain.planning.problem import StopKind, Window
from bot.domain.planning.warming import warm_up_period
from tests.domain.planning_days import clock, near, shift

WEEK = 5
FEW = 1_500


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up_period()


def customer(key: str, **changes: object) -> PeriodCustomer:
    usual: dict[str, object] = {
        "key": key, "pin": near(), "prize": 30.0, "service_s": 1800, "visits": 1, "interval_days": 5.0,
    }  # fmt: skip
    return PeriodCustomer(**(usual | changes))  # type: ignore[arg-type] # a test names the fields that it changes


def week(*customers: PeriodCustomer, days: int = WEEK, **changes: object) -> PeriodProblem:
    problem = PeriodProblem(shifts=tuple((shift(),) for _ in range(days)), customers=customers)
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type] # a test names the fields that it changes


def plan(problem: PeriodProblem, iterations: int = FEW) -> PeriodPlan:
    answer = plan_period(problem, iterations=iterations, budget_s=30)
    assert walk_period(problem, answer) == ()
    return answer


def territory(seed: int, size: int = 40) -> tuple[PeriodCustomer, ...]:
    dice = random.Random(seed)
    kinds = ((2, 2.5, 45 * 60, 55.0), (1, 5.0, 30 * 60, 35.0), (1, 10.0, 20 * 60, 18.0))
    return tuple(
        customer(
            f"c{number}", pin=near(dice.gauss(0, 6), dice.gauss(0, 4)), visits=visits, interval_days=interval_days,
            service_s=service_s, prize=prize,
        )
        for number in range(size)
        for visits, interval_days, service_s, prize in [dice.choice(kinds)]
    )  # fmt: skip


def test_twice_a_week_is_never_on_neighbouring_days() -> None:
    patterns = make_patterns(customer("a", visits=2, interval_days=2.5), range(WEEK), WEEK)
    pairs = {pattern.days for pattern in patterns if len(pattern.days) == 2}
    assert pairs == {(0, 2), (0, 3), (1, 3), (1, 4), (2, 4)}


def test_a_month_of_weekly_visits_is_evenly_spread() -> None:
    best = make_patterns(customer("b", visits=4), range(20), 20)[0]
    gaps = [later - sooner for sooner, later in zip(best.days, best.days[1:], strict=False)]
    assert gaps == [5, 5, 5]


def test_who_was_seen_yesterday_is_not_seen_on_the_first_day() -> None:
    patterns = make_patterns(customer("b", waited_days=1.0), range(WEEK), WEEK)
    assert {pattern.days for pattern in patterns} == {(2,), (3,), (4,)}
    assert patterns[0].days == (4,)


def test_who_has_waited_long_is_seen_first() -> None:
    assert make_patterns(customer("b", waited_days=9.0), range(WEEK), WEEK)[0].days == (0,)


def test_a_week_gives_every_customer_its_visits() -> None:
    answer = plan(week(*territory(1)), iterations=6_000)
    assert answer.shortfalls == ()
    assert all(len(each.plan.visits) >= 5 for each in answer.days)


def test_more_work_than_days_leaves_out_who_counts_least_and_says_so() -> None:
    many = [customer(f"big{number}", prize=60.0, service_s=3600) for number in range(20)]
    small = [customer(f"small{number}", prize=5.0, service_s=3600) for number in range(40)]
    answer = plan(week(*many, *small), iterations=6_000)
    assert {each.key for each in answer.shortfalls} <= {each.key for each in small}
    assert {each.reason for each in answer.shortfalls} == {ShortfallReason.NO_ROOM}


def test_an_appointment_is_kept_on_its_day_at_its_time() -> None:
    at_eleven = Window(opens_s=clock(11), closes_s=clock(11))
    others = territory(2)
    answer = plan(week(*others, customer("mei", visits=2, interval_days=2.5, fixed={3: at_eleven})))
    assert 3 in answer.days_of("mei")
    (thursday,) = [each.plan for each in answer.days if each.day == 3]
    assert [stop.start_s for stop in thursday.visits if stop.key == "mei"] == [clock(11)]


def test_an_appointment_on_a_day_off_is_reported_as_lost() -> None:
    off = ((shift(),), (None,), (shift(),))
    problem = week(customer("mei", fixed={1: Window(opens_s=clock(11), closes_s=clock(11))}), days=3, shifts=off)
    (shortfall,) = plan(problem).shortfalls
    assert (shortfall.reason, shortfall.lost_days) == (ShortfallReason.APPOINTMENT, (1,))


def test_a_customer_who_is_never_open_is_reported() -> None:
    (shortfall,) = plan(week(customer("closed", windows=((),)))).shortfalls
    assert (shortfall.reason, shortfall.planned) == (ShortfallReason.NO_DAY, 0)


def test_a_replan_keeps_the_days_that_were_promised() -> None:
    problem = week(*territory(3, size=25))
    first = plan(problem)
    held = tuple(dataclasses.replace(each, held=frozenset(first.days_of(each.key))) for each in problem.customers)
    again = plan_period(dataclasses.replace(problem, customers=held), iterations=FEW, seed=99, budget_s=30)
    moved = [each.key for each in held if again.days_of(each.key) != first.days_of(each.key)]
    assert len(moved) <= 2


def test_customers_of_one_rep_are_not_given_to_another() -> None:
    mine = [customer(f"mine{number}", only=frozenset({0})) for number in range(8)]
    shared = [customer(f"shared{number}") for number in range(8)]
    problem = week(*mine, *shared, shifts=tuple((shift(), shift()) for _ in range(WEEK)))
    answer = plan(problem)
    assert answer.shortfalls == ()
    assert all(each.rep == 0 for each in answer.days for stop in each.plan.visits if stop.key in {m.key for m in mine})


def test_customers_at_one_point_fill_the_days_evenly() -> None:
    answer = plan(week(*(customer(f"door{number}") for number in range(40))))
    assert answer.shortfalls == ()
    assert max(len(each.plan.visits) for each in answer.days) <= 11


def test_a_day_holds_no_more_visits_than_asked() -> None:
    answer = plan(week(*territory(4, size=30), most_visits=9), iterations=5_000)
    assert max(len(each.plan.visits) for each in answer.days) <= 9


def test_lunch_is_part_of_every_full_day() -> None:
    answer = plan(week(*territory(5, size=50)))
    assert all(any(stop.kind is StopKind.LUNCH for stop in each.plan.stops) for each in answer.days)


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = week(*territory(6))
    assert plan(problem) == plan(problem)


def test_a_period_without_customers_is_a_plan_of_empty_days() -> None:
    answer = plan(week())
    assert [each.plan.stops for each in answer.days] == [()] * WEEK


_WINDOWS = st.tuples(st.integers(0, 86_400), st.integers(0, 86_400)).map(
    lambda pair: Window(opens_s=min(pair), closes_s=max(pair))
)


@st.composite
def wild_periods(draw: st.DrawFn) -> PeriodProblem:
    days = draw(st.integers(1, 6))
    moments = st.integers(0, 86_400)
    shifts = []
    for _ in range(days):
        begin, end = sorted((draw(moments), draw(moments)))
        shifts.append((draw(st.sampled_from((None, shift(), shift(starts_s=begin, ends_s=end, lunch=None)))),))
    customers = tuple(
        customer(
            f"k{number}",
            pin=draw(st.sampled_from((None, near(), near(3, 4), near(4000, 10)))),
            prize=draw(st.floats(0, 100)),
            service_s=draw(st.sampled_from((0, 1800, 20_000))),
            visits=draw(st.integers(0, 4)),
            interval_days=draw(st.sampled_from((0.5, 1.0, 2.5, 5.0, 20.0))),
            waited_days=draw(st.sampled_from((None, 0.0, 3.0, 50.0))),
            windows=(tuple(draw(st.lists(_WINDOWS, max_size=2))),),
            fixed=draw(st.dictionaries(st.integers(0, days - 1), _WINDOWS, max_size=1)),
        )
        for number in range(draw(st.integers(0, 6)))
    )
    return PeriodProblem(shifts=tuple(shifts), customers=customers)


@given(wild_periods())
@settings(max_examples=80, deadline=None)
def test_every_plan_of_any_period_can_be_walked(problem: PeriodProblem) -> None:
    assert walk_period(problem, plan_period(problem, iterations=200, budget_s=10)) == ()


def test_a_plan_that_was_tampered_with_does_not_pass_the_walk() -> None:
    problem = week(*territory(7, size=20))
    answer = plan(problem)
    fullest = max(answer.days, key=lambda each: len(each.plan.visits))
    others = tuple(each for each in answer.days if each is not fullest)
    codes = {each.code for each in walk_period(problem, dataclasses.replace(answer, days=others))}
    assert PeriodViolationCode.DAY_OFF in codes
    assert PeriodViolationCode.UNTOLD in codes


def test_impossible_questions_are_refused_when_they_are_built() -> None:
    with pytest.raises(ValueError, match="a key of its own"):
        week(customer("a"), customer("a"))
    with pytest.raises(ValueError, match="working days"):
        PeriodProblem(shifts=(), customers=())
    with pytest.raises(ValueError, match="falls on a day"):
        week(customer("a", fixed={9: Window(opens_s=0, closes_s=0)}))
    with pytest.raises(ValueError, match="interval"):
        customer("a", interval_days=0)
