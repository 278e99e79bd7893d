"""What a filled form about a complaint does, and the screen that stays."""

from bot.domain.forms.complaints import AddComplaint, ComplaintNote
from bot.domain.forms.engine import filled
from bot.domain.screen import Screen
from bot.services.complaints.changing import add_step, open_complaint
from bot.services.complaints.showing import complaint_screen
from bot.services.forms.drafts import OpenDraft
from bot.services.work import Work


async def finish_complaint(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.customer_id is not None
    form = filled(AddComplaint, opened.draft)
    return await complaint_screen(
        work, await open_complaint(work, opened.row.customer_id, form.complaint, due_at=form.due)
    )


async def finish_step(work: Work, opened: OpenDraft) -> Screen:
    assert opened.row.subject_id is not None
    words = filled(ComplaintNote, opened.draft).words
    return await complaint_screen(work, await add_step(work, opened.row.subject_id, words))
