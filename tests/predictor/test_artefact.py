"""Artefacts: whatever was changed since they were published is refused, and nothing in them is executed."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from predictor.ml import artefact
from predictor.ml.als import AlsModel
from predictor.ml.artefact import ArtefactError
from tests.ml import toys

DATA = Path(os.environ.get("TAG4PIC_TEST_DATA") or Path(settings.BASE_DIR).parent / "shared")
HOSTILE = sorted((DATA / "hostile" / "artefacts").glob("*"))
MARKER = Path(tempfile.gettempdir()) / "ARTEFACT_PAYLOAD_RAN"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("artefact")
    return folder, artefact.write(AlsModel().fit(*toys.corpus()), folder, {"width": toys.WIDTH})


@pytest.fixture
def sound(written: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy that a test may damage."""
    shutil.copytree(written[0], tmp_path / "copy")
    return tmp_path / "copy", written[1]


def test_it_works(sound: tuple[Path, str]) -> None:
    assert artefact.open_model(*sound).suggest(toys.photo(1, 4), 1)[0].tag == "city"
    manifest = artefact.check(*sound)
    assert manifest["files"]["items.npy"]["dtype"] == "float16"
    assert {Path(name).suffix for name in manifest["files"]} == {".npy", ".json"}


@pytest.mark.parametrize("damage", ["edited", "cut", "emptied", "deleted", "linked"])
@pytest.mark.parametrize("name", ["items.npy", "model.json", "manifest.json"])
def test_a_changed_file_is_refused(sound: tuple[Path, str], name: str, damage: str) -> None:
    file = sound[0] / name
    content = file.read_bytes()
    file.unlink()
    if damage == "edited":
        file.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    elif damage == "cut":
        file.write_bytes(content[:100])
    elif damage == "emptied":
        file.write_bytes(b"")
    elif damage == "linked":
        file.symlink_to("/dev/zero")
    with pytest.raises(ArtefactError, match=r"was changed|cannot be read|no version has"):
        artefact.open_model(*sound)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "model.pkl", "a/b.npy"])
def test_a_manifest_cannot_name_other_files(sound: tuple[Path, str], name: str) -> None:
    file = sound[0] / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["files"][name] = {"sha256": "0" * 64, "bytes": 1}
    file.write_text(json.dumps(manifest))
    with pytest.raises(ArtefactError, match=r"no version has|cannot be read"):
        artefact.open_model(sound[0], artefact._sha256(file))


@pytest.mark.parametrize("file", HOSTILE or [None], ids=lambda file: file.name if file else "missing")
def test_hostile_artefacts_in_place_of_a_file(sound: tuple[Path, str], file: Path | None) -> None:
    if file is None:
        pytest.skip("the hostile artefacts are not here: set TAG4PIC_TEST_DATA")
    MARKER.unlink(missing_ok=True)
    for name in ("items.npy", "model.json", "manifest.json"):
        shutil.copyfile(sound[0] / name, sound[0] / "kept")
        shutil.copyfile(file, sound[0] / name)
        with pytest.raises(ArtefactError):
            artefact.open_model(*sound)
        shutil.move(sound[0] / "kept", sound[0] / name)
    assert not MARKER.exists()


@pytest.mark.parametrize("file", HOSTILE or [None], ids=lambda file: file.name if file else "missing")
def test_hostile_artefacts_whose_hash_somebody_put_into_the_manifest(
    sound: tuple[Path, str], file: Path | None
) -> None:
    if file is None:
        pytest.skip("the hostile artefacts are not here: set TAG4PIC_TEST_DATA")
    MARKER.unlink(missing_ok=True)
    manifest = json.loads((sound[0] / "manifest.json").read_text())
    for name in ("items.npy", "model.json"):
        (sound[0] / name).rename(sound[0] / "kept")
        shutil.copyfile(file, sound[0] / name)
        facts = {"bytes": file.stat().st_size, "sha256": artefact._sha256(file)}
        changed = {**manifest, "files": {**manifest["files"], name: facts}}
        (sound[0] / "manifest.json").write_text(json.dumps(changed))
        with pytest.raises(ArtefactError, match="does not load"):
            artefact.open_model(sound[0], artefact._sha256(sound[0] / "manifest.json"))
        (sound[0] / "kept").rename(sound[0] / name)
    assert not MARKER.exists()


def test_a_fresh_process_finds_what_does_not_answer(sound: tuple[Path, str]) -> None:
    assert artefact._reload(*sound) == ""
    values = np.load(sound[0] / "items.npy")
    np.save(sound[0] / "items.npy", np.full_like(values, np.nan))
    facts = artefact._describe(sound[0] / "items.npy")
    manifest = json.loads((sound[0] / "manifest.json").read_text())
    manifest["files"]["items.npy"] = facts
    (sound[0] / "manifest.json").write_text(json.dumps(manifest))
    assert "not numbers" in artefact._reload(sound[0], artefact._sha256(sound[0] / "manifest.json"))
