"""How one customer is cared for: its service so far, its moments, its cadence, its emergencies and introductions."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import care
from bot.domain.care import Trouble
from bot.domain.care_settings import NURTURE_CHOICES
from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import ServiceLevel
from bot.domain.wall_time import instant_of
from bot.services.care.answering import plan_now
from bot.services.care.entering import enter
from bot.services.care.languages import care_of, language_of
from bot.services.customers.card import may_change, shortened
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.people import own_row
from bot.services.promises.reminding import managers_of
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import CarePrompt, CareQuiet, Customer, CustomerCare, Introduction, Member, ServiceMark

SHOWN = 3
REMIND_AFTER = timedelta(hours=3)
BEFORE_END = timedelta(minutes=30)
WEEK = "1234567"


def living_of(customer_id: int) -> str:
    """The message that a customer's care lives in."""
    return f"care_of:{customer_id}"


async def care_screen(work: Work, customer_id: int) -> Screen:
    """A visible customer's care at a glance. Raises Refused("no_such_customer")."""
    customer = await get_customer(work.session, work.acting, customer_id)
    own = await _own(work, customer_id)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "changes": may_change(work.acting) and customer.ended_at is None,
        "marks": await _marks(work, customer_id),
        "moments": await _moments(work, customer_id),
        "gap": await _gap(work, customer_id),
        "due": await _due(work, customer_id),
        "nurture": _nurture_facts(own),
        "introduced_by": await _introduced_by(work, customer_id),
        "introduced": await _introduced(work, customer_id),
        "quiet": list[Json](await _quiet(work, customer_id)),
        "language_code": (await language_of(work, customer_id)).value,
    }
    return Screen(template="replies/care_of", facts=facts, living=living_of(customer_id))


async def nurture_screen(work: Work, customer_id: int) -> Screen:
    """The cadence of a customer that refused, and the days on which a hand is needed there."""
    customer = await get_customer(work.session, work.acting, customer_id)
    own = await _own(work, customer_id)
    busiest = own.busiest if own else ""
    days: list[Json] = [
        {
            "day": day,
            "on": day in busiest,
            "then": "".join(one for one in WEEK if (one in busiest) is not (one == day)) or "0",
        }
        for day in WEEK
    ]
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "nurture": _nurture_facts(own),
        "choices": list[Json](NURTURE_CHOICES),
        "days": days,
    }
    return Screen(template="replies/care_nurture", facts=facts, living=living_of(customer_id))


async def emergency_screen(work: Work, customer_id: int) -> Screen:
    """What happened: choosing notes it."""
    customer = await customer_to_change(work, customer_id)
    facts: dict[str, Json] = {"id": customer_id, "name": customer.name, "kinds": [one.value for one in Trouble]}
    return Screen(template="replies/care_emergency", facts=facts, living=living_of(customer_id))


async def set_nurture(work: Work, customer_id: int, every_days: int | None) -> None:
    """Help a customer that refused, without selling, every so many days; None ends it. Raises Refused."""
    customer = await customer_to_change(work, customer_id)
    if every_days is not None and every_days not in NURTURE_CHOICES:
        raise Refused("button_unknown")
    own = await care_of(work, customer_id)
    if every_days is None:
        own.nurture_since, own.nurture_days = None, None
    else:
        own.nurture_since, own.nurture_days = own.nurture_since or work.today, every_days
    own.changed_at = work.now
    note_change(work, customer, "nurture_set", {"every_days": every_days})
    await work.session.flush()


async def set_busiest(work: Work, customer_id: int, weekdays: str) -> None:
    """Note on which ISO weekdays a hand is needed; "0" for none. Raises Refused."""
    customer = await customer_to_change(work, customer_id)
    chosen = "" if weekdays == "0" else weekdays
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(WEEK):
        raise Refused("button_unknown")
    own = await care_of(work, customer_id)
    own.busiest, own.changed_at = "".join(sorted(chosen)), work.now
    note_change(work, customer, "busiest_set", {"weekdays": own.busiest})
    await work.session.flush()


async def note_emergency(work: Work, customer_id: int, trouble: Trouble) -> tuple[CarePrompt, Customer]:
    """A customer is in trouble: help the same day. The same kind twice on one day is one emergency. Raises Refused.

    The owner is told at once where somebody else noted it, and again before the day ends where nobody has helped;
    the managers in place of an owner who has left, or whom no message reaches.
    """
    customer = await customer_to_change(work, customer_id)
    if customer.ended_at is not None:
        raise Refused("no_such_customer")
    stamp = f"{trouble.value}:{work.today}"
    prompt = await enter(work, care.emergency(customer_id, trouble, work.today, stamp=stamp))
    note_change(work, customer, "emergency_noted", {"what": trouble.value})
    for member_id in await _who_helps(work, customer):
        is_own = member_id == work.acting.member_id
        await plan_now(work, prompt, member_id, await _help_by(work) if is_own else work.now)
    return prompt, customer


