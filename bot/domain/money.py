"""Money as people write it and as the tables keep it: exact decimals, and whole minor units of a currency."""

from decimal import Decimal

USUAL_MINOR_DIGITS = 2
# ISO 4217: the currencies whose minor unit is not a hundredth.
UNUSUAL_MINOR_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


def minor_digits(currency: str) -> int:
    """How many decimals the currency has. Raises ValueError when it is no three-letter code."""
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise ValueError(f"a currency is three capital letters, got {currency!r}")
    return UNUSUAL_MINOR_DIGITS.get(currency, USUAL_MINOR_DIGITS)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units, exactly. Raises ValueError when it is finer than the currency's minor unit."""
    scaled = amount.scaleb(minor_digits(currency))
    minor = int(scaled.to_integral_value())
    if minor != scaled:
        raise ValueError(f"{currency} has {minor_digits(currency)} decimals, got {amount}")
    return minor


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount with all decimals of its currency: 27940 in SGD is 279.40."""
    return Decimal(minor).scaleb(-minor_digits(currency))
