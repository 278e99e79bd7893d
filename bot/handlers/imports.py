"""Files sent to the bot: kept, looked into, and taken when their sender says so."""

from collections.abc import Mapping
from functools import cache

from telegram import Document
from telegram.ext import filters

from bot.domain.errors import Refused
from bot.domain.vocabulary import Language
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import LEADERS, Handler, Turn, message, tap
from bot.rendering import Renderer
from bot.services import import_runs
from bot.services.import_runs import Action
from bot.services.importing import column_asking, screens, uploads
from bot.services.importing.column_asking import Upload
from bot.services.importing.columns import COLUMNS, Kind
from bot.services.importing.guards import MAX_FILE_BYTES, MEGABYTE
from bot.services.importing.source_files import SourceFile

UNNAMED = "file"


def handlers() -> list[Handler]:
    return [
        message(filters.Document.ALL, take_file),
        tap("im", decide, roles=LEADERS),
        tap("im.kinds", show_kinds, roles=LEADERS),
        tap("im.as", read_as, roles=LEADERS),
        tap("im.ask", ask_column, roles=LEADERS),
        tap("im.col", map_column, roles=LEADERS),
        tap("im.cols", accept_columns, roles=LEADERS),
    ]


@cache
def import_reasons(language: Language) -> Mapping[str, str]:
    """Why rows are refused, in words."""
    return {code: str(text) for code, text in Renderer().texts("files/import_words", language).reasons.items()}


async def take_file(turn: Turn, args: list[str]) -> None:
    """Keep a leader's file and look into it after the commit; nothing is taken before a button says so."""
    if not turn.acting.leads:
        raise Refused("files_from_leaders")
    document = turn.message.document if turn.message else None
    assert document is not None
    source = await _fetched(turn, document)
    async with turn.begin() as work:
        upload_id = await uploads.hold_upload(work.session, work.acting, source, now=work.now)
        await work.session.flush()
        await import_runs.ask(work, upload_id, Action.CHECK)
    await import_runs.run_import(turn.store, upload_id, turn.now, import_reasons)


async def _fetched(turn: Turn, document: Document) -> SourceFile:
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise Refused("file_too_large", limit_mb=MAX_FILE_BYTES // MEGABYTE)
    return SourceFile(name=document.file_name or UNNAMED, content=await turn.download(document.file_id))


async def decide(turn: Turn, args: list[str]) -> None:
    """im:take, im:good and im:bad start a run; im:no forgets the file."""
    what, upload_id = _button(args)
    if what == "no":
        async with turn.begin() as work:
            held = await uploads.held_upload(work.session, work.acting, upload_id)
            screen = screens.cancelled_screen(held.name, upload_id)
            await uploads.drop_upload(work.session, work.acting, upload_id)
            await work.show(screen)
        return
    if what not in (Action.TAKE, Action.TAKE_GOOD, Action.GIVE_BAD):
        raise Refused("button_unknown")
    async with turn.begin() as work:
        await import_runs.ask(work, upload_id, Action(what))
    await import_runs.run_import(turn.store, upload_id, turn.now, import_reasons)


async def show_kinds(turn: Turn, args: list[str]) -> None:
    """im.kinds:<upload>"""
    upload_id = number_in(args)
    async with turn.begin() as work:
        held = await uploads.held_upload(work.session, work.acting, upload_id)
        await work.show(column_asking.kinds_screen(upload_id, held.name))


async def read_as(turn: Turn, args: list[str]) -> None:
    """im.as:<upload>:<kind>: the file is of that kind, whatever its columns are called."""
    await _show_columns(turn, args)


async def ask_column(turn: Turn, args: list[str]) -> None:
    """im.ask:<upload>:<kind>:<field>: the guess is wrong, another column it is."""
    await _show_columns(turn, args, asked=args[2] if len(args) > 2 else None)


async def map_column(turn: Turn, args: list[str]) -> None:
    """im.col:<upload>:<kind>:<field>:<column>: kept for this file and the next ones."""
    upload = await _look(turn, args)
    field = args[2] if len(args) > 2 else ""
    async with turn.begin() as work:
        mapped = await column_asking.map_column(work, upload, field, number_in(args, 3))
        await work.show(column_asking.columns_screen(work.acting, number_in(args), mapped))


async def accept_columns(turn: Turn, args: list[str]) -> None:
    """im.cols:<upload>:<kind>: keep what the columns were taken for, and look into the file anew."""
    upload_id = number_in(args)
    upload = await _look(turn, args)
    async with turn.begin() as work:
        await column_asking.accept_guesses(work, upload)
        await import_runs.ask(work, upload_id, Action.CHECK)
    await import_runs.run_import(turn.store, upload_id, turn.now, import_reasons)


async def _look(turn: Turn, args: list[str]) -> Upload:
    return await column_asking.look(turn.store, turn.acting, number_in(args), choice_of(Kind, (args[1:2] or [""])[0]))


async def _show_columns(turn: Turn, args: list[str], asked: str | None = None) -> None:
    upload = await _look(turn, args)
    if asked is not None and asked not in COLUMNS[upload.guess.kind]:
        raise Refused("button_unknown")
    await turn.show(column_asking.columns_screen(turn.acting, number_in(args), upload, asked))


def _button(args: list[str]) -> tuple[str, int]:
    if len(args) != 2 or not args[1].isdecimal():
        raise Refused("button_unknown")
    return args[0], int(args[1])