async def _who_helps(work: Work, customer: Customer) -> list[int]:
    """The owner, where one can be told; else the managers; whoever noted it where there is nobody else."""
    reached = select(col(Member.id)).where(
        col(Member.id) == customer.owner_id,
        col(Member.left_at).is_(None),
        col(Member.chat_id).is_not(None),
        col(Member.unreachable_since).is_(None),
    )
    owner = (await work.session.exec(reached)).first()
    if owner is not None:
        return [owner]
    return await managers_of(work.session, work.acting.team_id) or [work.acting.member_id]


async def _help_by(work: Work) -> datetime:
    """In three hours, but before the working day ends; noted when that is near or over, in three hours all the same."""
    ends = instant_of(work.today, (await own_row(work.session, work.acting)).work_until, work.acting.zone)
    last = ends - BEFORE_END
    return min(work.now + REMIND_AFTER, last) if last > work.now + BEFORE_END else work.now + REMIND_AFTER


async def note_moment(work: Work, customer_id: int, words: str) -> None:
    """What moved the customer, remembered beside the visits. Raises Refused."""
    customer = await customer_to_change(work, customer_id)
    work.session.add(
        ServiceMark(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            member_id=work.acting.member_id,
            on=work.today,
            level=ServiceLevel.MOVING,
            evidence=words,
            created_at=work.now,
        )
    )
    note_change(work, customer, "moment_noted", {})
    await work.session.flush()


async def _own(work: Work, customer_id: int) -> CustomerCare | None:
    query = select(CustomerCare).where(
        col(CustomerCare.team_id) == work.acting.team_id, col(CustomerCare.customer_id) == customer_id
    )
    return (await work.session.exec(query)).one_or_none()


def _nurture_facts(own: CustomerCare | None) -> dict[str, Json] | None:
    if own is None or own.nurture_since is None:
        return None
    return {"since": own.nurture_since.isoformat(), "every": own.nurture_days, "busiest": own.busiest}


async def _marks(work: Work, customer_id: int) -> list[Json]:
    """The service levels of the last visits, with what shows them."""
    query = _service_marks(work, customer_id).where(col(ServiceMark.report_id).is_not(None)).limit(SHOWN)
    return [
        {"on": one.on.isoformat(), "level": one.level.value, "evidence": shortened(one.evidence)}
        for one in (await work.session.exec(query.where(col(ServiceMark.level).is_not(None)))).all()
        if one.level is not None
    ]


async def _moments(work: Work, customer_id: int) -> list[Json]:
    query = _service_marks(work, customer_id).where(
        col(ServiceMark.level) == ServiceLevel.MOVING, col(ServiceMark.evidence) != ""
    )
    return [
        {"on": one.on.isoformat(), "words": shortened(one.evidence)}
        for one in (await work.session.exec(query.limit(SHOWN))).all()
    ]


def _service_marks(work: Work, customer_id: int) -> SelectOfScalar[ServiceMark]:
    query = select(ServiceMark).where(
        col(ServiceMark.team_id) == work.acting.team_id, col(ServiceMark.customer_id) == customer_id
    )
    return query.order_by(col(ServiceMark.on).desc(), col(ServiceMark.id).desc())


async def _gap(work: Work, customer_id: int) -> Json:
    """The last satisfaction that was told whole: expected, perceived, and where the expectation comes from."""
    query = _service_marks(work, customer_id).where(
        col(ServiceMark.expected).is_not(None), col(ServiceMark.perceived).is_not(None)
    )
    found = (await work.session.exec(query.limit(1))).first()
    if found is None:
        return None
    return {
        "on": found.on.isoformat(),
        "expected": found.expected,
        "perceived": found.perceived,
        "source": found.expected_from.value if found.expected_from else None,
    }


async def _due(work: Work, customer_id: int) -> list[Json]:
    query = (
        select(CarePrompt)
        .where(
            col(CarePrompt.team_id) == work.acting.team_id,
            col(CarePrompt.customer_id) == customer_id,
            col(CarePrompt.settled_at).is_(None),
            col(CarePrompt.until) >= work.today,
        )
        .order_by(col(CarePrompt.due_on))
    )
    rows = (await work.session.exec(query.limit(SHOWN))).all()
    return [
        {"id": one.id, "kind": one.kind.value, "facts": dict(one.facts), "due_on": one.due_on.isoformat()}
        for one in rows
    ]


async def _introduced_by(work: Work, customer_id: int) -> str | None:
    query = (
        select(col(Customer.name))
        .join(Introduction, col(Introduction.by_customer_id) == col(Customer.id))
        .where(col(Introduction.team_id) == work.acting.team_id, col(Introduction.customer_id) == customer_id)
    )
    return (await work.session.exec(query.limit(1))).first()


async def _introduced(work: Work, customer_id: int) -> list[Json]:
    query = select(col(Introduction.name)).where(
        col(Introduction.team_id) == work.acting.team_id, col(Introduction.by_customer_id) == customer_id
    )
    return list((await work.session.exec(query.order_by(col(Introduction.id)))).all())


async def _quiet(work: Work, customer_id: int) -> list[str]:
    query = select(col(CareQuiet.kind)).where(
        col(CareQuiet.team_id) == work.acting.team_id, col(CareQuiet.customer_id) == customer_id
    )
    return [kind.value for kind in (await work.session.exec(query)).all()]
