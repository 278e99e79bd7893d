"""Short forms of care: a moment, an introduction, a birthday, news to tell."""

from datetime import date

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_birthday import birthday
from bot.domain.forms.kinds_choice import choice, pick
from bot.domain.forms.kinds_combined import or_words
from bot.domain.forms.kinds_when import day
from bot.domain.forms.kinds_words import OwnWords, text
from bot.domain.news import Audience
from bot.domain.vocabulary import Depth

WORDS = 500


@form("note_moment", version=1, saves_at=tuple(Depth))
class NoteMoment(Form):
    words: str = ask(text(limit=WORDS), skippable=False)


@form("add_introduction", version=1, saves_at=tuple(Depth))
class AddIntroduction(Form):
    """The source "others" holds the rep's other customers, the newest first; a name is not one yet."""

    who: Pick | OwnWords = ask(or_words(pick("others")), skippable=False)


@form("note_birthday", version=1, saves_at=tuple(Depth))
class NoteBirthday(Form):
    contact: Pick = ask(pick("contacts"), skippable=False)
    birthday: date = ask(birthday(), skippable=False)


@form("tell_news", version=1, saves_at=tuple(Depth))
class TellNews(Form):
    """News or an offer, in the words that go to customers."""

    words: str = ask(text(limit=WORDS), skippable=False)
    audience: Audience = ask(choice(Audience), skippable=False)
    until: date | None = ask(day())
