"""What is known of a customer when a visit is prepared, gathered once for the brief and for the form's questions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.brief import Known
from bot.domain.network import measure_network
from bot.domain.vocabulary import ContactRole, DealStage, Need
from bot.services.network.reading import as_person
from bot.services.work import Work
from bot.store.tables import Contact, Opportunity, Order, Report, ShareEstimate, Visit

CLOSED_DEALS = (DealStage.LOST, DealStage.ABANDONED, DealStage.AFTER_SALES)
REPORTS_READ = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Rows of one customer: who decides first; the last two orders; the answers of the last reports, newest first."""

    contacts: list[Contact]
    share: ShareEstimate | None
    orders: list[Order]
    reported: list[tuple[date, dict[str, Any]]]
    deal: Opportunity | None
    missing_roles: tuple[ContactRole, ...]

    @property
    def decider_is_known(self) -> bool:
        return any(one.decides or one.role is ContactRole.DECIDER for one in self.contacts)

    def known(self) -> Known:
        needs, others = self._needs()
        return Known(
            has_share=self.share is not None,
            missing_roles=self.missing_roles,
            has_decider=self.decider_is_known,
            needs=needs,
            has_other_needs=others,
            has_suppliers=self.share is not None and bool(self.share.suppliers),
            has_satisfaction=bool(self.reported) and "perceived" in self.reported[0][1],
            has_open_deal=self.deal is not None,
            has_orders=bool(self.orders),
            has_budget=self.deal is not None and self.deal.amount_minor is not None,
            has_timing=self.deal is not None and self.deal.expected_on is not None,
        )

    def _needs(self) -> tuple[tuple[Need, ...], bool]:
        """The needs heard, the latest first, and whether there were others in own words."""
        heard = [one for _, answers in self.reported for one in answers.get("needs", {}).get("value") or []]
        listed = {need.value: need for need in Need}
        needs = dict.fromkeys(listed[one] for one in heard if isinstance(one, str) and one in listed)
        return tuple(needs), any(not isinstance(one, str) for one in heard)


async def gather(work: Work, customer_id: int) -> Knowledge:
    """What is known of a customer of the team; the caller has checked that the person may see it."""
    contacts = await _contacts(work, customer_id)
    return Knowledge(
        contacts=contacts,
        share=await _share(work, customer_id),
        orders=await _orders(work, customer_id),
        reported=await _reported(work, customer_id),
        deal=await _deal(work, customer_id),
        missing_roles=measure_network([as_person(one) for one in contacts], work.today).missing,
    )


async def _contacts(work: Work, customer_id: int) -> list[Contact]:
    query = select(Contact).where(col(Contact.team_id) == work.acting.team_id, col(Contact.customer_id) == customer_id)
    found = (await work.session.exec(query)).all()
    return sorted(found, key=lambda one: (not one.decides, -(one.last_met_on or date.min).toordinal(), one.id or 0))


async def _share(work: Work, customer_id: int) -> ShareEstimate | None:
    query = select(ShareEstimate).where(
        col(ShareEstimate.team_id) == work.acting.team_id,
        col(ShareEstimate.customer_id) == customer_id,
        col(ShareEstimate.low_percent).is_not(None),
    )
    return (await work.session.exec(query.order_by(col(ShareEstimate.at).desc()))).first()


async def _orders(work: Work, customer_id: int) -> list[Order]:
    query = select(Order).where(
        col(Order.team_id) == work.acting.team_id,
        col(Order.customer_id) == customer_id,
        col(Order.ordered_on) <= work.today,
    )
    return list((await work.session.exec(query.order_by(col(Order.ordered_on).desc()).limit(2))).all())


async def _reported(work: Work, customer_id: int) -> list[tuple[date, dict[str, Any]]]:
    query = (
        select(col(Visit.on), col(Report.answers))
        .where(
            col(Report.visit_id) == col(Visit.id),
            col(Visit.team_id) == work.acting.team_id,
            col(Visit.customer_id) == customer_id,
            col(Report.undone_at).is_(None),
        )
        .order_by(col(Visit.on).desc(), col(Report.id).desc())
        .limit(REPORTS_READ)
    )
    return [(on, answers.get("answers", {})) for on, answers in (await work.session.exec(query)).all()]


async def _deal(work: Work, customer_id: int) -> Opportunity | None:
    """The biggest open deal."""
    query = select(Opportunity).where(
        col(Opportunity.team_id) == work.acting.team_id,
        col(Opportunity.customer_id) == customer_id,
        col(Opportunity.stage).not_in(CLOSED_DEALS),
    )
    biggest = func.coalesce(col(Opportunity.amount_minor), 0).desc()
    return (await work.session.exec(query.order_by(biggest, col(Opportunity.id)))).first()
