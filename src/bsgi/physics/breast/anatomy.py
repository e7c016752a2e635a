"""One breast, compressed in two directions: where a place in it comes to lie.

A place in the uncompressed breast is (depth, lateral, superior): depth runs from the
chest wall (0) to the nipple (1), and (lateral, superior) lies in the unit disc, -1
being medial or inferior and 1 lateral or superior. A compression turns that disc about
the depth axis and flattens it into a slab on the detector:

- cranio-caudal: turned by 0 degrees, the detector is inferior, image top is lateral;
- medio-lateral oblique: by 45 degrees, the detector is inferolateral, image top is
  superolateral, towards the head.

Each column of tissue along the direction of compression stays one column; columns move
sideways so that the slab, taken as flat, keeps the area of the disc (tissue does not
shrink). The rounded free edge of the slab is left out of that account.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from bsgi.exam.record import Focus, Lesion, LesionShape, Projection

Position = tuple[float, float, float]

# D: the usual obliquity of the second view; clinics use 30 to 60 degrees.
COMPRESSION_ANGLE_DEG = {Projection.CC: 0.0, Projection.MLO: 45.0}

# D: depth and radius of a breast of reference; they turn distances between the balls of
# a mass into differences of position, and back.
DEPTH_MM, RADIUS_MM = 96.0, 64.0

# D: the muscle's border slants through the slab; over this width its share grows to 1.
MUSCLE_EDGE_MM = 15.0

# The share of a disc's area left of a chord at -1 ... 1; inverted by interpolation.
_CHORD = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 1025))
_SHARE = 0.5 + (_CHORD * np.sqrt(1 - _CHORD**2) + np.arcsin(_CHORD)) / np.pi


@dataclass(frozen=True, slots=True)
class Slab:
    """The shape of one breast under compression, seen from the side of the detector.

    Args:
        projection: Direction of compression.
        thickness_mm: Distance between paddle and detector.
        length_mm: From the chest wall to the tip.
        upper_mm: Half-width at the chest wall towards the top of the image.
        lower_mm: Half-width at the chest wall towards its bottom.
        exponent: Roundness of the outline; 2 is an ellipse, more is fuller.
        offset_mm: How far above the middle of the field the breast was put.
        pectoral_mm: Width of the pectoral muscle at the top of the image; 0 if none.
        pectoral_height_mm: How far down from the top of the breast it reaches.

    Raises:
        ValueError: If a size is not positive or the exponent is below 1.
    """

    projection: Projection
    thickness_mm: float
    length_mm: float
    upper_mm: float
    lower_mm: float
    exponent: float = 2.3
    offset_mm: float = 0.0
    pectoral_mm: float = 0.0
    pectoral_height_mm: float = 1.0

    def __post_init__(self) -> None:
        sizes = (self.thickness_mm, self.length_mm, self.upper_mm, self.lower_mm)
        if min(sizes) <= 0:
            raise ValueError(f"sizes of a slab must be positive, got {sizes}.")
        if self.exponent < 1:
            raise ValueError(f"exponent must be at least 1, got {self.exponent}.")
        if self.pectoral_mm < 0 or self.pectoral_height_mm <= 0:
            raise ValueError("the pectoral muscle must not have a negative size.")

    @property
    def area_cm2(self) -> float:
        """Area of the footprint on the detector."""
        n = self.exponent
        quarter: float = math.gamma(1 + 1 / n) ** 2 / math.gamma(1 + 2 / n)
        return self.length_mm * (self.upper_mm + self.lower_mm) * quarter / 100.0

    @property
    def edge_share(self) -> float:
        """Share of the way to the free edge at which the slab begins to round off."""
        half_mm = 0.5 * self.thickness_mm
        mean_mm = (self.length_mm + self.upper_mm + self.lower_mm) / 3.0
        return 1.0 - min(0.5, half_mm / mean_mm)

    def half_thickness_mm(self, radius: float) -> float:
        """Half of the local thickness, by nearness to the free edge (1 at the edge)."""
        over = max(0.0, radius - self.edge_share) / (1.0 - self.edge_share)
        return 0.5 * self.thickness_mm * math.sqrt(max(0.0, 1.0 - over * over))

    def half_width_mm(self, depth: float, *, upper: bool) -> float:
        """Half-width of the footprint at a depth, towards the top or the bottom."""
        width_mm = self.upper_mm if upper else self.lower_mm
        share = max(0.0, 1.0 - depth**self.exponent) ** (1 / self.exponent)
        return float(width_mm * share)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a compressed breast, in the camera's directions.

    Args:
        outward_mm: From the chest wall.
        upward_mm: From the middle of the field towards the top of the image.
        height_mm: From the detector.
    """

    outward_mm: float
    upward_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class TracedSlab:
    """For each voxel column inside the footprint: tissue, and its origin.

    Args:
        inside: Which columns of the grid hold tissue.
        half_mm: Half of the local thickness, zero outside.
        depth: Anatomical depth of each column inside.
        across: Place of each column inside the disc, along the image's vertical.
        chord: Half-length of the disc's chord that the column came from.
        pectoral: Share of pectoral muscle in each of these columns.
    """

    inside: Bool[np.ndarray, "row col"]
    half_mm: Float32[np.ndarray, "row col"]
    depth: Float32[np.ndarray, " column"]
    across: Float32[np.ndarray, " column"]
    chord: Float32[np.ndarray, " column"]
    pectoral: Float32[np.ndarray, " column"]


