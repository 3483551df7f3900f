"""Version 4: SP_FREIGABE keeps what people are asked about, SP_ABGLEICH a replaced record's id in the portal,
SP_EINGANG what could not be taken over from there.
"""

from alembic import op
from sqlalchemy import TIMESTAMP, Column, Integer, PrimaryKeyConstraint, String

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Make the tables, add the columns."""
    op.create_table(
        "SP_FREIGABE",
        Column("SYSTEM", String(20), nullable=False),
        Column("FREIGABE", String(32), nullable=False),
        Column("GRUPPE", String(30)),
        Column("ZUSTAND", String(12)),
        Column("PRUEFSUMME", String(64)),
        Column("ANZAHL", Integer),
        Column("ANLASS", String(400)),
        Column("LAUF", String(250)),
        Column("GESTELLT_AM", TIMESTAMP),
        Column("ENTSCHIEDEN_AM", TIMESTAMP),
        Column("ENTSCHIEDEN_VON", String(100)),
        Column("GUELTIG_BIS", TIMESTAMP),
        PrimaryKeyConstraint("SYSTEM", "FREIGABE", name="SP_FREIGABE_PK"),
    )
    op.create_table(
        "SP_FREIGABE_SATZ",
        Column("SYSTEM", String(20), nullable=False),
        Column("FREIGABE", String(32), nullable=False),
        Column("ART", String(30), nullable=False),
        Column("SCHLUESSEL", String(100), nullable=False),
        Column("VORGANG", String(12)),
        Column("GRUND", String(40)),
        Column("OBJEKTE", String(400)),
        Column("STAND", String(32)),
        PrimaryKeyConstraint("SYSTEM", "FREIGABE", "ART", "SCHLUESSEL", name="SP_FREIGABE_SATZ_PK"),
    )
    op.add_column("SP_ABGLEICH", Column("PORTAL_ID", String(100)))
    op.add_column("SP_ABGLEICH", Column("NAECHSTE_ID", String(100)))
    op.add_column("SP_EINGANG", Column("GRUND", String(40)))
    op.add_column("SP_EINGANG", Column("VERSUCHT_AM", TIMESTAMP))
