"""The words and screens of the forms: complete in each language, and each screen one that Telegram takes."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from bot.domain.errors import Refused
from bot.domain.forms.asking import FieldSpec, FormSpec
from bot.domain.forms.catalogue import FORMS
from bot.domain.forms.context import Asked, Context, Pick
from bot.domain.forms.draft import Draft, Fault
from bot.domain.forms.engine import advance, begin
from bot.domain.forms.kinds_choice import Choice
from bot.domain.forms.kinds_combined import Either, Many
from bot.domain.forms.matching import find_option
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.records import Records
from bot.domain.forms.replies import Edit, Move, OpenRecord, Tap, Text
from bot.domain.forms.showing import show, summary
from bot.domain.screen import Json, Reader, Screen
from bot.domain.vocabulary import Depth, Language
from bot.rendering import TEMPLATES, Rendered, Renderer, load_translations

ZONE = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
RENDERER = Renderer()
LARGEST_ID, LARGEST_REVISION = 10**12, 9999
FRAME: dict[str, Json] = {
    "title": "Tom & Jerry <b>Ltd", "draft": LARGEST_ID, "revision": LARGEST_REVISION, "currency": "TWD", "menu": False,
}  # fmt: skip
SOURCES = {
    source: tuple(Pick(key=str(10**9 + number), label=f"{source} {number} <i>") for number in range(12))
    for source in ("customers", "contacts", "products", "opportunities", "suppliers", "industries")
}
CONTEXT = Context(now=NOW, sources=SOURCES)


def specs() -> list[FormSpec]:
    """All forms and the forms of their sub-records."""
    found = {form.spec.name: form.spec for form in FORMS.values()}
    for form in FORMS.values():
        for field in form.spec.fields:
            if isinstance(field.kind, Records):
                found[field.kind.form.spec.name] = field.kind.form.spec
    return list(found.values())


def fields() -> list[FieldSpec]:
    return [field for spec in specs() for field in spec.fields]


def choices(kind: Any) -> Iterator[Choice[Any]]:
    inner = kind.element if isinstance(kind, Many) else kind
    inner = inner.listed if isinstance(inner, Either) else inner
    if isinstance(inner, Choice):
        yield inner


def messages() -> dict[str, str | None]:
    """Every msgid in the templates of the forms, with its plural."""
    found: dict[str, str | None] = {}
    for path in sorted((TEMPLATES / "forms").glob("*.j2")):
        with path.open("rb") as file:
            options = {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}
            for _, function, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], options):
                ids = [message] if isinstance(message, str) else [one for one in message or () if one]
                found[ids[0]] = ids[1] if function == "ngettext" else None
    return found


def codes() -> set[str]:
    """Every code that the forms and the reading of times refuse with."""
    domain = Path(__file__).parents[2] / "bot" / "domain"
    sources = [*domain.glob("forms/*.py"), *domain.glob("when*.py")]
    found = set()
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and node.args:
                argument = node.args[0]
                found |= {argument.value} if isinstance(argument, ast.Constant) else set()
    return {str(code) for code in found}


def render(template: str, facts: dict[str, Json], language: Language) -> Rendered:
    screen = Screen(template=template, facts={**FRAME, **facts})
    return RENDERER.render(screen, Reader(language=language, zone=ZONE, now=NOW))


def render_draft(form: Any, draft: Draft, language: Language) -> Rendered:
    shown = show(form, draft, CONTEXT)
    return render(shown.template, shown.facts, language)


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_every_text_of_the_forms_is_translated(language: str) -> None:
    with (TEMPLATES / "locale" / language / "forms.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    known = {
        (one.id if isinstance(one.id, str) else one.id[0]): [one.string] if isinstance(one.string, str) else one.string
        for one in catalog
        if one.id
    }
    elsewhere = load_translations(Language(language))  # other areas bring forms and their words along
    missing = [text for text in messages() if text not in known and elsewhere.gettext(text) == text]
    assert [text for text in missing if any(letter.isalpha() for letter in re.sub(r"%\(\w+\)s", "", text))] == []
    assert all(all(strings or [""]) for strings in known.values())
    assert sorted(set(known) - set(messages())) == []
    for text, translated in known.items():
        for string in translated or ():
            assert set(re.findall(r"\{\w+\}|%\(\w+\)s", string)) == set(re.findall(r"\{\w+\}|%\(\w+\)s", text))


@pytest.mark.parametrize("language", list(Language))
def test_every_question_has_a_prompt_and_a_name(language: Language) -> None:
    texts = RENDERER.texts("forms/texts", language)
    keys = {field.key for field in fields()}
    assert keys == set(texts.prompts) == set(texts.names)
    assert set(FORMS) == set(texts.form_names)
    assert {field.key for field in fields() if isinstance(field.kind, Records)} == set(texts.record_names)
    assert set(texts.record_words) <= keys


def test_every_option_has_a_label_and_no_two_of_a_question_share_one() -> None:
    for language in Language:
        options = RENDERER.texts("forms/texts", language).options
        for field in fields():
            for kind in choices(field.kind):
                labels = [options[f"{option.label_key}"] for option in kind.options(Asked(key="", context=CONTEXT))]
                assert len(set(labels)) == len(labels), field.key


def test_every_fault_has_words_and_no_words_are_without_a_fault() -> None:
    assert set(RENDERER.texts("forms/texts", Language.EN).faults) == codes()


@pytest.mark.parametrize("language", list(Language))
def test_every_fault_is_said_on_a_screen(language: Language) -> None:
    params: dict[str, Json] = {
        "text": "<b>x", "limit": 1000, "length": 5000, "day": "2026-11-20", "first": "2026-12-01",
        "second": "2027-01-12", "low": 0, "high": 4, "most": 5, "matches": 2, "takes": ["tap", "text", "photo"],
    }  # fmt: skip
    for code in codes():
        draft = Draft(form="post_visit", version=1, depth=Depth.FULL, fault=Fault(code=code, params=params))
        text = render_draft(PostVisit, draft, language).text
        assert "⚠" in text
        assert "{" not in text


@pytest.mark.parametrize("language", list(Language))
def test_every_question_and_page_renders_and_every_button_fits(language: Language) -> None:
    for form in FORMS.values():
        for field in form.spec.fields:
            for page in range(3):
                draft = begin(form, Depth.FULL)
                # A question that a condition hides is shown once the condition is met.
                for _ in range(3):
                    draft = _meet(form, draft, field)
                shown = advance(form, draft, Edit(field.name), CONTEXT)
                assert shown.at == field.name, field.key
                rendered = render_draft(form, advance(form, shown, Move.ADD, CONTEXT), language)
                assert rendered.inline
                rendered = render_draft(form, replace(shown, page=page), language)
                assert rendered.text.startswith("<b>Tom &amp; Jerry &lt;b&gt;Ltd</b>")
                assert len(rendered.text.splitlines()) <= 12
                assert all(len(row) <= 5 for row in rendered.inline)


def _meet(form: Any, draft: Draft, field: FieldSpec) -> Draft:
    """Answer the question on which a question depends so that it is asked."""
    if field.when is None:
        return draft
    before = form.spec.field(field.when.field)
    assert before is not None
    draft = _meet(form, draft, before)
    values = field.when.values or (None,)
    if values[0] is not None:
        return advance(form, advance(form, draft, Edit(before.name), CONTEXT), Tap(str(values[0])), CONTEXT)
    draft = advance(form, draft, Edit(before.name), CONTEXT)
    first = before.kind.options(Asked(key=before.key, context=CONTEXT))[0]
    return advance(form, advance(form, draft, Tap(first.token), CONTEXT), Move.DONE, CONTEXT)


@pytest.mark.parametrize("language", list(Language))
def test_sub_records_reviews_and_ends_render(language: Language) -> None:
    actions: Sequence[Any] = (
        Tap("met"), Edit("products"), Tap(str(10**9)), Tap("3"), Tap("liked"), OpenRecord(0), Move.CONFIRM,
        Text("sugar"), Move.OWN, Move.BACK, Move.BACK, Move.DONE, Edit("promises"), Tap("sample"), Move.REVIEW,
        Edit("promises"), OpenRecord(0), Text("Friday"), Move.DONE, Edit("our_share"), Text("40-60"),
        Edit("next_visit"), Text("5 Jan"), Edit("notes"), Text("1 < 2"), Edit("commitment"), Tap("order"),
        Edit("commitment_amount"), Text("1240.50"),
    )  # fmt: skip
    draft = begin(PostVisit, Depth.FULL)
    for action in actions:
        draft = advance(PostVisit, draft, action, CONTEXT)
        render_draft(PostVisit, draft, language)
        if show(PostVisit, draft, CONTEXT).template == "forms/question":
            render("forms/question", {**show(PostVisit, draft, CONTEXT).facts, "menu": True}, language)
    pages = [render_draft(PostVisit, replace(draft, page=page), language).text for page in range(4)]
    assert "1 &lt; 2" in "".join(pages)
    assert "TWD 1,240.50" in "".join(pages)
    finished = advance(PostVisit, draft, Move.CONFIRM, CONTEXT)
    assert finished.is_finished, finished.fault
    words = RENDERER.texts("forms/texts", language).record_words
    keys = [line["key"] for line in summary(PostVisit, finished) if isinstance(line, dict) and line["key"] in words]
    assert keys[0] == "post_visit.took_place"
    assert all("{value}" in one for one in words.values())
    for template in ("paused", "cancel", "cancelled"):
        for answers in (0, 1, 5):
            assert render(f"forms/{template}", {"form": "post_visit", "answers": answers}, language).text
    assert render("forms/keyboard", {"keyboard": "location"}, language).replies


def test_a_label_in_any_language_finds_its_option() -> None:
    labels = option_labels()
    context = Context(now=NOW, labels=labels)
    for field in fields():
        for kind in choices(field.kind):
            options = kind.options(Asked(key=field.key, context=context))
            for option in options:
                for word in labels[f"{option.label_key}"]:
                    assert find_option(word, options, labels) == option.token


def test_a_label_of_another_list_is_not_on_this_one() -> None:
    kind = next(choices(PostVisit.spec.fields[0].kind))
    with pytest.raises(Refused, match="not_on_list"):
        find_option("价目表", kind.options(Asked(key="", context=CONTEXT)), option_labels())


def option_labels() -> dict[str, list[str]]:
    """What a caller puts into ``Context.labels``: the labels of all languages and their synonyms."""
    found: dict[str, list[str]] = {}
    for language in Language:
        for key, label in RENDERER.texts("forms/texts", language).options.items():
            found.setdefault(key, []).append(str(label))
    for key, words in RENDERER.texts("forms/texts", Language.EN).synonyms.items():
        found[key] += words
    return found
