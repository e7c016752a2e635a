"""A run whose files cannot be gone on with, whatever recipe and cohort say."""

from bsgi.errors import RunError


class DamageError(RunError):
    """A file of a RUN that is damaged, or none of ours; only its removal helps."""
