"""Promises for tests, made as a report makes them."""

from datetime import datetime

from sqlmodel import col, select

from bot.domain.vocabulary import PromiseSide
from bot.services.promises import make_promise
from bot.services.work import Work
from bot.store.tables import Customer
from tests import builders
from tests.story import Story


async def promise_by(
    story: Story,
    customer: str,
    text: str,
    due: str,
    *,
    owner: str = builders.REP,
    side: PromiseSide = PromiseSide.OURS,
    **values: object,
) -> int:
    """A promise to a customer, which is made where it is not there yet; ``due`` is an ISO instant."""
    store = story.app.store
    acting = await builders.acting_for(store, owner)
    async with store.read() as session:
        known = (await session.exec(select(Customer.id).where(col(Customer.name) == customer))).first()
    customer_id = known or await builders.add_customer(store, name=customer, owner=owner)
    async with store.begin() as session:
        work = Work(session=session, acting=acting, now=story.app.clock.now())
        promise = await make_promise(
            work,
            customer_id=customer_id,
            side=side,
            text=text,
            due_at=datetime.fromisoformat(due),
            **values,  # type: ignore[arg-type] # the rest as make_promise takes it
        )
    assert promise.id is not None
    return promise.id
