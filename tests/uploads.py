"""Fixtures with photos as browsers send them, and uploads in every state."""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from corpus.models import Hashtag, Post, Source, Tagging
from predictor.models import ActiveVersion, ModelVersion, Suggestion, Upload

MakeUpload = Callable[..., Upload]
MakePhoto = Callable[..., SimpleUploadedFile]


@pytest.fixture
def photo() -> MakePhoto:
    """Return a maker of small JPEG photos; photos of different colours differ in their bytes."""

    def make(name: str = "cat.jpg", colour: str = "teal", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, "JPEG")
        return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")

    return make


@pytest.fixture
def versions(db: None) -> dict[str, ModelVersion]:
    """Make one serving version of each kind."""
    made: dict[str, ModelVersion] = {}
    for kind, backbone in (("als", "mobilenet_v2"), ("w2v", "efficientnet_lite2")):
        made[kind] = ModelVersion.objects.create(kind=kind, backbone=f"{backbone}@{'2' * 64}", manifest_sha256="a" * 64)
        ActiveVersion.objects.create(kind=kind, version=made[kind])
    return made


@pytest.fixture
def my_upload(client: Client, db: None) -> MakeUpload:
    """Return a maker of uploads that belong to `client`'s browser session."""
    token = uuid.uuid4().hex
    session = client.session
    session["owner"] = token
    session.save()

    def make(state: str = Upload.State.NEW, **fields: Any) -> Upload:
        fields = {"sent_name": "cat.jpg", "sha256": "c" * 64, "width": 640, "height": 480, **fields}
        return Upload.objects.create(owner_token=token, state=state, **fields)

    return make


@pytest.fixture
def answered(my_upload: MakeUpload, versions: dict[str, ModelVersion], home: Path) -> Upload:
    """Make an upload that both versions have answered with twelve hashtags each, explained for the first ten."""
    upload = my_upload(Upload.State.DONE, display="uploads/cat.jpg", answered_by="als:1 w2v:2")
    Upload.objects.filter(pk=upload.pk).update(finished=upload.created + timedelta(milliseconds=210))
    (home / "media" / "uploads").mkdir()
    Image.new("RGB", (640, 480), "teal").save(home / "media" / "uploads" / "cat.jpg")
    post = _post("cat", "kitten")
    for version in versions.values():
        because = {"post": post.pk} if version.kind == "als" else {"tag": "kitten"}
        for rank in range(1, 13):
            Suggestion.objects.create(
                upload=upload,
                version=version,
                rank=rank,
                tag=f"{version.kind}{rank}",
                score=1 / rank,
                prior=0.01,
                evidence=[{**because, "similarity": 0.91, "share": 0.25}] if rank <= 10 else [],
            )
    upload.refresh_from_db()
    return upload


def _post(*tags: str) -> Post:
    source = Source.objects.create(name="starter", kind=Source.Kind.STARTER)
    post = Post.objects.create(source=source, external_id="1", created=timezone.now())
    for position, tag in enumerate(tags):
        hashtag = Hashtag.objects.create(key=tag, display=tag.title())
        Tagging.objects.create(post=post, hashtag=hashtag, position=position, source=source, origin="starter")
    return post
