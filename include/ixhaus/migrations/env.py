"""What Alembic runs: on the connection it is given, or printing SQL for Oracle where there is none."""

from alembic import context

from include.ixhaus.versions import VERSION_TABLE

if context.is_offline_mode():
    context.configure(dialect_name="oracle", literal_binds=True, version_table=VERSION_TABLE)
else:
    context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