def turn_into_view(position: Position, projection: Projection) -> Position:
    """Turn a place in the breast into (depth, image vertical, towards the paddle)."""
    angle = math.radians(COMPRESSION_ANGLE_DEG[projection])
    depth, lateral, superior = position
    return (
        depth,
        lateral * math.cos(angle) + superior * math.sin(angle),
        superior * math.cos(angle) - lateral * math.sin(angle),
    )


def place_in_slab(slab: Slab, position: Position) -> Place:
    """Where a place in the uncompressed breast lies under compression.

    Args:
        slab: The compressed breast.
        position: Depth (0 to 1), lateral and superior (in the unit disc).

    Raises:
        ValueError: If the position is not inside the breast.
    """
    depth, across, along = turn_into_view(position, slab.projection)
    if not (0 <= depth <= 1 and math.hypot(across, along) <= 1 + 1e-9):
        raise ValueError(f"position must lie inside the breast, got {position}.")
    share = 2.0 * float(np.interp(across, _CHORD, _SHARE)) - 1.0
    upward_mm = share * slab.half_width_mm(depth, upper=share > 0)
    half_mm = slab.half_thickness_mm(_edge_radius(slab, depth, upward_mm))
    chord = math.sqrt(max(1e-12, 1.0 - across * across))
    return Place(
        outward_mm=depth * slab.length_mm,
        upward_mm=upward_mm + slab.offset_mm,
        height_mm=0.5 * slab.thickness_mm
        + half_mm * max(-1.0, min(1.0, along / chord)),
    )


def place_focus(slab: Slab, lesion: Lesion, focus: Focus) -> Place | None:
    """Where one ball of a lesion lies in a view.

    The balls of a mass keep their distances, as a tumour is stiffer than the breast;
    those of other lesions move with the tissue that they lie in.

    Args:
        slab: The compressed breast.
        lesion: The lesion.
        focus: One of its `balls`.

    Returns:
        Its centre; None where the view does not show it, as an axillary node in CC.

    Raises:
        ValueError: If the lesion is not inside the breast.
    """
    node = lesion.shape is LesionShape.NODE
    if node and slab.projection is not Projection.MLO:
        return None
    if lesion.shape not in {LesionShape.MASS, LesionShape.NODE}:
        return place_in_slab(slab, focus.position)
    centre = place_in_slab(slab, lesion.position)
    pairs = zip(focus.position, lesion.position, strict=True)
    depth, lateral, superior = (own - main for own, main in pairs)
    offset = (depth, lateral, superior)
    outward, upward, height = turn_into_view(offset, slab.projection)
    return Place(
        outward_mm=centre.outward_mm + outward * DEPTH_MM,
        upward_mm=centre.upward_mm + upward * RADIUS_MM,
        height_mm=centre.height_mm + height * RADIUS_MM,
    )


