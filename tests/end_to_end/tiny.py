"""A tiny set of real photos with hashtags, in the layout that `import_posts` reads."""

import json
from pathlib import Path

from PIL import Image

from tests.benchmarks.photos import data_folder

TAGS = {"chelsea.png": ["Cat", "pet"], "coffee.png": ["coffee", "cup"], "rocket.jpg": ["rocket", "space"]}
CROPS = 9  # of each photo


def write(folder: Path) -> Path:
    """Write the set: nine crops of each of three photos, two of the nine in the dev split; and a line that is none."""
    (folder / "images").mkdir(parents=True)
    lines = ["no JSON"]
    for name, tags in TAGS.items():
        for number in range(CROPS):
            image = f"images/{number}-{Path(name).stem}.jpg"
            crop(name, number).save(folder / image)
            lines.append(json.dumps({"image": image, "tags": tags, "split": "dev" if number < 2 else "train"}))
    (folder / "posts.jsonl").write_text("\n".join(lines))
    return folder


def crop(name: str, number: int) -> Image.Image:
    """Return a part of a photo that shows nearly all of it."""
    photo = Image.open(data_folder() / name).convert("RGB")
    left, top = 12 * (number % 3), 12 * (number // 3)
    return photo.crop((left, top, photo.width - 24 + left, photo.height - 24 + top))


def new_photo(folder: Path) -> Path:
    """Write a photo of a cat that the set does not have, and return its file."""
    crop("chelsea.png", 4).resize((500, 330)).save(folder / "new.jpg")
    return folder / "new.jpg"
