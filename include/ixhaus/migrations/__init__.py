"""How the project's own tables got where they are: one file per version, run by Alembic (see versions.py beside)."""
