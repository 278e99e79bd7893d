"""The kind of a percentage: "12", "12.5 %"."""

from decimal import Decimal

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind
from bot.domain.forms.kinds_words import Amount
from bot.domain.forms.replies import Reply, Text
from bot.domain.screen import Json

MOST_PERCENT = 100


class Percent(Amount):
    """Above 0, at most 100, two digits after the point."""

    name = "percent"

    def parse(self, reply: Reply, asked: Asked) -> Decimal:
        if isinstance(reply, Text):
            reply = Text(reply.text.replace("%", " ").replace("％", " ").strip())
        value = super().parse(reply, asked)
        self.check(value, asked)
        return value

    def check(self, value: Decimal, asked: Asked) -> None:
        if not 0 < value <= MOST_PERCENT:
            raise Refused("percent_out_of_range", high=MOST_PERCENT)

    def shown(self, value: Decimal) -> Json:
        return {"as": "percent", "value": f"{value.normalize():f}"}


def percent() -> Kind[Decimal]:
    return Percent()
