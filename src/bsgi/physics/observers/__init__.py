"""Observers: how well a lesion could be seen, and how well an exam could be read.

A lesion at a known place: `channels`, `hotelling`, `ideal`, and their comparison on a
uniform slab in `uniform` (with `phantom`). The reading model over the whole exam:
`templates`, `looks`, `evidence`, `lesion_prior`, `normal`, `reading`; beside it the
`ceiling`, a plain `search`, and `human` readers. `trial` images women under several
conditions; `evaluation.mrmc` compares readings of them.
"""
