"""A new person at a customer: shared from the phone's book or typed, and the role there."""

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_choice import choice
from bot.domain.forms.kinds_words import NewPerson, person
from bot.domain.vocabulary import ContactRole, Depth


@form("add_contact", version=1, saves_at=tuple(Depth))
class NewContact(Form):
    person: NewPerson = ask(person(), skippable=False)
    role: ContactRole | None = ask(choice(ContactRole))
