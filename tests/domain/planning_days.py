"""Days to plan: a generator of ordinary ones for examples, and a Hypothesis strategy of wild ones."""

import itertools
import random

from hypothesis import strategies as st

from bot.domain.geo import Pin
from bot.domain.planning.model import PRIZE_WORTH_S
from bot.domain.planning.problem import Candidate, DayPlan, DayProblem, Lunch, Shift, Window

HOUR_S = 3600
SINGAPORE = Pin(lat=1.3000, lng=103.8500)
LUNCH = Lunch(window=Window(opens_s=int(11.5 * HOUR_S), closes_s=14 * HOUR_S), duration_s=HOUR_S)


def clock(hours: int, minutes: int = 0) -> int:
    return hours * HOUR_S + minutes * 60


def at(hours: int, minutes: int = 0) -> tuple[Window, ...]:
    """The window of an appointment."""
    return (Window(opens_s=clock(hours, minutes), closes_s=clock(hours, minutes)),)


def near(east_km: float = 0.0, north_km: float = 0.0) -> Pin:
    return Pin(lat=SINGAPORE.lat + north_km / 111.2, lng=SINGAPORE.lng + east_km / 111.2)


def shift(**changes: object) -> Shift:
    usual: dict[str, object] = {
        "start": SINGAPORE, "end": SINGAPORE, "starts_s": clock(9), "ends_s": clock(18), "lunch": LUNCH,
    }  # fmt: skip
    return Shift(**(usual | changes))  # type: ignore[arg-type] # a test names the fields that it changes


def ordinary_day(seed: int, size: int = 60, appointments: int = 2) -> DayProblem:
    """A city of about 20 km, grades mixed, opening hours with a midday break for some."""
    dice = random.Random(seed)
    candidates = []
    for number in range(size):
        service_s, prize = dice.choice(((45 * 60, 55.0), (30 * 60, 35.0), (20 * 60, 18.0)))
        windows = dice.choice((
            (Window(opens_s=clock(9), closes_s=clock(17)),),
            (Window(opens_s=clock(9), closes_s=clock(11, 30)), Window(opens_s=clock(14), closes_s=clock(17))),
            (Window(opens_s=clock(13), closes_s=clock(18)),),
        ))  # fmt: skip
        required = number < appointments
        candidates.append(
            Candidate(
                key=f"c{number}",
                pin=near(dice.uniform(-10, 10), dice.uniform(-6, 6)),
                prize=prize * dice.uniform(0.6, 1.6),
                service_s=service_s,
                windows=at(10 + 5 * number) if required else windows,
                required=required,
            )
        )
    return DayProblem(shift=shift(), candidates=tuple(candidates))


def worth(answer: DayPlan) -> float:
    return answer.prize * PRIZE_WORTH_S - answer.travel_s


def best_of_all(problem: DayProblem) -> float:
    """The worth of the best day by trying every order of every subset; no lunch, no lateness."""
    places = [problem.shift.start, *(each.pin for each in problem.candidates)]
    seconds = problem.travel.matrix([place for place in places if place is not None]).seconds
    best = float("-inf")
    for size in range(len(problem.candidates) + 1):
        for order in itertools.permutations(range(len(problem.candidates)), size):
            if not all(number in order for number, each in enumerate(problem.candidates) if each.required):
                continue
            clock_s, place, travel_s, prize = problem.leaves_s, 0, 0, 0.0
            for number in order:
                each = problem.candidates[number]
                leg_s = int(seconds[place, number + 1])
                starts = [
                    max(clock_s + leg_s, window.opens_s)
                    for window in each.windows
                    if clock_s + leg_s <= window.closes_s
                ]
                if not starts:
                    break
                clock_s, place = min(starts) + each.service_s, number + 1
                travel_s, prize = travel_s + leg_s, prize + each.prize
            else:
                travel_s += int(seconds[place, 0])
                if clock_s + int(seconds[place, 0]) <= problem.shift.ends_s:
                    best = max(best, prize * PRIZE_WORTH_S - travel_s)
    return best


_PLACES = st.one_of(
    st.none(),
    st.just(SINGAPORE),
    st.builds(near, st.floats(-15, 15), st.floats(-15, 15)),
    st.just(Pin(lat=30.27, lng=120.15)),
    st.just(Pin(lat=-33.4, lng=-70.6)),
)
_MOMENTS = st.integers(0, 24 * HOUR_S)
_WINDOWS = st.tuples(_MOMENTS, _MOMENTS).map(lambda pair: Window(opens_s=min(pair), closes_s=max(pair)))


@st.composite
def wild_days(draw: st.DrawFn) -> DayProblem:
    """Days as bad as data gets: no places, other continents, windows that exclude each other, more than fits."""
    candidates = tuple(
        Candidate(
            key=f"k{number}",
            pin=draw(_PLACES),
            prize=draw(st.floats(0, 100)),
            service_s=draw(st.sampled_from((0, 60, 20 * 60, 45 * 60, 5 * HOUR_S))),
            windows=tuple(draw(st.lists(_WINDOWS, max_size=3))),
            required=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 9)))
    )
    starts_s, ends_s = sorted((draw(_MOMENTS), draw(_MOMENTS)))
    lunch = draw(st.one_of(st.none(), st.builds(Lunch, window=_WINDOWS, duration_s=st.integers(60, 2 * HOUR_S))))
    return DayProblem(
        shift=Shift(starts_s=starts_s, ends_s=ends_s, start=draw(_PLACES), end=draw(_PLACES), lunch=lunch),
        candidates=candidates,
        now_s=draw(st.one_of(st.just(0), _MOMENTS)),
    )
