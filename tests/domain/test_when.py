"""Days and times that reps type, in three languages."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.when import read_day, read_moment

TODAY = date(2026, 11, 23)  # a Monday
ZONE = ZoneInfo("Asia/Singapore")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=ZONE)
TEN = time(10, 0)

DAYS = [
    ("today", "2026-11-23"), ("Tomorrow", "2026-11-24"), ("tmr", "2026-11-24"),
    ("day after tomorrow", "2026-11-25"), ("Friday", "2026-11-27"), ("fri", "2026-11-27"),
    ("on Friday", "2026-11-27"), ("by Fri", "2026-11-27"), ("Monday", "2026-11-30"), ("this Friday", "2026-11-27"),
    ("next Tuesday", "2026-12-01"), ("next Friday", "2026-12-04"), ("Tuesday next week", "2026-12-01"),
    ("next week Tuesday", "2026-12-01"), ("next week", "2026-11-30"), ("next month", "2026-12-01"),
    ("weekend", "2026-11-28"), ("Weds", "2026-11-25"), ("Thurs", "2026-11-26"), ("saturday", "2026-11-28"),
    ("in 3 days", "2026-11-26"), ("in three days", "2026-11-26"), ("in a week", "2026-11-30"),
    ("3 days", "2026-11-26"), ("in 2 weeks", "2026-12-07"), ("2 weeks", "2026-12-07"),
    ("two weeks from now", "2026-12-07"), ("in a month", "2026-12-23"), ("2 weeks later", "2026-12-07"),
    ("in 5 working days", "2026-11-30"), ("end of month", "2026-11-30"), ("end of the month", "2026-11-30"),
    ("month-end", "2026-11-30"), ("end of next month", "2026-12-31"), ("end of the week", "2026-11-27"),
    ("27 Nov", "2026-11-27"), ("Nov 27", "2026-11-27"), ("27th November", "2026-11-27"),
    ("1st of December", "2026-12-01"), ("27 Nov 2026", "2026-11-27"), ("November 27, 2026", "2026-11-27"),
    ("5 January", "2027-01-05"), ("2026-12-01", "2026-12-01"), ("2026/12/1", "2026-12-01"), ("27/11", "2026-11-27"),
    ("11/27", "2026-11-27"), ("12/12", "2026-12-12"), ("25/12/26", "2026-12-25"), ("25/12/2026", "2026-12-25"),
    ("the 27th", "2026-11-27"), ("the 5th", "2026-12-05"), ("29 Feb", "2028-02-29"),
    ("next Tuesday 3pm", "2026-12-01"), ("今天", "2026-11-23"), ("明天", "2026-11-24"), ("后天", "2026-11-25"),
    ("後天", "2026-11-25"), ("大后天", "2026-11-26"), ("周五", "2026-11-27"), ("週五", "2026-11-27"),
    ("星期五", "2026-11-27"), ("礼拜五", "2026-11-27"), ("禮拜五", "2026-11-27"), ("这周五", "2026-11-27"),
    ("本週五", "2026-11-27"), ("周一", "2026-11-30"), ("周日", "2026-11-29"), ("星期天", "2026-11-29"),
    ("下周二", "2026-12-01"), ("下週二", "2026-12-01"), ("下个星期二", "2026-12-01"), ("下個星期二", "2026-12-01"),
    ("下下周二", "2026-12-08"), ("下周", "2026-11-30"), ("下星期", "2026-11-30"), ("下下周", "2026-12-07"),
    ("周末", "2026-11-28"), ("下周末", "2026-12-05"), ("3天后", "2026-11-26"), ("三天后", "2026-11-26"),
    ("三天之後", "2026-11-26"), ("两周后", "2026-12-07"), ("兩週後", "2026-12-07"), ("兩個星期後", "2026-12-07"),
    ("一个月后", "2026-12-23"), ("过两天", "2026-11-25"), ("月底", "2026-11-30"), ("本月底", "2026-11-30"),
    ("下月底", "2026-12-31"), ("下个月底", "2026-12-31"), ("下个月5号", "2026-12-05"), ("下個月五號", "2026-12-05"),
    ("下个月", "2026-12-01"), ("27号", "2026-11-27"), ("二十七号", "2026-11-27"), ("5號", "2026-12-05"),
    ("12月1日", "2026-12-01"), ("12月1號", "2026-12-01"), ("十二月一日", "2026-12-01"),
    ("2026年12月1日", "2026-12-01"), ("二〇二六年十二月一日", "2026-12-01"), ("明年1月5日", "2027-01-05"),
    ("1月5日", "2027-01-05"), ("１２月１日", "2026-12-01"), ("5个工作日后", "2026-11-30"),
    ("周五之前", "2026-11-27"), ("下周二下午三点", "2026-12-01"),
]  # fmt: skip

MOMENTS = [
    ("Friday", "2026-11-27 10:00"), ("next Tuesday 3pm", "2026-12-01 15:00"),
    ("tomorrow 10:00", "2026-11-24 10:00"), ("3pm on Friday", "2026-11-27 15:00"),
    ("Friday at 3", "2026-11-27 15:00"), ("Friday at 11", "2026-11-27 11:00"), ("Fri 3:30pm", "2026-11-27 15:30"),
    ("Fri 3.30 pm", "2026-11-27 15:30"), ("15:30", "2026-11-23 15:30"), ("Fri 3:30", "2026-11-27 15:30"),
    ("Fri 03:30", "2026-11-27 03:30"), ("8:00", "2026-11-24 08:00"), ("3pm", "2026-11-23 15:00"),
    ("9am", "2026-11-24 09:00"), ("noon", "2026-11-23 12:00"), ("tomorrow noon", "2026-11-24 12:00"),
    ("tomorrow morning", "2026-11-24 09:00"), ("tonight", "2026-11-23 18:00"),
    ("Friday afternoon", "2026-11-27 14:00"), ("3:30 in the afternoon tomorrow", "2026-11-24 15:30"),
    ("half past 3 tomorrow", "2026-11-24 15:30"), ("quarter to 4 on Friday", "2026-11-27 15:45"),
    ("12am tomorrow", "2026-11-24 00:00"), ("12pm tomorrow", "2026-11-24 12:00"), ("1530hrs", "2026-11-23 15:30"),
    ("in 2 hours", "2026-11-23 11:30"), ("in 30 minutes", "2026-11-23 10:00"), ("in an hour", "2026-11-23 10:30"),
    ("27 Nov 3pm", "2026-11-27 15:00"), ("Dec 1 10:00", "2026-12-01 10:00"), ("1 Dec, 2pm", "2026-12-01 14:00"),
    ("2026-12-01 15:30", "2026-12-01 15:30"), ("2026-12-01T15:30", "2026-12-01 15:30"),
    ("in 3 days at 4pm", "2026-11-26 16:00"), ("end of month", "2026-11-30 10:00"), ("周五", "2026-11-27 10:00"),
    ("下周二下午三点", "2026-12-01 15:00"), ("下週二下午三點", "2026-12-01 15:00"),
    ("明天上午十点半", "2026-11-24 10:30"), ("明天上午十點半", "2026-11-24 10:30"),
    ("週三下午3點", "2026-11-25 15:00"), ("下午三点一刻", "2026-11-23 15:15"), ("下午3点20分", "2026-11-23 15:20"),
    ("下午3:20", "2026-11-23 15:20"), ("三点", "2026-11-23 15:00"), ("明早9点", "2026-11-24 09:00"),
    ("明早", "2026-11-24 09:00"), ("今晚", "2026-11-23 18:00"), ("今晚八点", "2026-11-23 20:00"),
    ("明天中午", "2026-11-24 12:00"), ("中午12点半", "2026-11-23 12:30"), ("中午一点", "2026-11-23 13:00"),
    ("15点", "2026-11-23 15:00"), ("两小时后", "2026-11-23 11:30"), ("兩個小時後", "2026-11-23 11:30"),
    ("半小时后", "2026-11-23 10:00"), ("后天下午两点", "2026-11-25 14:00"), ("12月1日下午两点", "2026-12-01 14:00"),
    ("月底下午五点", "2026-11-30 17:00"), ("3天后上午10点", "2026-11-26 10:00"),
    ("下周一 9:00", "2026-11-30 09:00"), ("星期五晚上7点整", "2026-11-27 19:00"), ("明天下午", "2026-11-24 14:00"),
]  # fmt: skip

NOT_DAYS = ["", "soon", "blue", "🙂", "32 Nov", "2026-13-01", "2月30日", "in 99999999 days", "some day 3", "x" * 5000]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_is_read_as_its_writer_meant_it(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_a_moment_is_read_as_its_writer_meant_it(text: str, moment: str) -> None:
    assert read_moment(text, NOW, TEN) == datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest.mark.parametrize("text", NOT_DAYS)
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text, TODAY)
    assert refused.value.code == "when_not_understood"


@pytest.mark.parametrize("text", ["25:00", "Friday 13pm", "tomorrow 10:75", "Friday or so about the contract", "三"])
def test_what_names_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(text, NOW, TEN)
    assert refused.value.code == "when_not_understood"


@pytest.mark.parametrize(
    "text", ["yesterday", "昨天", "2026-11-01", "2025年1月1日", "last Friday", "上周五", "3 days ago", "三天前"]
)
def test_a_day_in_the_past_is_refused_where_the_future_is_asked(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text, TODAY)
    assert refused.value.code == "when_in_past"


@pytest.mark.parametrize(
    ("text", "day"),
    [("yesterday", "2026-11-22"), ("上周五", "2026-11-20"), ("20 Nov", "2026-11-20"), ("3天前", "2026-11-20")],
)
def test_a_past_day_is_read_where_the_past_is_asked(text: str, day: str) -> None:
    assert read_day(text, TODAY, past_allowed=True) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "first", "second"), [("3/4", "2027-04-03", "2027-03-04"), ("1/12", "2026-12-01", "2027-01-12")]
)
def test_a_date_with_two_readings_names_both(text: str, first: str, second: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text, TODAY)
    assert (refused.value.code, refused.value.params) == ("when_ambiguous", {"first": first, "second": second})


def test_a_moment_earlier_today_is_refused_when_today_was_said() -> None:
    with pytest.raises(Refused) as refused:
        read_moment("today 8:00", NOW, TEN)
    assert refused.value.code == "when_in_past"


def test_friday_said_on_a_friday_is_a_week_later() -> None:
    assert read_day("Friday", date(2026, 11, 27)) == date(2026, 12, 4)


def test_a_wall_time_that_the_clock_change_skips_is_moved_on() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2027, 3, 27, 12, 0, tzinfo=berlin)
    assert read_moment("tomorrow 02:30", before, TEN).isoformat() == "2027-03-28T03:30:00+02:00"


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        outcome: datetime | str = read_moment(text, NOW, TEN)
    except Refused as refused:
        outcome = refused.code
    if isinstance(outcome, datetime):
        assert outcome > NOW
    else:
        assert outcome in {"when_not_understood", "when_in_past", "when_ambiguous"}


@given(st.dates(min_value=TODAY, max_value=date(2035, 1, 1)))
def test_a_day_written_in_full_is_itself_in_each_language(day: date) -> None:
    written = (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%d %B %Y}", f"{day:%b %d, %Y}")
    assert {read_day(text, TODAY) for text in written} == {day}
