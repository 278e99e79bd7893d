"""Working a complaint: opened, given to somebody, its steps, solved when we say so, closed when the customer does."""

from datetime import datetime, time

from sqlalchemy import exists, update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.promises import WorkingHours, postponed_to
from bot.domain.vocabulary import Role
from bot.domain.wall_time import instant_of
from bot.services.complaints.reminding import plan_reminder
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.work import Work
from bot.services.working_hours import working_hours_of
from bot.store.complaints import get_complaint
from bot.store.customers import get_customer
from bot.store.tables import AuditEntry, Complaint, ComplaintEvent, Contact, Customer, Member

SOLVED_BY = time(17, 0)
TEXT_LENGTH = 1000
NAME_LENGTH = 120


async def open_complaint(
    work: Work, customer_id: int, text: str, *, due_at: datetime | None = None, report_id: int | None = None
) -> Complaint:
    """Enter a complaint, owned by the customer's rep and due at the end of the next working day, unless said.

    The same words about the same customer are the same complaint as long as it is open.
    """
    if not (work.acting.records or work.acting.leads):
        raise Refused("not_for_your_role")
    customer = await get_customer(work.session, work.acting, customer_id)
    same = select(Complaint).where(
        col(Complaint.team_id) == work.acting.team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.text) == text,
        col(Complaint.closed_at).is_(None),
    )
    found = (await work.session.exec(same)).first()
    if found is not None:
        found.report_id = report_id or found.report_id
        return found
    complaint = Complaint(
        team_id=work.acting.team_id,
        customer_id=customer_id,
        owner_id=customer.owner_id or work.acting.member_id,
        report_id=report_id,
        text=text[:TEXT_LENGTH],
        opened_at=work.now,
        due_at=due_at or _next_evening(work.now, await working_hours_of(work.session, work.acting)),
    )
    work.session.add(complaint)
    await work.session.flush()
    await _remember(work, complaint, "opened")
    await _tell_owner(work, complaint)
    await plan_reminder(work.session, complaint, after=work.now)
    return complaint


def _next_evening(now: datetime, hours: WorkingHours) -> datetime:
    day = postponed_to(now, hours).astimezone(hours.zone).date()
    return instant_of(day, SOLVED_BY, hours.zone)


async def may_work(work: Work, complaint: Complaint) -> bool:
    """Who leads, whose it is, and the customer's rep; service works what is assigned to it and nothing else."""
    if work.acting.leads or complaint.owner_id == work.acting.member_id:
        return True
    owner = select(col(Customer.owner_id)).where(col(Customer.id) == complaint.customer_id)
    return (await work.session.exec(owner)).one() == work.acting.member_id


async def add_step(work: Work, complaint_id: int, words: str) -> Complaint:
    """Write down what was done."""
    complaint = await _to_work(work, complaint_id)
    if complaint.closed_at is None:
        await _remember(work, complaint, "step", words)
    return complaint


async def assign(work: Work, complaint_id: int, member_id: int) -> Complaint:
    """Give a complaint to a member of the team, who is told. Raises Refused("no_such_member")."""
    complaint = await _to_work(work, complaint_id)
    member = next((one for one in await possible_owners(work) if one.id == member_id), None)
    if member is None:
        raise Refused("no_such_member")
    if complaint.closed_at is None and complaint.owner_id != member_id:
        complaint.owner_id = member_id
        await _remember(work, complaint, "assigned", member.name)
        await _tell_owner(work, complaint)
        await plan_reminder(work.session, complaint, after=work.now)
    return complaint


async def possible_owners(work: Work) -> list[Member]:
    """Who can be given a complaint: service first, then those who lead, then reps."""
    query = select(Member).where(
        col(Member.team_id) == work.acting.team_id, col(Member.left_at).is_(None), col(Member.chat_id).is_not(None)
    )
    order = (Role.SERVICE, Role.MANAGER, Role.ADMIN, Role.REP)
    found = (await work.session.exec(query)).all()
    return sorted(found, key=lambda one: (order.index(one.role), one.name))


async def move(work: Work, complaint_id: int, due_at: datetime) -> Complaint:
    """Give an open complaint another due time. Raises Refused("due_in_the_past")."""
    complaint = await _to_work(work, complaint_id)
    if due_at <= work.now:
        raise Refused("due_in_the_past")
    if complaint.closed_at is None and complaint.due_at != due_at:
        complaint.due_at = due_at
        await _remember(work, complaint, "moved")
        await plan_reminder(work.session, complaint, after=work.now)
    return complaint


