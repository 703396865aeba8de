"""Posts of Instagram in both shapes, and Instaloader itself to download them; only the network is a stand-in."""

import hashlib
import io
from pathlib import Path
from typing import Any

import requests
from instaloader import Instaloader, Post

from tests.corpus.sources import picture

TAKEN = 1_714_557_600  # 2024-05-01 10:00:00 UTC
STEM = "2024-05-01_10-00-00_UTC"
OWNER = {"id": "7", "username": "ann"}


def loader(folder: Path, **options: Any) -> Instaloader:
    """Return an Instaloader that downloads into FOLDER/TARGET, each address as a picture of its own."""
    made = Instaloader(quiet=True, sleep=False, dirname_pattern=f"{folder}/{{target}}", **options)

    def get_raw(url: str) -> requests.Response:
        seed = int(hashlib.sha256(url.encode()).hexdigest()[:8], 16)
        file = picture(folder.parent / "download.jpg", seed)
        answer = requests.Response()
        answer.raw = io.BytesIO(file.read_bytes())
        file.unlink()
        answer.headers["Content-Type"] = "video/mp4" if ".mp4" in url else "image/jpeg"
        return answer

    made.context.get_raw = get_raw  # type: ignore[method-assign]
    return made


def graphql(shortcode: str, caption: str | None, **more: Any) -> dict[str, Any]:
    """Return a post as Instagram's site answered: a node of GraphQL."""
    edges = [] if caption is None else [{"node": {"text": caption}}]
    return {
        "__typename": "GraphImage",
        "id": "3358000000000000000",
        "shortcode": shortcode,
        "taken_at_timestamp": TAKEN,
        "is_video": False,
        "display_url": f"https://cdn.example/{shortcode}.jpg?x=1",
        "edge_media_to_caption": {"edges": edges},
        "owner": OWNER,
        **more,
    }


def phone(code: str, caption: str | None, **more: Any) -> dict[str, Any]:
    """Return a post as Instagram's app for phones gets it."""
    return {
        "code": code,
        "pk": 3358000000000000000,
        "media_type": 1,
        "taken_at": TAKEN,
        "caption": None if caption is None else {"text": caption},
        "has_liked": False,
        "like_count": 3,
        "image_versions2": {"candidates": [{"url": f"https://cdn.example/{code}.jpg?x=1"}]},
        **more,
    }


def sidecar(shortcode: str, *videos: bool) -> dict[str, Any]:
    """Return what makes a node of GraphQL a post with several pictures and videos."""
    children = [
        {
            "display_url": f"https://cdn.example/{shortcode}{number}.jpg?x=1",
            "is_video": is_video,
            "video_url": f"https://cdn.example/{shortcode}{number}.mp4?x=1" if is_video else None,
        }
        for number, is_video in enumerate(videos)
    ]
    return {"__typename": "GraphSidecar", "edge_sidecar_to_children": {"edges": [{"node": node} for node in children]}}


def download(made: Instaloader, node: dict[str, Any], target: str = "#sea") -> None:
    """Let Instaloader download a post with all that belongs to it."""
    post = Post.from_iphone_struct(made.context, node) if "code" in node else Post(made.context, node)
    made.download_post(post, target)
