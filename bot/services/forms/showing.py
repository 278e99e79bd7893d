"""Shows an open draft: its question or review over the living message, and the reply keyboard it may need below."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from bot.domain.forms.kinds import Takes
from bot.domain.forms.showing import show
from bot.domain.screen import Json, Place, Screen
from bot.services.forms.contexts import context_of
from bot.services.forms.drafts import OpenDraft
from bot.services.playbook.in_forms import aside_of
from bot.services.work import Work
from bot.store.tables import Customer

Labels = Mapping[str, Sequence[str]]


def living_name(draft_id: int) -> str:
    """The living message of a draft."""
    return f"draft:{draft_id}"


def _keyboard_name(draft_id: int) -> str:
    return f"ask:{draft_id}"


async def show_draft(work: Work, opened: OpenDraft, *, below: bool = False, menu: bool = False) -> None:
    """Show where the draft is now. ``below`` is for an answer that was typed: the question follows the words.

    ``menu`` shows what can be done with the form in place of the answers.
    """
    shown = show(opened.form, opened.draft, await context_of(work, opened, {}))
    facts: dict[str, Json] = {**shown.facts, **await frame(work, opened), "menu": menu}
    facts |= await aside_of(work, shown.facts)
    place = Place.BELOW if below else Place.EDIT
    screen = Screen(template=shown.template, facts=facts, living=living_name(opened.id), place=place)
    await work.show(screen, over_tapped=not below)
    await _set_keyboard(work, opened, shown.facts.get("keyboard"))


async def frame(work: Work, opened: OpenDraft) -> dict[str, Json]:
    """The facts that every screen of a draft needs."""
    title = ""
    if opened.row.customer_id is not None:
        title = (
            await work.session.exec(select(col(Customer.name)).where(col(Customer.id) == opened.row.customer_id))
        ).one()
    return {
        "title": title,
        "form": opened.form.spec.name,
        "draft": opened.id,
        "revision": opened.row.revision,
        "currency": work.acting.currency,
        "answers": sum(not one.is_skipped for one in opened.draft.answers.values()),
    }


async def show_errand(work: Work, opened: OpenDraft, template: str) -> None:
    """Show a screen about the draft itself: its menu, that it is paused, whether to drop it."""
    await work.show(
        Screen(template=f"forms/{template}", facts=await frame(work, opened), living=living_name(opened.id))
    )
    await drop_keyboard(work, opened)


async def drop_keyboard(work: Work, opened: OpenDraft) -> None:
    """Take the reply keyboard away, when there is one."""
    await _set_keyboard(work, opened, None)


async def _set_keyboard(work: Work, opened: OpenDraft, wanted: Json) -> None:
    if opened.row.keyboard == wanted:
        return
    if opened.row.keyboard is not None:
        await work.clear(_keyboard_name(opened.id))
    if isinstance(wanted, str):
        screen = Screen(
            template="forms/keyboard", facts={"keyboard": wanted}, living=_keyboard_name(opened.id), place=Place.BELOW
        )
        await work.show(screen, over_tapped=False)
    opened.row.keyboard = wanted if isinstance(wanted, str) else None
    work.session.add(opened.row)
    await work.session.flush()


async def takes_location(work: Work, opened: OpenDraft) -> bool:
    """Whether the draft's question can be answered with a location."""
    facts = show(opened.form, opened.draft, await context_of(work, opened, {})).facts
    takes = facts.get("takes")
    return isinstance(takes, list) and Takes.LOCATION.value in takes
