"""Version 1: the tables as they were when versions were not counted yet. A database without a version is this one."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing to do: new databases are made whole, from the contract."""
