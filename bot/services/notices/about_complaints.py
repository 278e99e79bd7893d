"""What people hear of complaints that are theirs, and managers of wording that somebody kept after a warning."""

from sqlmodel import col, select

from bot.domain.screen import Screen
from bot.services.complaints.reminding import plan_reminder
from bot.services.complaints.showing import complaint_screen
from bot.services.notices.telling import Telling
from bot.services.work import Work
from bot.store.tables import Complaint, Customer, Member, Notice, WordingWarning


async def tell_complaint(telling: Telling) -> bool:
    """A complaint that is open and the reader's."""
    complaint = await _complaint(telling.work, telling.notice)
    if complaint is None or complaint.closed_at is not None or complaint.owner_id != telling.work.acting.member_id:
        return False
    await telling.push(await complaint_screen(telling.work, complaint))
    return True


async def plan_following(work: Work, notice: Notice) -> None:
    """After a reminder is settled, perhaps before its time: the next one of its complaint."""
    complaint = await _complaint(work, notice)
    if complaint is not None:
        await plan_reminder(work.session, complaint, after=max(work.now, notice.due_at))


async def tell_wording(telling: Telling) -> bool:
    """Somebody kept words that raised a doubt: the manager knows, and no more than the words."""
    query = (
        select(WordingWarning, Member.name, Customer.name)
        .join(Member, col(Member.id) == col(WordingWarning.member_id))
        .outerjoin(Customer, col(Customer.id) == col(WordingWarning.customer_id))
        .where(
            col(WordingWarning.team_id) == telling.work.acting.team_id,
            col(WordingWarning.id) == telling.notice.subject_id,
        )
    )
    found = (await telling.work.session.exec(query)).one_or_none()
    if found is None:
        return False
    warning, who, customer = found
    facts = {
        "who": who,
        "customer": customer,
        "customer_id": warning.customer_id,
        "doubt": warning.doubt,
        "words": warning.words,
        "form": warning.form,
    }
    await telling.push(Screen(template="notices/wording", facts=facts))
    return True


async def _complaint(work: Work, notice: Notice) -> Complaint | None:
    query = select(Complaint).where(
        col(Complaint.team_id) == work.acting.team_id, col(Complaint.id) == notice.subject_id
    )
    return (await work.session.exec(query)).one_or_none()
