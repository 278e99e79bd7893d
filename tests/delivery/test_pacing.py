"""Telegram's limits, by a clock of the test's own."""

from bot.pacing import CHAT_BURST, GROUP_A_MINUTE, OVERALL_A_SECOND, UNASKED_A_SECOND, RateLimiter


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def send_all(limiter: RateLimiter, clock: HandClock, chats: list[int]) -> float:
    """Send one message to each chat in order, waiting as told. Gives the seconds it took."""
    began = clock.now_s
    for chat in chats:
        while (wait_s := limiter.wait_s(chat)) > 0:
            clock.now_s += wait_s
    return clock.now_s - began


def test_no_more_than_thirty_a_second_leave_whatever_the_chats() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    took_s = send_all(limiter, clock, list(range(1, 301)))
    assert 300 / OVERALL_A_SECOND - 1 <= took_s <= 300 / OVERALL_A_SECOND + 0.1


def test_a_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    assert send_all(limiter, clock, [7] * CHAT_BURST) == 0
    assert 9.9 <= send_all(limiter, clock, [7] * 10) <= 10.1
    assert limiter.wait_s(8) == 0, "another chat need not wait"


def test_a_quiet_chat_may_burst_again_but_not_more_than_before() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    send_all(limiter, clock, [7] * CHAT_BURST)
    clock.now_s += 3_600
    assert send_all(limiter, clock, [7] * CHAT_BURST) == 0
    assert limiter.wait_s(7) > 0


def test_a_group_gets_twenty_a_minute() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    took_s = send_all(limiter, clock, [-7] * (3 * GROUP_A_MINUTE))
    assert 120 <= took_s <= 180


def test_a_wait_takes_no_place() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    send_all(limiter, clock, [7] * CHAT_BURST)
    waits = [limiter.wait_s(7) for _ in range(50)]
    assert set(waits) == {1.0}


def test_what_nobody_waits_for_leaves_places_to_answers() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    sent = [limiter.wait_s(chat, is_answer=False) for chat in range(1, OVERALL_A_SECOND + 1)]
    assert sent.count(0) == UNASKED_A_SECOND
    answers = [limiter.wait_s(chat) for chat in range(101, 101 + OVERALL_A_SECOND - UNASKED_A_SECOND)]
    assert answers == [0] * (OVERALL_A_SECOND - UNASKED_A_SECOND)
    assert limiter.wait_s(200) > 0
    clock.now_s += 1.0
    assert limiter.wait_s(201, is_answer=False) == 0
