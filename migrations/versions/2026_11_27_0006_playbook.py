"""The team's own playbook, what came of a visit, and which answer met an objection."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "playbook_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("slot", sa.String(20), nullable=False),
        sa.Column("shipped_key", sa.String(40), nullable=True),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("fact", sa.String(500), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "author_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_playbook_entries_team_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "decided_by_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_playbook_entries_team_id_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_playbook_entries_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_entries")),
        sa.UniqueConstraint("team_id", "id", name=op.f("uq_playbook_entries_team_id_id")),
        sa.UniqueConstraint("team_id", "shipped_key", name=op.f("uq_playbook_entries_team_id_shipped_key")),
    )
    op.create_table(
        "visit_outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=True),
        sa.Column("reached", sa.String(32), nullable=True),
        sa.Column("closing", sa.String(32), nullable=True),
        sa.Column("commitment", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_visit_outcomes_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "report_id"],
            ["reports.team_id", "reports.id"],
            name=op.f("fk_visit_outcomes_team_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_outcomes")),
        sa.UniqueConstraint("report_id", name=op.f("uq_visit_outcomes_report_id")),
    )
    with op.batch_alter_table("visit_outcomes", schema=None) as batch_op:
        batch_op.create_index("ix_visit_outcomes_closing", ["team_id", "closing", "commitment"], unique=False)
        batch_op.create_index("ix_visit_outcomes_purpose", ["team_id", "purpose", "reached"], unique=False)

    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("answer_words", sa.String(500), nullable=False, server_default=""))
        batch_op.create_index("ix_objections_answers", ["team_id", "kind", "answer", "result"], unique=False)
    # Three manners of handling are answers of the playbook now; the others stand in their reports, as they were given.
    op.execute(
        "UPDATE objections SET answer = CASE handling WHEN 'asked_back' THEN 'answers.any.ask_back'"
        " WHEN 'concession' THEN 'answers.any.give_and_take' WHEN 'answer_later' THEN 'answers.any.by_when' END"
    )
    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.drop_column("handling")


def downgrade() -> None:
    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handling", sa.String(32), nullable=True))
        batch_op.drop_index("ix_objections_answers")
        batch_op.drop_column("answer_words")
        batch_op.drop_column("answer")
    op.drop_table("visit_outcomes")
    op.drop_table("playbook_entries")
