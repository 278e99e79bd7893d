"""What a filled form about authority does, and the screen that stays."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.authority import AuthorityKind, ManagerQuestion, size_from
from bot.domain.errors import Refused
from bot.domain.forms.approvals import ApprovalFacts, ApprovalGrant, ApprovalNote, AskApproval, SetLimit, the_size
from bot.domain.forms.asking import Form
from bot.domain.forms.context import Pick
from bot.domain.forms.draft import Answer
from bot.domain.forms.engine import begin, filled
from bot.domain.screen import Screen
from bot.domain.vocabulary import Depth
from bot.services.approvals import asking, deciding
from bot.services.approvals.gifts import gifts_screen
from bot.services.approvals.limits import limits_screen, set_limit
from bot.services.approvals.showing import own_screen, request_screen
from bot.services.forms import drafts
from bot.services.forms.drafts import OpenDraft
from bot.services.work import Work
from bot.store.approvals import get_request
from bot.store.tables import ApprovalRequest


async def open_form(
    work: Work,
    form: type[Form],
    *,
    customer_id: int | None = None,
    subject_id: int | None = None,
    known: Mapping[str, str] | None = None,
) -> OpenDraft:
    """A small form, with what is known of it answered."""
    answers = {name: Answer(value=value) for name, value in (known or {}).items()}
    draft = replace(begin(form, Depth.QUICK), answers=answers)
    return await drafts.begin_draft(
        work, form, Depth.QUICK, customer_id=customer_id, subject_id=subject_id, filled=draft
    )


async def open_about(work: Work, form: type[Form], request_id: int) -> OpenDraft:
    """A small form about a request that is visible."""
    request = await get_request(work.session, work.acting, request_id)
    known = {"kind": request.kind.value} if form is ApprovalGrant else None
    return await open_form(work, form, customer_id=request.customer_id, subject_id=request_id, known=known)


async def finish_asking(work: Work, opened: OpenDraft) -> Screen:
    """Send the request; within the own authority say so, and show the gift log for a gift."""
    assert opened.row.customer_id is not None
    form = filled(AskApproval, opened.draft)
    size = size_from(form.kind, the_size(form.percent, form.days, form.value), work.acting.currency)
    whom = form.gift_for.label if isinstance(form.gift_for, Pick) else form.gift_for.text if form.gift_for else ""
    wish = asking.Wish(
        customer_id=opened.row.customer_id,
        kind=form.kind,
        size=size,
        words=form.terms or form.gift or "",
        for_whom=whom,
    )
    outcome = await asking.ask(work, wish)
    if outcome.request is not None:
        return await _screen(work, outcome.request)
    if form.kind is AuthorityKind.GIFT:
        return await gifts_screen(work.session, work.acting, opened.row.customer_id, work.today)
    return await own_screen(work.session, work.acting, opened.row.customer_id, form.kind, size)


async def finish_facts(work: Work, opened: OpenDraft) -> Screen:
    request = await asking.add_facts(work, _subject(opened), filled(ApprovalFacts, opened.draft))
    await work.session.flush()
    await deciding.show_others(work, request)
    return await _screen(work, request)


async def finish_note(work: Work, opened: OpenDraft) -> Screen:
    """The rep's reply, or else a manager's question."""
    request = await get_request(work.session, work.acting, _subject(opened))
    words = filled(ApprovalNote, opened.draft).words
    if request.member_id == work.acting.member_id:
        request = await asking.reply(work, _subject(opened), words)
        await deciding.show_others(work, request)
        return await _screen(work, request)
    return await _screen(work, await deciding.question(work, _subject(opened), words))


async def finish_grant(work: Work, opened: OpenDraft) -> Screen:
    form = filled(ApprovalGrant, opened.draft)
    size = size_from(form.kind, the_size(form.percent, form.days, form.value), work.acting.currency)
    return await _screen(work, await deciding.approve_up_to(work, _subject(opened), size))


async def finish_limit(work: Work, opened: OpenDraft) -> Screen:
    form = filled(SetLimit, opened.draft)
    currency = work.acting.currency
    own = size_from(form.kind, the_size(form.own_percent, form.own_days, form.own_value), currency)
    act_first = size_from(form.kind, the_size(form.first_percent, form.first_days, form.first_value), currency)
    await set_limit(work, form.kind, own or 0, act_first)
    return await limits_screen(work.session, work.acting)


async def ask_standard(work: Work, request_id: int, code: str) -> ApprovalRequest:
    """One of the questions that managers ask most."""
    if code not in {one.value for one in ManagerQuestion}:
        raise Refused("button_unknown")
    return await deciding.question(work, request_id, code)


def _subject(opened: OpenDraft) -> int:
    assert opened.row.subject_id is not None
    return opened.row.subject_id


async def _screen(work: Work, request: ApprovalRequest) -> Screen:
    return await request_screen(work.session, work.acting, request, work.now)
