"""Telegram's HTML as the simulator reads it."""

import contextlib
import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.formatting import find_automatic_entities, read_text, utf16_length, why_url_is_wrong
from bot.simulator.refusals import ApiRefusal


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("价<x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b   ", 'Unclosed start tag "b" at byte offset 0'),
        ("<i =x>y</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html_that_telegram_cannot_parse_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(ApiRefusal) as caught:
        read_text(source, "HTML")
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"
    assert caught.value.code == 400


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b> b", "a b", [{"type": "bold", "offset": 0, "length": 1}]),
        ("📌<i>x</i>", "📌x", [{"type": "italic", "offset": 2, "length": 1}]),
        ("<B>a</B>", "a", [{"type": "bold", "offset": 0, "length": 1}]),
        ("<b>a</>", "a", [{"type": "bold", "offset": 0, "length": 1}]),
        ("<b></b>a", "a", []),
        ("  <b> a </b>\n", "a", [{"type": "bold", "offset": 0, "length": 1}]),
        (
            "<b>a<i>c</i></b>",
            "ac",
            [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 1}],
        ),
        ("&lt;&amp;&gt;&quot;&#39;&laquo;&", "<&>\"'&laquo;&", []),
        (
            '<a href="https://x.org/?a=1&amp;b=2">x</a>',
            "x",
            [{"type": "text_link", "url": "https://x.org/?a=1&b=2", "offset": 0, "length": 1}],
        ),
        ('<a href="tel:+6512345678">call</a>', "call", []),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            [{"type": "pre", "language": "py", "offset": 0, "length": 1}],
        ),
        (
            "<blockquote expandable>x</blockquote>",
            "x",
            [{"type": "expandable_blockquote", "offset": 0, "length": 1}],
        ),
        ("<tg-spoiler>x</tg-spoiler>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
    ],
)
def test_html_becomes_plain_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert read_text(source, "HTML") == (text, entities)


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_text_always_comes_through_unchanged(text: str) -> None:
    plain, entities = read_text(f"<b>{html.escape(text)}</b>", "HTML")
    assert plain == text.strip()
    assert [(each["offset"], each["length"]) for each in entities] == ([(0, utf16_length(plain))] if plain else [])


@given(st.text("<>/&ab \"='b价📌", max_size=40))
def test_whatever_is_read_has_entities_inside_its_text(source: str) -> None:
    with contextlib.suppress(ApiRefusal):
        text, entities = read_text(source, "HTML")
        assert all(each["offset"] >= 0 and each["offset"] + each["length"] <= utf16_length(text) for each in entities)


def test_markdown_is_not_spoken_here() -> None:
    with pytest.raises(ApiRefusal, match="unsupported parse_mode"):
        read_text("*x*", "MarkdownV2")


def test_commands_links_and_mentions_are_found_but_paths_are_not() -> None:
    text = "价 /today@roundsman_bot and https://x.org/a/b, @mei but not a/b or 1/2"
    found = [(each["type"], each["offset"], each["length"]) for each in find_automatic_entities(text, [])]
    assert found == [("bot_command", 2, 20), ("url", 27, 17), ("mention", 46, 4)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://maps.google.com/?q=1,2", None),
        ("example.org", None),
        ("tg://user?id=1", None),
        ("", "URL host is empty"),
        ("https://", "URL host is empty"),
        ("not-a-url", "Wrong HTTP URL"),
        ("http://localhost:8080/", "Wrong HTTP URL"),
        ("ftp://example.org", "Unsupported URL protocol"),
        ("geo:1.2,103.8", "Wrong HTTP URL"),
        ("tel:+6512345678", "Wrong HTTP URL"),
    ],
)
def test_links_are_judged_as_telegram_judges_them(url: str, reason: str | None) -> None:
    assert why_url_is_wrong(url) == reason
