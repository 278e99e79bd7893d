"""What a rep says of the four pillars of an account."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.pillars import STRONGEST, WEAKEST, Pillar
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.work import Work
from bot.store.tables import AccountPillars


async def pillar_scores(session: AsyncSession, team_id: int, customer_id: int) -> dict[Pillar, int | None]:
    """The pillars 0-4, None where nobody has said."""
    row = await _row(session, team_id, customer_id)
    return {pillar: None if row is None else getattr(row, pillar.value) for pillar in Pillar}


async def set_pillar(work: Work, customer_id: int, pillar: Pillar, score: int) -> None:
    """Say how strong a pillar is. Raises Refused: no_such_customer, not_for_your_role, button_unknown."""
    customer = await customer_to_change(work, customer_id)
    if not WEAKEST <= score <= STRONGEST:
        raise Refused("button_unknown")
    row = await _row(work.session, work.acting.team_id, customer_id)
    if row is None:
        row = AccountPillars(team_id=work.acting.team_id, customer_id=customer_id, changed_at=work.now)
        work.session.add(row)
    setattr(row, pillar.value, score)
    row.changed_at = work.now
    note_change(work, customer, "pillar_set", {"pillar": pillar.value, "to": score})
    await work.session.flush()


async def _row(session: AsyncSession, team_id: int, customer_id: int) -> AccountPillars | None:
    query = select(AccountPillars).where(
        col(AccountPillars.team_id) == team_id, col(AccountPillars.customer_id) == customer_id
    )
    return (await session.exec(query)).one_or_none()
