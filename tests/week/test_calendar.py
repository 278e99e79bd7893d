"""The plan as a calendar: a file that any calendar takes, and a private address that nobody can guess."""

from datetime import UTC, date, datetime, timedelta

import httpx
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from starlette.applications import Starlette

from bot.domain.vocabulary import Grade, VisitState
from bot.feeding import calendar_route
from bot.services import calendar_feed
from bot.services.calendar_feed import Event, Status, calendar_of, feed_address, feed_of, open_feed, write_calendar
from bot.services.clock import Clock
from bot.services.people import acting_by_member
from bot.services.week.plan import PlannedWeek
from bot.services.work import Work
from bot.store.tables import CalendarFeed, Visit, WeekPlan
from bot.store.unit import Store
from tests import builders
from tests.story import Story

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def event(title: str = "Marina Square", start: datetime | None = NOW, place: str = "") -> Event:
    end = start + timedelta(minutes=45) if start else None
    return Event(
        key="1-2-2026W48-1",
        status=Status.CONFIRMED,
        title=title,
        place=place,
        on=MONDAY,
        start=start,
        end=end,
        lat=1.3,
        lng=103.85,
    )


def lines_of(calendar: bytes) -> list[str]:
    """The lines as a calendar reads them: unfolded."""
    return calendar.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_visit_is_an_event_in_utc_with_its_place() -> None:
    lines = lines_of(write_calendar([event(place="6 Raffles Blvd, #02-01; Marina")], NOW, "Wei Ling"))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART:20261123T010000Z" in lines
    assert "DTEND:20261123T014500Z" in lines
    assert "LOCATION:6 Raffles Blvd\\, #02-01\\; Marina" in lines
    assert "GEO:1.300000;103.850000" in lines
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_a_visit_without_a_time_is_an_event_of_the_whole_day() -> None:
    lines = lines_of(write_calendar([event(start=None)], NOW, "Wei Ling"))
    assert "DTSTART;VALUE=DATE:20261123" in lines
    assert "DTEND;VALUE=DATE:20261124" in lines


@given(st.text(max_size=300))
def test_any_name_is_folded_at_75_octets_and_never_breaks_a_line_or_a_letter(name: str) -> None:
    calendar = write_calendar([event(title=name.encode("utf-8", "ignore").decode())], NOW, "Wei Ling")
    physical = calendar.split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert all(line.decode() is not None for line in physical)
    logical = lines_of(calendar)
    assert sum(line.startswith("SUMMARY:") for line in logical) == 1
    assert logical.count("BEGIN:VEVENT") == 1


async def make_feed(store: Store) -> str:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    acting = await builders.acting_for(store)
    customer = await builders.add_customer(store, name="Marina Square")
    other = await builders.add_customer(store, name="All day")
    await builders.add_visit(store, customer, MONDAY, appointment_at=NOW)
    await builders.add_visit(store, other, MONDAY + timedelta(days=1))
    async with store.begin() as session:
        return await open_feed(Work(session=session, acting=acting, now=NOW))


async def test_a_feed_shows_the_visits_of_its_member_only_and_keeps_its_token_hashed(store: Store) -> None:
    token = await make_feed(store)
    async with store.read() as session:
        calendar = await feed_of(session, token, NOW)
        kept = (await session.exec(select(CalendarFeed))).one()
        assert await feed_of(session, token + "x", NOW) is None
        assert await feed_of(session, kept.token_hash, NOW) is None
    assert calendar is not None
    assert b"SUMMARY:Marina Square" in calendar
    assert b"DTSTART;VALUE=DATE:20261124" in calendar
    assert token not in kept.token_hash


async def test_a_new_address_makes_the_one_before_void_and_leaving_makes_both(store: Store) -> None:
    first = await make_feed(store)
    acting = await builders.acting_for(store)
    async with store.begin() as session:
        second = await open_feed(Work(session=session, acting=acting, now=NOW))
    async with store.read() as session:
        assert await feed_of(session, first, NOW) is None
        assert await feed_of(session, second, NOW) is not None
    await builders.change_member(store, left_at=NOW)
    async with store.read() as session:
        assert await feed_of(session, second, NOW) is None


