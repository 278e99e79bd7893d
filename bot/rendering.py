"""Turns a screen's facts into a message in the reader's language: Jinja2, gettext, and the filters templates use."""

import gettext
import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_currency, format_decimal, get_currency_precision
from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.screen import GATHERED, Reader, Screen
from bot.domain.vocabulary import Language
from bot.playbook import load_playbook

TEMPLATES = Path(__file__).parent / "templates"
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_BYTES = 64
KEYBOARD_MARK = "---"
WEEK_DAYS = 7
GATHERED_LINES, GATHERED_ROWS, KEYS_A_ROW = 12, 7, 3
"""A message of several parts is no longer than one, and its buttons fit a phone."""

METRES_IN_KM, ONE_DECIMAL_BELOW_KM = 1000, 10

_START, _MIDDLE, _END = "\x02", "\x1f", "\x03"
_BUTTON = re.compile(f"{_START}(.*?){_MIDDLE}(.*?){_MIDDLE}(.*?){_END}", re.DOTALL)
_reader: ContextVar[Reader] = ContextVar("reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A key under a message. ``kind`` is data, url, or (on a reply keyboard) text, location, contact."""

    label: str
    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    text: str
    inline: tuple[tuple[Button, ...], ...] = ()
    replies: tuple[tuple[Button, ...], ...] = ()


class Renderer:
    """Renders screens. One environment a language; templates that miss a fact raise, they never print a hole."""

    def __init__(self) -> None:
        loader, compiled = FileSystemLoader(TEMPLATES), _compiled_templates()
        self._environments = {language: _environment(language, loader, compiled) for language in Language}
        for environment in self._environments.values():
            environment.globals["texts_in"] = self._texts_in

    def render(self, screen: Screen, reader: Reader) -> Rendered:
        """Render a screen. Raises jinja2's errors and ValueError for a button that Telegram would refuse."""
        limit = CAPTION_LIMIT if screen.picture or screen.document else TEXT_LIMIT
        token = _reader.set(reader)
        try:
            rendered = _split(self._fill(screen.template, reader, screen.facts), limit)
            if screen.template == GATHERED:
                parts: Any = screen.facts["parts"]
                filled = [_split(self._fill(part["template"], reader, part["facts"]), limit) for part in parts]
                rendered = _gather(rendered.text, filled)
            if screen.notice is not None:
                about = {"notice": screen.notice, "snoozes": screen.snoozes}
                rendered = replace(
                    rendered,
                    inline=(*rendered.inline, *_split(self._fill("notices/about", reader, about), limit).inline),
                )
            return rendered
        finally:
            _reader.reset(token)

    def _fill(self, template: str, reader: Reader, facts: Any) -> str:
        return self._environments[reader.language].get_template(f"{template}.html.j2").render(**facts)

    def texts(self, template: str, language: Language) -> Any:
        """The names that a template of texts sets at its top level, in a language."""
        return self._environments[language].get_template(f"{template}.html.j2").make_module()

    def _texts_in(self, template: str, language: str) -> Any:
        """For templates: the macros of another one, in the language of a customer who may read another than the rep."""
        return self.texts(template, Language(language))


def load_translations(language: Language) -> gettext.NullTranslations:
    """All catalogues of a language as one. English texts are their own keys, so English needs none."""
    folder = TEMPLATES / "locale" / language.value
    merged = Catalog(locale=language.value)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language.value):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    binary = io.BytesIO()
    write_mo(binary, merged)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def _compiled_templates() -> BytecodeCache | None:
    """One for all languages and starts, in the user's temporary folder: to compile them all takes seconds.

    Texts, formats and the settings of ``_environment`` are not compiled in; change the pattern with the last.
    """
    try:
        return FileSystemBytecodeCache(pattern="roundsman_1_%s")
    except (RuntimeError, OSError):  # no folder of the user's own there
        return None


