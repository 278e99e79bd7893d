"""The shipped playbook: one data file a language, and what its questions are, checked as they are loaded."""

import tomllib
from functools import cache
from pathlib import Path

from bot.domain.playbook import Playbook, read_playbook
from bot.domain.vocabulary import Language

FOLDER = Path(__file__).parent


@cache
def load_playbook(language: Language) -> Playbook:
    """The playbook of a language as shipped. Raises ValueError where its data break the schema."""
    data, traits = (tomllib.loads((FOLDER / f"{name}.toml").read_text("utf8")) for name in (language.value, "traits"))
    return read_playbook(data, traits)
