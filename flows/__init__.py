"""Prefect flows: sweeps over what is due in the database; and the planner's server and worker, as we run them."""

from wiring.privacy import keep_private

keep_private()  # before Prefect is imported: it makes a folder of its own
