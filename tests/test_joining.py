"""Invitations: who gets in, once, and in what language they are answered."""

from tests.story import Story


async def test_an_invited_rep_is_welcomed_and_a_stranger_is_told_how_to_get_in(story: Story) -> None:
    story.rep.sees("Tan Wei Ling, you are in.")
    await story.stranger.says("/start")
    story.stranger.sees_now("Ask your manager for an invitation link")
