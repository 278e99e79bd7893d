"""Loads the sample teams: the real files through the real import, then some weeks of history, the same every time."""

import json
import random
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bot.demo.people import PARTS
from bot.domain.authority import AskReason, AuthorityKind, size_from
from bot.domain.forms.approvals import ApprovalFacts
from bot.domain.money import to_minor
from bot.domain.vocabulary import (
    CommitmentKind,
    ContactRole,
    DealStage,
    Grade,
    PromiseKind,
    PromiseSide,
    Role,
    TouchKind,
    VisitState,
)
from bot.services.approvals.asking import Wish, add_facts, ask
from bot.services.approvals.limits import set_limit
from bot.services.importing import SourceFile, apply, read_files
from bot.services.joining import create_team, invite
from bot.services.people import acting_as
from bot.services.promises import make_promise
from bot.services.scoring.refreshing import refresh_team
from bot.services.work import Work
from bot.store.tables import (
    Complaint,
    Contact,
    Customer,
    Member,
    Opportunity,
    Product,
    ShareEstimate,
    Team,
    Touch,
    Visit,
)
from bot.store.unit import Store

DATA = Path(__file__).parent / "data"
HISTORY = Path(__file__).parent / "history.toml"
INVITATIONS_FILE = "invitations.json"
SEED = 20261123
TOUCHED_PART = 0.8
USUAL_GAP_DAYS = {Grade.A: 4, Grade.B: 8, Grade.C: 16, Grade.D: 30, None: 20}
SHARES = {Grade.A: (55, 75), Grade.B: (30, 50), Grade.C: (10, 30)}
APPOINTMENT_HOUR = 11
COMPLAINT_AGE = timedelta(days=3)


async def load_sample_teams(url: str, folder: Path, morning: datetime) -> dict[int, str]:
    """Make the sample teams unless they are there. Gives each person's invitation payload."""
    path = folder / INVITATIONS_FILE
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text("utf8"))
        return {int(person): payload for person, payload in stored.items()}
    store = Store(url)
    payloads: dict[int, str] = {}
    try:
        for plan in tomllib.loads(HISTORY.read_text("utf8"))["team"]:
            payloads |= await _load_team(store, plan, morning)
    finally:
        await store.close()
    path.write_text(json.dumps(payloads), "utf8")
    return payloads


async def _load_team(store: Store, plan: dict[str, Any], morning: datetime) -> dict[int, str]:
    async with store.begin() as session:
        team = await create_team(
            session,
            name=plan["name"],
            timezone=plan["timezone"],
            language=plan["language"],
            currency=plan["currency"],
            country=plan["country"],
            now=morning,
        )
        assert team.id is not None
        for number, name in enumerate(plan["products"], start=1):
            session.add(Product(team_id=team.id, code=f"P{number:02d}", name=name))
    sources = [SourceFile(name=name, content=(DATA / name).read_bytes()) for name in plan["files"]]
    reading = await read_files(store, team.id, sources)
    taken = await apply(store, team.id, reading, now=morning)
    if not taken.complete:
        raise ValueError(f"the sample files of {plan['name']} were not taken whole")
    payloads: dict[int, str] = {}
    async with store.begin() as session:
        for part in PARTS:
            if part.team == plan["name"]:
                payloads[part.person.id] = await invite(session, team, part.role, name=part.member, now=morning)
    await _add_history(store, team, plan, morning)
    await refresh_team(store, team.id, morning)
    return payloads


async def _add_history(store: Store, team: Team, plan: dict[str, Any], morning: datetime) -> None:
    chance = random.Random(SEED)
    async with store.begin() as session:
        members = (await session.exec(select(Member).where(col(Member.team_id) == team.id))).all()
        manager = next(one for one in members if one.role is Role.MANAGER)
        await _set_limits(Work(session=session, acting=acting_as(manager, team), now=morning), plan)
        for member in members:
            if not member.sells:
                continue
            member.start_lat, member.start_lng = plan["start"]
            query = select(Customer).where(col(Customer.owner_id) == member.id).order_by(col(Customer.id))
            customers = (await session.exec(query)).all()
            work = Work(session=session, acting=acting_as(member, team), now=morning)
            _touch(work, customers, chance)
            await _learn(work, customers, plan, chance)
            best = await _live(work, customers, plan)
            if any(part.member == member.name for part in PARTS):
                await _ask_for_more(work, best, plan)


