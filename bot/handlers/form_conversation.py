"""Runs every form in chat: one transaction an answer, from whatever a person taps, types or shares.

PTB's ConversationHandler keeps its state per process, apart from the data, and loses it; here the state is a row.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackContext

from bot.domain.errors import Refused
from bot.domain.forms.engine import advance
from bot.domain.forms.replies import (
    Action,
    Errand,
    Move,
    Reply,
    SharedContact,
    SharedLocation,
    SharedPhoto,
    SharedVoice,
    Text,
    read_button,
)
from bot.domain.vocabulary import Language
from bot.handlers.turn import Turn, current_turn, guarded
from bot.rendering import Renderer
from bot.services import wording
from bot.services.forms import drafts, finishing, showing
from bot.services.forms.contexts import context_of
from bot.services.forms.drafts import OpenDraft
from bot.services.media import PHOTO_TYPE, VOICE_TYPE, keep_media
from bot.services.work import Work

VERB = "f"


def option_labels(renderer: Renderer) -> dict[str, list[str]]:
    """Every word, in every language, that means an option of a form: for answers that are typed."""
    labels: dict[str, list[str]] = {}
    for language in Language:
        texts = renderer.texts("forms/texts", language)
        for key, label in texts.options.items():
            labels.setdefault(key, []).append(str(label))
    for key, words in texts.synonyms.items():
        labels.setdefault(key, []).extend(words)
    return labels


class FormConversation(BaseHandler[Update, CallbackContext[Any, Any, Any, Any], None]):
    """Takes form buttons, and what a member with an active form types or shares."""

    def __init__(self) -> None:
        super().__init__(guarded(answer, None))

    def check_update(self, update: object) -> bool:
        """Whether an update belongs to a form."""
        if not isinstance(update, Update):
            return False
        query = update.callback_query
        if query is not None:
            return (query.data or "").startswith(f"{VERB}:")
        return current_turn().is_for_form


async def answer(turn: Turn, args: list[str]) -> None:
    """Apply what a person did to a form, and show what comes next."""
    if turn.message is None:
        await _answer_by_button(turn, args)
        return
    stored = await _fetch_media(turn)
    async with turn.begin() as work:
        opened = await drafts.active_draft(work.session, work.acting.member_id)
        if opened is None:
            raise Refused("no_open_form")
        reply = await _reply_of(turn, work, stored)
        await _step(turn, work, opened, reply, seen_revision=opened.row.revision, below=True)


async def _answer_by_button(turn: Turn, args: list[str]) -> None:
    try:
        draft_id, revision = int(args[0]), int(args[1])
        action = read_button(args[2:])
    except (IndexError, ValueError) as error:
        raise Refused("button_unknown") from error
    async with turn.begin() as work:
        opened = await drafts.get_draft(work, draft_id)
        await drafts.activate(work, opened)
        if revision != opened.row.revision:
            await showing.show_draft(work, opened)  # an old button never changes data
        elif action is Errand.KEEP_WORDS:
            await wording.keep_knowingly(work, opened)
            await _step(turn, work, opened, Move.CONFIRM, seen_revision=revision, below=False, knowingly=True)
        elif isinstance(action, Errand):
            await _run_errand(work, opened, action)
        else:
            await _step(turn, work, opened, action, seen_revision=revision, below=False)


async def _step(
    turn: Turn,
    work: Work,
    opened: OpenDraft,
    action: Action,
    *,
    seen_revision: int,
    below: bool,
    knowingly: bool = False,
) -> None:
    """One step; before the last one saves, words that raise a doubt are shown, unless they are kept knowingly."""
    context = await context_of(work, opened, turn.labels)
    draft = advance(opened.form, opened.draft, action, context)
    doubts = wording.unwarned(draft) if draft.is_finished and not knowingly else ()
    if doubts:
        draft = replace(draft, is_finished=False, is_reviewing=True)
    moved = await drafts.save_step(work, opened, draft, seen_revision=seen_revision)
    if doubts:
        await wording.warn(work, moved, doubts, below=below)
    elif draft.is_finished:
        await finishing.finish(work, moved, below=below)
    else:
        await showing.show_draft(work, moved, below=below)


async def _run_errand(work: Work, opened: OpenDraft, errand: Errand) -> None:
    match errand:
        case Errand.SHOW:
            await showing.show_draft(work, opened)
        case Errand.MENU:
            await showing.show_draft(work, opened, menu=True)
        case Errand.CANCEL:
            await showing.show_errand(work, opened, "cancel")
        case Errand.PAUSE:
            await drafts.pause(work, opened.id)
            await showing.show_errand(work, opened, "paused")
        case Errand.CANCEL_FOR_SURE:
            await drafts.cancel(work, opened.id)
            await showing.show_errand(work, opened, "cancelled")


async def _fetch_media(turn: Turn) -> tuple[str, str, bytes] | None:
    """Download a photo or a voice note before the transaction: (name, type, bytes)."""
    assert turn.message is not None
    if turn.message.photo:
        return "photo.jpg", PHOTO_TYPE, await turn.download(turn.message.photo[-1].file_id)
    if turn.message.voice:
        return "voice.ogg", VOICE_TYPE, await turn.download(turn.message.voice.file_id)
    return None


async def _reply_of(turn: Turn, work: Work, stored: tuple[str, str, bytes] | None) -> Reply:
    message = turn.message
    assert message is not None
    if stored is not None:
        name, content_type, content = stored
        media = await keep_media(
            work.session, work.acting.team_id, name=name, content_type=content_type, content=content, now=work.now
        )
        if message.voice is not None:
            length = message.voice.duration
            return SharedVoice(str(media), int(length.total_seconds() if isinstance(length, timedelta) else length))
        return SharedPhoto(str(media))
    if message.location is not None:
        address = message.venue.address if message.venue else ""
        return SharedLocation(message.location.latitude, message.location.longitude, address)
    if message.contact is not None:
        parts = [message.contact.first_name, message.contact.last_name or ""]
        return SharedContact(" ".join(part for part in parts if part), message.contact.phone_number)
    return Text(message.text or "")
