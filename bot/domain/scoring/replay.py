"""The back-test: scores a team as of a year ago, and compares with what happened since (METHOD.md section 4)."""

from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats
from bot.domain.scoring.buying_model import WEEK_DAYS, buying_history, fit_buying_model
from bot.domain.scoring.grading import QUARTERS, grade_team
from bot.domain.scoring.lifecycle import measure_lifecycle
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.rhythm import measure_rhythms, order_days_of
from bot.domain.scoring.settings import INDICATORS, Indicator, ScoringSettings
from bot.domain.scoring.team_figures import Share
from bot.domain.vocabulary import Grade

MODEL_AHEAD_DAYS = 90
QUARTER_DAYS = 91


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeOutcome:
    """What the customers of a grade bought in the year after, on average, in minor units."""

    grade: Grade
    customers: int
    mean_sales_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """``left_of_risk`` and ``left_of_rest``: who bought nothing in the year after, of those at risk and of the others.

    ``expected`` and ``ordered`` are order days in the 90 days that just ended, as the model foresaw and as they were;
    None where the orders before were too few for a model.
    """

    grades: tuple[GradeOutcome, ...]
    left_of_risk: Share
    left_of_rest: Share
    expected: float | None
    ordered: int


def replay_year(book: OrderBook, on: int, known: Floats, settings: ScoringSettings) -> Replay:
    """Replay the year that ends on a day.

    ``known`` holds the indicators as of today: sales and loyalty are replaced by what they were a year ago, the others
    have no history and are taken as they are.
    """
    book, start = book.until(on), on - YEAR_DAYS
    past = book.until(start)
    values = known.copy()
    values[:, INDICATORS.index(Indicator.SALES)], values[:, INDICATORS.index(Indicator.LOYALTY)] = order_indicators(
        past, start
    )
    graded = grade_team(values, settings)
    after = book.sales_of_year(on)
    outcomes = []
    for grade in Grade:
        chosen = np.array([one is grade for one in graded.grades], dtype=np.bool_)
        if chosen.any():
            outcomes.append(
                GradeOutcome(grade=grade, customers=int(chosen.sum()), mean_sales_after=float(after[chosen].mean()))
            )
    rhythms = measure_rhythms(past, start)
    at_risk = measure_lifecycle(past, rhythms, start, thresholds=settings.thresholds).at_risk
    bought = book.count((book.day > start) & book.is_purchase) > 0
    rest = (rhythms.order_days > 0) & ~at_risk
    expected, ordered = _model_against_truth(book, on)
    return Replay(
        grades=tuple(outcomes),
        left_of_risk=_left(at_risk, bought),
        left_of_rest=_left(rest, bought),
        expected=expected,
        ordered=ordered,
    )


def order_indicators(book: OrderBook, on: int) -> tuple[Floats, Floats]:
    """Sales of 12 months, and the share of the last 4 quarters with an order, of every customer on a day.

    In a team without orders both are missing. Sales of a customer without orders are 0, its loyalty is missing; sales
    are missing where all orders of the year are in another currency.
    """
    book = book.until(on)
    if not book.is_purchase.any():
        return np.full(book.size, np.nan), np.full(book.size, np.nan)
    inside = book.day > on - YEAR_DAYS
    sales = book.sales(inside)
    foreign = book.count(inside & book.is_purchase & book.is_foreign)
    only_foreign = (foreign > 0) & (foreign == book.count(inside & book.is_purchase))
    sales[only_foreign] = np.nan
    quarters = np.zeros(book.size)
    for quarter in range(QUARTERS):
        last = on - quarter * QUARTER_DAYS
        ordered = book.is_purchase & (book.day > last - QUARTER_DAYS) & (book.day <= last)
        quarters += book.count(ordered) > 0
    return sales, np.where(book.count(book.is_purchase) > 0, quarters / QUARTERS, np.nan)


def _left(chosen: Flags, bought: Flags) -> Share:
    return Share(part=int((chosen & ~bought).sum()), whole=int(chosen.sum()))


def _model_against_truth(book: OrderBook, on: int) -> tuple[float | None, int]:
    start = on - MODEL_AHEAD_DAYS
    buyers, history = buying_history(book, start)
    who, day = order_days_of(book)
    ordered = int((np.isin(who, buyers) & (day > start)).sum())
    model = fit_buying_model(history)
    if model is None:
        return None, ordered
    return float(model.expected_orders(history, MODEL_AHEAD_DAYS / WEEK_DAYS).sum()), ordered