def _touch(work: Work, customers: Sequence[Customer], chance: random.Random) -> None:
    """Most customers were visited about as long ago as their grade asks; the rest never."""
    for customer in customers:
        if chance.random() > TOUCHED_PART or customer.id is None:
            continue
        days = max(1, round(USUAL_GAP_DAYS[customer.grade] * chance.uniform(0.3, 1.7)))
        at = work.now - timedelta(days=days, hours=chance.randint(-6, 2))
        work.session.add(
            Touch(
                team_id=work.acting.team_id,
                customer_id=customer.id,
                member_id=work.acting.member_id,
                kind=TouchKind.VISIT,
                at=at,
            )
        )


async def _learn(work: Work, customers: Sequence[Customer], plan: dict[str, Any], chance: random.Random) -> None:
    """What the reps have found out: roles of contacts, shares of A and B customers and their other suppliers."""
    roles = [ContactRole.BUYER, ContactRole.USER, ContactRole.FINANCE, ContactRole.GATEKEEPER]
    for customer in customers:
        if customer.id is None:
            continue
        query = select(Contact).where(col(Contact.customer_id) == customer.id).order_by(col(Contact.id))
        for contact in (await work.session.exec(query)).all():
            contact.role = ContactRole.DECIDER if contact.decides else chance.choice(roles)
            contact.last_met_on = work.today - timedelta(days=chance.randint(5, 40))
        if customer.grade in SHARES and chance.random() < TOUCHED_PART:
            low, high = SHARES[customer.grade]
            work.session.add(
                ShareEstimate(
                    team_id=work.acting.team_id,
                    customer_id=customer.id,
                    low_percent=low,
                    high_percent=high,
                    suppliers=chance.choice(plan["rivals"]),
                    at=work.now - timedelta(days=chance.randint(10, 60)),
                )
            )


async def _set_limits(work: Work, plan: dict[str, Any]) -> None:
    """How far the reps decide alone, as the manager set it."""
    for name, sizes in plan["limits"].items():
        kind = AuthorityKind(name)
        own, act_first = (size_from(kind, Decimal(size), work.acting.currency) for size in sizes)
        await set_limit(work, kind, own or 0, act_first)


async def _ask_for_more(work: Work, customer: Customer, plan: dict[str, Any]) -> None:
    """What waits for the manager's yes."""
    wanted, kind = plan["request"], AuthorityKind(plan["request"]["kind"])
    assert customer.id is not None
    size = size_from(kind, Decimal(wanted["size"]), work.acting.currency)
    asked = await ask(work, Wish(customer_id=customer.id, kind=kind, size=size))
    assert asked.request is not None
    assert asked.request.id is not None
    facts = ApprovalFacts(reason=AskReason(wanted["reason"]), order_amount=Decimal(wanted["order"]), answer_by=None)
    await add_facts(work, asked.request.id, facts)


async def _live(work: Work, customers: Sequence[Customer], plan: dict[str, Any]) -> Customer:
    """What is open this morning: an appointment, promises on both sides, a complaint, a deal. Gives the best one."""
    best = [one for one in customers if one.grade is Grade.A and one.id is not None] or list(customers)
    local = work.acting.local(work.now)
    at = local.replace(hour=APPOINTMENT_HOUR, minute=0, second=0, microsecond=0)
    team_id, member_id = work.acting.team_id, work.acting.member_id
    first = best[0].id
    assert first is not None
    work.session.add(
        Visit(
            team_id=team_id,
            customer_id=first,
            member_id=member_id,
            on=at.date(),
            state=VisitState.PLANNED,
            appointment_at=at,
            created_at=work.now - timedelta(days=4),
        )
    )
    work.session.add(
        Complaint(
            team_id=team_id,
            customer_id=first,
            owner_id=member_id,
            text=plan["complaint"],
            opened_at=work.now - COMPLAINT_AGE,
        )
    )
    work.session.add(
        Opportunity(
            team_id=team_id,
            customer_id=first,
            owner_id=member_id,
            name=plan["deal"],
            stage=DealStage.PROPOSAL,
            stage_since=work.now - timedelta(days=12),
            amount_minor=to_minor(Decimal(6400), work.acting.currency),
            created_at=work.now - timedelta(days=40),
        )
    )
    for place, one in enumerate(plan["promises"]):
        customer = best[place % len(best)]
        assert customer.id is not None
        ours = one["who"] == "ours"
        kind = one.get("kind")
        await make_promise(
            work,
            customer_id=customer.id,
            side=PromiseSide.OURS if ours else PromiseSide.THEIRS,
            text=one.get("text", ""),
            kind=None if kind is None else PromiseKind(kind) if ours else CommitmentKind(kind),
            amount_minor=to_minor(Decimal(one["amount"]), work.acting.currency) if "amount" in one else None,
            due_at=work.now + timedelta(hours=one["in_hours"]),
        )
    return best[0]
