"""Approvals, limits of authority, gifts, steps of complaints, warnings about wording."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by", sa.String(120), nullable=False, server_default=""))
        batch_op.create_index(
            "ix_complaints_open",
            ["team_id", "owner_id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_complaints_team_id_id"), ["team_id", "id"])

    op.create_table(
        "authority_limits",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("act_first", sa.BigInteger(), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "changed_by"],
            ["members.team_id", "members.id"],
            name=op.f("fk_authority_limits_team_id_changed_by"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_authority_limits_team_id")),
        sa.PrimaryKeyConstraint("team_id", "kind", name=op.f("pk_authority_limits")),
    )
    op.create_table(
        "wording_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("doubt", sa.String(20), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_wording_warnings_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_wording_warnings_team_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_warnings")),
        sa.UniqueConstraint("team_id", "id", name=op.f("uq_wording_warnings_team_id_id")),
    )
    with op.batch_alter_table("wording_warnings", schema=None) as batch_op:
        batch_op.create_index("ix_wording_warnings_draft", ["draft_id"], unique=False)

    op.create_table(
        "approval_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("for_whom", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("order_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("acted_first", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_approval_requests_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "decided_by"],
            ["members.team_id", "members.id"],
            name=op.f("fk_approval_requests_team_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_approval_requests_team_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "promise_id"],
            ["promises.team_id", "promises.id"],
            name=op.f("fk_approval_requests_team_id_promise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_requests")),
        sa.UniqueConstraint("team_id", "id", name=op.f("uq_approval_requests_team_id_id")),
    )
    with op.batch_alter_table("approval_requests", schema=None) as batch_op:
        batch_op.create_index("ix_approval_requests_customer", ["customer_id"], unique=False)
        batch_op.create_index("ix_approval_requests_member", ["member_id", "asked_at"], unique=False)
        batch_op.create_index("ix_approval_requests_promise", ["promise_id"], unique=False)
        batch_op.create_index(
            "ix_approval_requests_waiting",
            ["team_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "complaint_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "complaint_id"],
            ["complaints.team_id", "complaints.id"],
            name=op.f("fk_complaint_events_team_id_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_complaint_events_team_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_events")),
    )
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_events_complaint", ["complaint_id"], unique=False)

    op.create_table(
        "approval_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"],
            ["members.team_id", "members.id"],
            name=op.f("fk_approval_events_team_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "request_id"],
            ["approval_requests.team_id", "approval_requests.id"],
            name=op.f("fk_approval_events_team_id_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_events")),
    )
    with op.batch_alter_table("approval_events", schema=None) as batch_op:
        batch_op.create_index("ix_approval_events_request", ["request_id"], unique=False)

    op.create_table(
        "gifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("for_whom", sa.String(120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f("fk_gifts_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_gifts_team_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "promise_id"], ["promises.team_id", "promises.id"], name=op.f("fk_gifts_team_id_promise_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "request_id"],
            ["approval_requests.team_id", "approval_requests.id"],
            name=op.f("fk_gifts_team_id_request_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
    )
    with op.batch_alter_table("gifts", schema=None) as batch_op:
        batch_op.create_index("ix_gifts_customer", ["customer_id", "given_on"], unique=False)
        batch_op.create_index("ix_gifts_promise", ["promise_id"], unique=False)

    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.add_column(sa.Column("size", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_column("size")

    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_column("subject_id")

    with op.batch_alter_table("gifts", schema=None) as batch_op:
        batch_op.drop_index("ix_gifts_promise")
        batch_op.drop_index("ix_gifts_customer")

    op.drop_table("gifts")
    with op.batch_alter_table("approval_events", schema=None) as batch_op:
        batch_op.drop_index("ix_approval_events_request")

    op.drop_table("approval_events")
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_events_complaint")

    op.drop_table("complaint_events")
    with op.batch_alter_table("approval_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_approval_requests_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_approval_requests_promise")
        batch_op.drop_index("ix_approval_requests_member")
        batch_op.drop_index("ix_approval_requests_customer")

    op.drop_table("approval_requests")
    with op.batch_alter_table("wording_warnings", schema=None) as batch_op:
        batch_op.drop_index("ix_wording_warnings_draft")

    op.drop_table("wording_warnings")
    op.drop_table("authority_limits")
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_complaints_team_id_id"), type_="unique")
        batch_op.drop_index(
            "ix_complaints_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_column("confirmed_by")
        batch_op.drop_column("solved_at")
        batch_op.drop_column("due_at")
