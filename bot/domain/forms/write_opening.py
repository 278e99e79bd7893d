"""When a customer is open, in the rep's words."""

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_opening import opening_hours
from bot.domain.vocabulary import Depth


@form("write_opening", version=1, saves_at=tuple(Depth))
class WriteOpening(Form):
    hours: str = ask(opening_hours(), skippable=False)
