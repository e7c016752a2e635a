"""The simulator: from a woman and a camera to counts, by the physics in between.

May import `bsgi.exam`, `bsgi.files`, `bsgi.provenance` and `bsgi.errors`.

- `isotope.py`: `Isotope`, `TC99M`: half-life, photon energy, decay.
- `materials.py`: `Material`: what 140 keV photons meet.
- `camera.py`: `Camera`, `Collimator`, `CAMERAS`: data, and what follows from it.
- `anatomy.py`: `Slab`: one breast, compressed in two directions.
- `uptake.py`: `Uptake`: where the tracer is in a breast without a lesion.
- `lesions.py`: `LesionMix`: how often, how large, how hot, where.
- `emission.py`: `Emission`: activity in the voxels of one compressed breast.
- `projector.py`: `Projector`: activity to unscattered counts per second.
- `scatter.py`: `ScatterModel`: what scattered photons add.
- `acquisition.py`: `Protocol`: dose, times, decay, Poisson counts.
- `population.py`: `Population`, `Preset`, `Woman`: who is drawn, from one seed.
- `simulate.py`: from a population and a number to an exam and its truth.

Letters beside the parameters say how certain each is: F stated by the source named,
M common knowledge of the literature and still to be checked, C computed, D a choice
made for this simulator. `docs/concepts/simulator.md` lists them.
"""
