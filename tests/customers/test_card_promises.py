"""The card names promises of every kind, on both sides."""

from datetime import timedelta

from bot.domain.vocabulary import CommitmentKind, PromiseKind, PromiseSide
from bot.services.promises import make_promise
from bot.services.work import Work
from tests.builders import acting_for, add_customer
from tests.story import Story


async def test_promises_of_every_kind_can_be_read_on_the_card(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Hillv2")
    acting = await acting_for(story.app.store)
    now = story.app.clock.now()
    async with story.app.store.begin() as session:
        work = Work(session=session, acting=acting, now=now)
        for kind in (PromiseKind.PRICE_LIST, CommitmentKind.TRIAL):
            side = PromiseSide.OURS if isinstance(kind, PromiseKind) else PromiseSide.THEIRS
            due = now + timedelta(hours=5)
            await make_promise(work, customer_id=customer, side=side, text="", kind=kind, due_at=due)
    await story.rep.says("Hillv2")
    story.rep.sees_now("we promised: price list", "they promised: trial")
