"""What is no original planar image of a breast: each kind with a reason that fits."""

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from bsgi.dicom.codes import Code
from bsgi.dicom.kind import NM_IMAGE, check_kind
from bsgi.dicom.views.words import load_words
from bsgi.errors import DicomError

ORIGINAL = ("ORIGINAL", "PRIMARY", "STATIC", "EMISSION")


def _refuse(dataset: Dataset) -> str:
    with pytest.raises(DicomError) as caught:
        check_kind(dataset)
    message = str(caught.value)
    assert message.isprintable()
    assert message.endswith(".")
    assert len(message) < 200
    return message


def test_original_planar_images_pass(dataset: Dataset, two_headed: Dataset) -> None:
    for one in (dataset, two_headed):
        check_kind(one)
        one.ImageType = ["ORIGINAL", "PRIMARY", "DYNAMIC", "EMISSION"]
        check_kind(one)
        one.ImageType = [*ORIGINAL, "WINDOW_1"]
        check_kind(one)


def test_a_file_that_says_less_of_its_kind_passes(dataset: Dataset) -> None:
    del dataset.BodyPartExamined
    del dataset.BurnedInAnnotation
    dataset.AnatomicRegionSequence = []
    dataset.PixelSpacing = None
    dataset.StudyDescription = ""
    check_kind(dataset)


# One class of each kind that archives hold beside NM images.
@pytest.mark.parametrize(
    ("sop_class", "what"),
    [
        ("1.2.840.10008.5.1.4.1.1.7", "a screenshot, whose pixels are no counts"),
        ("1.2.840.10008.5.1.4.1.1.7.4", "a screenshot"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "which says how to show other images"),
        ("1.2.840.10008.5.1.4.1.1.88.11", "a report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "a list of images"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "a document"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "a file of radiotherapy"),
        ("1.2.840.10008.5.1.4.1.1.128", "a PET image"),
        ("1.2.840.10008.5.1.4.1.1.130", "a PET image"),
        ("1.2.840.10008.1.3.10", "a list of files"),
        ("1.2.840.10008.5.1.4.1.1.66", "which only its maker can read"),
        ("1.2.840.10008.5.1.4.1.1.5", "of the class that was retired in 1996"),
        ("1.2.840.10008.5.1.4.1.1.2", "got CT Image Storage"),
        ("1.2.840.10008.5.1.4.1.1.1.2", "got Digital Mammography X-Ray Image"),
    ],
)
def test_other_classes_are_named(dataset: Dataset, sop_class: str, what: str) -> None:
    assert UID(sop_class).name != sop_class
    dataset.SOPClassUID = sop_class
    message = _refuse(dataset)
    assert message.startswith(f"must be a Nuclear Medicine Image, got {what[4:]}") or (
        what in message
    )


def test_unknown_classes_are_not_quoted(dataset: Dataset) -> None:
    dataset.SOPClassUID = "1.2.826.0.1.3680043.8.498.1"
    assert "an identifier that is not registered" in _refuse(dataset)
    del dataset.SOPClassUID
    assert "got no SOP class" in _refuse(dataset)
    assert UID(NM_IMAGE).name == "Nuclear Medicine Image Storage"


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (["DERIVED", *ORIGINAL[1:]], "an original primary image, got 'DERIVED', 'PRI"),
        (["ORIGINAL", "SECONDARY", *ORIGINAL[2:]], "must be an original primary image"),
        (["DERIVED", "SECONDARY"], "must be an original primary image"),
        (["", *ORIGINAL[1:]], "must be an original primary image, got nothing"),
        ([*ORIGINAL[:2], "WHOLE BODY", "EMISSION"], "'WHOLE BODY', a whole-body scan"),
        ([*ORIGINAL[:2], "TOMO", "EMISSION"], "'TOMO', the projections of a tomogram"),
        ([*ORIGINAL[:2], "GATED", "EMISSION"], "'GATED', a gated acquisition"),
        ([*ORIGINAL[:2], "GATED TOMO", "EMISSION"], "of a gated tomogram"),
        ([*ORIGINAL[:2], "RECON TOMO", "EMISSION"], "a reconstructed tomogram"),
        ([*ORIGINAL[:2], "RECON GATED TOMO", "EMISSION"], "a reconstructed gated tomo"),
        ([*ORIGINAL[:2], "LOCALIZER", "EMISSION"], "dynamic image, got 'LOCALIZER'."),
        ([*ORIGINAL[:2], "TOMO"], "'TOMO', the projections of a tomogram"),
        ([*ORIGINAL[:3], "TRANSMISSION"], "must be an emission image, got 'TRANSMIS"),
        (list(ORIGINAL[:3]), "Image Type must have 4 values, got 3"),
        (list(ORIGINAL[:2]), "Image Type must have 4 values, got 2"),
        ([], "Image Type must have 4 values, got 0"),
        ([*ORIGINAL, "UNIFORMITY"], "got a flood or uniformity image by its Image"),
        ([*ORIGINAL, "FILTERED"], "got a processed copy by its Image Type"),
        ([*ORIGINAL, "RESAMPLED"], "got a processed copy by its Image Type"),
        ([*ORIGINAL, "TOMO"], "got a tomogram by its Image Type"),
    ],
)  # fmt: skip
def test_image_types(dataset: Dataset, values: list[str], match: str) -> None:
    dataset.ImageType = values
    assert match in _refuse(dataset)


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("Modality", "OT", "must have modality NM, got 'OT'"),
        ("SamplesPerPixel", 3, "got a picture in colours"),
        ("BitsAllocated", 8, "got the 8 bits of a screenshot"),
        ("BurnedInAnnotation", "YES", "has annotation burned in"),
        ("DerivationDescription", "smoothed", "but says how it was derived"),
        ("ConversionType", "WSD", "but says that it was converted"),
        ("WholeBodyTechnique", "1PASS", "but describes a whole-body scan"),
        ("PresentationIntentType", "FOR PRESENTATION", "made for presentation"),
        ("PixelSpacing", ["0.6", "0.6"], "got 0.60: an interpolated copy"),
        ("BodyPartExamined", "THYROID", "got body part 'THYROID'"),
        ("BodyPartExamined", "CHEST", "got body part 'CHEST'"),
        ("BodyPartExamined", "BREASTLUNG", "must show the breast, got body part"),
    ],
)
def test_attributes_that_no_view_has(
    dataset: Dataset, keyword: str, value: object, match: str
) -> None:
    setattr(dataset, keyword, value)
    assert match in _refuse(dataset)


