"""Version 3: SP_HINWEIS remembers which warnings stand, so that the protocol says each once and not in every run."""

from alembic import op
from sqlalchemy import TIMESTAMP, Column, PrimaryKeyConstraint, String

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "SP_HINWEIS",
        Column("SYSTEM", String(20), nullable=False),
        Column("GRUPPE", String(30), nullable=False),
        Column("ART", String(30), nullable=False),
        Column("SCHLUESSEL", String(100), nullable=False),
        Column("GRUND", String(40), nullable=False),
        Column("SEIT", TIMESTAMP),
        PrimaryKeyConstraint("SYSTEM", "GRUPPE", "ART", "SCHLUESSEL", "GRUND", name="SP_HINWEIS_PK"),
    )
