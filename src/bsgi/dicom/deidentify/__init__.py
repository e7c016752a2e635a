"""De-identification of nuclear medicine images that stay DICOM (PS3.15 Annex E).

Two nets, one behind the other: the table of the basic profile, kept by the package
dicomanonymizer, takes out what is known to identify; then only attributes that an image
needs are copied to a new dataset, with values that can be nothing else than what they
are. No free text is copied.

- `refusals.py`: which images are taken, and why others are not.
- `profile.py`: the table of the basic profile with our options, on every level.
- `attributes.py`: the attributes that a nuclear medicine image needs.
- `values.py`: one value: as it is, in another form, or not at all.
- `dates.py`: dates moved by a number of days, ages capped.
- `codes.py`: coded concepts with the meaning of the standard.
- `views.py`: the view as the importer understands it, as codes.
- `pixels.py`: pixel data decoded and stored anew, uncompressed.
- `clean.py`: a dataset to a clean one.
- `file.py`: a file to a clean file, checked by reading it back.
"""
