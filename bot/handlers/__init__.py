"""Telegram in, screens out: the handlers of all areas, in the order in which they are asked."""

from bot.handlers import (
    capacity,
    care,
    check_in,
    customer_visits,
    customers,
    digest,
    funnel,
    help,
    imports,
    nearby,
    network,
    notices,
    openings,
    pictures,
    platform,
    playbook,
    promises,
    recap,
    scoring,
    settings,
    start,
    today,
    visit_records,
    week,
)
from bot.handlers.form_conversation import FormConversation
from bot.handlers.turn import Handler


def all_handlers() -> list[Handler]:
    """Every handler of the bot. Open forms come before the free text that searches customers."""
    return [
        *help.first_handlers(),
        FormConversation(),
        *start.handlers(),
        *visit_records.handlers(),
        *today.handlers(),
        *check_in.handlers(),
        *week.handlers(),
        *nearby.handlers(),
        *capacity.handlers(),
        *promises.handlers(),
        *recap.handlers(),
        *care.handlers(),
        *digest.handlers(),
        *customers.handlers(),
        *customer_visits.handlers(),
        *notices.handlers(),
        *scoring.handlers(),
        *platform.handlers(),
        *funnel.handlers(),
        *playbook.handlers(),
        *network.handlers(),
        *openings.handlers(),
        *pictures.handlers(),
        *settings.handlers(),
        *imports.handlers(),
        *help.handlers(),
        *help.last_handlers(),
        *customers.search_handlers(),
    ]
