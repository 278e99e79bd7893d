"""The relationship stage by share of wallet, METHOD.md section 5: step by step, at most one stage a review."""

from bot.domain.vocabulary import RelationshipStage

ORDER = tuple(RelationshipStage)
MAIN_SUPPLIER_PERCENT, PARTNER_PERCENT = 50, 80
WIDEST_KNOWN_RANGE = 50


def stage_of_share(low_percent: int, high_percent: int, *, has_orders: bool) -> RelationshipStage:
    """The stage that a share range says. A range wider than 50 points is unknown: then orders alone decide."""
    if not 0 <= low_percent <= high_percent <= 100:
        raise ValueError(f"a share is 0 <= low <= high <= 100, got {low_percent}-{high_percent}")
    if high_percent - low_percent > WIDEST_KNOWN_RANGE:
        return RelationshipStage.INITIAL if has_orders else RelationshipStage.DEVELOPMENT
    middle = (low_percent + high_percent) / 2
    if middle >= PARTNER_PERCENT:
        return RelationshipStage.STRATEGIC
    if middle >= MAIN_SUPPLIER_PERCENT:
        return RelationshipStage.STABLE
    return RelationshipStage.INITIAL if middle > 0 else RelationshipStage.DEVELOPMENT


def next_stage(current: RelationshipStage | None, measured: RelationshipStage) -> RelationshipStage:
    """The stage after a review: a fall counts at once, a rise is at most one step; a first measure counts whole."""
    if current is None or ORDER.index(measured) <= ORDER.index(current):
        return measured
    return ORDER[ORDER.index(current) + 1]
