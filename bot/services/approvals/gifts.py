"""The gift log: what a customer was given in a year, against the team's cap."""

from datetime import date

from sqlalchemy import delete
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.authority import AuthorityKind, said_size
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.services.approvals.limits import limits_of
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Gift, Member, Promise

LISTED = 8


async def given_this_year(session: AsyncSession, acting: Acting, customer_id: int, today: date) -> int:
    """The value of all gifts to a customer in the calendar year, in minor units."""
    query = select(func.sum(Gift.amount_minor)).where(
        col(Gift.team_id) == acting.team_id,
        col(Gift.customer_id) == customer_id,
        col(Gift.given_on) >= today.replace(month=1, day=1),
        col(Gift.given_on) <= today.replace(month=12, day=31),
    )
    return int((await session.exec(query)).one() or 0)


async def log_gift(
    work: Work,
    customer_id: int,
    amount_minor: int,
    *,
    member_id: int,
    words: str = "",
    for_whom: str = "",
    request_id: int | None = None,
    promise_id: int | None = None,
) -> None:
    """Enter a gift of today."""
    work.session.add(
        Gift(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            member_id=member_id,
            request_id=request_id,
            promise_id=promise_id,
            words=words,
            for_whom=for_whom,
            amount_minor=amount_minor,
            given_on=work.today,
            logged_at=work.now,
        )
    )
    await work.session.flush()


async def take_gift_back(work: Work, promise: Promise) -> None:
    """A promise that was withdrawn gives nothing."""
    mine = (col(Gift.team_id) == work.acting.team_id, col(Gift.promise_id) == promise.id)
    await work.session.exec(delete(Gift).where(*mine))


async def gifts_screen(session: AsyncSession, acting: Acting, customer_id: int, today: date) -> Screen:
    """This year's gifts to a customer, newest first, against the cap. Raises Refused("no_such_customer")."""
    customer = await get_customer(session, acting, customer_id)
    query = (
        select(Gift, Member.name)
        .join(Member, col(Member.id) == col(Gift.member_id))
        .where(
            col(Gift.team_id) == acting.team_id,
            col(Gift.customer_id) == customer_id,
            col(Gift.given_on) >= today.replace(month=1, day=1),
        )
        .order_by(col(Gift.given_on).desc(), col(Gift.id).desc())
    )
    rows = (await session.exec(query)).all()
    cap = (await limits_of(session, acting.team_id))[AuthorityKind.GIFT].own
    items: list[Json] = [
        {
            "on": gift.given_on.isoformat(),
            "amount": str(from_minor(gift.amount_minor, acting.currency)),
            "words": gift.words,
            "for_whom": gift.for_whom,
            "who": who,
            "approved": gift.request_id is not None,
        }
        for gift, who in rows[:LISTED]
    ]
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "items": items,
        "more": max(0, len(rows) - LISTED),
        "used": str(from_minor(sum(gift.amount_minor for gift, _ in rows), acting.currency)),
        "cap": said_size(AuthorityKind.GIFT, cap, acting.currency) if cap else None,
        "currency": acting.currency,
        "records": acting.records,
    }
    return Screen(template="replies/gifts", facts=facts, living=f"gifts:{customer_id}")
