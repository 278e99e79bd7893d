"""/help: every command that a role has stands in it, and it stays on one screen of a phone."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from telegram.ext import CommandHandler

from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Language, Role
from bot.handlers import all_handlers
from bot.handlers.commands import commands_for
from bot.rendering import Renderer
from tests.test_rendering import READER

FOR_STRANGERS = {"start"}
CHARACTERS, LINES = 48, 30
"""Of a phone: what is seen at once. A Chinese character is as wide as two letters."""

WIDE = "\u2e80"


def help_for(role: Role, language: Language, *, records: bool, leads: bool) -> str:
    facts: dict[str, Json] = {"role": role.value, "records": records, "leads": leads}
    reader = replace(READER, language=language)
    return re.sub(r"<.*?>", "", Renderer().render(Screen(template="replies/help", facts=facts), reader).text)


def lines_of(text: str) -> int:
    widths = (sum(2 if char >= WIDE else 1 for char in line) for line in text.splitlines())
    return sum(max(1, -(-width // CHARACTERS)) for width in widths)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("role", "records"),
    [(Role.REP, True), (Role.MANAGER, False), (Role.MANAGER, True), (Role.ADMIN, True), (Role.SERVICE, False)],
)
def test_help_names_every_command_of_a_role_on_one_screen(role: Role, records: bool, language: Language) -> None:
    text = help_for(role, language, records=records, leads=role in (Role.MANAGER, Role.ADMIN))
    named = set(re.findall(r"(?<![\w/])/([a-z]+)", text))
    assert named - {"cancel"} == set(commands_for(role, records=records))
    assert lines_of(text) <= LINES


def test_every_command_that_is_registered_is_in_help_and_in_the_readme() -> None:
    registered = {name for one in all_handlers() if isinstance(one, CommandHandler) for name in one.commands}
    text = help_for(Role.MANAGER, Language.EN, records=True, leads=True)
    readme = (Path(__file__).parents[1] / "README.md").read_text().partition("## What a rep can say")[2]
    for command in registered - FOR_STRANGERS:
        assert f"/{command}" in text
        assert f"`/{command}`" in readme or f"`/{command} " in readme
