"""A team's orders as sorted arrays: what all figures of buying are computed from."""

from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats, Ints

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """Orders sorted by customer and day. ``who`` is a customer's place, 0 to ``size`` - 1; ``day`` a date's ordinal.

    Only an order of a positive amount is a purchase: a return lowers sales and says nothing of rhythm. An order in
    another currency than the team's is a purchase whose ``amount`` is 0, since amounts of two currencies do not add up.
    """

    size: int
    who: Ints
    day: Ints
    amount: Ints
    is_purchase: Flags
    is_foreign: Flags

    @classmethod
    def of(cls, *, size: int, who: Ints, day: Ints, amount: Ints, is_foreign: Flags | None = None) -> "OrderBook":
        """A book of orders in any sequence. Raises ValueError for columns of unequal length or an unknown customer."""
        foreign = np.zeros(len(who), dtype=np.bool_) if is_foreign is None else is_foreign
        if not len(who) == len(day) == len(amount) == len(foreign):
            raise ValueError(f"columns are equally long, got {len(who)}, {len(day)}, {len(amount)}, {len(foreign)}")
        if len(who) and not (int(who.min()) >= 0 and int(who.max()) < size):
            raise ValueError(f"a customer's place is 0 to {size - 1}")
        who, day, order = _sorted(who.astype(np.int64), day.astype(np.int64))
        if order is not None:
            amount, foreign = amount[order], foreign[order]
        return cls(
            size=size,
            who=who,
            day=day,
            amount=np.where(foreign, 0, amount) if is_foreign is not None else amount,
            is_purchase=amount > 0,
            is_foreign=foreign,
        )

    def where(self, chosen: Flags) -> "OrderBook":
        """The book with only the chosen orders."""
        return OrderBook(
            size=self.size,
            who=self.who[chosen],
            day=self.day[chosen],
            amount=self.amount[chosen],
            is_purchase=self.is_purchase[chosen],
            is_foreign=self.is_foreign[chosen],
        )

    def until(self, on: int) -> "OrderBook":
        """The book as it was on a day: orders dated later are left out."""
        late = self.day > on
        return self.where(~late) if bool(late.any()) else self

    def count(self, chosen: Flags) -> Ints:
        """How many of the chosen orders each customer has."""
        return np.bincount(self.who[chosen], minlength=self.size)

    def sales(self, chosen: Flags) -> Floats:
        """Sum of the chosen orders' amounts by customer, in minor units; exact up to 2**53."""
        sums: Floats = np.bincount(self.who[chosen], weights=self.amount[chosen], minlength=self.size).astype(
            np.float64
        )
        return sums

    def sales_of_year(self, on: int) -> Floats:
        """Sales of the 365 days that end with a day, in minor units."""
        return self.sales((self.day > on - YEAR_DAYS) & (self.day <= on))


def _sorted(who: Ints, day: Ints) -> tuple[Ints, Ints, Ints | None]:
    """Customers and days sorted, and the places that they had; None where they were sorted already.

    Customer, day and place are packed into one number, because numbers sort several times faster than their places.
    """
    count = len(who)
    if not count:
        return who, day, None
    first = int(day.min())
    day_bits, place_bits = (int(day.max()) - first).bit_length(), count.bit_length()
    key = (who << day_bits) | (day - first)
    if not bool((key[1:] < key[:-1]).any()):
        return who, day, None
    if int(key.max()).bit_length() + place_bits > _BITS:
        order = np.argsort(key, kind="stable")
        return who[order], day[order], order
    packed = (key << place_bits) | np.arange(count)
    packed.sort()
    key = packed >> place_bits
    return key >> day_bits, (key & ((1 << day_bits) - 1)) + first, packed & ((1 << place_bits) - 1)


_BITS = 62
"""What a signed 64-bit number has room for, its sign left alone."""
