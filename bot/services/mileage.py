"""The mileage list of a month: days, stops and kilometres out of the visits that were made. Nobody was followed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.domain.mileage import DrivenStop, ways_m
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import VisitState
from bot.services.importing.columns import COLUMNS, Column, Kind
from bot.services.media import keep_media
from bot.services.navigation import pin_of
from bot.services.spreadsheet import XLSX_TYPE, SheetToWrite, Value, build_workbook
from bot.services.work import Work
from bot.store.tables import Customer, Member, Visit

LIVING = "mileage"
DAYS_SHOWN = 12
METRES_IN_KM = 1000
OLDEST_YEAR = 2020
FILE_COLUMNS = (
    Column(en="Day", zh_hans="日期", zh_hant="日期"),
    Column(en="Stop", zh_hans="第几站", zh_hant="第幾站"),
    COLUMNS[Kind.CUSTOMERS]["name"],
    COLUMNS[Kind.CUSTOMERS]["address"],
    Column(en="Kilometres", zh_hans="公里", zh_hant="公里"),
)
HOME = Column(en="Way home", zh_hans="返程", zh_hant="回程")
TOTAL = Column(en="Total", zh_hans="合计", zh_hant="合計")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day on the road: each stop with its metres, and the way home. None: nothing tells how far it was."""

    on: date
    stops: Sequence[tuple[Customer, int | None]]
    home_m: int | None

    @property
    def metres(self) -> int:
        return sum(metres or 0 for _, metres in self.stops) + (self.home_m or 0)


async def _whose(session: AsyncSession, acting: Acting, member_id: int) -> Member:
    """The member whose list it is: oneself, or anybody of the team for a leader. Raises Refused."""
    wanted = member_id or acting.member_id
    if wanted != acting.member_id and not acting.leads:
        raise Refused("not_for_your_role")
    query = select(Member).where(col(Member.team_id) == acting.team_id, col(Member.id) == wanted)
    member = (await session.exec(query)).one_or_none()
    if member is None:
        raise Refused("no_such_member")
    return member


async def days_driven(session: AsyncSession, member: Member, month: date) -> list[Day]:
    """The days of a month on which a member visited anybody, also in vain."""
    query = (
        select(Visit, Customer)
        .where(
            col(Visit.customer_id) == col(Customer.id),
            col(Visit.member_id) == member.id,
            col(Visit.on) >= month,
            col(Visit.on) < next_month(month),
            or_(
                col(Visit.state).in_([VisitState.DONE, VisitState.STARTED]),
                col(Visit.checked_in_at).is_not(None),
            ),
        )
        .order_by(col(Visit.on), col(Visit.id))
    )
    by_day: dict[date, list[tuple[Visit, Customer]]] = {}
    for visit, customer in (await session.exec(query)).all():
        by_day.setdefault(visit.on, []).append((visit, customer))
    return [_day(on, made, _home(member)) for on, made in by_day.items()]


def _home(member: Member) -> Pin | None:
    if member.start_lat is None or member.start_lng is None:
        return None
    return Pin(lat=member.start_lat, lng=member.start_lng)


def _day(on: date, made: list[tuple[Visit, Customer]], home: Pin | None) -> Day:
    def when(one: tuple[Visit, Customer]) -> float:
        visit, _ = one
        at = visit.checked_in_at or visit.planned_at or visit.done_at or visit.created_at
        return at.timestamp()

    made = sorted(made, key=when)
    driven = [DrivenStop(pin=pin_of(customer), planned_m=visit.travel_m) for visit, customer in made]
    ways, home_m = ways_m(driven, home)
    stops = [(customer, metres) for (_, customer), metres in zip(made, ways, strict=True)]
    return Day(on=on, stops=stops, home_m=home_m)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def read_month(code: int, today: date) -> date:
    """A button's 202611 as its first day; 0 is this month. Raises Refused("old_button")."""
    if code == 0:
        return today.replace(day=1)
    try:
        month = date(code // 100, code % 100, 1)
    except ValueError as error:
        raise Refused("old_button") from error
    if not OLDEST_YEAR <= month.year <= today.year:
        raise Refused("old_button")
    return month


async def mileage_screen(
    session: AsyncSession, acting: Acting, member_id: int, month: date, today: date, *, below: bool = False
) -> Screen:
    """The month at a glance. Raises Refused: not_for_your_role, no_such_member."""
    member = await _whose(session, acting, member_id)
    days = await days_driven(session, member, month)
    before, after = (month - timedelta(days=1)).replace(day=1), next_month(month)
    facts: dict[str, Json] = {
        "name": member.name if member.id != acting.member_id else None,
        "member": member.id,
        "month": month.isoformat(),
        "code": _code(month),
        "before": _code(before),
        "after": _code(after) if after <= today else 0,
        "metres": sum(day.metres for day in days),
        "stops": sum(len(day.stops) for day in days),
        "unknown": sum(metres is None for day in days for _, metres in day.stops),
        "days": [
            {"on": day.on.isoformat(), "stops": len(day.stops), "metres": day.metres} for day in days[-DAYS_SHOWN:]
        ],
        "earlier": max(0, len(days) - DAYS_SHOWN),
    }
    return Screen(template="replies/mileage", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


def _code(month: date) -> int:
    return month.year * 100 + month.month


async def send_file(work: Work, member_id: int, month: date) -> None:
    """Show the list as an xlsx, one row a stop. Raises Refused."""
    member = await _whose(work.session, work.acting, member_id)
    days = await days_driven(work.session, member, month)
    content = await asyncio.to_thread(build_workbook, [_sheet(days, work.acting)])
    media = await keep_media(
        work.session,
        work.acting.team_id,
        name=f"mileage-{month:%Y-%m}.xlsx",
        content_type=XLSX_TYPE,
        content=content,
        now=work.now,
    )
    facts: dict[str, Json] = {"month": month.isoformat(), "name": member.name}
    screen = Screen(template="replies/mileage_file", facts=facts, place=Place.BELOW, document=str(media))
    await work.show(screen, over_tapped=False)


def _sheet(days: Sequence[Day], acting: Acting) -> SheetToWrite:
    rows: list[list[Value]] = []
    for day in days:
        for number, (customer, metres) in enumerate(day.stops, start=1):
            rows.append([day.on, number, customer.name, customer.address, _km(metres)])
        if day.home_m is not None:
            rows.append([day.on, None, HOME.header(acting.language), None, _km(day.home_m)])
    rows.append([TOTAL.header(acting.language), None, None, None, _km(sum(day.metres for day in days))])
    headers = [column.header(acting.language) for column in FILE_COLUMNS]
    return SheetToWrite(title="mileage", headers=headers, rows=rows)


def _km(metres: int | None) -> float | None:
    return None if metres is None else round(metres / METRES_IN_KM, 1)
