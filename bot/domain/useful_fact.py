"""What a report gives back: one fact that the rep could not have known from the visit alone. The rules that choose it.

Rules are asked in order; the first that has something to say is told. The order is that of what the rep can still do
about it, soonest first:

1.  ``basic_twice``       the second visit in a row at "basic": alone it dissatisfies. An alert.
2.  ``below_expected``    perceived less than expected, by a point or more. An alert.
3.  ``ask_introduction``  beyond expectation or better, no open complaint: now is the moment to ask.
4.  ``complaint_again``   a complaint, and not the first within 90 days.
5.  ``trials_won``        a trial was agreed: how many of the team's trials became orders within a month.
6.  ``order_against_usual``  an order was agreed: against the median of their last six.
7.  ``objection_resolved``   an objection came up: what resolved it most often in this team.
8.  ``best_time_to_meet``    not met: on which weekday this customer was met most.
9.  ``order_late``        the last order is older than 1.2 of their own median gap.
10. ``share_moved``       our share was told, and differs from the last one by five points or more.
11. ``first_order_after`` no order yet: after how many visits the team's buyers ordered first.
12. ``commitments_kept``  how many of this customer's commitments came true.
13. ``too_few_…``         rules 5 and 7 with too little behind them say so, when nothing else is to be said.
14. ``day_so_far``        how the day stands. Always has something to say.

No fact is told twice in a row: neither the one that the rep heard last, nor of the same customer the same kind.
Too few is said with its numbers, never rounded up into a rate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bot.domain.care import LEAST_GAP
from bot.domain.screen import Json
from bot.domain.vocabulary import CommitmentKind, ObjectionKind, ServiceLevel

LEAST_TRIALS = 3
LEAST_RESOLVED = 3
LEAST_BUYERS = 3
LEAST_MEETINGS = 3
LEAST_COMMITMENTS = 3
USUAL_ORDERS = 6
LEAST_ORDER_DAYS = 3
LATE_RATIO = 1.2
SHARE_STEP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``hits`` of ``n``."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError(f"hits lie between 0 and {self.n}, not {self.hits}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What the report said, and what the team's and the customer's past say to it. None and empty: not known."""

    customer_id: int
    was_met: bool = True
    levels: Sequence[ServiceLevel] = ()  # of this customer's visits, the newest first
    satisfaction_gap: int | None = None  # perceived minus expected, told in this report
    may_ask_introduction: bool = False
    complaints_90_days: int = 0  # this one included; 0 where this report has none
    commitment: CommitmentKind | None = None
    trials: Rate | None = None
    agreed_minor: int | None = None
    order_amounts: Sequence[int] = ()  # minor units, oldest first
    order_days: int = 0
    days_since_order: int | None = None
    own_gap_days: float | None = None
    objection: ObjectionKind | None = None
    resolved_by: Mapping[str, Rate] = field(default_factory=dict)  # by the answer, as the playbook says it
    met_on_weekdays: Mapping[int, int] = field(default_factory=dict)  # ISO weekday → visits at which somebody was met
    share_moved_points: int | None = None
    visits_here: int = 0
    visits_before_first_order: Sequence[int] = ()  # of the team's buyers
    commitments: Rate | None = None
    day_done: int = 0
    day_planned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A code with its figures, for a template to word."""

    code: str
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told last: ``by_rep`` to this rep, whatever the customer; ``of_customer`` of this customer."""

    by_rep: Fact | None = None
    of_customer: str | None = None


Rule = Callable[[Reported], Fact | None]


def choose_fact(reported: Reported, told: Told | None = None) -> Fact:
    """The first rule's fact that was not just told; how the day stands where every other was."""
    last = told or Told()
    for rule in RULES:
        fact = rule(reported)
        if fact is not None and fact.code != last.of_customer and fact != last.by_rep:
            return fact
    return day_so_far(reported)


def basic_twice(reported: Reported) -> Fact | None:
    if [*reported.levels[:2]] != [ServiceLevel.BASIC, ServiceLevel.BASIC]:
        return None
    in_a_row = next((n for n, one in enumerate(reported.levels) if one is not ServiceLevel.BASIC), len(reported.levels))
    return Fact(code="basic_twice", facts={"n": in_a_row})


def below_expected(reported: Reported) -> Fact | None:
    gap = reported.satisfaction_gap
    return Fact(code="below_expected", facts={"gap": gap}) if gap is not None and gap <= LEAST_GAP else None


def ask_introduction(reported: Reported) -> Fact | None:
    return Fact(code="ask_introduction") if reported.may_ask_introduction else None


