"""`python -m bot`: the same as the `roundsman` command."""

from bot.cli import main

main()
