"""Tell somebody at an address that is not the reader's own: a guardian, or where one was reached before."""

import sqlalchemy as sa
from alembic import op

revision = "0020_sent_to"
down_revision = "0019_tries"


def upgrade() -> None:
    for table in ("messages", "letters"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("sent_to", sa.String(200), nullable=True))
    with op.batch_alter_table("guardian_links") as links:
        links.add_column(sa.Column("sent_to", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("guardian_links") as links:
        links.alter_column("sent_to", server_default=None)


def downgrade() -> None:
    # Without the column these would be told to the reader, which is not whom they were for. Deliveries are
    # deleted by name: foreign keys rest while SQLite's tables change.
    op.execute("DELETE FROM deliveries WHERE letter_id IN (SELECT id FROM letters WHERE sent_to IS NOT NULL)")
    op.execute("DELETE FROM messages WHERE sent_to IS NOT NULL")
    op.execute("DELETE FROM letters WHERE sent_to IS NOT NULL")
    for table in ("guardian_links", "letters", "messages"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("sent_to")
