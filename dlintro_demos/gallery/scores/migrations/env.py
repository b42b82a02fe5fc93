"""What alembic runs: the migrations, in the transaction that `store.migrate` hands over."""

from alembic import context

from dlintro_demos.gallery.scores.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
