"""The counts of one exam, and the truth of a simulated one, as npz files.

Arrays stand under the names of the views; everything else is one JSON text, `meta`.
Nothing is pickled, so that a file from elsewhere can carry no code.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bsgi.errors import BsgiError, CohortError, ExamError
from bsgi.exam.record import (
    Focus,
    Lesion,
    LesionShape,
    Side,
    Truth,
    View,
    ViewName,
)
from bsgi.files import FORMAT_VERSION, NPZ_DAMAGE, new_file


def save_views(path: Path, views: Mapping[ViewName, View]) -> None:
    """Write the views of one exam.

    Args:
        path: The npz file to make or replace.
        views: The views; their counts are stored as they are.
    """
    present = [views[name] for name in ViewName if name in views]
    meta = {
        "format_version": FORMAT_VERSION,
        "views": {str(view.name): _describe(view) for view in present},
    }
    arrays = {str(view.name): view.counts for view in present}
    with new_file(path) as partial, partial.open("wb") as stream:
        # Not compressed: the arrays are small and are read at every start.
        np.savez(stream, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays)


def load_views(path: Path) -> dict[ViewName, View]:
    """Read the views of one exam, in canonical order.

    Args:
        path: A file that `save_views` wrote.

    Raises:
        CohortError: If it is missing, damaged or of another version.
    """
    arrays, meta = _load(path)
    try:
        views = {}
        for name, fields in meta["views"].items():
            views[ViewName(name)] = _build_view(ViewName(name), arrays[name], fields)
        if set(arrays) != set(meta["views"]) or not views:
            raise CohortError(f"{path} must hold the views that its meta names.")
    except (*NPZ_DAMAGE, ExamError) as reason:
        raise CohortError(_damaged(path, reason)) from None
    return {name: views[name] for name in ViewName if name in views}


def save_truth(path: Path, truth: Truth) -> None:
    """Write what the simulator knows of one exam.

    Args:
        path: The npz file to make or replace.
        truth: Lesions and their masks, in the orientation of the camera.
    """
    meta = {
        "format_version": FORMAT_VERSION,
        "background": truth.background,
        "lesions": [asdict(lesion) for lesion in truth.lesions],
    }
    arrays = {str(name): truth.masks[name] for name in ViewName if name in truth.masks}
    with new_file(path) as partial, partial.open("wb") as stream:
        np.savez_compressed(
            stream, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays
        )


def load_truth(path: Path) -> Truth:
    """Read what the simulator knows of one exam.

    Args:
        path: A file that `save_truth` wrote.

    Raises:
        CohortError: If it is missing, damaged or of another version.
    """
    arrays, meta = _load(path)
    try:
        for name, mask in arrays.items():
            if mask.dtype != np.bool_ or mask.ndim != 2:
                raise CohortError(f"{path} must hold masks, got {mask.dtype} {name}.")
        return Truth(
            lesions=tuple(_build_lesion(fields) for fields in meta["lesions"]),
            masks={ViewName(name): mask for name, mask in arrays.items()},
            background=str(meta["background"]),
        )
    except (*NPZ_DAMAGE, ExamError) as reason:
        raise CohortError(_damaged(path, reason)) from None


def _load(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """All arrays of a file, and its `meta`."""
    try:
        # Opened here, since np.load leaves a damaged file open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(str(arrays.pop("meta")[()]))
        version = meta["format_version"]
    except FileNotFoundError:
        raise CohortError(
            f"{path} is missing; the cohort is incomplete, import it again."
        ) from None
    except NPZ_DAMAGE as reason:
        raise CohortError(_damaged(path, reason)) from None
    if version != FORMAT_VERSION:
        raise CohortError(
            f"{path} must have format_version {FORMAT_VERSION}, got {version!r}; "
            "it was written by another version of bsgi."
        )
    return arrays, meta


def _damaged(path: Path, reason: BaseException) -> str:
    what = str(reason) if isinstance(reason, BsgiError) else type(reason).__name__
    return f"{path} is damaged ({what}); import the cohort again."


def _describe(view: View) -> dict[str, Any]:
    """Everything of a view but its name and its counts, as JSON can hold it."""
    fields = {
        "spacing_mm": [float(value) for value in view.spacing_mm],
        "duration_s": float(view.duration_s),
        "start_s": None if view.start_s is None else float(view.start_s),
        "energy_window_kev": view.energy_window_kev,
        "orientation": view.orientation,
        "heads_mirrored": [bool(value) for value in view.heads_mirrored],
        "rescale_slope": float(view.rescale_slope),
        "source_uid": view.source_uid,
        "stopped_by_counts": bool(view.stopped_by_counts),
    }
    window = view.energy_window_kev
    if window is not None:
        fields["energy_window_kev"] = [float(value) for value in window]
    return fields


def _build_view(name: ViewName, counts: np.ndarray, fields: dict[str, Any]) -> View:
    if counts.dtype.kind not in "iu":
        raise CohortError(f"counts of {name} must be integers, got {counts.dtype}")
    height_mm, width_mm = fields["spacing_mm"]
    window, orientation = fields["energy_window_kev"], fields["orientation"]
    return View(
        name=name,
        counts=counts,
        spacing_mm=(float(height_mm), float(width_mm)),
        duration_s=float(fields["duration_s"]),
        start_s=None if fields["start_s"] is None else float(fields["start_s"]),
        energy_window_kev=None if window is None else (window[0], window[1]),
        orientation=None if orientation is None else (orientation[0], orientation[1]),
        heads_mirrored=tuple(bool(value) for value in fields["heads_mirrored"]),
        rescale_slope=float(fields["rescale_slope"]),
        source_uid=str(fields["source_uid"]),
        # Cohorts that were written before this was recorded have views ended by time.
        stopped_by_counts=bool(fields.get("stopped_by_counts", False)),
    )


def _build_lesion(fields: dict[str, Any]) -> Lesion:
    # Truth that was written before lesions had foci has masses of one ball.
    foci = fields.get("foci", [])
    return Lesion(
        side=Side(fields["side"]),
        malignant=bool(fields["malignant"]),
        histology=str(fields["histology"]),
        diameter_mm=float(fields["diameter_mm"]),
        concentration_ratio=float(fields["concentration_ratio"]),
        position=_build_position(fields["position"]),
        shape=LesionShape(fields.get("shape", LesionShape.MASS)),
        foci=tuple(
            Focus(_build_position(focus["position"]), float(focus["diameter_mm"]))
            for focus in foci
        ),
    )


def _build_position(fields: list[float]) -> tuple[float, float, float]:
    depth, lateral, superior = (float(value) for value in fields)
    return depth, lateral, superior
