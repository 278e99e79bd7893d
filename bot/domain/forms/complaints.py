"""The small forms of complaints: a new one, and what was done about it."""

from datetime import datetime, time

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_when import moment
from bot.domain.forms.kinds_words import text
from bot.domain.vocabulary import Depth

END_OF_DAY = time(17, 0)
STEP_CHARACTERS = 500


@form("add_complaint", version=1, saves_at=tuple(Depth))
class AddComplaint(Form):
    """Skipped, it is due at the end of the next working day."""

    complaint: str = ask(text(), skippable=False)
    due: datetime | None = ask(moment(default_time=END_OF_DAY))


@form("complaint_note", version=1, saves_at=tuple(Depth))
class ComplaintNote(Form):
    """A step, in a few words."""

    words: str = ask(text(limit=STEP_CHARACTERS), skippable=False)
