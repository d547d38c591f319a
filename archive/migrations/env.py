"""Run by Alembic: upgrade the archive in the transaction its caller opened."""

from alembic import context

from archive.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # The caller's transaction stands: a migration is kept whole or not at all.
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
