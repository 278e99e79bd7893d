"""The team of the lived month: reps with customers, contacts, a year of orders, and appointments agreed ahead."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.authority import AuthorityKind
from bot.domain.names import name_key
from bot.domain.vocabulary import Grade, GradeSource, Language, Role, TouchKind, VisitState
from bot.domain.wall_time import instant_of
from bot.services.search_text import search_text
from bot.services.work_calendar import is_public_working_day
from bot.store.tables import AuthorityLimit, Contact, Customer, Member, Order, Row, Team, Touch, Visit
from bot.store.unit import Store

ZONE = ZoneInfo("Asia/Singapore")
BEGIN = date(2026, 11, 1)
LONG_AGO = datetime.fromisoformat("2026-01-05T09:00:00+08:00")
MANAGERS = 2
OWN_DISCOUNT = 800
"""Hundredths of a percent."""

APPOINTMENTS_A_DAY = 2
CITY, AROUND_CITY, AROUND_REP = (1.3400, 103.8400), 0.04, 0.08
GRADES = ((Grade.A, Grade.B, Grade.C), (7, 13, 80))
BUYS, BIRTHDAY_KNOWN = 0.4, 0.3
LAST_SEEN_DAYS = 25
STREETS = ("Orchard", "Tampines", "Jurong", "Bedok", "Clementi", "Novena", "Serangoon", "Yishun", "Bishan", "Hougang")


async def fill(store: Store, *, reps: int, customers: int, days: int, seed: int) -> list[int]:
    """The team, joined. Members and chats are numbered alike, reps first. Gives the chats."""
    dice = random.Random(seed)
    chats = list(range(1, reps + MANAGERS + 1))
    async with store.begin() as session:
        team = Team(
            name="North",
            timezone=ZONE.key,
            language=Language.EN,
            currency="SGD",
            country="SG",
            created_at=LONG_AGO,
        )
        session.add(team)
        await session.flush()
        assert team.id is not None
        session.add_all([_member(team.id, chat, is_rep=chat <= reps) for chat in chats])
        limit = AuthorityLimit(
            team_id=team.id, kind=AuthorityKind.DISCOUNT, own=800, changed_at=LONG_AGO, changed_by=chats[-1]
        )
        await session.flush()
        session.add(limit)
        owned: dict[int, list[Customer]] = {chat: [] for chat in chats[:reps]}
        homes = {chat: (dice.gauss(CITY[0], AROUND_CITY), dice.gauss(CITY[1], AROUND_CITY)) for chat in owned}
        for number in range(customers):
            chat = number % reps + 1
            owned[chat].append(_customer(team.id, chat, number, homes[chat], dice))
        session.add_all([one for each in owned.values() for one in each])
        await session.flush()
        for chat, each in owned.items():
            session.add_all([row for one in each for row in _history(one, chat, dice)])
            session.add_all(_appointments(team.id, chat, each, days, dice))
    return chats


def _member(team_id: int, chat: int, *, is_rep: bool) -> Member:
    return Member(
        id=chat,
        team_id=team_id,
        name=f"Rep {chat}" if is_rep else f"Manager {chat}",
        role=Role.REP if is_rep else Role.MANAGER,
        sells=is_rep,
        telegram_id=chat,
        chat_id=chat,
        joined_at=LONG_AGO,
    )


def _customer(team_id: int, owner: int, number: int, home: tuple[float, float], dice: random.Random) -> Customer:
    name = f"{STREETS[number % len(STREETS)]} Mart {number}"
    return Customer(
        team_id=team_id,
        owner_id=owner,
        name=name,
        name_key=name_key(name),
        search_text=search_text(name),
        lat=dice.gauss(home[0], AROUND_REP),
        lng=dice.gauss(home[1], AROUND_REP),
        grade=dice.choices(*GRADES)[0],
        grade_source=GradeSource.IMPORTED,
        created_at=LONG_AGO,
    )


def _history(customer: Customer, owner: int, dice: random.Random) -> list[Row]:
    """A last visit, somebody there, and for some a year of orders in a rhythm of their own."""
    assert customer.id is not None
    team_id, identity = customer.team_id, customer.id
    seen_at = instant_of(BEGIN - timedelta(days=dice.randint(1, LAST_SEEN_DAYS)), time(11), ZONE)
    who = f"Person {identity}"
    born = date(1980, dice.randint(1, 12), dice.randint(1, 28)) if dice.random() < BIRTHDAY_KNOWN else None
    rows: list[Row] = [
        Touch(team_id=team_id, customer_id=identity, member_id=owner, kind=TouchKind.VISIT, at=seen_at),
        Contact(
            team_id=team_id, customer_id=identity, name=who, name_key=name_key(who), birthday=born, created_at=seen_at
        ),
    ]
    if dice.random() < BUYS:
        gap = dice.choice((14, 30, 45, 60))
        on = BEGIN - timedelta(days=dice.randint(1, gap))
        while on > BEGIN - timedelta(days=365):
            rows.append(
                Order(
                    team_id=team_id,
                    customer_id=identity,
                    number=f"{identity}-{on:%y%m%d}",
                    ordered_on=on,
                    amount_minor=dice.randint(20_000, 900_000),
                    currency="SGD",
                )
            )
            on -= timedelta(days=max(2, round(dice.gauss(gap, gap / 5))))
    return rows


def _appointments(team_id: int, owner: int, customers: list[Customer], days: int, dice: random.Random) -> list[Visit]:
    """Agreed with customers before the month began: on each working day, at full hours of it."""
    found = []
    for on in (BEGIN + timedelta(days=number) for number in range(days)):
        if not is_public_working_day("SG", "12345", on):
            continue
        hours = sorted(dice.sample(range(10, 18), APPOINTMENTS_A_DAY))
        for hour, customer in zip(hours, dice.sample(customers, APPOINTMENTS_A_DAY), strict=True):
            assert customer.id is not None
            found.append(
                Visit(
                    team_id=team_id,
                    customer_id=customer.id,
                    member_id=owner,
                    on=on,
                    state=VisitState.PLANNED,
                    appointment_at=instant_of(on, time(hour), ZONE),
                    created_at=LONG_AGO,
                )
            )
    return found
