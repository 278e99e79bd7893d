"""Makes teams, customers and their history for tests, in one line each. Owners are named; instants are the test's."""

from datetime import date, datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.names import address_key, name_key
from bot.domain.people import Acting
from bot.domain.vocabulary import (
    DayOffKind,
    Depth,
    Grade,
    GradeSource,
    Language,
    PromiseSide,
    PromiseState,
    Role,
    TouchKind,
    VisitState,
)
from bot.services.people import acting_as
from bot.services.search_text import search_text
from bot.store.tables import (
    Complaint,
    Contact,
    Customer,
    DayOff,
    FollowUp,
    Member,
    Order,
    Promise,
    Report,
    Team,
    Touch,
    Visit,
)
from bot.store.unit import Store

LONG_AGO = datetime.fromisoformat("2026-01-05T09:00:00+08:00")
REP = "Tan Wei Ling"
OTHER_REP = "Arjun Nair"
MANAGER = "Mei Chen"
HOME = (1.3000, 103.8500)


async def add_team(
    store: Store, *, name: str = "North", timezone: str = "Asia/Singapore", currency: str = "SGD", country: str = "SG"
) -> int:
    """A team for tests without a story."""
    async with store.begin() as session:
        team = Team(
            name=name,
            timezone=timezone,
            language=Language.EN,
            currency=currency,
            country=country,
            created_at=LONG_AGO,
        )
        session.add(team)
        await session.flush()
        assert team.id is not None
        return team.id


async def add_member(
    store: Store, team_id: int, *, name: str = REP, role: Role = Role.REP, chat_id: int | None = None
) -> int:
    """A member; with a ``chat_id`` one who has joined."""
    async with store.begin() as session:
        member = Member(
            team_id=team_id,
            name=name,
            role=role,
            sells=role is Role.REP,
            telegram_id=chat_id,
            chat_id=chat_id,
            joined_at=LONG_AGO if chat_id else None,
        )
        session.add(member)
        await session.flush()
        assert member.id is not None
        return member.id


async def acting_for(store: Store, name: str = REP) -> Acting:
    """A member as somebody who acts."""
    async with store.read() as session:
        member = await _member(session, name)
        team = await session.get(Team, member.team_id)
        assert team is not None
        return acting_as(member, team)


async def change_member(store: Store, name: str = REP, **values: Any) -> None:
    """Change settings of a member: ``start_lat=…, work_from=…``."""
    async with store.begin() as session:
        member = await _member(session, name)
        for field, value in values.items():
            setattr(member, field, value)


async def change_team(store: Store, name: str = REP, **values: Any) -> None:
    """Change the team of a member: ``country="CN", timezone="Asia/Shanghai"``."""
    async with store.begin() as session:
        team = await session.get(Team, (await _member(session, name)).team_id)
        assert team is not None
        for field, value in values.items():
            setattr(team, field, value)


async def add_customer(
    store: Store,
    *,
    name: str,
    owner: str = REP,
    grade: Grade | None = Grade.C,
    lat: float | None = HOME[0],
    lng: float | None = HOME[1],
    address: str = "",
    visits_per_week: float | None = None,
    created_at: datetime = LONG_AGO,
    **values: Any,
) -> int:
    """A customer of a rep. Without ``visited`` touches it has waited since ``created_at``."""
    async with store.begin() as session:
        member = await _member(session, owner)
        customer = Customer(
            team_id=member.team_id,
            owner_id=member.id,
            name=name,
            name_key=name_key(name),
            address=address,
            address_key=address_key(address),
            search_text=search_text(name),
            lat=lat,
            lng=lng,
            grade=grade,
            grade_source=GradeSource.IMPORTED if grade else None,
            visits_per_week=visits_per_week,
            created_at=created_at,
            **values,
        )
        session.add(customer)
        await session.flush()
        assert customer.id is not None
        return customer.id


