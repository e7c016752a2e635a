"""Items of a structured report.

References:
    DICOM PS3.3 C.17.3 (SR document content), C.18 (content macros), C.18.6.1.1
    (spatial coordinates: the centre of the first pixel is 0.5, 0.5).
"""

from collections.abc import Iterable, Sequence

from pydicom.dataset import Dataset

from bsgi.dicom.codes import Code
from bsgi.dicom.results.instance import format_ds
from bsgi.dicom.results.source import SourceImage

CONTAINS = "CONTAINS"
MODIFIES = "HAS CONCEPT MOD"
OBSERVED = "HAS OBS CONTEXT"
ACQUIRED = "HAS ACQ CONTEXT"
PROPERTY = "HAS PROPERTIES"
SELECTED = "SELECTED FROM"


def make_item(
    kind: str, name: Code, relation: str, children: Iterable[Dataset] = ()
) -> Dataset:
    """An item without its value.

    Args:
        kind: Value Type.
        name: Concept Name.
        relation: How it relates to the item above it; empty for the root.
        children: Items below it.
    """
    item = Dataset()
    if relation:
        item.RelationshipType = relation
    item.ValueType = kind
    item.ConceptNameCodeSequence = [name.to_item()]
    below = list(children)
    if below:
        item.ContentSequence = below
    return item


def make_container(
    name: Code,
    children: Iterable[Dataset],
    template: str = "",
    relation: str = CONTAINS,
) -> Dataset:
    """A container of items.

    Args:
        name: Its concept.
        children: Its items.
        template: Number of the template that it follows; empty for none.
        relation: How it relates to the item above it.
    """
    item = make_item("CONTAINER", name, relation, children)
    item.ContinuityOfContent = "SEPARATE"
    if template:
        used = Dataset()
        used.MappingResource = "DCMR"
        used.TemplateIdentifier = template
        item.ContentTemplateSequence = [used]
    return item


def make_text(name: Code, text: str, relation: str = CONTAINS) -> Dataset:
    """A text."""
    item = make_item("TEXT", name, relation)
    item.TextValue = text
    return item


def make_code(
    name: Code, value: Code, relation: str = CONTAINS, children: Iterable[Dataset] = ()
) -> Dataset:
    """A coded value."""
    item = make_item("CODE", name, relation, children)
    item.ConceptCodeSequence = [value.to_item()]
    return item


def make_number(
    name: Code, value: float, unit: Code, children: Iterable[Dataset] = ()
) -> Dataset:
    """A number with its unit.

    The decimal string has 16 characters at most; where it is not the number itself,
    the number stands beside it in binary.
    """
    measured = Dataset()
    measured.NumericValue = format_ds(value)
    if float(measured.NumericValue) != value:
        measured.FloatingPointValue = value
    measured.MeasurementUnitsCodeSequence = [unit.to_item()]
    item = make_item("NUM", name, CONTAINS, children)
    item.MeasuredValueSequence = [measured]
    return item


def make_uid_item(name: Code, uid: str, relation: str) -> Dataset:
    """An identifier."""
    item = make_item("UIDREF", name, relation)
    item.UID = uid
    return item


def make_image(
    name: Code,
    image: SourceImage,
    relation: str = CONTAINS,
    frames: Sequence[int] | None = None,
    children: Iterable[Dataset] = (),
) -> Dataset:
    """A reference to a source image.

    Args:
        name: Its purpose.
        image: The source.
        relation: How it relates to the item above it.
        frames: Numbers of the frames that are meant; None for those of the view.
        children: Items below it.
    """
    item = make_item("IMAGE", name, relation, children)
    item.ReferencedSOPSequence = [image.to_item(frames)]
    return item


def make_shape(
    name: Code, graphic: str, points: Sequence[tuple[float, float]], image: Dataset
) -> Dataset:
    """A shape in the pixels of an image.

    Args:
        name: Its purpose.
        graphic: Graphic Type, such as ``ELLIPSE``.
        points: Pairs of column and row.
        image: The image item that they lie in.
    """
    item = make_item("SCOORD", name, CONTAINS, [image])
    item.GraphicData = [float(value) for point in points for value in point]
    item.GraphicType = graphic
    return item
