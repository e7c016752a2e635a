"""Every error that a user can cause or meet.

    BsgiError                exit status 1
    ├── ConfigError          exit status 2: command line, recipe or settings
    │   └── LabelTableError  exit status 2: the table of labels
    ├── DicomError           a DICOM file that cannot become a view
    ├── ExamError            an exam or view that breaks its own rules
    ├── CohortError          a cohort on disk that cannot be read or used
    ├── RunError             a RUN folder that cannot be read or resumed
    └── OutputError          a result that cannot be written

A message is one line: what must hold, what came, and the way out, for example
``spacing_mm must be positive, got (0.0, 3.2); set it in the import table.``
"""

from typing import ClassVar


class BsgiError(Exception):
    """Anything that stops a command and has a one-line explanation."""

    exit_status: ClassVar[int] = 1


class ConfigError(BsgiError):
    """The command line, a recipe or a setting asks for something impossible."""

    exit_status: ClassVar[int] = 2


class LabelTableError(ConfigError):
    """The table of labels cannot be read without guessing."""


class DicomError(BsgiError):
    """A DICOM file that is not a usable view of a BSGI exam."""


class ExamError(BsgiError):
    """An exam, view or truth whose parts contradict each other."""


class CohortError(BsgiError):
    """A cohort folder that cannot be read, or that a task cannot use."""


class RunError(BsgiError):
    """A RUN folder that cannot be read, or that this command cannot resume."""


class OutputError(BsgiError):
    """An output that cannot be written where it was asked for."""
