"""The one decision about notices, case by case."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.courtesy import QuietHours
from bot.domain.notices import (
    Decision,
    Lasts,
    Later,
    Manner,
    Mute,
    OnDayOff,
    Pending,
    Recipient,
    Rung,
    Why,
    decide,
    later_choices,
)
from bot.domain.vocabulary import Language
from bot.rendering import Renderer
from bot.services.notices.engine import TELLERS
from bot.services.notices.ledger import Kind
from bot.services.notices.manners import MANNERS

ZONE = ZoneInfo("Asia/Singapore")
REMINDER = Manner(day_off=OnDayOff.MOVE)


def at(wall: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{wall}:00+08:00")


def person(**values: object) -> Recipient:
    usual = {
        "zone": ZONE,
        "work_from": time(9),
        "work_until": time(18),
        "quiet": QuietHours(begin=time(20), end=time(7, 30), zone=ZONE),
        "is_working": lambda day: day.isoweekday() <= 5,
    }
    return Recipient(**{**usual, **values})  # type: ignore[arg-type] # values are of its fields


def one(due: str, manner: Manner = REMINDER, *, number: int = 1, **values: object) -> Pending:
    return Pending(id=number, kind=f"kind {number}", manner=manner, due_at=at(due), **values)  # type: ignore[arg-type] # values are of its fields


def decided(*pending: Pending, now: str, to: Recipient | None = None, rung: Rung | None = None) -> list[Decision]:
    return decide(pending, to or person(), now=at(now), rung=rung or Rung())


def test_what_is_due_within_a_quarter_of_an_hour_comes_along_and_what_is_later_does_not() -> None:
    found = decided(one("23T10:00"), one("23T10:15", number=2), one("23T10:16", number=3), now="23T10:00")
    assert [(each.id, each.lead, each.rings, each.why) for each in found] == [
        (1, 1, True, Why.DUE),
        (2, 1, False, Why.TOGETHER),
    ]


def test_what_may_ring_leads_what_is_silent() -> None:
    found = decided(one("23T10:00", Manner(rings=False)), one("23T10:00", number=2), now="23T10:00")
    assert [(each.id, each.lead, each.rings) for each in found] == [(2, 2, True), (1, 2, False)]


def test_the_morning_rings_for_what_comes_beside_it_and_a_brief_rings_by_itself() -> None:
    brief = one("23T07:30", Manner(urgent=True), number=3)
    found = decided(one("23T07:30", Manner(alone=True)), one("23T07:30", number=2), brief, now="23T07:30")
    assert [(each.id, each.rings, each.why) for each in found] == [
        (3, True, Why.DUE),
        (1, True, Why.DUE),
        (2, False, Why.BESIDE),
    ]


@pytest.mark.parametrize(
    ("manner", "now", "tells", "why", "moves_to"),
    [
        (REMINDER, "23T21:00", False, Why.QUIET_HOURS, "24T07:30"),
        (Manner(rings=False), "23T21:00", True, Why.DUE, None),
        (Manner(urgent=True), "23T21:00", True, Why.DUE, None),
        (REMINDER, "28T12:00", False, Why.NEXT_WORKING_DAY, "30T09:00"),  # a Saturday
        (Manner(), "28T12:00", False, Why.DAY_OFF, None),
        (Manner(day_off=OnDayOff.TELL), "28T12:00", True, Why.DUE, None),
        (Manner(in_work=True), "23T08:00", False, Why.WORKING_HOURS, "23T09:00"),
        (Manner(in_work=True), "23T19:00", False, Why.WORKING_HOURS, "24T09:00"),
        (Manner(lasts=Lasts.HALF_HOUR), "23T10:30", False, Why.TOO_LATE, None),
    ],
)
def test_each_hour_has_its_manner(manner: Manner, now: str, tells: bool, why: Why, moves_to: str | None) -> None:
    due = "23T10:00" if why is Why.TOO_LATE else now
    found = decided(one(due, manner), now=now)[0]
    assert (found.tells, found.why) == (tells, why)
    assert found.moves_to == (at(moves_to) if moves_to else None)


def test_what_is_worthless_after_quiet_hours_comes_silently_in_them() -> None:
    found = decided(one("23T20:30", Manner(), on=at("23T20:30").date()), now="23T20:30")[0]
    assert (found.tells, found.rings, found.why) == (True, False, Why.SILENT_IN_QUIET_HOURS)


@pytest.mark.parametrize(
    ("mute", "tells", "rings"), [(Mute.DROP, False, False), (Mute.SILENT, True, False), (Mute.NEVER, True, True)]
)
def test_what_is_muted_is_dropped_or_silent_or_comes_all_the_same(mute: Mute, tells: bool, rings: bool) -> None:
    found = decided(one("23T10:00", Manner(mute=mute)), now="23T10:00", to=person(muted=frozenset({"kind 1"})))[0]
    assert (found.tells, found.rings) == (tells, rings)


def test_a_manager_waits_for_the_rep_but_not_longer_than_a_day() -> None:
    waiting = one("23T10:00", rep_hears_at=at("23T17:00"))
    assert decided(waiting, now="23T10:00")[0].moves_to == at("23T17:15")
    on_leave = one("23T10:00", rep_hears_at=at("30T09:00"))
    assert decided(on_leave, now="23T10:00")[0].moves_to == at("24T10:00")
    assert decided(on_leave, now="24T10:00")[0].tells


def test_who_is_gone_is_told_nothing() -> None:
    assert [each.why for each in decided(one("23T10:00"), now="23T10:00", to=person(gone=Why.LEFT))] == [Why.LEFT]


def test_the_budget_is_the_teams() -> None:
    found = decided(one("23T10:00"), now="23T10:00", to=person(rings_a_day=2), rung=Rung(count=2))[0]
    assert (found.tells, found.rings, found.why) == (True, False, Why.BUDGET)


def test_later_offers_sensible_times() -> None:
    friday = later_choices(at("27T14:00"), person())
    assert friday == [
        (Later.HOUR, at("27T15:00")),
        (Later.EVENING, at("27T18:00")),
        (Later.TOMORROW, at("28T09:00")),
        (Later.NEXT_WORK, at("30T09:00")),
    ]
    evening = later_choices(at("23T19:30"), person(), limit=at("24T00:00") + timedelta(hours=10))
    assert evening == [(Later.TOMORROW, at("24T09:00"))]


def test_every_kind_has_its_manner_and_its_teller() -> None:
    assert set(Kind) == set(MANNERS) == set(TELLERS)


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_has_its_name(language: Language) -> None:
    named = Renderer().texts("notices/words", language).kinds
    assert set(Kind) == set(named)
