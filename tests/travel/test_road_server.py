"""Travel times of a road server: taken when they can be true, kept, and done without when it is away, hangs or lies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from bot.domain.errors import Unavailable
from bot.domain.geo import Pin
from bot.domain.planning.travel import GreatCircleTravel
from bot.services.day.plan import propose
from bot.services.travel_times import osrm
from bot.services.travel_times.known import forget_old_travel, known_travel, learn_travel
from bot.services.travel_times.osrm import MOST_PLACES, NonsenseError, ask_table
from bot.settings import Settings
from bot.store.unit import Store
from tests import builders
from tests.travel.road_server import RoadServer

ROOT = "http://roads.test"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOME, NEAR, FAR = Pin(lat=1.30, lng=103.85), Pin(lat=1.31, lng=103.86), Pin(lat=1.40, lng=103.95)
PINS = (HOME, NEAR, FAR)
LIES = (
    "negative", "teleports", "crawls", "too short a road", "words", "a row too few", "a cell too few", "no json",
    "zero", "endless", "round the world", "not a number", "too big a table", "a page",
)  # fmt: skip


@pytest.fixture
def roads() -> RoadServer:
    return RoadServer()


@pytest.fixture
async def client(roads: RoadServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=roads.app)) as opened:
        yield opened


async def test_a_table_is_asked_once_and_read_in_the_order_of_the_places(client: httpx.AsyncClient) -> None:
    legs = {(leg.origin, leg.destination): leg for leg in await ask_table(client, ROOT, PINS)}
    assert set(legs) == {(a, b) for a in range(3) for b in range(3) if a != b}
    plain = GreatCircleTravel(detour=1.4, speed_kmh=36).matrix(PINS)
    for (origin, destination), leg in legs.items():
        assert abs(leg.seconds - int(plain.seconds[origin, destination])) <= 1
        assert abs(leg.metres - int(plain.metres[origin, destination])) <= 1


@pytest.mark.parametrize("mood", LIES)
async def test_what_no_road_can_be_is_not_believed(roads: RoadServer, client: httpx.AsyncClient, mood: str) -> None:
    roads.mood = mood
    with pytest.raises(NonsenseError):
        await ask_table(client, ROOT, PINS)


@pytest.mark.parametrize("mood", ["refuses", "broken", "not a table", "no route"])
async def test_a_refusal_is_an_outage(roads: RoadServer, client: httpx.AsyncClient, mood: str) -> None:
    roads.mood = mood
    with pytest.raises(Unavailable):
        await ask_table(client, ROOT, PINS)


async def test_a_server_that_hangs_drips_or_is_not_there_is_given_up_soon() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.2)
        writer.close()
        gone.set()

    gone = asyncio.Event()
    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    begun = time.monotonic()
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(Unavailable):
            await ask_table(client, f"http://127.0.0.1:{port}", PINS)
        await gone.wait()
        server.close()
        with pytest.raises(Unavailable):
            await ask_table(client, f"http://127.0.0.1:{port}", PINS)
    assert time.monotonic() - begun < 2 * osrm.TIMEOUT_S


async def test_where_it_knows_no_way_the_great_circle_stands(
    roads: RoadServer, client: httpx.AsyncClient, store: Store
) -> None:
    roads.mood = "no way"
    assert await learn_travel(store, client, ROOT, PINS, NOW) == 5
    async with store.read() as session:
        travel = await known_travel(session, PINS)
    plain = GreatCircleTravel().matrix(PINS)
    assert travel.matrix(PINS).seconds[0, 1] == plain.seconds[0, 1]
    assert travel.matrix(PINS).seconds[1, 0] != plain.seconds[1, 0]


async def test_what_was_told_is_kept_and_not_asked_again(
    roads: RoadServer, client: httpx.AsyncClient, store: Store
) -> None:
    assert await learn_travel(store, client, ROOT, PINS, NOW) == 6
    assert await learn_travel(store, client, ROOT, PINS, NOW) == 0
    assert roads.asked == 1
    async with store.begin() as session:
        assert await forget_old_travel(session, NOW + timedelta(days=91)) == 6
    assert await learn_travel(store, client, ROOT, PINS, NOW) == 6


@pytest.mark.parametrize("mood", ["broken", "teleports", "refuses"])
async def test_without_a_sound_answer_a_plan_goes_by_the_great_circle(
    roads: RoadServer, client: httpx.AsyncClient, store: Store, mood: str
) -> None:
    roads.mood = mood
    assert await learn_travel(store, client, ROOT, PINS, NOW) == 0
    async with store.read() as session:
        travel = await known_travel(session, PINS)
    assert (travel.matrix(PINS).seconds == GreatCircleTravel().matrix(PINS).seconds).all()


async def test_where_a_rep_is_now_is_neither_kept_nor_asked(
    roads: RoadServer, client: httpx.AsyncClient, store: Store
) -> None:
    await learn_travel(store, client, ROOT, PINS, NOW)
    async with store.read() as session:
        travel = await known_travel(session, PINS)
    here = Pin(lat=1.35, lng=103.9)
    assert travel.matrix([here, NEAR]).seconds[0, 1] == GreatCircleTravel().matrix([here, NEAR]).seconds[0, 1]


async def test_a_days_plan_takes_the_kept_ways(client: httpx.AsyncClient, store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    await builders.change_member(store, start_lat=HOME.lat, start_lng=HOME.lng)
    await builders.add_customer(store, name="Near", lat=NEAR.lat, lng=NEAR.lng)
    acting = await builders.acting_for(store)
    await learn_travel(store, client, ROOT, (HOME, NEAR), NOW)
    proposal = await propose(store, acting, date(2026, 11, 23), NOW)
    assert proposal.route is not None
    known = GreatCircleTravel(detour=1.4, speed_kmh=36).matrix([HOME, NEAR])
    assert abs(proposal.route.visits[0].travel_s - int(known.seconds[0, 1])) <= 1


async def test_more_places_than_a_server_takes_are_cut_and_refused(client: httpx.AsyncClient, store: Store) -> None:
    many = [Pin(lat=1.0 + number / 1000, lng=103.8) for number in range(MOST_PLACES + 20)]
    with pytest.raises(ValueError, match="at most"):
        await ask_table(client, ROOT, many)
    async with store.read() as session:
        assert (await known_travel(session, [])).matrix([]).seconds.size == 0


def test_the_address_of_a_road_server_is_checked() -> None:
    assert Settings(bot_token="1:a", osrm_url="http://127.0.0.1:5000/").osrm_url == "http://127.0.0.1:5000"  # type: ignore[arg-type] # as the environment gives it
    with pytest.raises(ValueError, match="road server"):
        Settings(bot_token="1:a", osrm_url="ftp://roads")  # type: ignore[arg-type] # as the environment gives it
