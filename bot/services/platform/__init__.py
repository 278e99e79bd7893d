"""The three sales platforms of a member or a team: who could buy, whom to work, who buys."""