@pytest.mark.parametrize(
    ("keyword", "match"),
    [
        ("SourceImageSequence", "names the images that it was derived from"),
        ("DerivationCodeSequence", "says how it was derived from others"),
        ("RotationInformationSequence", "describes the rotation of a tomogram"),
        ("GatedInformationSequence", "describes the gates of a heartbeat"),
    ],
)
def test_an_original_that_contradicts_itself(
    dataset: Dataset, keyword: str, match: str
) -> None:
    setattr(dataset, keyword, [])
    check_kind(dataset)
    setattr(dataset, keyword, [Dataset()])
    message = _refuse(dataset)
    assert message.startswith("calls itself an original planar image, but ")
    assert match in message


def test_compression_without_loss_is_no_derivation(dataset: Dataset) -> None:
    """DCMTK's dcmcjpeg and dcmcjpls write these texts."""
    source = Dataset()
    purpose = Code("121320", "DCM", "Uncompressed predecessor").to_item()
    source.PurposeOfReferenceCodeSequence = [purpose]
    dataset.SourceImageSequence = [source]
    for text in (
        "Lossless JPEG compression, selection value 1, point transform 0, "
        "compression ratio 2.7",
        "Lossless JPEG-LS compression, compression ratio 3.1",
    ):
        dataset.DerivationDescription = text
        check_kind(dataset)
        dataset.DerivationDescription = f"{text} [smoothed]"
        assert "but says how it was derived" in _refuse(dataset)