def complaint_again(reported: Reported) -> Fact | None:
    n = reported.complaints_90_days
    return Fact(code="complaint_again", facts={"n": n}) if n > 1 else None


def trials_won(reported: Reported) -> Fact | None:
    rate = _of_trial(reported)
    if rate is None or rate.n < LEAST_TRIALS:
        return None
    return Fact(code="trials_won", facts={"won": rate.hits, "n": rate.n})


def order_against_usual(reported: Reported) -> Fact | None:
    amounts = reported.order_amounts[-USUAL_ORDERS:]
    if not reported.agreed_minor or len(reported.order_amounts) < LEAST_ORDER_DAYS:
        return None
    usual = median(amounts)
    if usual <= 0:
        return None
    change = round(100 * (reported.agreed_minor / usual - 1))
    facts: dict[str, Json] = {"change": change, "usual_minor": round(usual), "n": len(amounts)}
    return Fact(code="order_against_usual", facts=facts)


def objection_resolved(reported: Reported) -> Fact | None:
    tried = {how: rate for how, rate in reported.resolved_by.items() if rate.n >= LEAST_RESOLVED and rate.hits}
    if reported.objection is None or not tried:
        return None
    best = max(tried, key=lambda how: (tried[how].hits / tried[how].n, tried[how].n))
    facts: dict[str, Json] = {
        "objection": reported.objection.value,
        "how": best,
        "won": tried[best].hits,
        "n": tried[best].n,
    }
    return Fact(code="objection_resolved", facts=facts)


def best_time_to_meet(reported: Reported) -> Fact | None:
    met = reported.met_on_weekdays
    n = sum(met.values())
    if reported.was_met or n < LEAST_MEETINGS:
        return None
    day = max(met, key=lambda one: (met[one], -one))
    if 2 * met[day] < n:
        return None
    return Fact(code="best_time_to_meet", facts={"weekday": day, "met": met[day], "n": n})


def order_late(reported: Reported) -> Fact | None:
    since, gap = reported.days_since_order, reported.own_gap_days
    if since is None or gap is None or reported.order_days < LEAST_ORDER_DAYS or since < LATE_RATIO * gap:
        return None
    return Fact(code="order_late", facts={"since": since, "gap": round(gap)})


def share_moved(reported: Reported) -> Fact | None:
    points = reported.share_moved_points
    return (
        Fact(code="share_moved", facts={"points": points}) if points is not None and abs(points) >= SHARE_STEP else None
    )


def first_order_after(reported: Reported) -> Fact | None:
    counts = reported.visits_before_first_order
    if not _is_prospect(reported) or len(counts) < LEAST_BUYERS:
        return None
    facts: dict[str, Json] = {"visits": round(median(counts)), "n": len(counts), "here": reported.visits_here}
    return Fact(code="first_order_after", facts=facts)


def commitments_kept(reported: Reported) -> Fact | None:
    rate = reported.commitments
    if rate is None or rate.n < LEAST_COMMITMENTS:
        return None
    return Fact(code="commitments_kept", facts={"kept": rate.hits, "n": rate.n})


def too_few_trials(reported: Reported) -> Fact | None:
    rate = _of_trial(reported)
    return _too_few("too_few_trials", rate.n, LEAST_TRIALS) if rate is not None else None


def too_few_objections(reported: Reported) -> Fact | None:
    if reported.objection is None:
        return None
    most = max((rate.n for rate in reported.resolved_by.values()), default=0)
    return _too_few("too_few_objections", most, LEAST_RESOLVED)


def day_so_far(reported: Reported) -> Fact:
    return Fact(code="day_so_far", facts={"done": reported.day_done, "n": reported.day_planned})


def _of_trial(reported: Reported) -> Rate | None:
    return (reported.trials or Rate(hits=0, n=0)) if reported.commitment is CommitmentKind.TRIAL else None


def _is_prospect(reported: Reported) -> bool:
    return reported.was_met and not reported.order_amounts and reported.order_days == 0


def _too_few(code: str, n: int, needed: int) -> Fact | None:
    return Fact(code=code, facts={"n": n, "needed": needed}) if n < needed else None


RULES: Sequence[Rule] = (
    basic_twice,
    below_expected,
    ask_introduction,
    complaint_again,
    trials_won,
    order_against_usual,
    objection_resolved,
    best_time_to_meet,
    order_late,
    share_moved,
    first_order_after,
    commitments_kept,
    too_few_trials,
    too_few_objections,
    day_so_far,
)
