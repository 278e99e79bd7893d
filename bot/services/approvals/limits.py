"""How far a team lets its reps go alone: read for every request, set in chat by those who lead."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.authority import NO_AUTHORITY, AuthorityKind, Limit, said_size, usual_limits
from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.services.work import Work
from bot.store.tables import AuditEntry, AuthorityLimit

LIVING = "limits"


async def limits_of(session: AsyncSession, team_id: int) -> dict[AuthorityKind, Limit]:
    """The limits of a team by kind; where none is set, everything asks."""
    query = select(AuthorityLimit).where(col(AuthorityLimit.team_id) == team_id)
    found = {row.kind: Limit(own=row.own, act_first=row.act_first) for row in (await session.exec(query)).all()}
    return {kind: found.get(kind, NO_AUTHORITY) for kind in AuthorityKind}


async def set_limit(work: Work, kind: AuthorityKind, own: int, act_first: int | None) -> None:
    """Set both limits of a kind. Raises Refused for somebody who does not lead, and for a second under the first."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    if act_first is not None and act_first < own:
        raise Refused("limits_backwards")
    row = AuthorityLimit(
        team_id=work.acting.team_id,
        kind=kind,
        own=own,
        act_first=act_first,
        changed_by=work.acting.member_id,
        changed_at=work.now,
    )
    await work.session.merge(row)
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="limit_set",
            subject="authority",
            change={"kind": kind.value, "own": own, "act_first": act_first},
        )
    )
    await work.session.flush()


async def set_usual_limits(work: Work) -> None:
    """Set what teams often set, where this one has set nothing. Raises Refused for somebody who does not lead."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    known = await limits_of(work.session, work.acting.team_id)
    for kind, limit in usual_limits(work.acting.currency).items():
        if known[kind] == NO_AUTHORITY:
            await set_limit(work, kind, limit.own, limit.act_first)


async def has_limits(session: AsyncSession, team_id: int) -> bool:
    """Whether the team has ever set one, were it to nothing."""
    query = select(AuthorityLimit.kind).where(col(AuthorityLimit.team_id) == team_id)
    return (await session.exec(query.limit(1))).first() is not None


async def limits_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The team's limits, each to be changed by who leads."""
    limits = await limits_of(session, acting.team_id)
    items: list[Json] = [
        {
            "kind": kind.value,
            "own": said_size(kind, limit.own, acting.currency) if limit.own else None,
            "act_first": said_size(kind, limit.act_first, acting.currency) if limit.act_first else None,
        }
        for kind, limit in limits.items()
    ]
    facts: dict[str, Json] = {
        "items": items,
        "currency": acting.currency,
        "leads": acting.leads,
        "unset": not await has_limits(session, acting.team_id),
    }
    return Screen(template="replies/limits", facts=facts, living=LIVING)
