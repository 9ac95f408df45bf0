"""Alembic's folder: how an older ledger becomes the one that this code needs."""