async def add_touch(store: Store, customer_id: int, at: datetime, kind: TouchKind = TouchKind.VISIT) -> None:
    """A contact with a customer, by its owner."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        session.add(
            Touch(team_id=customer.team_id, customer_id=customer_id, member_id=customer.owner_id, kind=kind, at=at)
        )


async def add_order(
    store: Store, customer_id: int, on: date, amount_minor: int = 100_000, currency: str = "SGD"
) -> None:
    """An order; its number is its place among the team's."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        orders = (await session.exec(select(Order.id).where(col(Order.team_id) == customer.team_id))).all()
        session.add(
            Order(
                team_id=customer.team_id,
                customer_id=customer_id,
                number=f"T{len(orders) + 1}",
                ordered_on=on,
                amount_minor=amount_minor,
                currency=currency,
            )
        )


async def add_promise(
    store: Store, customer_id: int, due_at: datetime, text: str = "price list", side: PromiseSide = PromiseSide.OURS
) -> int:
    """An open promise of the customer's owner."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        assert customer.owner_id is not None
        promise = Promise(
            team_id=customer.team_id,
            customer_id=customer_id,
            owner_id=customer.owner_id,
            side=side,
            text=text,
            due_at=due_at,
            state=PromiseState.OPEN,
            created_at=LONG_AGO,
        )
        session.add(promise)
        await session.flush()
        assert promise.id is not None
        return promise.id


async def add_follow_up(store: Store, customer_id: int, due_on: date) -> None:
    """A dated touch that the customer's owner owes."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        assert customer.owner_id is not None
        session.add(
            FollowUp(
                team_id=customer.team_id,
                customer_id=customer_id,
                member_id=customer.owner_id,
                due_on=due_on,
                created_at=LONG_AGO,
            )
        )


async def add_complaint(store: Store, customer_id: int, opened_at: datetime, text: str = "late delivery") -> None:
    """An open complaint."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        session.add(
            Complaint(
                team_id=customer.team_id,
                customer_id=customer_id,
                owner_id=customer.owner_id,
                text=text,
                opened_at=opened_at,
            )
        )


async def add_visit(
    store: Store,
    customer_id: int,
    on: date,
    *,
    state: VisitState = VisitState.PLANNED,
    appointment_at: datetime | None = None,
    **values: Any,
) -> int:
    """A visit of the customer's owner."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        assert customer.owner_id is not None
        visit = Visit(
            team_id=customer.team_id,
            customer_id=customer_id,
            member_id=customer.owner_id,
            on=on,
            state=state,
            appointment_at=appointment_at,
            created_at=LONG_AGO,
            **values,
        )
        session.add(visit)
        await session.flush()
        assert visit.id is not None
        return visit.id


async def add_report(store: Store, visit_id: int) -> int:
    """A quick report of a visit, without effects."""
    async with store.begin() as session:
        visit = (await session.exec(select(Visit).where(col(Visit.id) == visit_id))).one()
        report = Report(
            team_id=visit.team_id,
            visit_id=visit_id,
            member_id=visit.member_id,
            depth=Depth.QUICK,
            form_version=1,
            saved_at=LONG_AGO,
        )
        session.add(report)
        await session.flush()
        assert report.id is not None
        return report.id


async def add_day_off(store: Store, on: date, *, name: str = REP, kind: DayOffKind = DayOffKind.LEAVE) -> None:
    """A day on which a member does not work."""
    async with store.begin() as session:
        member = await _member(session, name)
        assert member.id is not None
        session.add(DayOff(team_id=member.team_id, member_id=member.id, on=on, kind=kind, created_at=LONG_AGO))


async def visits_of(store: Store, customer_id: int) -> list[Visit]:
    """All visits to a customer, oldest row first."""
    async with store.read() as session:
        query = select(Visit).where(col(Visit.customer_id) == customer_id).order_by(col(Visit.id))
        return list((await session.exec(query)).all())


async def _member(session: AsyncSession, name: str) -> Member:
    return (await session.exec(select(Member).where(col(Member.name) == name))).one()


async def _customer(session: AsyncSession, customer_id: int) -> Customer:
    return (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()


async def add_contact(store: Store, customer_id: int, name: str, *, decides: bool | None = None) -> int:
    """A person at a customer."""
    async with store.begin() as session:
        customer = await _customer(session, customer_id)
        contact = Contact(
            team_id=customer.team_id,
            customer_id=customer_id,
            name=name,
            name_key=name_key(name),
            decides=decides,
            created_at=customer.created_at,
        )
        session.add(contact)
        await session.flush()
        assert contact.id is not None
        return contact.id
