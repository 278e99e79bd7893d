"""Sets the territory's size and who is on the work platform."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.platform import Proposal, propose, propose_swaps
from bot.services.platform.reading import Held, read_sales, read_territory, scope_of
from bot.services.work import Work
from bot.store.inserting import insert_if_new
from bot.store.tables import AuditEntry, Customer, TerritorySize, WorkPlace

LARGEST_TERRITORY = 100_000
KEPT_FOR = timedelta(days=90)
"""How long a customer that the rep keeps is not proposed to go out."""


async def set_size(work: Work, customers: int) -> None:
    """Say how many customers are in the own territory. Raises Refused."""
    if not work.acting.records:
        raise Refused("not_for_your_role")
    if not 1 <= customers <= LARGEST_TERRITORY:
        raise Refused("button_unknown")
    work.session.add(
        TerritorySize(team_id=work.acting.team_id, member_id=work.acting.member_id, customers=customers, at=work.now)
    )
    await work.session.flush()


async def own_territory(work: Work) -> list[Held]:
    """The acting person's own customers."""
    scope = scope_of(work.acting, work.acting.member_id, work.now)
    return await read_territory(work.session, scope, await read_sales(work.session, work.acting, scope.today))


async def take_proposal(work: Work) -> Proposal:
    """Make the proposed work platform the own one, in place of what was there. Raises Refused."""
    if not work.acting.records:
        raise Refused("not_for_your_role")
    held = await own_territory(work)
    proposal = propose((one.candidate(work.today) for one in held), work.acting.scoring.thresholds)
    await work.session.exec(
        delete(WorkPlace).where(
            col(WorkPlace.team_id) == work.acting.team_id,
            col(WorkPlace.customer_id).in_(
                select(col(Customer.id)).where(
                    col(Customer.team_id) == work.acting.team_id, col(Customer.owner_id) == work.acting.member_id
                )
            ),
        )
    )
    for customer_id in (*proposal.active, *proposal.reserve):
        await _put(work, customer_id, reserve=customer_id in proposal.reserve)
    _note(work, "work_platform_taken", {"active": len(proposal.active), "reserve": len(proposal.reserve)})
    return proposal


async def swap(work: Work, out_id: int, in_id: int) -> None:
    """Take one off the own work platform and put another on it. A swap that was made changes nothing.

    Raises Refused("no_such_customer") for one that is not the person's own.
    """
    await _own(work, out_id)
    await _own(work, in_id)
    place = await _place(work, out_id)
    if place is None:
        return
    await work.session.delete(place)
    await work.session.flush()
    known = await _place(work, in_id)
    if known is not None:
        known.reserve = False
    else:
        await _put(work, in_id, reserve=False)
    _note(work, "work_platform_swapped", {"out": out_id, "in": in_id})
    await work.session.flush()


async def swap_all(work: Work) -> int:
    """Make every swap that is proposed now. Gives how many."""
    held = await own_territory(work)
    swaps = propose_swaps(
        (one.candidate(work.today) for one in held if one.place is not None and not one.place.reserve),
        (one.candidate(work.today) for one in held if one.place is None or one.place.reserve),
    )
    for proposed in swaps:
        await swap(work, proposed.out_id, proposed.in_id)
    return len(swaps)


async def keep(work: Work, customer_id: int) -> None:
    """Leave a customer on the work platform: it is not proposed to go for 90 days. Raises Refused."""
    await _own(work, customer_id)
    place = await _place(work, customer_id)
    if place is not None:
        place.kept_until = work.today + KEPT_FOR
        await work.session.flush()


async def _own(work: Work, customer_id: int) -> None:
    query = select(col(Customer.id)).where(
        col(Customer.team_id) == work.acting.team_id,
        col(Customer.id) == customer_id,
        col(Customer.owner_id) == work.acting.member_id,
        col(Customer.ended_at).is_(None),
    )
    if (await work.session.exec(query)).one_or_none() is None:
        raise Refused("no_such_customer")


async def _place(work: Work, customer_id: int) -> WorkPlace | None:
    query = select(WorkPlace).where(
        col(WorkPlace.team_id) == work.acting.team_id, col(WorkPlace.customer_id) == customer_id
    )
    return (await work.session.exec(query)).one_or_none()


async def _put(work: Work, customer_id: int, *, reserve: bool) -> None:
    values = {"team_id": work.acting.team_id, "customer_id": customer_id, "reserve": reserve, "since": work.now}
    await insert_if_new(work.session, WorkPlace, values, ("team_id", "customer_id"))


def _note(work: Work, action: str, change: dict[str, int]) -> None:
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action=action,
            subject="member",
            subject_id=work.acting.member_id,
            change=change,
        )
    )
