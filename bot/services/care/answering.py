"""Answers to a prompt, one tap each: done, which logs a touch; later; not for this customer; or taken back."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.domain.care import PRESSING, SHARED, CareKind, working_day_from
from bot.domain.errors import Refused
from bot.domain.vocabulary import Role, TouchKind
from bot.services.notices import ledger
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store.care import SERVICE_KINDS, get_prompt
from bot.store.inserting import insert_if_new
from bot.store.tables import AuditEntry, CarePrompt, CareQuiet, Customer, Touch

LATEST_LATER = timedelta(days=60)
HELP_AGAIN = timedelta(hours=2)
_LATER_DAYS = 3


class Done(StrEnum):
    """How it was done; the value goes into buttons."""

    MESSAGED = "m"
    CALLED = "c"
    ASKED = "n"  # at a visit that is logged already


_USUAL = {CareKind.REFERRAL: Done.ASKED, CareKind.EMERGENCY: Done.CALLED}
_TOUCHES = {Done.MESSAGED: TouchKind.MESSAGE, Done.CALLED: TouchKind.CALL}


async def prompt_to_answer(work: Work, prompt_id: int) -> tuple[CarePrompt, Customer]:
    """A visible prompt that the person may answer. Raises Refused: no_such_prompt, not_for_your_role."""
    prompt, customer = await get_prompt(work.session, work.acting, prompt_id)
    serves = work.acting.role is Role.SERVICE and prompt.kind in SERVICE_KINDS
    if not (work.acting.records or work.acting.leads or serves):
        raise Refused("not_for_your_role")
    return prompt, customer


async def finish(work: Work, prompt: CarePrompt, done: Done) -> bool:
    """It is done: log the touch, close the prompt. False: it was closed before, and nothing was changed."""
    if not await _close(work, prompt, "done"):
        return False
    if (kind := _TOUCHES.get(done)) is not None:
        touch = Touch(
            team_id=work.acting.team_id,
            customer_id=prompt.customer_id,
            member_id=work.acting.member_id,
            kind=kind,
            at=work.now,
        )
        work.session.add(touch)
        await work.session.flush()
        prompt.touch_id = touch.id
        await work.session.flush()
    return True


async def finish_unseen(work: Work, prompt: CarePrompt) -> int:
    """Done, as its kind is mostly done; a wish or news to all of its group. Gives to how many."""
    if prompt.kind in SHARED and (count := await finish_all(work, prompt)):
        return count
    return int(await finish(work, prompt, _USUAL.get(prompt.kind, Done.MESSAGED)))


async def finish_all(work: Work, prompt: CarePrompt) -> int:
    """A wish or news went out to everybody of its group who is still open. Gives to how many."""
    count = 0
    for one in await group_of(work, prompt):
        count += await finish(work, one, Done.MESSAGED)
    return count


async def group_of(work: Work, prompt: CarePrompt) -> list[CarePrompt]:
    """The acting person's open prompts with the same key, such as one festival's."""
    query = (
        select(CarePrompt)
        .join(Customer, col(Customer.id) == col(CarePrompt.customer_id))
        .where(
            col(CarePrompt.team_id) == work.acting.team_id,
            col(CarePrompt.key) == prompt.key,
            col(CarePrompt.settled_at).is_(None),
            col(CarePrompt.due_on) <= work.today,
            col(Customer.ended_at).is_(None),
            col(Customer.owner_id) == work.acting.member_id,
        )
    )
    return list((await work.session.exec(query.order_by(col(CarePrompt.id)))).all())


async def put_off(work: Work, prompt: CarePrompt, on: date) -> None:
    """Have it back on a later day. A day that has passed, as on an old button, changes nothing."""
    if prompt.settled_at is None and work.today < on <= work.today + LATEST_LATER:
        prompt.due_on, prompt.until = on, max(prompt.until, on + timedelta(days=_LATER_DAYS))
        await work.session.flush()


async def help_later(work: Work, prompt: CarePrompt) -> None:
    """Be reminded of an emergency again in two hours: help counts the same day."""
    if prompt.settled_at is None and prompt.kind is CareKind.EMERGENCY:
        await plan_now(work, prompt, work.acting.member_id, work.now + HELP_AGAIN)


async def plan_now(work: Work, prompt: CarePrompt, member_id: int, due_at: datetime) -> None:
    """Have a member told of one prompt by itself, at an instant."""
    await ledger.plan(
        work.session,
        team_id=work.acting.team_id,
        member_id=member_id,
        kind=ledger.Kind.CARE_NOW,
        subject_id=prompt.id,
        due_at=due_at,
    )


async def quieten(work: Work, prompt: CarePrompt) -> None:
    """Not for this customer: this kind is never entered for it again, and what stands of it is closed."""
    values = {
        "team_id": work.acting.team_id,
        "customer_id": prompt.customer_id,
        "kind": prompt.kind,
        "member_id": work.acting.member_id,
        "at": work.now,
    }
    await insert_if_new(work.session, CareQuiet, values, ("team_id", "customer_id", "kind"))
    await _close(work, prompt, "not_for_them")
    _note(work, prompt, "care_quiet")


async def reopen(work: Work, prompt: CarePrompt) -> None:
    """Take an answer back: the touch it logged goes, and the kind is for this customer again."""
    if prompt.settled_at is None or prompt.outcome not in ("done", "not_for_them"):
        return
    if prompt.touch_id is not None:
        await work.session.exec(delete(Touch).where(col(Touch.id) == prompt.touch_id))
    if prompt.outcome == "not_for_them":
        await hear_again(work, prompt.customer_id, prompt.kind)
    prompt.settled_at, prompt.outcome, prompt.touch_id = None, None, None
    await work.session.flush()


async def hear_again(work: Work, customer_id: int, kind: CareKind) -> None:
    """Let a kind that was not for a customer be entered again."""
    quiet = delete(CareQuiet).where(
        col(CareQuiet.team_id) == work.acting.team_id,
        col(CareQuiet.customer_id) == customer_id,
        col(CareQuiet.kind) == kind,
    )
    await work.session.exec(quiet)


async def later_day(work: Work, kind: CareKind) -> date:
    """When "later" is: the next working day for what presses or has its day, else the third."""
    is_working = await working_days_of(work.session, work.acting)
    soon = kind in (*PRESSING, CareKind.BIRTHDAY, CareKind.HOLIDAY)
    day = work.today
    for _ in range(1 if soon else _LATER_DAYS):
        day = working_day_from(day + timedelta(days=1), is_working)
    return day


async def _close(work: Work, prompt: CarePrompt, outcome: str) -> bool:
    statement = (
        update(CarePrompt)
        .where(col(CarePrompt.id) == prompt.id, col(CarePrompt.settled_at).is_(None))
        .values(settled_at=work.now, outcome=outcome)
    )
    changed = (await work.session.exec(statement)).rowcount > 0
    await work.session.refresh(prompt)
    return changed


def _note(work: Work, prompt: CarePrompt, action: str) -> None:
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action=action,
            subject="customer",
            subject_id=prompt.customer_id,
            change={"kind": prompt.kind.value},
        )
    )
