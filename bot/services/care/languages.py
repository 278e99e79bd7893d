"""In which language a customer is written to: the one that was chosen for it, else the team's."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.vocabulary import Language
from bot.services.work import Work
from bot.store.inserting import insert_if_new
from bot.store.tables import CustomerCare, Team


async def care_of(work: Work, customer_id: int) -> CustomerCare:
    """How a visible customer is cared for, with a row of its own from now on."""
    values = {
        "team_id": work.acting.team_id,
        "customer_id": customer_id,
        "busiest": "",
        "changed_at": work.now,
    }
    await insert_if_new(work.session, CustomerCare, values, ("team_id", "customer_id"))
    return (await work.session.exec(_care(work, customer_id))).one()


async def language_of(work: Work, customer_id: int) -> Language:
    """The language of texts for a customer."""
    care = (await work.session.exec(_care(work, customer_id))).one_or_none()
    if care is not None and care.language is not None:
        return care.language
    team = select(col(Team.language)).where(col(Team.id) == work.acting.team_id)
    return (await work.session.exec(team)).one()


async def set_language(work: Work, customer_id: int, language: Language) -> None:
    """Write to a customer in this language from now on."""
    care = await care_of(work, customer_id)
    care.language, care.changed_at = language, work.now
    await work.session.flush()


def _care(work: Work, customer_id: int) -> SelectOfScalar[CustomerCare]:
    return select(CustomerCare).where(
        col(CustomerCare.team_id) == work.acting.team_id, col(CustomerCare.customer_id) == customer_id
    )
