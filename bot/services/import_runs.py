"""Works uploaded files after the commit that asked for it: a file takes longer than a chat's transaction may.

Asking is a row. Whoever holds its lease does the work; a run that a crash interrupted is taken up again, which is
safe since an import that is repeated changes nothing.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Language
from bot.services.clock import real_now
from bot.services.importing import screens, uploads
from bot.services.importing.column_asking import Upload, columns_screen
from bot.services.importing.error_file import error_file
from bot.services.importing.guessing import UnknownColumnsError
from bot.services.importing.plan import ImportPlan
from bot.services.importing.progress import OnStep, Step
from bot.services.importing.source_files import SourceFile
from bot.services.people import acting_by_member
from bot.services.scoring.refreshing import refresh_team
from bot.services.work import Work
from bot.store import outbox
from bot.store.inserting import insert_if_new
from bot.store.tables import ImportRun
from bot.store.unit import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # of real time; the largest file that is let in takes about two
ATTEMPTS = 3
EDIT_EVERY_S = 2.0

Reasons = Callable[[Language], Mapping[str, str]]
"""The texts of the reasons for which rows are refused, in a language."""


class Action(StrEnum):
    """What is asked of an upload."""

    CHECK = "check"
    TAKE = "take"
    TAKE_GOOD = "good"
    GIVE_BAD = "bad"


async def ask(work: Work, upload_id: int, action: Action) -> bool:
    """Have an own upload worked after this commit. False: it is being worked already. Raises Refused."""
    held = await uploads.held_upload(work.session, work.acting, upload_id)
    values = {
        "upload_id": upload_id,
        "team_id": work.acting.team_id,
        "member_id": work.acting.member_id,
        "action": action.value,
        "requested_at": work.now,
        "leased_until": None,
        "attempts": 0,
        "settled_at": None,
    }
    asked = await insert_if_new(work.session, ImportRun, values, ("upload_id",))
    if not asked:
        idle = (col(ImportRun.upload_id) == upload_id, col(ImportRun.settled_at).is_not(None))
        asked = (await work.session.exec(update(ImportRun).where(*idle).values(**values))).rowcount == 1
    if asked:
        place = Place.BELOW if work.tapped is None else Place.EDIT
        facts: dict[str, Json] = {"file": held.name}
        await work.show(
            Screen(template="replies/import_waiting", facts=facts, living=screens.living(upload_id), place=place)
        )
    return asked


async def resume_imports(store: Store, now: datetime, reasons: Reasons) -> int:
    """Take up what was asked and is nobody's work now. Gives how many runs were worked."""
    async with store.read() as session:
        waiting = (await session.exec(select(col(ImportRun.upload_id)).where(*_free()))).all()
    return sum([await run_import(store, upload_id, now, reasons) for upload_id in waiting])


async def run_import(store: Store, upload_id: int, now: datetime, reasons: Reasons) -> bool:
    """Do what was asked of an upload, and show what came of it. False: somebody else is at it, or it is done."""
    async with store.begin() as session:
        if not await _claim(session, upload_id):
            return False
        run = (await session.exec(select(ImportRun).where(col(ImportRun.upload_id) == upload_id))).one()
        acting = await acting_by_member(session, run.member_id)
        if run.attempts > ATTEMPTS:
            log.error("gave up on the file %s after %s attempts", upload_id, ATTEMPTS)
            await _conclude(session, acting, upload_id, Screen(template="replies/sorry"), now, drop=True)
            return False
    try:
        await _work(store, acting, upload_id, Action(run.action), now, reasons)
    except UnknownColumnsError as unknown:
        async with store.begin() as session:
            held = await uploads.held_upload(session, acting, upload_id)
            screen = columns_screen(acting, upload_id, Upload(file=held.name, guess=unknown.guess))
            await _conclude(session, acting, upload_id, screen, now, drop=False)
    except Refused as refused:
        facts = {name: value for name, value in refused.params.items() if isinstance(value, str | int | float)}
        screen = Screen(template=f"refusals/{refused.code}", facts=facts, living=screens.living(upload_id))
        async with store.begin() as session:
            await _conclude(session, acting, upload_id, screen, now, drop=refused.code != "import_gone")
    return True


async def release_all(session: AsyncSession) -> None:
    """Drop every lease: for the start of the only process that uses an SQLite file."""
    await session.exec(update(ImportRun).where(col(ImportRun.settled_at).is_(None)).values(leased_until=None))


def _free() -> tuple[ColumnElement[bool], ...]:
    lease_is_over = or_(col(ImportRun.leased_until).is_(None), col(ImportRun.leased_until) < real_now())
    return (col(ImportRun.settled_at).is_(None), lease_is_over)


async def _claim(session: AsyncSession, upload_id: int) -> bool:
    statement = (
        update(ImportRun)
        .where(col(ImportRun.upload_id) == upload_id, *_free())
        .values(leased_until=real_now() + LEASE, attempts=col(ImportRun.attempts) + 1)
    )
    return (await session.exec(statement)).rowcount == 1


async def _work(store: Store, acting: Acting, upload_id: int, action: Action, now: datetime, reasons: Reasons) -> None:
    async with store.read() as session:
        held = await uploads.held_upload(session, acting, upload_id)
    source = SourceFile(name=held.name, content=held.content)
    on_step = _telling(store, acting, upload_id, held.name, now)
    if action in (Action.TAKE, Action.TAKE_GOOD):
        good_rows = action is Action.TAKE_GOOD
        plan = await uploads.take_upload(store, acting, upload_id, now=now, good_rows=good_rows, on_step=on_step)
    else:
        plan = await uploads.preview(store, acting, source, now=now, on_step=on_step)
    if action is Action.CHECK:
        async with store.begin() as session:
            await _conclude(session, acting, upload_id, screens.preview_screen(plan, upload_id), now, drop=False)
        return
    bad = await error_file(plan, acting.language, reasons(acting.language))
    async with store.begin() as session:
        screen = await _done_screen(session, acting, plan, upload_id, bad, now)
        await _conclude(session, acting, upload_id, screen, now, drop=True)
    await refresh_team(store, acting.team_id, now)


async def _done_screen(
    session: AsyncSession,
    acting: Acting,
    plan: ImportPlan,
    upload_id: int,
    bad: tuple[str, bytes] | None,
    now: datetime,
) -> Screen:
    media_id = await uploads.keep_error_file(session, acting, *bad, now=now) if bad else None
    return screens.done_screen(plan, upload_id, media_id)


def _telling(store: Store, acting: Acting, upload_id: int, file: str, now: datetime) -> OnStep:
    """Edits the upload's message as the work goes on, at most every two seconds of real time."""
    told_at = time.monotonic()

    async def tell(step: Step) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < EDIT_EVERY_S:
            return
        told_at = time.monotonic()
        async with store.begin() as session:
            await _show(session, acting, screens.progress_screen(file, step, upload_id), now)

    return tell


async def _conclude(
    session: AsyncSession, acting: Acting, upload_id: int, screen: Screen, now: datetime, *, drop: bool
) -> None:
    """Settle a run with what its person sees; the bytes go when nothing more can be asked of them."""
    mine = col(ImportRun.upload_id) == upload_id
    await session.exec(update(ImportRun).where(mine).values(settled_at=now, leased_until=None, attempts=0))
    if drop:
        await uploads.drop_upload(session, acting, upload_id)
    await _show(session, acting, screen, now)


async def _show(session: AsyncSession, acting: Acting, screen: Screen, now: datetime) -> None:
    assert acting.chat_id is not None
    await outbox.show(session, acting.chat_id, screen, due_at=now, member_id=acting.member_id, interactive=True)
