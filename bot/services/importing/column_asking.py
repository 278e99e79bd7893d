"""Asks once in chat what the columns of an uploaded file mean where their names do not say it; keeps the answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Language
from bot.services.importing.column_maps import forget_maps, keep_maps, load_maps
from bot.services.importing.columns import COLUMNS, REQUIRED, Kind
from bot.services.importing.guessing import Guess, guess_columns
from bot.services.importing.reading import read_sheets
from bot.services.importing.screens import living
from bot.services.importing.uploads import held_upload
from bot.services.work import Work
from bot.store.unit import Store

CHOICES_SHOWN = 24
HEADER_CHARACTERS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload as it may be read: its file's name, and what its columns may mean."""

    file: str
    guess: Guess


async def look(store: Store, acting: Acting, upload_id: int, kind: Kind) -> Upload:
    """Read an own upload as a kind of table. Raises Refused: import_gone, header_not_found, what reading raises."""
    async with store.read() as session:
        held = await held_upload(session, acting, upload_id)
        maps = await load_maps(session, acting.team_id)

    def read() -> Guess | None:
        guesses = [guess for sheet in read_sheets(held.content) if (guess := guess_columns(sheet, kind, maps))]
        return min(guesses, key=lambda one: len(one.missing), default=None)

    guess = await asyncio.to_thread(read)
    if guess is None:
        raise Refused("header_not_found", found="")
    return Upload(file=held.name, guess=guess)


def columns_screen(acting: Acting, upload_id: int, upload: Upload, asked: str | None = None) -> Screen:
    """What the columns are taken for, with the question that is open: ``asked``, else the first that is needed."""
    guess = upload.guess
    found = {**guess.known, **guess.guessed}
    missing = _first_missing(guess)
    question = asked or missing
    choices: list[Json] = [
        {"column": index, "header": guess.headers[index][:HEADER_CHARACTERS]}
        for index in (range(len(guess.headers)) if asked else guess.free)
        if guess.headers[index]
    ]
    facts: dict[str, Json] = {
        "upload_id": upload_id,
        "file": upload.file,
        "kind": guess.kind.value,
        "lines": [
            {
                "field": name,
                "name": _name(guess.kind, name, acting.language),
                "header": guess.headers[found[name]],
                "sure": name in guess.known,
                "needed": any(name in group for group in REQUIRED[guess.kind]),
            }
            for name in COLUMNS[guess.kind]
            if name in found
        ],
        "asked": question,
        "asked_name": _name(guess.kind, question, acting.language) if question else "",
        "choices": choices[:CHOICES_SHOWN],
        "complete": missing is None,
    }
    return Screen(template="replies/import_columns", facts=facts, living=living(upload_id))


def _first_missing(guess: Guess) -> str | None:
    """The field to ask for: of a group of which any will do, the one that people have most."""
    if not guess.missing:
        return None
    return next(name for name in COLUMNS[guess.kind] if name in guess.missing[0])


def _name(kind: Kind, field: str, language: Language) -> str:
    return COLUMNS[kind][field].header(language)


def kinds_screen(upload_id: int, file: str) -> Screen:
    """What else the file may hold."""
    facts: dict[str, Json] = {"upload_id": upload_id, "file": file, "kinds": [kind.value for kind in Kind]}
    return Screen(template="replies/import_kinds", facts=facts, living=living(upload_id))


async def map_column(work: Work, upload: Upload, field: str, column: int) -> Upload:
    """Keep that a column of the file means a field, and read it so. Raises Refused for what no button of ours says."""
    guess = upload.guess
    if field not in COLUMNS[guess.kind] or not 0 <= column < len(guess.headers) or not guess.headers[column]:
        raise Refused("button_unknown")
    await forget_maps(work.session, work.acting.team_id, guess.kind, field, _by_header(guess))
    await keep_maps(work.session, work.acting.team_id, guess.kind, {guess.headers[column]: field}, work.now)
    return replace(upload, guess=guess.with_known(field, column))


async def accept_guesses(work: Work, upload: Upload) -> None:
    """Keep what the columns were taken for. Raises Refused("button_unknown") while something needed is missing."""
    guess = upload.guess
    if guess.missing:
        raise Refused("button_unknown")
    needed = {name for group in REQUIRED[guess.kind] for name in group}
    said = {name: index for name, index in guess.known.items() if name in needed} | dict(guess.guessed)
    fields = {guess.headers[index]: name for name, index in said.items()}
    await keep_maps(work.session, work.acting.team_id, guess.kind, fields, work.now)


def _by_header(guess: Guess) -> Mapping[str, int]:
    return {header: index for index, header in enumerate(guess.headers) if header}
