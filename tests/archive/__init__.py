"""Archives as hospitals have them, made from the standard, with what is right for each.

codes.py: codes and identifiers. spellings.py: what people type. pictures.py: counts.
syntaxes.py: transfer syntaxes. draft.py: a file in the making and what it must become.
layouts.py: views to files. saying.py: how a file names its view. design.py: which
combinations. faults.py, strangers.py: what goes wrong. studies.py: the whole archive.
law.py: holds a cohort to it. hostile.py: bombs. watched.py: reads
files in a process of its own, with time and memory.

Nothing here is taken from the importer: both could be wrong in one way.
"""
