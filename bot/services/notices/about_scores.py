"""What a rep hears of own customers that fell since the last refresh: one silent message, before any manager asks."""

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.money import from_minor
from bot.domain.screen import Json, Screen
from bot.services.notices.telling import Telling
from bot.store.tables import Customer, CustomerScore, ScoreFall

FALLS_SHOWN = 6


async def tell_falls(telling: Telling) -> bool:
    """All falls of the member's customers that nobody has been told of, those with most at stake first."""
    work = telling.work
    query = (
        select(ScoreFall, Customer, CustomerScore)
        .join(Customer, col(Customer.id) == ScoreFall.customer_id)
        .join(CustomerScore, col(CustomerScore.customer_id) == ScoreFall.customer_id)
        .where(
            col(ScoreFall.team_id) == work.acting.team_id,
            col(ScoreFall.told_at).is_(None),
            col(Customer.owner_id) == work.acting.member_id,
            col(Customer.ended_at).is_(None),
        )
        .order_by(col(ScoreFall.id))
    )
    rows = (await work.session.exec(query)).all()
    if not rows:
        return False
    told = [fall.id for fall, _, _ in rows]
    await work.session.exec(update(ScoreFall).where(col(ScoreFall.id).in_(told)).values(told_at=work.now))
    falls: dict[int, list[Json]] = {}
    for fall, _, _ in rows:
        falls.setdefault(fall.customer_id, []).append({"kind": fall.kind, "before": fall.before, "after": fall.after})
    customers = {customer.id: (customer, score) for _, customer, score in rows if customer.id is not None}
    by_stake = sorted(customers, key=lambda identity: -max(customers[identity][1].stake_minor, 0))
    items: list[Json] = []
    for identity in by_stake[:FALLS_SHOWN]:
        customer, score = customers[identity]
        items.append(
            {
                "customer_id": identity,
                "name": customer.name,
                "grade": customer.grade.value if customer.grade else None,
                "falls": falls[identity],
                "ratio": score.overdue_ratio,
                "stake": str(from_minor(score.stake_minor, work.acting.currency)) if score.stake_minor > 0 else None,
            }
        )
    facts: dict[str, Json] = {
        "items": items,
        "count": len(by_stake),
        "more": len(by_stake) - len(items),
        "currency": work.acting.currency,
    }
    await telling.push(Screen(template="notices/falls", facts=facts, living=f"falls:{work.today}"))
    return True
