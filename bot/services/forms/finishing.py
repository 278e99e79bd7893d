"""What happens when a form is filled: the record it makes, and the screen that stays."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlmodel import col, select

from bot.domain.forms.add_contact import NewContact
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.add_opening import NewOpening
from bot.domain.forms.care_forms import AddIntroduction, NoteBirthday, NoteMoment, TellNews
from bot.domain.forms.change_customer import ChangeCustomer
from bot.domain.forms.engine import filled
from bot.domain.forms.note_deal import NoteDeal
from bot.domain.forms.playbook_words import PlaybookWords, TeamTrade
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.showing import summary
from bot.domain.forms.write_opening import WriteOpening
from bot.domain.playbook import EntryState
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Depth, ObjectionKind, PurposeReached, VisitState
from bot.services.approvals import finishing as approvals
from bot.services.approvals.hinting import beyond_of_report
from bot.services.approvals.showing import requests_of_report
from bot.services.briefs import brief_screen
from bot.services.care.customers import care_screen, note_moment
from bot.services.care.introductions import note_introduction
from bot.services.care.news import tell_news
from bot.services.complaints.finishing import finish_complaint, finish_step
from bot.services.customers.adding import create_customer
from bot.services.customers.card import card_screen
from bot.services.customers.editing import change_details
from bot.services.customers.visiting import visits_screen, write_opening_hours
from bot.services.day import refresh_day
from bot.services.forms.drafts import OpenDraft
from bot.services.forms.showing import drop_keyboard, frame, living_name
from bot.services.funnel.noting import note_deal
from bot.services.funnel.showing import deal_screen
from bot.services.network.changing import add_person, set_birthday
from bot.services.network.showing import network_screen, person_screen
from bot.services.playbook import changing, showing
from bot.services.promises.finishing import finish_promise
from bot.services.relationship.openings import record_opening
from bot.services.reports.outcomes import won_answers
from bot.services.reports.saving import save_report
from bot.services.reports.useful_fact import give_fact
from bot.services.visits import get_visit
from bot.services.work import Work
from bot.store.tables import Preparation, Visit

Finisher = Callable[[Work, OpenDraft], Awaitable[Screen]]


async def finish(work: Work, opened: OpenDraft, *, below: bool = False) -> None:
    """Save a finished draft and leave one line behind as a record."""
    screen = await _FINISHERS[opened.form.spec.name](work, opened)
    await work.show(screen, over_tapped=not below)
    await drop_keyboard(work, opened)


async def _finish_report(work: Work, opened: OpenDraft) -> Screen:
    report = await save_report(work, opened)
    visit = (await work.session.exec(select(Visit).where(col(Visit.id) == report.visit_id))).one()
    facts: dict[str, Json] = {
        **await frame(work, opened),
        "lines": summary(opened.form, opened.draft),
        "report": report.id,
        "customer": visit.customer_id,
        "visit": visit.id,
        "seen": visit.state is VisitState.DONE,
        "on": visit.on.isoformat(),
        "corrected": report.replaces_id is not None,
        "depth": report.depth.value,
        "fact": await give_fact(work, report, visit, filled(PostVisit, opened.draft)),
        "won": await won_answers(work, report),
        "in_the_way": _in_the_way(filled(PostVisit, opened.draft), report.depth),
        "beyond": await beyond_of_report(work.session, work.acting, report.id or 0),
        "requests": await requests_of_report(work.session, work.acting, report.id or 0),
    }
    await refresh_day(work, visit.on)
    return Screen(template="replies/report_saved", facts=facts, living=living_name(opened.id))


def _in_the_way(form: PostVisit, depth: Depth) -> list[Json]:
    """Objections to choose from with one tap, where the form did not ask for them and the purpose was not reached."""
    asks = depth is Depth.QUICK and form.purpose_reached in (PurposeReached.PARTLY, PurposeReached.NO)
    return [kind.value for kind in ObjectionKind] if asks else []


async def _finish_preparation(work: Work, opened: OpenDraft) -> Screen:
    form = filled(PreVisit, opened.draft)
    assert opened.row.visit_id is not None
    visit = await get_visit(work, opened.row.visit_id)
    visit.purpose = form.purpose
    same = select(Preparation).where(col(Preparation.visit_id) == opened.row.visit_id)
    record = (await work.session.exec(same)).one_or_none()
    if record is None:
        record = Preparation(
            team_id=work.acting.team_id,
            visit_id=opened.row.visit_id,
            member_id=work.acting.member_id,
            form_version=opened.draft.version,
            saved_at=work.now,
        )
        work.session.add(record)
    record.answers, record.form_version, record.saved_at = opened.draft.dump(), opened.draft.version, work.now
    await work.session.flush()
    return await brief_screen(work, visit.customer_id)


async def _finish_customer(work: Work, opened: OpenDraft) -> Screen:
    customer = await create_customer(work, filled(AddCustomer, opened.draft))
    assert customer.id is not None
    return await card_screen(work.session, work.acting, customer.id, work.now)


async def _finish_change(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    await change_details(work, opened.row.customer_id, filled(ChangeCustomer, opened.draft))
    return _in_place(await card_screen(work.session, work.acting, opened.row.customer_id, work.now), opened)


async def _finish_hours(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    await write_opening_hours(work, opened.row.customer_id, filled(WriteOpening, opened.draft).hours)
    return _in_place(await visits_screen(work.session, work.acting, opened.row.customer_id), opened)


async def _finish_contact(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    await add_person(work, opened.row.customer_id, filled(NewContact, opened.draft))
    return _in_place(await network_screen(work.session, work.acting, opened.row.customer_id, work.now), opened)


async def _finish_opening(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    form = filled(NewOpening, opened.draft)
    await record_opening(work, opened.row.customer_id, form.kind, form.seen_on or work.today, form.note or "")
    return _in_place(await network_screen(work.session, work.acting, opened.row.customer_id, work.now), opened)


async def _finish_deal(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    deal = await note_deal(work, opened.row.customer_id, filled(NoteDeal, opened.draft))
    assert deal.id is not None
    return _in_place(await deal_screen(work.session, work.acting, deal.id, work.now), opened)


async def _finish_words(work: Work, opened: OpenDraft) -> Screen:
    form = filled(PlaybookWords, opened.draft)
    section, slot, *name = str(opened.draft.answers["place"].value).split(".")
    if name:
        await changing.reword(work, ".".join((section, slot, *name)), form.words, form.fact or "")
        said = "reworded"
    else:
        entry = await changing.add_entry(work, section, slot, form.words, form.fact or "")
        said = "added" if entry.state is EntryState.SHOWN else "proposed"
    return _in_place(await showing.slot_screen(work.session, work.acting, section, slot, said=said), opened)


async def _finish_trade(work: Work, opened: OpenDraft) -> Screen:
    await changing.name_category(work, filled(TeamTrade, opened.draft).category)
    return _in_place(await showing.home_screen(work.session, work.acting), opened)


async def _finish_moment(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    await note_moment(work, opened.row.customer_id, filled(NoteMoment, opened.draft).words)
    return _in_place(await care_screen(work, opened.row.customer_id), opened)


async def _finish_introduction(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    await note_introduction(work, opened.row.customer_id, filled(AddIntroduction, opened.draft).who)
    return _in_place(await care_screen(work, opened.row.customer_id), opened)


async def _finish_birthday(work: Work, opened: OpenDraft) -> Screen:
    form = filled(NoteBirthday, opened.draft)
    contact = await set_birthday(work, int(form.contact.key), form.birthday)
    return _in_place(await person_screen(work.session, work.acting, contact.id or 0), opened)


async def _finish_news(work: Work, opened: OpenDraft) -> Screen:
    form = filled(TellNews, opened.draft)
    return _in_place(await tell_news(work, form.words, form.audience, form.until), opened)


def _in_place(screen: Screen, opened: OpenDraft) -> Screen:
    """The screen over the form's last question, which would stand open otherwise."""
    return replace(screen, living=living_name(opened.id))


