"""Which of the product's languages a Telegram account reads."""

from bot.domain.vocabulary import Language

_TRADITIONAL = ("hant", "-tw", "-hk", "-mo")


def language_of(code: str | None) -> Language | None:
    """The language behind Telegram's code (IETF tag), or None where the product does not speak it."""
    tag = (code or "").lower().replace("_", "-")
    if tag.startswith("zh"):
        return Language.ZH_HANT if any(mark in tag for mark in _TRADITIONAL) else Language.ZH_HANS
    return Language.EN if tag.startswith("en") else None
