"""Texts and screens: nothing untranslated, nothing cut in two, nothing that Telegram would refuse."""

import html
import re
import tempfile
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError

from bot.domain.screen import Json, Reader, Screen
from bot.domain.vocabulary import Language
from bot.rendering import CALLBACK_BYTES, TEMPLATES, TEXT_LIMIT, Renderer

CHINESE = (Language.ZH_HANS, Language.ZH_HANT)
EXTRACTOR = [("**.j2", "jinja2")]
OPTIONS = {"**.j2": {"trimmed": "true", "extensions": "jinja2.ext.do"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%\(\w+\)d|\{\w+\}")
TAG = re.compile(r"</?(\w+)[^>]*>")
Text = str | tuple[str, ...]
RENDERER = Renderer()
READER = Reader(language=Language.EN, zone=ZoneInfo("Asia/Singapore"), now=datetime(2026, 11, 23, tzinfo=UTC))


def texts_of_templates() -> dict[Text, str]:
    """Every text of every template, with one place where it stands."""
    found: dict[Text, str] = {}
    for name, line, text, *_ in extract_from_dir(str(TEMPLATES), EXTRACTOR, OPTIONS, KEYWORDS):
        key = text if isinstance(text, str) else tuple(part for part in (text or ())[:2] if part)
        if key:
            found[key] = f"{name}:{line}"
    return found


def translations(language: Language) -> dict[Text, dict[str, str]]:
    """Every translated text of a language, by the catalogues that hold it."""
    found: dict[Text, dict[str, str]] = defaultdict(dict)
    for path in sorted((TEMPLATES / "locale" / language.value).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language.value, abort_invalid=True):
                if message.id:
                    key = tuple(message.id) if isinstance(message.id, list | tuple) else message.id
                    text = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
                    found[key][path.name] = text
    return found


@pytest.mark.parametrize("language", CHINESE)
def test_every_text_is_translated(language: Language) -> None:
    known = translations(language)
    missing = {text: place for text, place in texts_of_templates().items() if not any(known.get(text, {}).values())}
    assert not missing


@pytest.mark.parametrize("language", CHINESE)
def test_a_text_has_one_translation_in_all_catalogues(language: Language) -> None:
    differing = {text: by_file for text, by_file in translations(language).items() if len(set(by_file.values())) > 1}
    assert not differing


@pytest.mark.parametrize("language", CHINESE)
def test_a_translation_keeps_the_placeholders_and_tags_of_its_text(language: Language) -> None:
    for text, by_file in translations(language).items():
        singular = text if isinstance(text, str) else text[-1]
        for translated in by_file.values():
            assert set(PLACEHOLDER.findall(translated)) == set(PLACEHOLDER.findall(singular)), text
            assert sorted(TAG.findall(translated)) == sorted(TAG.findall(singular)), text


@pytest.mark.parametrize("language", CHINESE)
def test_no_catalogue_holds_a_text_that_no_template_says(language: Language) -> None:
    said = texts_of_templates()
    assert not [text for text in translations(language) if text not in said]


@pytest.mark.parametrize("language", list(Language))
def test_every_template_compiles(language: Language) -> None:
    reader = replace(READER, language=language)
    for path in TEMPLATES.rglob("*.html.j2"):
        name = path.relative_to(TEMPLATES).as_posix().removesuffix(".html.j2")
        # A screen without its facts, or a filter that gets none, says so: which is the next thing after compiling.
        with suppress(UndefinedError, TypeError):
            RENDERER.render(Screen(template=name), reader)


def test_every_refusal_of_the_code_has_its_words() -> None:
    source = "\n".join(path.read_text("utf-8") for path in TEMPLATES.parent.rglob("*.py"))
    raised = set(re.findall(r"Refused\(\s*\"(\w+)\"", source))
    worded = {path.name.removesuffix(".html.j2") for path in (TEMPLATES / "refusals").glob("*.j2")}
    in_forms = set(RENDERER.texts("forms/texts", Language.EN).faults)
    assert raised - worded - in_forms == set()


def test_a_long_screen_is_cut_at_a_line_and_keeps_its_tags_whole() -> None:
    complaints: list[Json] = [
        {"text": f"<late> & {number} {'很久' * 30} 😀", "day": number, "id": number} for number in range(200)
    ]
    shown = RENDERER.render(card(complaints=complaints), READER)
    assert telegram_length(shown.text) <= TEXT_LIMIT
    assert shown.text.endswith("…")
    assert_tags_are_whole(shown.text)


@given(name=st.text(alphabet=st.sampled_from("a<b>&😀客\"'"), min_size=1, max_size=9000))
@settings(max_examples=50, deadline=None)
def test_a_line_that_is_too_long_alone_is_cut_without_breaking_anything(name: str) -> None:
    text = RENDERER.render(Screen(template="replies/welcome_back", facts={"name": name}), READER).text
    assert telegram_length(text) <= TEXT_LIMIT
    assert_tags_are_whole(text)


def test_a_button_that_telegram_would_refuse_is_never_sent() -> None:
    too_long = "x" * CALLBACK_BYTES
    with pytest.raises(ValueError, match="64 bytes"):
        RENDERER.render(Screen(template="replies/customers_tags", facts={"tags": [too_long]}), READER)


NO_WORD: Json = {"ours": {"count": 0}, "theirs": {"count": 0}}


def card(**changes: Json) -> Screen:
    """A customer's card with nothing on it, but for the changes."""
    facts: dict[str, Json] = {
        "id": 1, "name": "Raffles <City>", "grade": "A", "grade_source": "imported", "key_account": False,
        "stage": None, "address": "", "phone": "", "tags": [], "navigation": None, "has_pin": True, "ended_at": None,
        "ended_reason": "", "merged_into": None, "opening": [], "shared": [], "turn": None, "owns": True,
        "serves": True, "records": True, "changes": True, "owner": None,
        "contact": None,
        "touches": [], "order": None, "promises": [], "word": NO_WORD, "complaints": [],
        "next_visit": None, "follow_up_on": None, "overdue_days": 0,
    }  # fmt: skip
    return Screen(template="replies/card", facts={**facts, **changes})


def telegram_length(markup: str) -> int:
    """UTF-16 units of the text without tags, as Telegram counts."""
    return len(html.unescape(TAG.sub("", markup)).encode("utf-16-le")) // 2


def assert_tags_are_whole(markup: str) -> None:
    """Every tag is closed, and nothing else looks like one."""
    open_tags: list[str] = []
    for match in TAG.finditer(markup):
        if match[0].startswith("</"):
            assert open_tags.pop() == match[1]
        else:
            open_tags.append(match[1])
    assert not open_tags
    assert "<" not in TAG.sub("", markup)


def test_templates_are_compiled_once_for_all_languages_and_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    screen = Screen(template="refusals/stranger")
    before = [Renderer().render(screen, replace(READER, language=language)) for language in Language]
    assert len({each.text for each in before}) == len(Language)
    monkeypatch.setattr(Environment, "compile", None)
    assert [Renderer().render(screen, replace(READER, language=language)) for language in Language] == before


def test_templates_are_compiled_where_no_folder_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    assert Renderer().render(Screen(template="refusals/stranger"), READER).text
