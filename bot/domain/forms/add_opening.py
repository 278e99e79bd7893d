"""An entry opening in three steps: what was seen, when, and in a few words."""

from datetime import date

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_choice import choice
from bot.domain.forms.kinds_when import day
from bot.domain.forms.kinds_words import text
from bot.domain.openings import OpeningKind
from bot.domain.vocabulary import Depth

NOTE_CHARACTERS = 500


@form("add_opening", version=1, saves_at=tuple(Depth))
class NewOpening(Form):
    """Skipped, the day is today."""

    kind: OpeningKind = ask(choice(OpeningKind), skippable=False)
    seen_on: date | None = ask(day(side="past"))
    note: str | None = ask(text(limit=NOTE_CHARACTERS))
