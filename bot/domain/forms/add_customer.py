"""A new customer in four steps, as a rep adds one in front of its door."""

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick
from bot.domain.forms.kinds_combined import or_words
from bot.domain.forms.kinds_shared import Spot, location
from bot.domain.forms.kinds_words import NewPerson, OwnWords, name, person
from bot.domain.vocabulary import Depth, Grade


@form("add_customer", version=1, saves_at=(Depth.QUICK,))
class AddCustomer(Form):
    """A shared location sets the pin. The industry, of a source, is asked at greater depth only."""

    name: str = ask(name(), skippable=False)
    place: Spot | None = ask(location())
    grade: Grade | None = ask(choice(Grade))
    industry: Pick | OwnWords | None = ask(or_words(pick("industries")), depth=Depth.CORE)
    contact: NewPerson | None = ask(person())
