"""A rep's plan as an iCalendar (RFC 5545): a file in the chat, and a private address that a calendar can follow."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.vocabulary import VisitState
from bot.services.people import acting_by_member
from bot.services.week.plan import PlannedWeek
from bot.services.work import Work
from bot.store.tables import CalendarFeed, Customer, Member, Visit

WEEK_FILE = "roundsman-{day}.ics"
TOKEN_BYTES = 24
FEED_BACK = timedelta(days=14)
FEED_AHEAD = timedelta(days=60)
LINE_OCTETS = 75
REFRESH = "PT1H"
SEQUENCES_FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNPLANNED_TAKES = timedelta(minutes=30)
IN_FEED = (VisitState.PLANNED, VisitState.STARTED, VisitState.DONE, VisitState.CANCELLED)


class Status(StrEnum):
    """RFC 5545, section 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One visit in a calendar: all day where it has no time yet.

    ``key`` is the same for as long as it is the same visit to a reader, so that a calendar moves it and shows it once.
    """

    key: str
    status: Status
    title: str
    place: str
    on: date
    start: datetime | None
    end: datetime | None
    lat: float | None = None
    lng: float | None = None


def write_calendar(events: Iterable[Event], now: datetime, owner: str) -> bytes:
    """An iCalendar of events, in UTC, its lines folded at 75 octets and ended by CRLF.

    Every writing is a newer sequence than all before, so that a calendar takes what changed, also from a file.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Roundsman//Visits//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(f'Roundsman · {owner}')}"]
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}"]
    sequence = max(0, int((now - SEQUENCES_FROM).total_seconds()))
    for event in events:
        lines += ["BEGIN:VEVENT", f"UID:{event.key}@roundsman", f"DTSTAMP:{_utc(now)}", f"SEQUENCE:{sequence}"]
        lines.append(f"STATUS:{event.status.value}")
        if event.start is not None:
            end = event.end if event.end is not None and event.end > event.start else event.start + UNPLANNED_TAKES
            lines += [f"DTSTART:{_utc(event.start)}", f"DTEND:{_utc(end)}"]
        else:
            following = event.on + timedelta(days=1)
            lines += [f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}", f"DTEND;VALUE=DATE:{following:%Y%m%d}"]
        lines.append(f"SUMMARY:{_escaped(event.title)}")
        if event.place:
            lines.append(f"LOCATION:{_escaped(event.place)}")
        if event.lat is not None and event.lng is not None:
            lines.append(f"GEO:{event.lat:.6f};{event.lng:.6f}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for letter, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(letter, written)
    return "".join(letter for letter in plain if letter >= " ")


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, never within a letter; each but the first begins with a blank."""
    pieces: list[bytes] = []
    current = b""
    for letter in line:
        octets = letter.encode()
        if len(current) + len(octets) > LINE_OCTETS - bool(pieces):
            pieces.append(current)
            current = b""
        current += octets
    return b"\r\n ".join([*pieces, current]) + b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A visit that is to become an event."""

    customer: Customer
    on: date
    start: datetime | None
    end: datetime | None
    status: Status


async def calendar_of(
    session: AsyncSession, acting: Acting, week: PlannedWeek, now: datetime, *, is_accepted: bool
) -> bytes:
    """A planned week, accepted or not, with what was cancelled in it."""
    ids = {stop.customer_id for day in week.days for stop in day.stops}
    query = select(Customer).where(col(Customer.team_id) == acting.team_id, col(Customer.id).in_(ids))
    customers = {customer.id: customer for customer in (await session.exec(query)).all()}
    status = Status.CONFIRMED if is_accepted else Status.TENTATIVE
    entries = [
        _Entry(customer=customers[stop.customer_id], on=day.on, start=stop.start, end=stop.departure, status=status)
        for day in week.days
        for stop in day.stops
        if stop.customer_id in customers
    ]
    end = week.starts_on + timedelta(weeks=week.weeks, days=-1)
    entries += await _entries(session, acting, week.starts_on, end, (VisitState.CANCELLED,))
    return write_calendar(_events(acting, entries), now, acting.name)


def _events(acting: Acting, entries: Iterable[_Entry]) -> list[Event]:
    """The visits to a customer are counted in each week, those that stand first: so file and feed have the same keys,
    a visit that moves within its week keeps its own, and one that falls away is cancelled under it."""
    counts: Counter[str] = Counter()
    events = []
    for entry in sorted(entries, key=lambda each: (each.status is Status.CANCELLED, each.on)):
        of_week = f"{acting.member_id}-{entry.customer.id}-{entry.on:%GW%V}"
        counts[of_week] += 1
        events.append(
            Event(
                key=f"{of_week}-{counts[of_week]}",
                status=entry.status,
                title=entry.customer.name,
                place=entry.customer.address,
                on=entry.on,
                start=entry.start,
                end=entry.end,
                lat=entry.customer.lat,
                lng=entry.customer.lng,
            )
        )
    return events


async def _entries(
    session: AsyncSession, acting: Acting, begin: date, end: date, states: Sequence[VisitState]
) -> list[_Entry]:
    visits = (
        select(Visit, Customer)
        .join(Customer, col(Customer.id) == Visit.customer_id)
        .where(
            col(Visit.member_id) == acting.member_id,
            col(Visit.on) >= begin,
            col(Visit.on) <= end,
            col(Visit.state).in_(states),
        )
        .order_by(col(Visit.on), col(Visit.id))
    )
    return [
        _Entry(
            customer=customer,
            on=visit.on,
            start=visit.appointment_at or visit.planned_at,
            end=visit.planned_end_at,
            status=Status.CANCELLED if visit.state is VisitState.CANCELLED else Status.CONFIRMED,
        )
        for visit, customer in (await session.exec(visits)).all()
    ]


async def open_feed(work: Work) -> str:
    """Make the acting person's private feed and give its token, once: only its hash is kept. An older one is void."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await close_feed(work)
    work.session.add(
        CalendarFeed(
            member_id=work.acting.member_id,
            team_id=work.acting.team_id,
            token_hash=_hash(token),
            created_at=work.now,
        )
    )
    await work.session.flush()
    return token


def feed_address(public_url: str, token: str) -> str:
    """Where a feed is: at the host of the webhook, whatever the webhook's own path."""
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}/calendar/{token}.ics"


async def close_feed(work: Work) -> None:
    """Make the feed's address void."""
    await work.session.exec(delete(CalendarFeed).where(col(CalendarFeed.member_id) == work.acting.member_id))


async def feed_of(session: AsyncSession, token: str, now: datetime) -> bytes | None:
    """What a feed's address shows: the visits of its member around now. None for an address that is not one."""
    query = (
        select(CalendarFeed)
        .join(Member, col(Member.id) == CalendarFeed.member_id)
        .where(col(CalendarFeed.token_hash) == _hash(token), col(Member.left_at).is_(None))
    )
    feed = (await session.exec(query)).one_or_none()
    if feed is None:
        return None
    acting = await acting_by_member(session, feed.member_id)
    today = acting.local(now).date()
    entries = await _entries(session, acting, today - FEED_BACK, today + FEED_AHEAD, IN_FEED)
    return write_calendar(_events(acting, entries), now, acting.name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
