"""What carries an account, METHOD.md section 5: two benefits and two trusts. The weakest is worked on first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

WEAKEST, STRONGEST = 0, 4
LEAST_KNOWN = 2
"""With fewer than two known there is nothing to compare."""


class Pillar(StrEnum):
    """Values are stored, so they never change."""

    ORGANISATION = "organisation"
    PERSONAL = "personal"
    PERSON_TRUST = "person_trust"
    FIRM_TRUST = "firm_trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillars:
    """``weakest`` is None with fewer than two known, or when all known are full."""

    weakest: Pillar | None
    known: int
    missing: tuple[Pillar, ...]


def weigh_pillars(scores: Mapping[Pillar, int | None]) -> Pillars:
    """The weakest of four pillars, each 0 (nothing) to 4 (full) or not known; of equal ones the first named."""
    for pillar, score in scores.items():
        if score is not None and not WEAKEST <= score <= STRONGEST:
            raise ValueError(f"{pillar} is {WEAKEST} to {STRONGEST}, not {score}")
    known = {pillar: score for pillar in Pillar if (score := scores.get(pillar)) is not None}
    missing = tuple(pillar for pillar in Pillar if pillar not in known)
    lowest = min(known, key=lambda pillar: known[pillar], default=None)
    says = lowest is not None and len(known) >= LEAST_KNOWN and known[lowest] < STRONGEST
    return Pillars(weakest=lowest if says else None, known=len(known), missing=missing)
