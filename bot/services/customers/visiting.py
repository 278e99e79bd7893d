"""When and how often a customer is visited, from its card: own frequency, open days and hours, visits in the rest."""

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.contact_hours import MIDDAY_REST_COUNTRIES
from bot.domain.errors import Refused
from bot.domain.forms.write_opening import WriteOpening
from bot.domain.frequency import visits_per_week
from bot.domain.opening_hours import (
    EVERY_DAY,
    FIRST_HOUR,
    LAST_HOUR,
    OpeningHours,
    Spans,
    hours_of_spans,
    spans_of_hours,
)
from bot.domain.opening_words import read_opening
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Depth
from bot.services.customers.card import living_card, opening_facts
from bot.services.customers.changing import customer_to_own, note_change
from bot.services.forms import drafts
from bot.services.forms.drafts import OpenDraft
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Customer

BY_GRADE = "grade"
AS_OTHERS = "same"
FREQUENCIES = ("3", "2", "1", "0.5", "0.25", "0")
"""Visits a week that a button sets; a file can set any."""


async def visits_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """All of it at a glance."""
    return _screen("card_visits", await get_customer(session, acting, customer_id), acting)


async def frequency_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """How often: by grade, or as this customer needs it."""
    return _screen("card_frequency", await get_customer(session, acting, customer_id), acting)


async def days_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The weekdays, each to be ticked; a tap carries the days as they would be."""
    return _screen("card_open_days", await get_customer(session, acting, customer_id), acting)


async def hours_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The hours of a day, each to be ticked, so that a pause between is possible too."""
    return _screen("card_open_hours", await get_customer(session, acting, customer_id), acting)


async def day_screen(session: AsyncSession, acting: Acting, customer_id: int, day: str) -> Screen:
    """The hours of one weekday, where they differ. Raises Refused("button_unknown") for a day that is closed."""
    customer = await get_customer(session, acting, customer_id)
    if day not in OpeningHours.from_json(customer.opening).days:
        raise Refused("button_unknown")
    return _screen("card_open_hours", customer, acting, day)


def _screen(name: str, customer: Customer, acting: Acting, day: str = "") -> Screen:
    assert customer.id is not None
    opening = OpeningHours.from_json(customer.opening)
    hours = hours_of_spans(opening.special.get(day, opening.spans))
    own = customer.visits_per_week
    facts: dict[str, Json] = {
        "id": customer.id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "per_week": visits_per_week(customer.grade, override=own, defaults=acting.visits_per_week),
        "by_grade": visits_per_week(customer.grade, defaults=acting.visits_per_week),
        "is_own": own is not None,
        "choices": [{"code": code, "per_week": float(code), "on": own == float(code)} for code in FREQUENCIES],
        "weekdays": opening.weekdays,
        "days": [
            {"day": day, "on": day in opening.weekdays, "then": _toggled(opening.weekdays, day)} for day in EVERY_DAY
        ],
        "opening": opening_facts(opening),
        "hours": [
            {"hour_s": hour * 3600, "on": hour in hours, "then": write_hours(hours ^ {hour})}
            for hour in range(FIRST_HOUR, LAST_HOUR)
        ],
        "day": day,
        "special": list[Json](opening.special),
        "is_special": day in opening.special,
        "is_limited": bool(opening.spans),
        "all_hours": write_hours(frozenset(range(FIRST_HOUR, LAST_HOUR))),
        "has_rest": acting.country in MIDDAY_REST_COUNTRIES,
        "in_rest": opening.in_rest,
    }
    return Screen(template=f"replies/{name}", facts=facts, living=living_card(customer.id))


def _toggled(weekdays: str, day: str) -> str:
    return "".join(each for each in EVERY_DAY if (each in weekdays) is not (each == day))


def write_hours(hours: frozenset[int]) -> str:
    """Ticked hours as a button carries them: a number, one bit each."""
    return f"{sum(1 << (hour - FIRST_HOUR) for hour in hours):x}"


def read_hours(text: str) -> frozenset[int]:
    """The hours of a button. Raises Refused("button_unknown")."""
    try:
        bits = int(text, 16)
    except ValueError as error:
        raise Refused("button_unknown") from error
    if not 0 <= bits < 1 << (LAST_HOUR - FIRST_HOUR):
        raise Refused("button_unknown")
    return frozenset(hour for hour in range(FIRST_HOUR, LAST_HOUR) if bits >> (hour - FIRST_HOUR) & 1)


async def set_frequency(work: Work, customer_id: int, code: str) -> None:
    """An own frequency, or the grade's again; 0: no planned visits. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    if code != BY_GRADE and code not in FREQUENCIES:
        raise Refused("button_unknown")
    wanted = None if code == BY_GRADE else float(code)
    if customer.visits_per_week == wanted:
        return
    customer.visits_per_week = wanted
    note_change(work, customer, "frequency_set", {"visits_per_week": wanted})


async def set_open_days(work: Work, customer_id: int, days: str) -> None:
    """The weekdays on which the customer receives visits. Raises Refused when none is left."""
    if not days:
        raise Refused("no_open_day")
    if any(day not in EVERY_DAY for day in days) or len(set(days)) != len(days):
        raise Refused("button_unknown")
    customer = await customer_to_own(work, customer_id)
    _keep(work, customer, OpeningHours.from_json(customer.opening).on_weekdays("".join(sorted(days))))


async def set_open_hours(work: Work, customer_id: int, text: str) -> None:
    """The hours of an open day. Raises Refused when none is left."""
    spans = _ticked(text)
    customer = await customer_to_own(work, customer_id)
    _keep(work, customer, replace(OpeningHours.from_json(customer.opening), spans=spans))


async def set_hours_of_day(work: Work, customer_id: int, day: str, text: str) -> None:
    """The hours of one weekday, or ``AS_OTHERS``. Raises Refused when none is left."""
    spans = None if text == AS_OTHERS else _ticked(text)
    customer = await customer_to_own(work, customer_id)
    opening = OpeningHours.from_json(customer.opening)
    if day not in opening.days:
        raise Refused("button_unknown")
    _keep(work, customer, opening.with_day(day, spans))


def _ticked(text: str) -> Spans:
    hours = read_hours(text)
    if not hours:
        raise Refused("no_open_hour")
    return spans_of_hours(hours)


async def open_words(work: Work, customer_id: int) -> OpenDraft:
    """The one question of a customer's opening hours, answered in words. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    return await drafts.begin_draft(work, WriteOpening, Depth.QUICK, customer_id=customer.id)


async def write_opening_hours(work: Work, customer_id: int, words: str) -> None:
    """Opening hours as they were written. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    _keep(work, customer, read_opening(words, OpeningHours.from_json(customer.opening)))


async def set_visits_in_rest(work: Work, customer_id: int, *, on: bool) -> None:
    """Whether the customer has asked for visits during the midday rest."""
    customer = await customer_to_own(work, customer_id)
    _keep(work, customer, replace(OpeningHours.from_json(customer.opening), in_rest=on))


def _keep(work: Work, customer: Customer, opening: OpeningHours) -> None:
    if OpeningHours.from_json(customer.opening) == opening:
        return
    customer.opening = opening.to_json()
    note_change(work, customer, "opening_set", opening.to_json())
