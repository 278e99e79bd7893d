"""What is written on a customer's card, to be put right: its name, number, address and place."""

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_shared import Spot, location
from bot.domain.forms.kinds_words import name, phone, text

NAME_CHARACTERS, ADDRESS_CHARACTERS = 200, 500


@form("change_customer", version=1)
class ChangeCustomer(Form):
    """Opened in review with what is known; what is skipped is cleared. A shared location moves the pin."""

    name: str = ask(name(limit=NAME_CHARACTERS), skippable=False)
    phone: str | None = ask(phone())
    address: str | None = ask(text(limit=ADDRESS_CHARACTERS))
    place: Spot | None = ask(location())
