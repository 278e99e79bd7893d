"""The first step of reading a day or time: one script, one width, Arabic digits, and no more words than matter."""

import re
import unicodedata

# Words of Traditional Chinese that name days and times, written as in Simplified: the grammar is written once.
_SIMPLIFIED = str.maketrans("週點個後號兩鐘內這禮過幾時間們還與從為開會見晝",
                            "周点个后号两钟内这礼过几时间们还与从为开会见昼")  # fmt: skip
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = re.compile("[零〇一二两三四五六七八九十]+")
# 周一 is Monday and 十一 eleven: a weekday's numeral stays a word until the weekday was read.
_WEEKDAY = re.compile("(周|星期|礼拜)([一二三四五六日天])")
_WEEKDAY_NAMES = {
    "一": "mon",
    "二": "tue",
    "三": "wed",
    "四": "thu",
    "五": "fri",
    "六": "sat",
    "日": "sun",
    "天": "sun",
}
_ENGLISH_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "thirty": 30,
}  # fmt: skip
_COUNTED = re.compile(rf"\b({'|'.join(_ENGLISH_NUMBERS)})\b(?=\s+(?:day|week|month|hour|minute|working)s?\b)")
_ISO_T = re.compile(r"(?<=\d)t(?=\d)")
_NOISE = re.compile(
    r"\b(?:at|on|by|the|before|until|till|of|around|about|from|for|o'?clock|maybe|please|then)\b"
    r"|之前|以前|左右|大概|大约|大約|前|的|在|于|吧|见|,|、|。|,|\.$|·|-(?=\s|$)|@"
)


def normalise(text: str) -> str:
    """Lower case, half width, simplified day words, Arabic digits, Chinese weekdays as ``{mon}``."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED).strip()
    plain = _WEEKDAY.sub(lambda found: f" {{{_WEEKDAY_NAMES[found.group(2)]}}} ", plain)
    plain = plain.replace("半个小时", "30分钟").replace("半小时", "30分钟")
    plain = _ISO_T.sub(" ", plain.replace("tonight", "today evening"))
    plain = _NUMERAL.sub(lambda found: str(_numeral(found.group())), plain)
    return _COUNTED.sub(lambda found: str(_ENGLISH_NUMBERS[found.group()]), plain)


def is_noise(text: str) -> bool:
    """Whether what the grammar left over says nothing."""
    return not _NOISE.sub(" ", text).strip()


def _numeral(text: str) -> int | str:
    """十二 is 12, 二十 20, 三十一 31, 二〇二六 2026."""
    if "十" not in text:
        return "".join(str(_DIGITS[one]) for one in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return text
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
