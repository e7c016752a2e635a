"""The simulator: from a woman and a camera to counts, by the physics in between.

May import `bsgi.exam`, `bsgi.files`, `bsgi.provenance` and `bsgi.errors`.

- `camera/`: cameras as data, and what follows from it.
- `breast/`: one breast under compression, the tracer in it, its lesions.
- `transport/`: activity to expected counts per second: attenuation, blur, scatter.
- `acquisition/`: times, dose, decay, motion, Poisson counts.
- `population/`: presets, populations, and everything drawn for one woman.
- `heads.py`: how detectors stand to the breast and to the saved image.
- `simulate.py`: from a population and a number to an exam and its truth.
- `measure.py`: background uptake of a woman, measured on her images.
- `acceptance/`: what a physicist would measure before trusting it.

Letters beside the parameters say how certain each is: F stated by the source named,
M common knowledge of the literature and still to be checked, C computed, D a choice
made for this simulator. `docs/concepts/simulator.md` lists them.
"""
