"""Version 2: e-mails have a table of their own, SP_EMAIL; what was remembered of them in SP_ABGLEICH moves there."""

from alembic import op
from sqlalchemy import TIMESTAMP, Column, PrimaryKeyConstraint, String

revision = "2"
down_revision = "1"

_MOVE = """
INSERT INTO SP_EMAIL (SYSTEM, EREIGNIS, ANLASS, ZUSTAND, GRUND, LAUF, GESENDET_AM, ERLEDIGT_AM)
SELECT SYSTEM, SCHLUESSEL, IDENTITAET,
       CASE ZUSTAND WHEN 'new' THEN 'waiting' WHEN 'pending' THEN 'sending' WHEN 'removed' THEN 'undone'
       ELSE 'settled' END,
       GRUND, LAUF, GESENDET_AM, BESTAETIGT_AM
FROM SP_ABGLEICH WHERE ART = 'email'
"""


def upgrade() -> None:
    """Make the table, move the rows."""
    op.create_table(
        "SP_EMAIL",
        Column("SYSTEM", String(20), nullable=False),
        Column("EREIGNIS", String(100), nullable=False),
        Column("ANLASS", String(200)),
        Column("ZUSTAND", String(12)),
        Column("GRUND", String(40)),
        Column("LAUF", String(250)),
        Column("GESENDET_AM", TIMESTAMP),
        Column("ERLEDIGT_AM", TIMESTAMP),
        PrimaryKeyConstraint("SYSTEM", "EREIGNIS", name="SP_EMAIL_PK"),
    )
    op.execute(_MOVE)
    op.execute("DELETE FROM SP_ABGLEICH WHERE ART = 'email'")
