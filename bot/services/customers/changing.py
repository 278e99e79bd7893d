"""Changes of a customer from its card: tags, the end of a relationship. Each one leaves a line in the audit."""

from datetime import time
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.screen import Json
from bot.domain.vocabulary import TouchKind, VisitState
from bot.domain.wall_time import instant_of
from bot.services.customers.card import may_change, owns
from bot.services.customers.filters import fits_button
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import AuditEntry, Customer, FollowUp, Touch, Visit


class EndReason(StrEnum):
    """Why a relationship ends, METHOD.md section 1: a decision with a reason."""

    CLOSED_DOWN = "closed_down"
    NO_NEED = "no_need"
    WENT_TO_RIVAL = "went_to_rival"
    DOES_NOT_PAY = "does_not_pay"
    DUPLICATE = "duplicate"
    OTHER = "other"


async def customer_to_change(work: Work, customer_id: int) -> Customer:
    """A visible customer that the person may change. Raises Refused."""
    customer = await get_customer(work.session, work.acting, customer_id)
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    return customer


async def customer_to_own(work: Work, customer_id: int) -> Customer:
    """One whose card is the person's: its own, or any for who leads. Raises Refused.

    A shared customer is visited, not owned: what it is stays with its owner.
    """
    customer = await customer_to_change(work, customer_id)
    if not owns(work.acting, customer):
        raise Refused("only_shared", name=customer.name)
    return customer


async def set_tag(work: Work, customer_id: int, tag: str, *, on: bool) -> None:
    """Put a tag on or take it off; doing it twice changes nothing. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    if (tag in customer.tags) is on or not tag or not fits_button(tag):
        return
    # A new list: the column does not notice a change inside the old one.
    customer.tags = [*customer.tags, tag] if on else [each for each in customer.tags if each != tag]
    note_change(work, customer, "tag_added" if on else "tag_removed", {"tag": tag})


async def end_relationship(work: Work, customer_id: int, reason: EndReason) -> None:
    """The customer leaves all plans and keeps its history. Promises stay: a word is kept. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    if customer.ended_at is not None:
        return
    customer.ended_at, customer.ended_reason = work.now, reason.value
    planned = (col(Visit.customer_id) == customer_id, col(Visit.state) == VisitState.PLANNED)
    await work.session.exec(update(Visit).where(*planned).values(state=VisitState.CANCELLED))
    owed = (col(FollowUp.customer_id) == customer_id, col(FollowUp.done_at).is_(None))
    await work.session.exec(update(FollowUp).where(*owed).values(done_at=work.now))
    note_change(work, customer, "relationship_ended", {"reason": reason.value})


async def resume_relationship(work: Work, customer_id: int) -> None:
    """Take an end back. Cancelled visits do not return; the customer is planned again by its waiting."""
    customer = await customer_to_own(work, customer_id)
    if customer.merged_into_id is not None:
        raise Refused("merged_away")
    if customer.ended_at is None:
        return
    customer.ended_at, customer.ended_reason = None, ""
    note_change(work, customer, "relationship_resumed", {})


async def note_touch(work: Work, customer_id: int, kind: TouchKind) -> None:
    """Count a call or a message of today, each kind once: the customer's clock goes back by its weight. Raises Refused.

    A visit is noted by its report.
    """
    if kind is TouchKind.VISIT:
        raise Refused("button_unknown")
    await get_customer(work.session, work.acting, customer_id)
    if not work.acting.records:
        raise Refused("not_for_your_role")
    since = instant_of(work.today, time(0), work.acting.zone)
    counted = select(Touch.id).where(
        col(Touch.customer_id) == customer_id,
        col(Touch.member_id) == work.acting.member_id,
        col(Touch.kind) == kind,
        col(Touch.at) >= since,
    )
    if (await work.session.exec(counted)).first() is not None:
        return
    work.session.add(
        Touch(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            member_id=work.acting.member_id,
            kind=kind,
            at=work.now,
        )
    )
    await work.session.flush()


def note_change(work: Work, customer: Customer, action: str, change: dict[str, Json]) -> None:
    """Leave a line in the audit trail."""
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action=action,
            subject="customer",
            subject_id=customer.id,
            change=change,
        )
    )