def _environment(language: Language, loader: FileSystemLoader, compiled: BytecodeCache | None) -> Environment:
    environment = Environment(
        loader=loader,
        bytecode_cache=compiled,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    translations = gettext.NullTranslations() if language is Language.EN else load_translations(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined] # added by the i18n extension
    formats = _Formats(language, cache(lambda: environment.get_template("words.html.j2").make_module()))
    environment.filters.update(
        clock=formats.clock,
        day=formats.day,
        longday=formats.longday,
        shortday=formats.shortday,
        month=formats.month,
        longmonth=formats.longmonth,
        compact=formats.compact,
        moment=formats.moment,
        money=formats.money,
        distance=formats.distance,
        n=formats.number,
    )
    environment.globals.update(
        button=_button,
        link=_link,
        ask_location=_ask("location"),
        ask_contact=_ask("contact"),
        reply=_ask("text"),
        today=_today,
        language=language.value,
        colon=": " if language is Language.EN else "：",
        playbook=load_playbook(language).adapted(()),
    )
    return environment


class _Formats:
    """Dates, amounts and distances as a reader of one language writes them."""

    def __init__(self, language: Language, words: Callable[[], Any]) -> None:
        self.language = language
        self.locale = language.value
        self._words = words

    def clock(self, instant: str | int) -> str:
        """09:10, from an ISO instant or from seconds since local midnight."""
        if isinstance(instant, int):
            return f"{instant // 3600 % 24:02d}:{instant // 60 % 60:02d}"
        return _local(instant).strftime("%H:%M")

    def day(self, value: str) -> str:
        """The shortest clear name: today, tomorrow, Fri, 27 Nov, 5 Jan 2027."""
        day, today = _date(value), _reader.get().today
        near = (day - today).days
        if near in (words := self._words().relative_days):
            return str(words[near])
        if 0 < near < WEEK_DAYS:
            return format_date(day, "EEE", locale=self.locale)
        return self._calendar_day(day, with_year=day.year != today.year)

    def longday(self, value: str) -> str:
        """Mon 23 Nov · 11月23日 周一."""
        day = _date(value)
        weekday, rest = format_date(day, "EEE", locale=self.locale), self._calendar_day(day, with_year=False)
        return f"{weekday} {rest}" if self.language is Language.EN else f"{rest} {weekday}"

    def shortday(self, value: str) -> str:
        """Mon · 周一."""
        return str(format_date(_date(value), "EEE", locale=self.locale))

    def compact(self, value: float) -> str:
        """12.3K, 3.4M · 1.2万, 340万."""
        return str(format_compact_decimal(value, locale=self.locale, fraction_digits=1))

    def month(self, value: str) -> str:
        """Nov · 11月."""
        return str(format_skeleton("MMM", _date(value), locale=self.locale))

    def longmonth(self, value: str) -> str:
        """Nov 2026 · 2026年11月."""
        return str(format_skeleton("yMMM", _date(value), locale=self.locale))

    def _calendar_day(self, day: date, *, with_year: bool) -> str:
        if self.language is Language.EN:
            return format_date(day, "d MMM y" if with_year else "d MMM", locale=self.locale)
        return format_skeleton("yMMMd" if with_year else "MMMd", day, locale=self.locale)

    def moment(self, instant: str) -> str:
        """Fri 14:00, in the reader's zone."""
        local = _local(instant)
        return f"{self.day(local.date().isoformat())} {local:%H:%M}"

    def money(self, amount: str, currency: str) -> str:
        """SGD 6,400; minor units only where they are not zero."""
        value = Decimal(amount)
        digits = 0 if value == value.to_integral_value() else get_currency_precision(currency)
        pattern = "¤¤ #,##0" + ("." + "0" * digits if digits else "")
        text = format_currency(value, currency, pattern, locale=self.locale, currency_digits=False)
        return str(text).replace("\xa0", " ")

    def distance(self, metres: int) -> str:
        """850 m, 4.2 km, 41 km · 850米, 4.2公里, 41公里."""
        units = self._words().units
        if metres < METRES_IN_KM:
            return str(units["m"] % round(metres, -1))
        kilometres = metres / METRES_IN_KM
        return str(units["km"] % (f"{kilometres:.1f}" if kilometres < ONE_DECIMAL_BELOW_KM else f"{kilometres:.0f}"))

    def number(self, value: float | str) -> str:
        return str(format_decimal(Decimal(str(value)), locale=self.locale))


def _today() -> str:
    return _reader.get().today.isoformat()


def _local(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(_reader.get().zone)


def _date(value: str) -> date:
    """A date from an ISO date, or the reader's local date of an ISO instant."""
    return date.fromisoformat(value) if len(value) == len("2026-11-23") else _local(value).date()


def _token(label: str, kind: str, value: str) -> Markup:
    plain = html.unescape(str(label))
    return Markup(f"{_START}{html.escape(plain)}{_MIDDLE}{kind}{_MIDDLE}{html.escape(value)}{_END}")


def _button(label: str, verb: str, *args: object) -> Markup:
    data = ":".join([verb, *(str(arg) for arg in args)])
    if len(data.encode()) > CALLBACK_BYTES:
        raise ValueError(f"callback data has more than {CALLBACK_BYTES} bytes: {data}")
    return _token(label, "data", data)


def _link(label: str, url: str) -> Markup:
    return _token(label, "url", url)


def _ask(kind: str) -> Callable[[str], Markup]:
    return lambda label: _token(label, kind, "")


def _split(raw: str, limit: int) -> Rendered:
    body, mark, keys = raw.partition(f"\n{KEYBOARD_MARK}\n")
    if not mark and raw.rstrip().endswith(f"\n{KEYBOARD_MARK}"):
        body = raw.rstrip()[: -len(KEYBOARD_MARK)]
    lines = re.sub(r"\n{3,}", "\n\n", body.strip("\n"))
    inline: list[tuple[Button, ...]] = []
    replies: list[tuple[Button, ...]] = []
    for line in keys.splitlines():
        row = tuple(
            Button(label=html.unescape(label), kind=kind, value=html.unescape(value))
            for label, kind, value in _BUTTON.findall(line)
        )
        if row:
            (inline if row[0].kind in ("data", "url") else replies).append(row)
    return Rendered(text=_cut(lines, limit), inline=tuple(inline), replies=tuple(replies))


def _gather(heading: str, parts: Sequence[Rendered]) -> Rendered:
    """One message of several: each part numbered, in few lines, with its own buttons, of which one tap answers it."""
    most = max(2, GATHERED_LINES // len(parts))
    texts = [f"{number} " + "\n".join(part.text.split("\n")[:most]) for number, part in enumerate(parts, 1)]
    rows = [
        tuple(_numbered(number, key) for key in row if not key.label.startswith("‹"))
        for number, part in enumerate(parts, 1)
        for row in part.inline
    ]
    if len(rows) > GATHERED_ROWS:
        rows = list(_in_rows([_first_key(number, part) for number, part in enumerate(parts, 1) if part.inline]))
    return Rendered(text=_cut("\n".join([heading, *texts]), TEXT_LIMIT), inline=tuple(row for row in rows if row))


def _numbered(number: int, key: Button) -> Button:
    """1 Done; 1.2 ✓ for a label that is numbered in its part."""
    return replace(key, label=f"{number}.{key.label}" if key.label[:1].isdecimal() else f"{number} {key.label}")


def _first_key(number: int, part: Rendered) -> Button:
    key = part.inline[0][0]
    return replace(key, label=f"{number} {key.label}")


def _in_rows(keys: Sequence[Button]) -> Iterator[tuple[Button, ...]]:
    for first in range(0, len(keys), KEYS_A_ROW):
        yield tuple(keys[first : first + KEYS_A_ROW])


def _cut(text: str, limit: int) -> str:
    """Drop last lines until the text fits; tags never span lines, so none is broken."""
    lines, cut = text.split("\n"), False
    while _length("\n".join(lines)) > limit - cut * 2 and len(lines) > 1:
        lines.pop()
        cut = True
    if _length(lines[0]) > limit and len(lines) == 1:
        return html.escape(html.unescape(re.sub(r"<[^>]*>", "", lines[0]))[: limit // 2 - 1], quote=False) + "…"
    return "\n".join([*lines, "…"] if cut else lines)


def _length(markup: str) -> int:
    """What Telegram counts: UTF-16 units of the text without its tags."""
    return len(html.unescape(re.sub(r"<[^>]*>", "", markup)).encode("utf-16-le")) // 2
