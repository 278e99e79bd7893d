"""The kind of a birthday: typed as people write it, with or without a year."""

from datetime import date

from bot.domain.birthdays import NO_YEAR, read_birthday
from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind, Takes, refuse_reply, unreadable
from bot.domain.forms.replies import Reply, Text
from bot.domain.screen import Json


class BirthdayKind(Kind[date]):
    """One without a year is of ``NO_YEAR``."""

    name = "birthday"
    takes = frozenset({Takes.TEXT})

    def parse(self, reply: Reply, asked: Asked) -> date:
        if not isinstance(reply, Text):
            raise refuse_reply(self)
        found = read_birthday(reply.text, asked.context.today)
        if found is None:
            raise Refused("no_birthday", text=reply.text[:40])
        return found

    def dump(self, value: date) -> Json:
        return value.isoformat()

    def load(self, data: Json) -> date:
        try:
            return date.fromisoformat(str(data))
        except ValueError:
            raise unreadable(data) from None

    def shown(self, value: date) -> Json:
        year = "" if value.year == NO_YEAR else f"{value.year}-"
        return {"as": "text", "text": f"{year}{value:%m-%d}"}


def birthday() -> Kind[date]:
    return BirthdayKind()
