"""Bytes of a file in every transfer syntax that archives have.

GDCM compresses JPEG, JPEG-LS and JPEG 2000; the importer may decode with it, so that
`test_generator.py` has other programs look at the result.
"""

import tempfile
import warnings
from io import BytesIO
from pathlib import Path

import gdcm
import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import UID

from tests.archive import codes
from tests.archive.pictures import Counts

_GDCM = {
    codes.JPEG_LOSSLESS: gdcm.TransferSyntax.JPEGLosslessProcess14,
    codes.JPEG_LOSSLESS_SV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    codes.JPEG_LS: gdcm.TransferSyntax.JPEGLSLossless,
    codes.JPEG_2000_LOSSLESS: gdcm.TransferSyntax.JPEG2000Lossless,
}


def encode(dataset: Dataset, frames: Counts | None, syntax: str) -> bytes:
    """A file as bytes.

    Args:
        dataset: Everything but the pixels, right or wrong.
        frames: The pixels, frame by frame; None for a file without.
        syntax: Transfer syntax of the file.
    """
    if frames is not None:
        dataset.PixelData = _store(dataset, frames, syntax)
        encapsulated = syntax == codes.RLE or syntax in _GDCM
        dataset["PixelData"].VR = "OB" if encapsulated else "OW"
        dataset["PixelData"].is_undefined_length = encapsulated
    return write(dataset, syntax)


def write(dataset: Dataset, syntax: str) -> bytes:
    """A dataset with whatever pixel data it has as a file in a transfer syntax."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(dataset.get("SOPClassUID", codes.NM))
    meta.MediaStorageSOPInstanceUID = UID(dataset.get("SOPInstanceUID") or "2.25.1")
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = UID("2.25.4711")
    dataset.file_meta = meta
    dataset.preamble = bytes(128)
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _store(dataset: Dataset, frames: Counts, syntax: str) -> bytes:
    if syntax == codes.RLE:
        pieces = [_run_lengths(dataset, frame) for frame in frames]
        return encapsulate(pieces, has_bot=len(pieces) % 2 == 0)
    if syntax in _GDCM:
        return compress(dataset, frames, syntax)
    big = syntax == codes.BIG_ENDIAN
    kind = frames.dtype.newbyteorder(">" if big else "<")
    content = frames.astype(kind).tobytes()
    return content + b"\0" * (len(content) % 2)


def _run_lengths(dataset: Dataset, frame: Counts) -> bytes:
    return get_encoder(codes.RLE).encode(
        frame,
        encoding_plugin="pydicom",
        rows=frame.shape[0],
        columns=frame.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=frame.dtype.itemsize * 8,
        bits_stored=int(dataset.BitsStored),
        pixel_representation=int(dataset.PixelRepresentation),
        photometric_interpretation="MONOCHROME2",
    )


def compress(dataset: Dataset, frames: Counts, syntax: str) -> bytes:
    """Pixel data compressed by GDCM, one fragment per frame."""
    stored = int(dataset.BitsStored)
    pieces = [_compress_frame(frame, stored, syntax) for frame in frames]
    return encapsulate(pieces, has_bot=len(pieces) % 2 == 0)


def _compress_frame(frame: Counts, bits_stored: int, syntax: str) -> bytes:
    plain = Dataset()
    plain.SOPClassUID, plain.SOPInstanceUID = codes.STRANGE_CLASSES["CT"], "2.25.1"
    plain.Rows, plain.Columns = frame.shape
    plain.SamplesPerPixel, plain.PhotometricInterpretation = 1, "MONOCHROME2"
    plain.BitsAllocated, plain.BitsStored = frame.dtype.itemsize * 8, bits_stored
    plain.HighBit = bits_stored - 1
    plain.PixelRepresentation = int(np.issubdtype(frame.dtype, np.signedinteger))
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        before, after = Path(folder, "before"), Path(folder, "after")
        before.write_bytes(encode(plain, frame[None], codes.EXPLICIT))
        reader, writer = gdcm.ImageReader(), gdcm.ImageWriter()
        reader.SetFileName(str(before))
        writer.SetFileName(str(after))
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(_GDCM[syntax]))
        if not reader.Read():
            raise RuntimeError("GDCM does not read what it shall compress.")
        change.SetInput(reader.GetImage())
        if not change.Change():
            raise RuntimeError("GDCM cannot compress this.")
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        if not writer.Write():
            raise RuntimeError("GDCM cannot write what it compressed.")
        pixels = dcmread(after).PixelData
    return next(generate_frames(pixels, number_of_frames=1))
