"""Makes what stories of relationships, networks, deals and territories need, in one line each."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.names import name_key
from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.vocabulary import DealStage, Grade
from bot.store.tables import Contact, Customer, CustomerScore, DealMove, Opportunity, ScoreSnapshot, ShareEstimate
from bot.store.unit import Store
from tests.story import MORNING

DEAL_BEGAN = MORNING - timedelta(days=10)


async def customer_row(store: Store, customer_id: int) -> Customer:
    async with store.read() as session:
        return (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()


async def add_person(store: Store, customer_id: int, name: str, **values: Any) -> int:
    """A contact with what is known of the person."""
    customer = await customer_row(store, customer_id)
    async with store.begin() as session:
        contact = Contact(
            team_id=customer.team_id,
            customer_id=customer_id,
            name=name,
            name_key=name_key(name),
            created_at=customer.created_at,
            **values,
        )
        session.add(contact)
        await session.flush()
        assert contact.id is not None
        return contact.id


async def add_deal(
    store: Store,
    customer_id: int,
    name: str = "Autumn order",
    *,
    stage: DealStage = DealStage.PROPOSAL,
    since: datetime = DEAL_BEGAN,
    amount_minor: int | None = 640_000,
) -> int:
    """An opportunity as an import makes one: without a way."""
    customer = await customer_row(store, customer_id)
    async with store.begin() as session:
        deal = Opportunity(
            team_id=customer.team_id,
            customer_id=customer_id,
            owner_id=customer.owner_id,
            name=name,
            stage=stage,
            stage_since=since,
            amount_minor=amount_minor,
            created_at=since,
        )
        session.add(deal)
        await session.flush()
        assert deal.id is not None
        return deal.id


async def add_share(store: Store, customer_id: int, low: int, high: int, at: datetime) -> None:
    """A share range that was measured earlier."""
    customer = await customer_row(store, customer_id)
    async with store.begin() as session:
        session.add(
            ShareEstimate(team_id=customer.team_id, customer_id=customer_id, low_percent=low, high_percent=high, at=at)
        )


async def add_score(store: Store, customer_id: int, score: float) -> None:
    """A stored score."""
    customer = await customer_row(store, customer_id)
    async with store.begin() as session:
        session.add(
            CustomerScore(
                team_id=customer.team_id,
                customer_id=customer_id,
                on=MORNING.date(),
                score=score,
                lifecycle=LifecycleStage.MATURE,
            )
        )


async def add_snapshot(store: Store, customer_id: int, on: date, grade: Grade) -> None:
    """A grade as it stood on an earlier date."""
    customer = await customer_row(store, customer_id)
    async with store.begin() as session:
        session.add(
            ScoreSnapshot(
                team_id=customer.team_id,
                customer_id=customer_id,
                on=on,
                grade=grade,
                lifecycle=LifecycleStage.MATURE,
            )
        )


async def deal_row(store: Store, deal_id: int) -> Opportunity:
    async with store.read() as session:
        return (await session.exec(select(Opportunity).where(col(Opportunity.id) == deal_id))).one()


async def moves_of(store: Store, deal_id: int) -> list[DealMove]:
    """A deal's moves, oldest first."""
    async with store.read() as session:
        query = select(DealMove).where(col(DealMove.opportunity_id) == deal_id).order_by(col(DealMove.id))
        return list((await session.exec(query)).all())
