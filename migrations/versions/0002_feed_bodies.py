"""Keep calendars' bytes apart from what is looked up at each poll: SQLite rewrote 40 kB to count one change."""

import sqlalchemy as sa
from alembic import op

revision = "0002_feed_bodies"
down_revision = "0001_first_tables"


def upgrade() -> None:
    op.create_table(
        "feed_bodies",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_gzip", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["feed_documents.id"],
            name=op.f("fk_feed_bodies_document_id_feed_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_feed_bodies")),
    )
    op.execute("INSERT INTO feed_bodies (document_id) SELECT id FROM feed_documents")
    with op.batch_alter_table("feed_documents") as documents:
        documents.drop_column("body")
        documents.drop_column("body_gzip")
    _draw_again()


def downgrade() -> None:
    with op.batch_alter_table("feed_documents") as documents:
        documents.add_column(sa.Column("body", sa.LargeBinary(), nullable=True))
        documents.add_column(sa.Column("body_gzip", sa.LargeBinary(), nullable=True))
    op.drop_table("feed_bodies")
    _draw_again()


def _draw_again() -> None:
    """The bytes are not moved: they can be drawn from the rest, equal."""
    op.execute("UPDATE feed_documents SET drawn_changes = -1, etag = '', etag_gzip = ''")