def _over_the_form(finisher: Finisher) -> Finisher:
    async def finish_over(work: Work, opened: OpenDraft) -> Screen:
        return _in_place(await finisher(work, opened), opened)

    return finish_over


_FINISHERS: Mapping[str, Finisher] = MappingProxyType(
    {
        "post_visit": _finish_report,
        "pre_visit": _finish_preparation,
        "add_customer": _finish_customer,
        "change_customer": _finish_change,
        "write_opening": _finish_hours,
        "add_contact": _finish_contact,
        "add_opening": _finish_opening,
        "note_deal": _finish_deal,
        "playbook_words": _finish_words,
        "team_trade": _finish_trade,
        "note_moment": _finish_moment,
        "add_introduction": _finish_introduction,
        "note_birthday": _finish_birthday,
        "tell_news": _finish_news,
        "add_promise": _over_the_form(finish_promise),
        "ask_approval": _over_the_form(approvals.finish_asking),
        "approval_facts": _over_the_form(approvals.finish_facts),
        "approval_note": _over_the_form(approvals.finish_note),
        "approval_grant": _over_the_form(approvals.finish_grant),
        "set_limit": _over_the_form(approvals.finish_limit),
        "add_complaint": _over_the_form(finish_complaint),
        "complaint_note": _over_the_form(finish_step),
    }
)
