"""The picture of an exam for viewers that show nothing else: Secondary Capture.

References:
    DICOM PS3.3 A.8.1 (Secondary Capture), C.8.6 (its modules), C.7.6.1.1.6 (Burned In
    Annotation: text that identifies the patient, which the picture does not have).
"""

from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from bsgi.dicom.results import codes
from bsgi.dicom.results.instance import Origin, ResultKind, begin_instance
from bsgi.dicom.results.picture import draw_picture

KIND: Final = ResultKind(
    name="capture",
    sop_class=SecondaryCaptureImageStorage,
    modality="OT",
    series_number=9003,
    description="Algorithm picture, research use only",
)


def build_capture(origin: Origin, full_evidence: float | None = None) -> Dataset:
    """The picture of one exam.

    Args:
        origin: What the model says, and the files that it says it of.
        full_evidence: Evidence at the end of the colours; None for the exam's maximum.
    """
    dataset = begin_instance(origin, KIND, "capture", 1)
    dataset.ConversionType = "WSD"
    dataset.ImageType = ["DERIVED", "SECONDARY", "OTHER"]
    dataset.BodyPartExamined = "BREAST"
    sides = {str(name.side) for name in origin.sources.present()}
    dataset.ImageLaterality = "B" if len(sides) > 1 else sides.pop()
    dataset.ImageComments = ". ".join(origin.conditions())
    dataset.DerivationDescription = "Views beside heat maps, numbers of an algorithm"
    dataset.BurnedInAnnotation = "NO"
    dataset.RecognizableVisualFeatures = "NO"
    dataset.LossyImageCompression = "00"
    dataset.PatientOrientation = ""
    sources = []
    for name in origin.sources.present():
        item = origin.sources.images[name].to_item()
        item.PurposeOfReferenceCodeSequence = [codes.SOURCE_PURPOSE.to_item()]
        sources.append(item)
    dataset.SourceImageSequence = sources
    picture = draw_picture(origin, full_evidence)
    dataset.SamplesPerPixel = 3
    dataset.PhotometricInterpretation = "RGB"
    dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = picture.shape[:2]
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    pixels = picture.tobytes()
    dataset.PixelData = pixels + b"\0" * (len(pixels) % 2)
    return dataset
