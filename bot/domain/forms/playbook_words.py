"""What a person adds to the team's playbook, or says in place of an entry; and what the team sells, in its words."""

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.kinds_words import name, text
from bot.domain.vocabulary import Depth

TEXT_CHARACTERS = 120  # three lines of a phone
FACT_CHARACTERS = 120
CATEGORY_CHARACTERS = 40


@form("playbook_words", version=1, saves_at=(Depth.QUICK, Depth.CORE))
class PlaybookWords(Form):
    """Answers are asked for their fact or case as well (core). ``place`` is given by the button and never asked."""

    words: str = ask(text(limit=TEXT_CHARACTERS), skippable=False)
    fact: str | None = ask(text(limit=FACT_CHARACTERS), depth=Depth.CORE)
    place: str | None = ask(name(), depth=Depth.FULL)


@form("team_trade", version=1, saves_at=(Depth.QUICK,))
class TeamTrade(Form):
    category: str = ask(name(limit=CATEGORY_CHARACTERS), skippable=False)
