"""What a rep hears of own relationships: stages and shares that fell, and advances whose review is due."""

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.screen import Json, Screen
from bot.services.notices.telling import Telling
from bot.services.relationship.pending import review_pending
from bot.services.relationship.stages import last_share, pending_screen
from bot.services.work import Work
from bot.store.tables import Customer, Notice, PendingAdvance, RelationFall

FALLS_SHOWN = 6


async def tell_relation_falls(telling: Telling) -> bool:
    """All falls of the member's customers that nobody has been told of, each with what to repair."""
    work = telling.work
    query = (
        select(RelationFall, Customer)
        .join(Customer, col(Customer.id) == col(RelationFall.customer_id))
        .where(
            col(RelationFall.team_id) == work.acting.team_id,
            col(RelationFall.told_at).is_(None),
            col(Customer.owner_id) == work.acting.member_id,
            col(Customer.ended_at).is_(None),
        )
        .order_by(col(RelationFall.id))
    )
    rows = (await work.session.exec(query)).all()
    if not rows:
        return False
    told = [fall.id for fall, _ in rows]
    await work.session.exec(update(RelationFall).where(col(RelationFall.id).in_(told)).values(told_at=work.now))
    falls: dict[int, list[Json]] = {}
    customers: dict[int, Customer] = {}
    for fall, customer in rows:
        falls.setdefault(fall.customer_id, []).append({"kind": fall.kind, "before": fall.before, "after": fall.after})
        customers[fall.customer_id] = customer
    items: list[Json] = [
        {
            "id": identity,
            "name": customer.name,
            "grade": customer.grade.value if customer.grade else None,
            "stage": customer.stage.value if customer.stage else None,
            "falls": falls[identity],
        }
        for identity, customer in list(customers.items())[:FALLS_SHOWN]
    ]
    facts: dict[str, Json] = {"items": items, "count": len(customers), "more": len(customers) - len(items)}
    await telling.push(Screen(template="notices/relation_falls", facts=facts, living=f"relation_falls:{work.today}"))
    return True


async def tell_stage_review(telling: Telling) -> bool:
    """Lift the stage where the rep has said that the share holds; ask again where nobody has said."""
    found = await _pending(telling.work, telling.notice)
    if found is None:
        return False
    pending, customer = found
    step = await review_pending(telling.work, pending)
    if step is not None:
        facts: dict[str, Json] = {
            "id": customer.id,
            "name": customer.name,
            "stage": step.stage.value,
            "next_review_on": pending.review_on.isoformat() if step.pending else None,
            "waits": step.pending.value if step.pending else None,
        }
        await telling.push(Screen(template="notices/stage_advanced", facts=facts, living=f"advance:{customer.id}"))
        return True
    if pending.confirmed is not None:
        return False
    share = await last_share(telling.work.session, telling.work.acting, pending.customer_id)
    await telling.push(pending_screen(customer, pending, share=share))
    return True


async def review_untold(work: Work, notice: Notice) -> None:
    """The stage moves also when the rep could not be told. Doing it twice changes nothing."""
    found = await _pending(work, notice)
    if found is not None and found[0].review_on <= work.today:
        await review_pending(work, found[0])


async def _pending(work: Work, notice: Notice) -> tuple[PendingAdvance, Customer] | None:
    query = (
        select(PendingAdvance, Customer)
        .join(Customer, col(Customer.id) == col(PendingAdvance.customer_id))
        .where(
            col(PendingAdvance.team_id) == work.acting.team_id,
            col(PendingAdvance.id) == notice.subject_id,
            col(PendingAdvance.closed_at).is_(None),
            col(Customer.ended_at).is_(None),
        )
    )
    return (await work.session.exec(query)).one_or_none()