def _edge_radius(slab: Slab, depth: float, upward_mm: float) -> float:
    """Nearness to the free edge: 0 at the middle of the chest wall, 1 at the edge."""
    width_mm = slab.upper_mm if upward_mm > 0 else slab.lower_mm
    n = slab.exponent
    return float((depth**n + (abs(upward_mm) / width_mm) ** n) ** (1 / n))


def clearance_mm(slab: Slab, place: Place) -> float:
    """Roughly how far a place is from the free edge, the chest wall and the muscle."""
    depth = place.outward_mm / slab.length_mm
    up_mm = place.upward_mm - slab.offset_mm
    radius = _edge_radius(slab, depth, up_mm)
    mean_mm = (slab.length_mm + slab.upper_mm + slab.lower_mm) / 3.0
    share = 1.0 - (slab.upper_mm - up_mm) / slab.pectoral_height_mm
    muscle_mm = max(0.0, slab.pectoral_mm * share)
    return min((1.0 - radius) * mean_mm, place.outward_mm - muscle_mm)


def trace_slab(
    slab: Slab,
    outward_mm: Float32[np.ndarray, " col"],
    upward_mm: Float32[np.ndarray, " row"],
) -> TracedSlab:
    """Trace each voxel column of a grid back to where its tissue came from.

    Args:
        slab: The compressed breast.
        outward_mm: Distance of each column of the grid from the chest wall.
        upward_mm: Height of each row of the grid above the middle of the field.
    """
    n = slab.exponent
    depth = np.clip(outward_mm / slab.length_mm, 0.0, None)
    up_mm = upward_mm - slab.offset_mm
    width_mm = np.where(up_mm > 0, slab.upper_mm, slab.lower_mm)
    edge = depth[None, :] ** n + ((np.abs(up_mm) / width_mm) ** n)[:, None]
    inside = (edge < 1.0) & (outward_mm >= 0)[None, :]
    row, col = np.nonzero(inside)

    over = (edge[inside] ** (1 / n) - slab.edge_share) / (1.0 - slab.edge_share)
    over = np.clip(over, 0.0, 1.0)
    half_mm = np.zeros(inside.shape, np.float32)
    half_mm[inside] = 0.5 * slab.thickness_mm * np.sqrt(1.0 - over * over)

    depth_in = depth[col]
    local_mm = width_mm[row] * (1.0 - depth_in**n) ** (1 / n)
    share = 0.5 + 0.5 * np.clip(up_mm[row] / local_mm, -1.0, 1.0)
    across = np.interp(share, _SHARE, _CHORD)
    return TracedSlab(
        inside=inside,
        half_mm=half_mm,
        depth=depth_in.astype(np.float32),
        across=across.astype(np.float32),
        chord=np.sqrt(1.0 - across * across).astype(np.float32),
        pectoral=_find_pectoral(slab, outward_mm[col], up_mm[row]),
    )


def _find_pectoral(
    slab: Slab,
    outward_mm: Float32[np.ndarray, " column"],
    up_mm: Float32[np.ndarray, " column"],
) -> Float32[np.ndarray, " column"]:
    """The wedge of muscle between the chest wall and the top of the image."""
    below_mm = slab.upper_mm - up_mm
    border_mm = slab.pectoral_mm * (1.0 - below_mm / slab.pectoral_height_mm)
    share = (border_mm - outward_mm) / MUSCLE_EDGE_MM
    inside: Float32[np.ndarray, " column"] = np.clip(share, 0.0, 1.0)
    return inside.astype(np.float32)


def untwist(
    traced: TracedSlab, along: Float32[np.ndarray, "layer column"], slab: Slab
) -> tuple[Float32[np.ndarray, "layer column"], Float32[np.ndarray, "layer column"]]:
    """Lateral and superior coordinate of voxels, turned back from the view.

    Args:
        traced: The columns inside the footprint.
        along: Place of each voxel in its column, -1 at the detector's side to 1.
        slab: The compressed breast.
    """
    angle = math.radians(COMPRESSION_ANGLE_DEG[slab.projection])
    cos, sin = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    height = along * traced.chord
    return (
        traced.across * cos - height * sin,
        traced.across * sin + height * cos,
    )
