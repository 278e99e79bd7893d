"""Why a notice came as it did, and what its reader can do about it: have it again later, or be asked no more."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.notices import Mute, later_choices, worthless_after
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.notices import ledger
from bot.services.notices.manners import MANNERS, recipient_of
from bot.services.notices.telling import as_pending
from bot.services.people import own_row
from bot.services.work import Work
from bot.store import outbox
from bot.store.tables import Notice, Outbox

LIVING = "notice"
LATEST = timedelta(days=15)


async def notice_screen(
    session: AsyncSession, acting: Acting, notice_id: int, now: datetime, *, again_at: datetime | None = None
) -> Screen:
    """Why one of the acting person's notices came now, with choices. Raises Refused("no_such_notice")."""
    notice = await _own_notice(session, acting, notice_id)
    member = await own_row(session, acting)
    to = await recipient_of(session, member, acting)
    manner = MANNERS[notice.kind]
    again = await _told_again(session, notice)
    limit = worthless_after(as_pending(again[0]), to) if again else None
    choices: list[Json] = [
        {"name": name.value, "at": at.isoformat(), "code": f"{at:%Y%m%d%H%M}"}
        for name, at in (later_choices(now, to, limit=limit) if again else ())
    ]
    facts: dict[str, Json] = {
        "id": notice.id,
        "kind": notice.kind,
        "fate": notice.fate,
        "reason": notice.reason,
        "rang": notice.rang,
        "urgent": manner.urgent,
        "due_at": notice.facts.get("due_at", notice.due_at.isoformat()),
        "snoozed": "snoozed_to" in notice.facts,
        "moves": notice.facts.get("moves", []),
        "rung": notice.facts.get("rung"),
        "rings_a_day": notice.facts.get("rings_a_day", to.rings_a_day),
        "merged": notice.facts.get("merged", []),
        "choices": choices,
        "mute": manner.mute.value,
        "muted": notice.kind in member.muted_kinds,
        "again_at": again_at.isoformat() if again_at else None,
    }
    return Screen(template="notices/why", facts=facts, living=LIVING, place=Place.BELOW)


async def notice_of_message(session: AsyncSession, acting: Acting, message_id: int) -> int:
    """The notice that came as a message of the acting person's chat. Raises Refused("no_such_notice")."""
    query = (
        select(Notice.id)
        .join(Outbox, col(Outbox.key) == "push:" + col(Notice.key))
        .where(
            col(Outbox.chat_id) == acting.chat_id,
            col(Outbox.message_id) == message_id,
            col(Notice.member_id) == acting.member_id,
        )
    )
    found = (await session.exec(query.order_by(col(Notice.id).desc()))).first()
    if found is None:
        raise Refused("no_such_notice")
    return found


async def ask_again(work: Work, notice_id: int, at: datetime) -> bool:
    """Have a notice, and what came with it, told once more. False for a time that has passed or is too far off.

    What is told once only stays in the message that stands.
    """
    lead = await _own_notice(work.session, work.acting, notice_id)
    again = await _told_again(work.session, lead)
    if not again or not work.now < at <= work.now + LATEST:
        return False
    for notice in again:
        await ledger.plan_again(work.session, notice, at)
    if lead not in again:
        return True
    sent = select(col(Outbox.living)).where(col(Outbox.key) == f"push:{lead.key}")
    living = (await work.session.exec(sent)).first()
    if living and work.acting.chat_id is not None:
        await outbox.clear(work.session, work.acting.chat_id, living, due_at=work.now)
    return True


async def _told_again(session: AsyncSession, lead: Notice) -> list[Notice]:
    """What of a message may be asked for again: the notice that leads it, and what came with it."""
    query = select(Notice).where(col(Notice.member_id) == lead.member_id, col(Notice.merged_into) == lead.id)
    return [one for one in (lead, *(await session.exec(query)).all()) if MANNERS[one.kind].snoozes]


async def set_muted(work: Work, kind: str, muted: bool) -> None:
    """Ask no more, or again. Raises Refused("never_muted") for what a person may not miss."""
    if kind not in MANNERS or MANNERS[kind].mute is Mute.NEVER:
        raise Refused("never_muted")
    member = await own_row(work.session, work.acting)
    others = [one for one in member.muted_kinds if one != kind]
    member.muted_kinds = sorted([*others, kind]) if muted else others
    work.session.add(member)
    await work.session.flush()


async def kind_of(session: AsyncSession, acting: Acting, notice_id: int) -> str:
    """The kind of one of the acting person's notices. Raises Refused("no_such_notice")."""
    return (await _own_notice(session, acting, notice_id)).kind


async def _own_notice(session: AsyncSession, acting: Acting, notice_id: int) -> Notice:
    query = select(Notice).where(col(Notice.id) == notice_id, col(Notice.member_id) == acting.member_id)
    found = (await session.exec(query)).one_or_none()
    if found is None or found.kind not in MANNERS:
        raise Refused("no_such_notice")
    return found