async def test_the_address_serves_the_calendar_and_tells_nothing_else(store: Store) -> None:
    token = await make_feed(store)
    app = Starlette(routes=[calendar_route(store, Clock(NOW))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot.test") as client:
        good = await client.get(f"/calendar/{token}.ics")
        assert good.status_code == 200
        assert good.headers["content-type"].startswith("text/calendar")
        assert (await client.get("/calendar/guess.ics")).status_code == 404
        assert (await client.post(f"/calendar/{token}.ics")).status_code == 405


def test_the_address_is_at_the_webhooks_host() -> None:
    assert feed_address("https://bot.example.com/hook/1", "abc") == "https://bot.example.com/calendar/abc.ics"
    assert calendar_feed.TOKEN_BYTES * 8 >= 128


async def test_without_a_public_address_the_chat_offers_the_file_only(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Marina")
    await story.rep.says("/week")
    await story.rep.taps("Calendar file")
    story.rep.sees_now("Open the file")
    assert "Follow in my calendar" not in story.rep.buttons
    await story.rep.taps_data("week.feed")
    story.rep.sees_now("no public address")


async def events_of(store: Store, token: str, now: datetime = NOW) -> dict[str, dict[str, str]]:
    """The events of a feed by UID, each as its properties."""
    async with store.read() as session:
        calendar = await feed_of(session, token, now)
    assert calendar is not None
    found: dict[str, dict[str, str]] = {}
    for block in calendar.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT\r\n")[1:]:
        lines = block.split("\r\n")
        event = dict(line.split(":", 1) for line in lines[: lines.index("END:VEVENT")])
        assert event["UID"] not in found
        found[event["UID"]] = event
    return found


async def test_a_moved_visit_keeps_its_uid_and_a_cancelled_one_is_cancelled_with_a_newer_sequence(
    store: Store,
) -> None:
    token = await make_feed(store)
    before = await events_of(store, token)
    assert {event["STATUS"] for event in before.values()} == {"CONFIRMED"}
    async with store.begin() as session:
        first, second = (await session.exec(select(Visit).order_by(col(Visit.id)))).all()
        first.on, first.appointment_at = first.on + timedelta(days=2), None
        second.state = VisitState.CANCELLED
    after = await events_of(store, token, NOW + timedelta(minutes=1))
    assert after.keys() == before.keys()
    moved, cancelled = (after[uid] for uid in sorted(after))
    assert moved["DTSTART;VALUE=DATE"] == "20261125"
    assert (moved["STATUS"], cancelled["STATUS"]) == ("CONFIRMED", "CANCELLED")
    for uid, event in after.items():
        assert int(event["SEQUENCE"]) > int(before[uid]["SEQUENCE"])
        assert event["DTSTAMP"] > before[uid]["DTSTAMP"]


async def test_the_file_of_a_proposal_is_tentative_and_the_feed_of_the_accepted_week_has_the_same_events(
    story: Story,
) -> None:
    customer = await builders.add_customer(story.app.store, name="Marina", grade=Grade.A)
    await story.rep.says("/week")
    async with story.app.store.begin() as session:
        acting = await acting_by_member(session, 1)
        row = (await session.exec(select(WeekPlan))).one()
        week = PlannedWeek.from_json(row.plan)
        assert week is not None
        assert len(week.dates_of(customer)) > 1
        proposal = await calendar_of(session, acting, week, NOW, is_accepted=False)
        token = await open_feed(Work(session=session, acting=acting, now=NOW))
    assert proposal.count(b"STATUS:TENTATIVE") == week.visits
    await story.rep.taps("Accept")
    uids = {line for line in lines_of(proposal) if line.startswith("UID:")}
    assert {f"UID:{uid}" for uid in await events_of(story.app.store, token)} == uids


def test_the_calendar_says_whose_it_is_and_how_often_to_ask() -> None:
    lines = lines_of(write_calendar([], NOW, "陈, 美"))
    assert "METHOD:PUBLISH" in lines
    assert "X-WR-CALNAME:Roundsman · 陈\\, 美" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
