"""Mid-ranks: where a value stands among others, equal values standing equally."""

import numpy as np

from bot.domain.scoring.arrays import Floats, Ints

QUINTILES = 5


def doubled_mid_ranks(values: Floats | Ints) -> Ints:
    """2 x (how many are less) + (how many are equal, itself included): whole numbers, so that ties stay exact."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(count) - count
    ranks: Ints = (2 * below + count).astype(np.int64)[place]
    return ranks


def mid_rank_percentiles(values: Floats) -> Floats:
    """Percentiles 0-100 among the known values; a missing one (nan) stays nan. A single value stands at 50."""
    percentiles = np.full(values.shape, np.nan)
    known = ~np.isnan(values)
    count = int(known.sum())
    if count:
        percentiles[known] = 100 * doubled_mid_ranks(values[known]) / (2 * count)
    return percentiles


def quintiles(values: Floats | Ints) -> Ints:
    """1-5, the largest fifth being 5, by mid-rank: equal values get equal scores."""
    count = len(values)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    scores: Ints = np.minimum(QUINTILES, 1 + (QUINTILES * doubled_mid_ranks(values)) // (2 * count))
    return scores
