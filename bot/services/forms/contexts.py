"""What an open form needs to know: the customer's contacts and deals, the team's products, likely answers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import col, select

from bot.domain.forms.add_promise import AddPromise
from bot.domain.forms.care_forms import AddIntroduction
from bot.domain.forms.context import Context, Pick
from bot.domain.frequency import interval_days, visits_per_week
from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.domain.vocabulary import DealStage
from bot.services.approvals.suggesting import ASKS_SIZES, sizes_to_suggest
from bot.services.forms.drafts import OpenDraft
from bot.services.playbook.in_forms import offered_in
from bot.services.promises.whose import customers_to_choose
from bot.services.work import Work
from bot.services.work_calendar import IsWorkingDay, working_days_of
from bot.store.bulk import read_rows
from bot.store.customers import visible_customers
from bot.store.tables import Contact, Customer, Draft, Opportunity, Product, Report, ShareEstimate, Visit

PRODUCTS_LISTED = 40
OTHERS_LISTED = 400
CLOSED_DEALS = (DealStage.LOST, DealStage.ABANDONED)
HORIZON_DAYS = 120
KEPT_FROM_LAST_TIME = ("suppliers", "our_share", "industry_position", "background", "topics")


async def context_of(work: Work, opened: OpenDraft, labels: Mapping[str, Sequence[str]]) -> Context:
    """The world of one step of a draft. ``labels`` are the option words of all languages, for typed answers."""
    row, offered = opened.row, await offered_in(work, opened)
    return Context(
        now=work.acting.local(work.now),
        sources={**await _sources(work, row), **offered.sources},
        suggestions={**await _suggestions(work, row), **offered.suggestions},
        labels=labels,
    )


async def _sources(work: Work, row: Draft) -> dict[str, Sequence[Pick]]:
    session, team_id = work.session, work.acting.team_id
    products = select(Product).where(col(Product.team_id) == team_id).order_by(col(Product.name)).limit(PRODUCTS_LISTED)
    sources: dict[str, Sequence[Pick]] = {
        "products": [Pick(key=str(one.id), label=one.name) for one in (await session.exec(products)).all()],
        "industries": await _industries(work),
    }
    if row.customer_id is not None:
        contacts = select(Contact).where(col(Contact.team_id) == team_id, col(Contact.customer_id) == row.customer_id)
        deals = select(Opportunity).where(
            col(Opportunity.team_id) == team_id,
            col(Opportunity.customer_id) == row.customer_id,
            col(Opportunity.stage).not_in(CLOSED_DEALS),
        )
        sources["contacts"] = [
            Pick(key=str(one.id), label=one.name)
            for one in (await session.exec(contacts.order_by(col(Contact.last_met_on).desc(), col(Contact.id)))).all()
        ]
        sources["opportunities"] = [Pick(key=str(one.id), label=one.name) for one in (await session.exec(deals)).all()]
        sources["suppliers"] = await _suppliers(work, row.customer_id)
        if row.form == AddIntroduction.spec.name:
            sources["others"] = await _others(work, row.customer_id)
    if row.form == AddPromise.spec.name:
        sources["customers"] = await customers_to_choose(work)
    return sources


async def _others(work: Work, customer_id: int) -> list[Pick]:
    """The other customers that the acting person sees, the newest first: who was introduced is new."""
    query = (
        visible_customers(work.acting)
        .where(col(Customer.id) != customer_id, col(Customer.ended_at).is_(None))
        .with_only_columns(col(Customer.id), col(Customer.name))
        .order_by(col(Customer.created_at).desc(), col(Customer.id).desc())
        .limit(OTHERS_LISTED)
    )
    return [Pick(key=str(identity), label=name) for identity, name in await read_rows(work.session, query)]


async def _industries(work: Work) -> list[Pick]:
    query = select(col(Customer.industry)).where(
        col(Customer.team_id) == work.acting.team_id, col(Customer.industry) != ""
    )
    names = (await work.session.exec(query.distinct().order_by(col(Customer.industry)).limit(PRODUCTS_LISTED))).all()
    return [Pick(key=str(place), label=name) for place, name in enumerate(names)]


async def _suppliers(work: Work, customer_id: int) -> list[Pick]:
    """Rivals that this customer named before; what one customer told never appears at another."""
    query = select(col(ShareEstimate.suppliers)).where(
        col(ShareEstimate.team_id) == work.acting.team_id, col(ShareEstimate.customer_id) == customer_id
    )
    named = dict.fromkeys(name for line in (await work.session.exec(query)).all() for name in line.split("\n") if name)
    return [Pick(key=str(place), label=name) for place, name in enumerate(named)]


async def _suggestions(work: Work, row: Draft) -> dict[str, Sequence[Json]]:
    if row.form in ASKS_SIZES:
        return await sizes_to_suggest(work, row.form)
    if row.customer_id is None:
        return {}
    customer = (await work.session.exec(select(Customer).where(col(Customer.id) == row.customer_id))).one()
    working = await working_days_of(work.session, work.acting)
    days = next_visit_days(customer, work.acting, work.today, working)
    suggestions: dict[str, Sequence[Json]] = {"post_visit.next_visit": [day.isoformat() for day in days]}
    last = await _last_answers(work, row)
    for name in KEPT_FROM_LAST_TIME:
        value = last.get(name, {}).get("value")
        if value is not None:
            suggestions[f"post_visit.{name}"] = suggestions[f"pre_visit.{name}"] = [value]
    return suggestions


async def _last_answers(work: Work, row: Draft) -> Mapping[str, dict[str, Json]]:
    query = (
        select(Report)
        .join(Visit, col(Visit.id) == col(Report.visit_id))
        .where(
            col(Visit.team_id) == work.acting.team_id,
            col(Visit.customer_id) == row.customer_id,
            col(Report.undone_at).is_(None),
        )
        .order_by(col(Report.saved_at).desc())
    )
    report = (await work.session.exec(query)).first()
    return report.answers.get("answers", {}) if report else {}


def next_visit_days(customer: Customer, acting: Acting, today: date, is_working: IsWorkingDay) -> list[date]:
    """When the next visit is due by the frequency, and in two weeks: working days, the likeliest first."""
    per_week = visits_per_week(customer.grade, override=customer.visits_per_week, defaults=acting.visits_per_week)
    later = nth_working_day(today + timedelta(days=13), 1, is_working)
    if per_week == 0:
        return [later]
    due = nth_working_day(today, max(1, round(interval_days(per_week))), is_working)
    return list(dict.fromkeys((due, later)))


def nth_working_day(after: date, number: int, is_working: IsWorkingDay) -> date:
    """The ``number``-th working day after a date; the calendar day where none is worked for months."""
    day = after
    for _ in range(HORIZON_DAYS):
        day += timedelta(days=1)
        if is_working(day):
            number -= 1
            if number == 0:
                return day
    return after + timedelta(days=1)
