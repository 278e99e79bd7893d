"""The playbook of a team: what is shipped, with the team's own words, ranked by what worked."""

from bot.services.playbook.reading import idea_of, rank_answers, team_playbook

__all__ = ["idea_of", "rank_answers", "team_playbook"]
