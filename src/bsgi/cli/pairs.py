"""Options of the form NAME=VALUE, which may be given several times."""

from collections.abc import Iterable

from bsgi.errors import ConfigError


def read_columns(words: Iterable[str] | None) -> dict[str, str]:
    """What a table calls the columns of ours that ``--column`` names.

    Args:
        words: What was typed; None if the option was not given.

    Raises:
        ConfigError: If a word is no pair, or names a column of ours twice.
    """
    pairs: dict[str, str] = {}
    for word in words or ():
        ours, _, theirs = word.partition("=")
        if not (ours.strip() and theirs.strip()):
            raise ConfigError(
                f"--column must be OURS=THEIRS, such as label=Pathology, got {word!r}."
            )
        _add(pairs, "--column", ours, theirs)
    return pairs


def read_label_words(words: Iterable[str] | None) -> dict[str, str]:
    """What the words of a table that ``--label-word`` names mean.

    Args:
        words: What was typed; None if the option was not given.

    Raises:
        ConfigError: If a word is no pair, or is given two meanings.
    """
    pairs: dict[str, str] = {}
    for word in words or ():
        theirs, _, meaning = word.rpartition("=")  # a word may have the sign too
        if not (theirs.strip() and meaning.strip()):
            raise ConfigError(
                "--label-word must be WORD=malignant or WORD=benign, such as "
                f"maligne=malignant, got {word!r}."
            )
        _add(pairs, "--label-word", theirs, meaning)
    return pairs


def _add(pairs: dict[str, str], option: str, name: str, value: str) -> None:
    if name.strip() in pairs:
        raise ConfigError(f"{option} must name {name.strip()} once.")
    pairs[name.strip()] = value.strip()
