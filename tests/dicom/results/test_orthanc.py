"""Results in a PACS: stored once, indexed in their study, shown.

Compared with Orthanc 1.10 and storescu of DCMTK 3.6.7.
"""

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import dcmread

from tests.dicom.results.conftest import Written
from tests.orthanc import running_orthanc


def test_orthanc_stores_indexes_and_shows_all(
    written: Written, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    case, paths = written
    program, storescu = require_program("Orthanc"), require_program("storescu")
    with running_orthanc(program, tmp_path / "orthanc") as orthanc:
        files = [*case.files.values(), *paths.values(), *paths.values()]
        subprocess.run(
            [storescu, "-R", "-aec", "ORTHANC", "127.0.0.1", str(orthanc.dicom_port),
             *files],
            check=True, timeout=60,
        )  # fmt: skip
        for path in paths.values():
            answer = json.loads(orthanc.ask("instances", path.read_bytes())[0])
            assert answer["Status"] == "AlreadyStored"
        (study,) = json.loads(orthanc.ask("studies")[0])
        assert len(json.loads(orthanc.ask(f"studies/{study}/series")[0])) == 4
        instances = json.loads(orthanc.ask("instances")[0])
        assert len(instances) == len(case.files) + len(paths)
        by_uid = {
            json.loads(orthanc.ask(f"instances/{each}/simplified-tags")[0])[
                "SOPInstanceUID"
            ]: each
            for each in instances
        }
        for name, path in paths.items():
            sent = dcmread(path)
            uid = by_uid[str(sent.SOPInstanceUID)]
            stored, _ = orthanc.ask(f"instances/{uid}/file")
            assert dcmread(io.BytesIO(stored)) == sent
            if name == "report":
                continue
            shown, kind = orthanc.ask(f"instances/{uid}/preview")
            assert kind == "image/png"
            preview = np.asarray(Image.open(io.BytesIO(shown)))
            if name == "capture":
                assert np.array_equal(preview, sent.pixel_array)
                continue
            assert preview.shape == (sent.Rows, sent.Columns)
            assert preview.max() > preview.min()
            brightest = np.unravel_index(preview.argmax(), preview.shape)
            assert sent.pixel_array[brightest] > 0.95 * sent.pixel_array.max()
