"""Pictures of figures: drawn at phone size in each language, kept once, shown below what was tapped."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlmodel import select

from bot.domain.vocabulary import DealStage, Language
from bot.handlers.pictures import _words
from bot.services.pictures.charts import Band, Cell, ShareRange, draw_curve, draw_funnel, draw_rfm_grid, draw_share
from bot.store.tables import Media
from tests import builders
from tests.relations import seeding
from tests.story import MORNING, Story


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colours_of(content: bytes) -> int:
    found = opened(content).convert("RGB").getcolors(maxcolors=1_000_000)
    return len(found or [])


def test_a_funnel_is_drawn_also_where_it_is_empty_and_the_words_are_long() -> None:
    bands = [
        Band(label="Negotiation and signing " * 3, value="9 deals · SGD 1,000,000,000", weight=number)
        for number in range(5)
    ]
    assert opened(draw_funnel("Funnel", bands)).size == (1080, 1080)
    empty = [Band(label="销售线索", value="0", weight=0.0)] * 5
    assert colours_of(draw_funnel("銷售漏斗", empty)) > 2


def test_a_curve_of_one_buyer_and_of_a_thousand_is_drawn() -> None:
    for count in (1, 5, 1000):
        points = [(number + 1) / count for number in range(count)]
        drawn = draw_curve("Sales", points, top_label="20 % make 71 %", x_label="x", y_label="y")
        assert opened(drawn).size == (1080, 1080)


def test_shares_of_one_day_are_drawn_without_a_division_by_nothing() -> None:
    day = date(2026, 11, 23)
    shares = [ShareRange(on=day, low=0, high=0), ShareRange(on=day, low=100, high=100)]
    assert opened(draw_share("Share", shares, days=["a", "b"])).size == (1080, 1080)


def test_a_grid_is_drawn_of_one_buyer_without_sales_and_of_all_fields() -> None:
    one = [Cell(recency=5, frequency=1, count=1, weight=0.0, value="0")]
    full = [
        Cell(recency=recency, frequency=frequency, count=9999, weight=float(recency * frequency), value="999.9万")
        for recency in range(1, 6)
        for frequency in range(1, 6)
    ]
    for cells in (one, full):
        drawn = draw_rfm_grid("按最近一次与频率看购买客户", cells, x_label="x", y_label="y", note="家数")
        assert opened(drawn).size == (1080, 1080)


@pytest.mark.parametrize("language", list(Language))
def test_pictures_have_words_in_each_language(language: Language) -> None:
    words = _words(language)
    assert "{percent}" in str(words.top)
    assert "{name}" in str(words.share_title)
    assert "{currency}" in str(words.grid_note)
    assert str(words.short(340_000)) in ("340K", "34万", "34萬")
    assert str(words.deals(3)).startswith("3")
    assert str(words.deal_stages["deal_stage.lead"])


async def test_the_funnel_is_shown_as_a_picture_and_kept_once(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    await seeding.add_deal(story.app.store, raffles)
    await seeding.add_deal(story.app.store, raffles, "Talk", stage=DealStage.LEAD, since=MORNING - timedelta(days=60))
    await story.rep.says("/funnel")
    await story.rep.taps("Picture")
    await story.rep.taps("Picture")
    story.rep.sees("Your funnel · width by amount")
    async with story.app.store.read() as session:
        (media,) = (await session.exec(select(Media))).all()
    assert opened(media.content).size == (1080, 1080)


async def test_the_curve_and_the_share_are_shown_as_pictures(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City")
    await builders.add_order(store, raffles, date(2026, 10, 9))
    for days, share in ((90, 70), (30, 60)):
        await seeding.add_share(store, raffles, share - 10, share + 10, MORNING - timedelta(days=days))
    await story.rep.says("/platform")
    await story.rep.taps("80/20 picture")
    story.rep.sees("Buying 1 · too few buyers for 80/20")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("Share over time")
    story.rep.sees("Raffles City · our share, as ranges")
