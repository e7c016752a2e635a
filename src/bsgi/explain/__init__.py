"""Why a network decided as it did: heat maps by its gradients.

May import: models, and what lies below. It knows nothing of how a network was trained.

- `gradcam.py`: Grad-CAM on the last feature maps, for either diagnosis.
"""
