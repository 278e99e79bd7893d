"""The integrity guard, METHOD.md section 5: words that read like a bribe or like discrimination, before they are saved.

A warning and no verdict: whoever wrote it may change it, or keep it with the manager's knowledge. Plain words that are
part of honest business (gift, discount, sample, lunch) raise none.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Doubt(StrEnum):
    BRIBE = "bribe"
    DISCRIMINATION = "discrimination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """``words`` is the part that raised the doubt, as it was written."""

    doubt: Doubt
    words: str


_PEOPLE = (
    r"(?:wom[ae]n|m[ae]n|girls?|ladies|females?|males?|mothers?|chinese|malays?|indians?|foreigners?|locals?"
    r"|muslims?|christians?|hindus?|jews?|blacks?|whites?|gays?|old people|immigrants?)"
)
_TRAIT = (
    r"(?:pregnant|gay|lesbian|muslim|christian|hindu|jewish|black|white|chinese|malay|indian|foreign|disabled|too old"
    r"|(?:only |just )?a (?:woman|girl|man|foreigner))"
)
_EN_BRIBES = (
    r"brib(?:e|es|ed|ery|ing)|kick ?-?backs?|under the table|off the books|grease (?:his|her|their|the) palms?"
    r"|(?:cash|money|red packet|hong ?bao|ang ?pow|envelope)s? (?:\w+ ){0,2}(?:to|for) (?:him|her|them"
    r"|the (?:buyer|boss|manager|officer))(?: personally| privately)?"
    r"|(?:give|gave|pay|paid|slip|slipped) (?:him|her|them|the (?:buyer|boss|manager|officer)) (?:\w+ ){0,3}"
    r"(?:cash|money|red packets?|hong ?bao|ang ?pow|envelopes?|commission|something (?:extra|personal|private))"
    r"|(?:his|her|their|private|personal) (?:own )?(?:commission|cut|bank account)"
)
_PLAIN_PEOPLE = r"(?:wom[ae]n|m[ae]n|girls|females|males|mothers|foreigners|muslims|christians|hindus|jews|blacks|gays)"
_CUSTOMERS = r"(?:customers?|buyers?|people|staff|ones|men|women)"
_EN_DISCRIMINATION = (
    rf"(?:no|only) (?:{_PLAIN_PEOPLE}(?!')\b(?! ?-)|{_PEOPLE} {_CUSTOMERS}\b)"
    rf"|(?:don'?t|do not|never|won'?t) (?:sell|serve|hire|deal|talk|speak)(?: to| with)? (?:the )?{_PEOPLE}"
    rf"|because (?:he|she|they)(?:'s|'re| is| are) {_TRAIT}"
    rf"|{_PEOPLE} (?:can'?t|cannot|are (?:all )?(?:stupid|lazy|liars|dirty|cheap|useless))"
)
_ZH_BRIBES = (
    "回扣|好[处處][费費]|[贿賄][赂賂]|行[贿賄]|茶水[费費]|辛苦[费費]|封口[费費]|暗[扣佣]|[塞送][给給]?[他她].{0,4}(?:[钱錢]|[红紅]包|卡)"
    "|(?:[给給包封塞]|送[给給]).{0,8}(?:[红紅]包|[现現]金(?![折支付流柜櫃])|信封)|私下[给給返付]|返[点點利][给給](?:他|她|[个個]人|[采採][购購]|老[板闆])"
    "|(?:他|她|[个個]人|私人)的?(?:[账帳賬][户戶號号]|佣金|提成)|打[点點](?:[关關][系係]|一下|他|她)|[购購]物卡|意思意思"
)
_ZH_DISCRIMINATION = (
    "(?:不要|不招|不[卖賣][给給]?|不接待|不用|拒[绝絕])(?:女|男|孕[妇婦]|老人|外地人|外[国國]人|黑人|[残殘]疾|少[数數]民族|大[陆陸]人|本地人)"
    "|只[要招用](?:男|女|本地人)|(?:女人|女的|男人|外地人|外[国國]人|黑人|鄉下人|乡下人|老人家?).{0,3}(?:不行|不靠[谱譜]|没用|沒用|不懂|都[笨蠢懒懶骗騙])"
    "|因[为為](?:她|他)?(?:是女|是男|[怀懷]孕|是外地人|是外[国國]人|是黑人|有[残殘]疾|年[纪紀]大)|娘娘腔|黑鬼"
)
_RULES = (
    (Doubt.BRIBE, re.compile(rf"\b(?:{_EN_BRIBES})\b|{_ZH_BRIBES}", re.IGNORECASE)),
    (Doubt.DISCRIMINATION, re.compile(rf"\b(?:{_EN_DISCRIMINATION})|{_ZH_DISCRIMINATION}", re.IGNORECASE)),
)


def doubts_in(texts: Iterable[str]) -> tuple[Doubtful, ...]:
    """What raises a doubt in the texts, each wording once, in their order."""
    found: dict[tuple[Doubt, str], Doubtful] = {}
    for text in texts:
        plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
        for doubt, rule in _RULES:
            for match in rule.finditer(plain):
                words = match.group().strip(" ,")
                found.setdefault((doubt, words.casefold()), Doubtful(doubt=doubt, words=words))
    return tuple(found.values())