TESTS = {
    "a flood or uniformity image": (
        "FLOOD", "Uniformity H1", "UNIF_INT_H1", "flood field",
    ),
    "a quality-control image": (
        "QC", "daily QC", "INTRINSIC", "extrinsic", "CALIBRATION", "BAR phantom",
        "LINEARITY", "COR",
        "COR_TEST_180", "center of rotation", "TC_AUTO_TUNING_CAL",
    ),
    "an image of a phantom or a source": (
        "PHANTOM", "Jaszczak", "line source", "Co-57", "petri dish",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TESTS)
@pytest.mark.parametrize(
    "keyword", ["SeriesDescription", "StudyDescription", "ProtocolName", "ImageID"]
)
def test_tests_of_the_camera_are_refused(
    dataset: Dataset, kind: str, keyword: str
) -> None:
    for text in TESTS[kind]:
        for way in (text, text.lower(), f"L CC {text}", f"{text}-1 10min"):
            if keyword == "ImageID" and len(way) > 16:
                continue
            setattr(dataset, keyword, way)
            assert f"must show a breast, got {kind} by its" in _refuse(dataset), way


@pytest.mark.parametrize(
    ("keyword", "text", "match"),
    [
        ("SeriesDescription", "L CC filtered", "got a processed copy by its Series"),
        ("SeriesDescription", "SUM L CC", "got a processed copy"),
        ("ImageID", "SCREENSHOT", "got a processed copy by its Image ID"),
        ("SeriesDescription", "WHOLE BODY", "got another part by its Series Desc"),
        ("StudyDescription", "Thyroid scan", "got another part by its Study Desc"),
        ("ProtocolName", "Bone Scan", "got another part by its Protocol Name"),
    ],
)
def test_copies_and_other_parts_by_text(
    dataset: Dataset, keyword: str, text: str, match: str
) -> None:
    setattr(dataset, keyword, text)
    assert match in _refuse(dataset)


COPIES = (
    "RECON", "FILT", "filter", "PROC", "PROC'D", "INTERPOL", "RESAMPLED", "re-sampled",
    "REFORMAT", "DENOISED", "Butterworth", "Wiener", "SUBTR", "DIFF", "MINUS", "AVG",
    "MEAN", "MAX", "MASKED", "NORMALIZED", "normalised", "SCALED", "MOTION CORR", "SCR",
    "CAPTURE", "FLIPPED", "ROTATED", "mirrored", "smoothed", "SUM", "TOTAL", "ROI",
    "decay corrected", "saved screen", "copy", "gauss 3", "post-processed", "JPEG",
)  # fmt: skip


@pytest.mark.parametrize("word", COPIES)
def test_processed_copies_by_the_words_of_workstations(
    dataset: Dataset, word: str
) -> None:
    for text in (f"LCC {word}", f"{word.lower()} L CC", f"R MLO ({word}) 10 MIN"):
        dataset.SeriesDescription = text
        assert "got a processed copy by its Series Description" in _refuse(dataset)
    dataset.SeriesDescription = ""
    dataset.StudyDescription = word  # of the study, not of the image
    check_kind(dataset)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("TOMO", "a tomogram"),
        ("SPECT", "a tomogram"),
        ("MIP", "a tomogram"),
        ("TRANSMISSION", "a transmission image"),
        ("SCATTER", "an image of another energy window"),
        ("CT", "an image of another modality"),
        ("Tl-201", "an image with another tracer"),
        ("BKG", "an image of the background"),
    ],
)
def test_images_of_another_kind_by_text(dataset: Dataset, word: str, kind: str) -> None:
    for keyword in ("SeriesDescription", "ProtocolName", "ImageID"):
        for text in (f"LCC {word}", f"{word.lower()} L CC"):
            setattr(dataset, keyword, text[: 16 if keyword == "ImageID" else 64])
            assert f"got {kind} by its " in _refuse(dataset)
        setattr(dataset, keyword, "")


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("SeriesDescription", "L CC energy corrected, total counts 100K"),
        ("SeriesDescription", "NUC MED L CC 20 MCI"),
        ("SeriesDescription", "L CC uniformity corrected"),
        ("SeriesDescription", "LMLO, heart in the field"),
        ("SeriesDescription", "L CC 10 min raw"),
        ("StudyDescription", "MBI and bone scan"),
        ("StudyDescription", "BSGI, fused with mammography"),
        ("ProtocolName", "Bardot clinic, Corona room, Qcells"),
    ],
)
def test_texts_of_true_views_pass(dataset: Dataset, keyword: str, text: str) -> None:
    setattr(dataset, keyword, text)
    check_kind(dataset)


def test_coded_regions(dataset: Dataset) -> None:
    for value, scheme, meaning in (
        ("T-04000", "SRT", "Breast"),
        ("80248007", "SCT", "Left breast"),
        ("B", "99GAMMA", "Breast"),
        ("", "", ""),
    ):
        dataset.AnatomicRegionSequence = [Code(value, scheme, meaning).to_item()]
        check_kind(dataset)
    for value, scheme, meaning in (
        ("69748006", "SCT", "Thyroid"),
        ("T-D1100", "SRT", "Head"),
        ("76365002", "SCT", "Upper outer quadrant of breast"),
        ("T", "99GAMMA", "Thyroid"),
        ("T-04000", "99GAMMA", "x"),
    ):
        dataset.AnatomicRegionSequence = [Code(value, scheme, meaning).to_item()]
        assert "got another anatomic region code" in _refuse(dataset)
    dataset.AnatomicRegionSequence = []
    dataset.PrimaryAnatomicStructureSequence = [Code("10200004", "SCT", "").to_item()]
    assert "got another anatomic region code" in _refuse(dataset)


def test_a_site_can_name_its_tests(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text('[not_breast]\n"a flood or uniformity image" = ["Flachfeld"]\n')
    dataset.SeriesDescription = "Flachfeld H1"
    check_kind(dataset)
    with pytest.raises(DicomError, match="got a flood or uniformity image"):
        check_kind(dataset, load_words(path))


def test_free_text_is_never_quoted(dataset: Dataset) -> None:
    dataset.SeriesDescription = "FLOOD SMITH JANE"
    assert "SMITH" not in _refuse(dataset)


FLOOD, COPY, TEST = "a flood", "'DERIVED', 'PRIMARY', 'RECON TOMO'", "a quality-control"
REAL = {
    "linaqa_MaxCountRate": TEST,
    "linaqa_TomoResolution": COPY,
    "nmqc_Jaszack": COPY,
    "nmqc_Lin_X": "an interpolated copy",
    "nmqc_Lin_Y": "an interpolated copy",
    "nmqc_Spatial_Resol_X": FLOOD,
    "nmqc_Spatial_Resol_Y": FLOOD,
    "nmqc_UNIFORMIDAD_1": FLOOD,
}


@pytest.mark.parametrize("name", REAL)
def test_real_images_of_tests(name: str, shared_folder: Path) -> None:
    path = shared_folder / "data" / "nm_dicom" / f"{name}.dcm"
    assert REAL[name] in _refuse(dcmread(path, stop_before_pixels=True))
