"""Own words that give something away: "12 % off", "八五折", "60 days to pay", read so that a manager can be asked.

A hint and no verdict: the rep is offered to ask, and nothing is changed. Usual words of honest service (samples, free
delivery, a price list) are none.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.authority import PERCENT_UNIT, AuthorityKind

MOST_PERCENT, MOST_DAYS = 100, 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the words give. ``size`` in the unit of its kind; None where they name none."""

    kind: AuthorityKind
    size: int | None = None


_N, _M = r"(?P<n>\d{1,3}(?:[.,]\d{1,2})?)", r"(?P<m>\d{1,3}(?:[.,]\d{1,2})?)"
_PERCENT = r"\s*(?:%|percent\b|per cent\b|个点|個點|点|點)"
_OFF = r"(?:off|discount|rebate|reduction|less|cheaper|lower)"
_LOWER = "(?:[优優]惠|折扣|折[让讓]|[让讓]利|降[价價]|[减減][价價]|便宜)"
_ZH_CREDIT = "(?:[账帳賬]期|[赊賒][账帳賬]|月[结結]|付款期)"
_EN_CREDIT = r"\b(?:credit|payment terms?|pay(?:ment)? (?:in|within|after)|net)"
_NUMERALS = {numeral: digit for digit, numeral in enumerate("一二三四五六七八九", 1)}
_PIECES = "(?:goods|units?|cases?|boxes|box|cartons?|packs?|bottles?|pieces?)"

_SIZED = (
    (AuthorityKind.DISCOUNT, rf"{_N}{_PERCENT}\s*(?:price\s+)?{_OFF}\b|{_OFF}\W+(?:\w+\W+){{0,3}}?{_M}{_PERCENT}"),
    (AuthorityKind.DISCOUNT, rf"{_LOWER}.{{0,4}}?{_N}{_PERCENT}|{_M}{_PERCENT}的?{_LOWER}"),
    (AuthorityKind.CREDIT, rf"{_N}\s*days?'?\s*(?:of\s+)?(?:credit|terms?|to pay|payment)\b"),
    (AuthorityKind.CREDIT, rf"{_EN_CREDIT}\s*(?:of\s*)?{_N}\s*days?\b"),
    (AuthorityKind.CREDIT, rf"{_ZH_CREDIT}.{{0,4}}?{_N}\s*(?:天|日)|{_M}\s*(?:天|日)的?{_ZH_CREDIT}"),
)
_FOLD = re.compile(r"(?P<digits>[1-9](?:[.．][1-9])?|[1-9]{2})\s*折|(?P<words>[一二三四五六七八九]{1,2})折")
_PLAIN = (
    (AuthorityKind.FREE_GOODS, rf"\bfree {_PIECES}\b|\bfree of charge\b|\bbuy \w+ get \w+"),
    (AuthorityKind.FREE_GOODS, "[买買].{1,4}?[送赠贈]|[赠贈][品送]|搭[赠贈]|免[费費](?:[赠贈]|送(?![货貨样樣]))|多送"),
    (AuthorityKind.GIFT, r"\bgifts?\b|[礼禮][品物]|送[礼禮]"),
    (AuthorityKind.DISCOUNT, rf"\b(?:discount|rebate|price cut|special price|lower price)s?\b|{_LOWER}|打折|特[价價]"),
    (AuthorityKind.CREDIT, rf"\b(?:credit terms?|longer (?:credit|terms?)|pay later)\b|{_ZH_CREDIT}"),
)
_SIZED_RULES = tuple((kind, re.compile(rule, re.IGNORECASE)) for kind, rule in _SIZED)
_PLAIN_RULES = tuple((kind, re.compile(rule, re.IGNORECASE)) for kind, rule in _PLAIN)


def given_in(text: str) -> Given | None:
    """What a promise's own words give beyond the usual, the sized wording before the plain one; None: nothing."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for kind, rule in _SIZED_RULES:
        if (found := rule.search(plain)) is not None and (size := _size(kind, found)) is not None:
            return Given(kind=kind, size=size)
    if (fold := _FOLD.search(plain)) is not None:
        return Given(kind=AuthorityKind.DISCOUNT, size=_percent_off(fold))
    return next((Given(kind=kind) for kind, rule in _PLAIN_RULES if rule.search(plain)), None)


def _size(kind: AuthorityKind, found: re.Match[str]) -> int | None:
    number = Decimal((found["n"] or found.groupdict()["m"]).replace(",", "."))
    most = MOST_PERCENT if kind is AuthorityKind.DISCOUNT else MOST_DAYS
    if not 0 < number <= most:
        return None
    return int(number * PERCENT_UNIT) if kind is AuthorityKind.DISCOUNT else int(number)


def _percent_off(fold: re.Match[str]) -> int:
    """八五折 and 8.5折 are 85 of 100, 九折 90: 15 and 10 % off."""
    digits = "".join(str(_NUMERALS.get(one, one)) for one in fold["words"] or fold["digits"].replace(".", ""))
    paid = int(digits) * (10 if len(digits) == 1 else 1)
    return (100 - paid) * PERCENT_UNIT