async def solve(work: Work, complaint_id: int) -> Complaint:
    """We have done our part: from here on the customer is to be asked."""
    complaint = await _to_work(work, complaint_id)
    if complaint.closed_at is None and complaint.solved_at is None:
        complaint.solved_at = work.now
        complaint.due_at = postponed_to(work.now, await working_hours_of(work.session, work.acting))
        await _remember(work, complaint, "solved")
        await plan_reminder(work.session, complaint, after=work.now)
    return complaint


async def deny(work: Work, complaint_id: int) -> Complaint:
    """The customer says that it is not settled: work goes on."""
    complaint = await _to_work(work, complaint_id)
    if complaint.closed_at is None and complaint.solved_at is not None:
        complaint.solved_at = None
        complaint.due_at = _next_evening(work.now, await working_hours_of(work.session, work.acting))
        await _remember(work, complaint, "denied")
        await plan_reminder(work.session, complaint, after=work.now)
    return complaint


async def confirm(work: Work, complaint_id: int, contact_id: int | None) -> Complaint:
    """The customer confirms: the first to say so closes it. ``contact_id`` is who said it; None: somebody there."""
    complaint = await _to_work(work, complaint_id)
    name = ""
    if contact_id is not None:
        people = select(col(Contact.name)).where(
            col(Contact.team_id) == work.acting.team_id,
            col(Contact.customer_id) == complaint.customer_id,
            col(Contact.id) == contact_id,
        )
        name = (await work.session.exec(people)).one_or_none() or ""
    values = {
        "closed_at": work.now,
        "solved_at": complaint.solved_at or work.now,
        "confirmed_by": name[:NAME_LENGTH],
    }
    open_one = (col(Complaint.id) == complaint_id, col(Complaint.closed_at).is_(None))
    changed = (await work.session.exec(update(Complaint).where(*open_one).values(**values))).rowcount
    await work.session.refresh(complaint)
    if changed:
        await _remember(work, complaint, "closed", name)
        await plan_reminder(work.session, complaint, after=work.now)
    return complaint


async def follow_new_owner(work: Work, customer_id: int, before_id: int | None, member_id: int) -> None:
    """After a customer was given to another: open complaints that its rep worked are the new rep's, who is told."""
    query = select(Complaint).where(
        col(Complaint.team_id) == work.acting.team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.owner_id) == before_id,
        col(Complaint.closed_at).is_(None),
    )
    for complaint in (await work.session.exec(query)).all():
        complaint.owner_id = member_id
        await _remember(work, complaint, "assigned")
        await _tell_owner(work, complaint)
        await plan_reminder(work.session, complaint, after=work.now)


async def keep_worked_on(work: Work, report_id: int) -> None:
    """Before a report's effects go: a complaint that somebody has worked on is its own matter by now."""
    worked = exists().where(
        col(ComplaintEvent.complaint_id) == col(Complaint.id), col(ComplaintEvent.event) != "opened"
    )
    mine = (col(Complaint.team_id) == work.acting.team_id, col(Complaint.report_id) == report_id)
    await work.session.exec(update(Complaint).where(*mine, worked).values(report_id=None))


async def _to_work(work: Work, complaint_id: int) -> Complaint:
    complaint = await get_complaint(work.session, work.acting, complaint_id)
    if not await may_work(work, complaint):
        raise Refused("not_your_complaint")
    return complaint


async def _tell_owner(work: Work, complaint: Complaint) -> None:
    """At once, where it is somebody else's doing."""
    if complaint.owner_id is not None and complaint.owner_id != work.acting.member_id:
        await ledger.plan(
            work.session,
            team_id=complaint.team_id,
            member_id=complaint.owner_id,
            kind=Kind.COMPLAINT,
            subject_id=complaint.id,
            due_at=work.now,
        )


async def _remember(work: Work, complaint: Complaint, event: str, words: str = "") -> None:
    assert complaint.id is not None
    work.session.add_all(
        [
            ComplaintEvent(
                team_id=complaint.team_id,
                complaint_id=complaint.id,
                member_id=work.acting.member_id,
                at=work.now,
                event=event,
                words=words,
            ),
            AuditEntry(
                team_id=complaint.team_id,
                member_id=work.acting.member_id,
                at=work.now,
                action=f"complaint_{event}",
                subject="complaint",
                subject_id=complaint.id,
                change={"owner": complaint.owner_id},
            ),
        ]
    )
    await work.session.flush()
