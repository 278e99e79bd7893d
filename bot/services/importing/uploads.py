"""A file sent to the bot: kept while its sender decides, so that the question survives a restart; taken or dropped."""

import hashlib
from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.services.importing.guessing import UnknownColumnsError
from bot.services.importing.plan import ImportPlan, TableState
from bot.services.importing.progress import OnStep
from bot.services.importing.running import analyse, apply
from bot.services.importing.source_files import SourceFile, read_files
from bot.services.spreadsheet import XLSX_TYPE
from bot.store.tables import Media
from bot.store.unit import Store

UPLOAD_TYPE = "application/vnd.roundsman.upload"
NAME_MAX = 200


async def preview(
    store: Store, acting: Acting, source: SourceFile, *, now: datetime, on_step: OnStep | None = None
) -> ImportPlan:
    """What taking the file would do. Raises Refused with the file's problem when it cannot be read."""
    _check_role(acting)
    reading = await read_files(store, acting.team_id, [source])
    plan = await analyse(store, acting.team_id, reading, now=now, on_step=on_step)
    for table in plan.tables:
        if table.guess is not None and table.problem:
            raise UnknownColumnsError(Refused(table.problem.code, **table.problem.params), table.guess)
        if table.state in (TableState.UNREADABLE, TableState.NOTHING) and table.problem:
            raise Refused(table.problem.code, **table.problem.params)
    return plan


async def hold_upload(session: AsyncSession, acting: Acting, source: SourceFile, *, now: datetime) -> int:
    """Keep the file for its sender and give its id. The same file sent again by the same person is the same upload."""
    _check_role(acting)
    digest = _digest(acting, source.content)
    held = (await session.exec(select(Media).where(Media.team_id == acting.team_id, Media.sha256 == digest))).first()
    if held is None:
        held = Media(
            team_id=acting.team_id,
            sha256=digest,
            content_type=UPLOAD_TYPE,
            name=source.name[-NAME_MAX:],
            content=source.content,
            created_at=now,
        )
        session.add(held)
        await session.flush()
    assert held.id is not None
    return held.id


async def held_upload(session: AsyncSession, acting: Acting, upload_id: int) -> Media:
    """The upload, for the person who sent it. Raises Refused("import_gone") when it was taken or dropped before."""
    _check_role(acting)
    held = await session.get(Media, upload_id)
    if held is None or held.team_id != acting.team_id or held.content_type != UPLOAD_TYPE:
        raise Refused("import_gone")
    if held.sha256 != _digest(acting, held.content):
        raise Refused("import_gone")
    return held


async def take_upload(
    store: Store,
    acting: Acting,
    upload_id: int,
    *,
    now: datetime,
    good_rows: bool,
    on_step: OnStep | None = None,
) -> ImportPlan:
    """Take the held file. It stays held until ``drop_upload``, so that an interrupted run can be repeated."""
    async with store.read() as session:
        held = await held_upload(session, acting, upload_id)
    reading = await read_files(store, acting.team_id, [SourceFile(name=held.name, content=held.content)])
    return await apply(
        store, acting.team_id, reading, now=now, member_id=acting.member_id, good_rows=good_rows, on_step=on_step
    )


async def drop_upload(session: AsyncSession, acting: Acting, upload_id: int) -> None:
    """Forget the file. Raises Refused("import_gone") when that was done before."""
    await session.delete(await held_upload(session, acting, upload_id))


async def keep_error_file(session: AsyncSession, acting: Acting, name: str, content: bytes, *, now: datetime) -> int:
    """Store an error file as media, for a screen's document. Gives its id."""
    digest = hashlib.sha256(content).hexdigest()
    kept = (await session.exec(select(Media).where(Media.team_id == acting.team_id, Media.sha256 == digest))).first()
    if kept is None:
        kept = Media(
            team_id=acting.team_id,
            sha256=digest,
            content_type=XLSX_TYPE,
            name=name[-NAME_MAX:],
            content=content,
            created_at=now,
        )
        session.add(kept)
        await session.flush()
    assert kept.id is not None
    return kept.id


def _check_role(acting: Acting) -> None:
    if not acting.leads:
        raise Refused("not_for_your_role")


def _digest(acting: Acting, content: bytes) -> str:
    """The key of an upload: by sender too, so that one cannot take or drop what another sent."""
    return hashlib.sha256(f"upload:{acting.member_id}:".encode() + content).hexdigest()
