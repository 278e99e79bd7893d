"""The kind of opening hours: typed as they stand on a door, "Mon-Fri 9-18, Sat 9-12"."""

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind
from bot.domain.forms.kinds_words import Line
from bot.domain.forms.matching import quote
from bot.domain.forms.replies import Reply
from bot.domain.opening_words import MOST_CHARACTERS, read_opening


class OpeningKind(Line):
    """The words are kept: what they mean depends on what is known when the form is saved."""

    def __init__(self) -> None:
        super().__init__(MOST_CHARACTERS, is_name=False)

    def parse(self, reply: Reply, asked: Asked) -> str:
        """The same words. Raises Refused: hours_not_understood, no_open_day."""
        words = super().parse(reply, asked)
        try:
            read_opening(words)
        except Refused as error:
            if error.code == "no_open_day":
                raise Refused("no_open_day") from error
            raise Refused("hours_not_understood", text=quote(words)) from error
        return words


def opening_hours() -> Kind[str]:
    return OpeningKind()
