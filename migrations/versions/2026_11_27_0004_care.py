"""Keep how customers are cared for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "care_runs",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_care_runs_team_id")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_care_runs")),
    )
    op.create_table(
        "care_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_care_news_team_id_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_news")),
        sa.UniqueConstraint("team_id", "id", name=op.f("uq_care_news_team_id_id")),
    )
    op.create_table(
        "care_quiets",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_care_quiets_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_care_quiets_team_id_member_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "customer_id", "kind", name=op.f("pk_care_quiets")),
    )
    op.create_table(
        "customer_care",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(32), nullable=True),
        sa.Column("nurture_since", sa.Date(), nullable=True),
        sa.Column("nurture_days", sa.Integer(), nullable=True),
        sa.Column("busiest", sa.String(7), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_customer_care_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "customer_id", name=op.f("pk_customer_care")),
    )
    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("by_customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "by_customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_introductions_team_id_by_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_introductions_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_introductions_team_id_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
        sa.UniqueConstraint(
            "team_id", "by_customer_id", "name_key", name=op.f("uq_introductions_team_id_by_customer_id_name_key")
        ),
    )
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.create_index("ix_introductions_customer", ["customer_id"], unique=False)

    op.create_table(
        "recaps",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("with_notes", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_recaps_team_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "visit_id"],
            ["visits.team_id", "visits.id"],
            name=op.f("fk_recaps_team_id_visit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "visit_id", name=op.f("pk_recaps")),
    )
    op.create_table(
        "care_prompts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_care_prompts_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "report_id"], ["reports.team_id", "reports.id"], name=op.f("fk_care_prompts_team_id_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_prompts")),
        sa.UniqueConstraint("team_id", "customer_id", "key", name=op.f("uq_care_prompts_team_id_customer_id_key")),
        sa.UniqueConstraint("team_id", "id", name=op.f("uq_care_prompts_team_id_id")),
    )
    with op.batch_alter_table("care_prompts", schema=None) as batch_op:
        batch_op.create_index("ix_care_prompts_customer_kind", ["customer_id", "kind"], unique=False)
        batch_op.create_index(
            "ix_care_prompts_pending",
            ["team_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "service_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(32), nullable=True),
        sa.Column("evidence", sa.String(1000), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("expected_from", sa.String(32), nullable=True),
        sa.Column("perceived", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_service_marks_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_service_marks_team_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "report_id"], ["reports.team_id", "reports.id"], name=op.f("fk_service_marks_team_id_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_marks")),
    )
    with op.batch_alter_table("service_marks", schema=None) as batch_op:
        batch_op.create_index("ix_service_marks_customer", ["customer_id", "id"], unique=False)

    op.create_table(
        "told_facts",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_told_facts_team_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "report_id"],
            ["reports.team_id", "reports.id"],
            name=op.f("fk_told_facts_team_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "report_id", name=op.f("pk_told_facts")),
    )
    with op.batch_alter_table("told_facts", schema=None) as batch_op:
        batch_op.create_index("ix_told_facts_member", ["member_id", "report_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("told_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_told_facts_member")

    op.drop_table("told_facts")
    with op.batch_alter_table("service_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_service_marks_customer")

    op.drop_table("service_marks")
    with op.batch_alter_table("care_prompts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_care_prompts_pending",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index("ix_care_prompts_customer_kind")

    op.drop_table("care_prompts")
    op.drop_table("recaps")
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.drop_index("ix_introductions_customer")

    op.drop_table("introductions")
    op.drop_table("customer_care")
    op.drop_table("care_quiets")
    op.drop_table("care_news")
    op.drop_table("care_runs")
