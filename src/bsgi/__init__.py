"""bsgi: an open workbench for deep learning on breast-specific gamma images.

The rooms of the house, and which may import which, are drawn in
`docs/concepts/house.md`. One name has one address: nothing is re-exported here.
"""
