"""Promises outside of a report: from the form, and from free words, which are kept as a draft until all is known."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.authority import authority_of, size_from
from bot.domain.errors import Refused
from bot.domain.forms.add_promise import AddPromise
from bot.domain.forms.approvals import the_size
from bot.domain.forms.context import Pick
from bot.domain.forms.draft import Answer, Draft, Fault
from bot.domain.forms.engine import begin
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.integrity import doubts_in
from bot.domain.money import to_minor
from bot.domain.promise_words import SaidPromise
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth, PromiseSide
from bot.services.forms import drafts
from bot.services.forms.drafts import OpenDraft
from bot.services.promises.changing import make_promise
from bot.services.promises.whose import customers_to_choose, find_customer
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Promise


async def open_promise_form(work: Work, customer_id: int) -> OpenDraft:
    """The form of a promise to a customer, at its second question. Raises Refused for one that is not visible."""
    if not work.acting.records:
        raise Refused("not_for_your_role")
    customer = await get_customer(work.session, work.acting, customer_id)
    known = {"customer": _picked(Pick(key=str(customer.id), label=customer.name))}
    return await _begin(work, known)


async def hear(work: Work, said: SaidPromise) -> Promise | OpenDraft:
    """Enter what was said in free words; where something is missing or doubtful, a draft keeps it and asks.

    Raises Refused("no_customers_yet") for a person who works none.
    """
    if not work.acting.records:
        raise Refused("not_for_your_role")
    picks = await customers_to_choose(work)
    if not picks:
        raise Refused("no_customers_yet")
    fault: Fault | None = None
    try:
        customer = find_customer(picks, said.whom, said.what)
    except Refused as refused:
        customer, fault = None, Fault.of(refused)
    if customer is not None and said.due_at is not None and not doubts_in([said.what]):
        return await make_promise(
            work, customer_id=int(customer.key), side=said.side, text=said.what, due_at=said.due_at
        )
    words: Json = {"words": said.what}
    known = {"side": Answer(value=said.side.value)}
    known["ours" if said.side is PromiseSide.OURS else "theirs"] = Answer(value=words)
    if said.side is PromiseSide.THEIRS:
        known["order_amount"] = Answer(is_skipped=True)
    if customer is not None:
        known["customer"] = _picked(customer)
    if said.due_at is not None:
        known["due"] = Answer(value=said.due_at.isoformat())
    elif said.past_on is not None and customer is not None:
        fault = Fault(code="when_in_past", params={"day": said.past_on})
    return await _begin(work, known, fault=fault)


def _picked(customer: Pick) -> Answer:
    return Answer(value={"key": customer.key, "label": customer.label})


async def _begin(work: Work, known: Mapping[str, Answer], fault: Fault | None = None) -> OpenDraft:
    draft: Draft = replace(begin(AddPromise, Depth.QUICK), answers=dict(known), fault=fault)
    is_whole = "customer" in known and "due" in known
    return await drafts.begin_draft(work, AddPromise, Depth.QUICK, filled=replace(draft, is_reviewing=is_whole))


async def save_promise(work: Work, form: AddPromise) -> Promise:
    """Enter a promise from its filled form."""
    what = form.ours if form.side is PromiseSide.OURS else form.theirs
    assert what is not None
    kind = None if isinstance(what, OwnWords) else what
    value = the_size(form.percent, form.days, form.value)
    authority = authority_of(kind) if form.side is PromiseSide.OURS else None
    return await make_promise(
        work,
        customer_id=int(form.customer.key),
        side=form.side,
        text=what.text if isinstance(what, OwnWords) else form.terms or "",
        kind=kind,
        amount_minor=None if form.order_amount is None else to_minor(form.order_amount, work.acting.currency),
        size=size_from(authority, value, work.acting.currency) if authority else None,
        due_at=form.due,
    )
