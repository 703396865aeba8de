"""The naive way to answer a photo, to compare with: what a plain RQ worker does that forks for every job.

The child imports torch, loads both backbones and the active versions, decodes every pixel, and runs eager PyTorch.
"""

import os
from pathlib import Path


def answer_in_fork(photo: Path) -> None:
    """Answer one photo in a forked child of this process, which has Django loaded but no model library."""
    pid = os.fork()
    if not pid:
        try:
            _answer(photo)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert status == 0, "the naive answer failed"


def _answer(photo: Path) -> None:
    import torch
    from PIL import Image

    from predictor.learning import versions
    from predictor.ml import backbones

    torch.set_num_threads(2)
    image = Image.open(photo).convert("RGB")
    for version in versions.active().values():
        backbone = backbones.get(version.backbone_id)
        network = backbone.build(torch.load(backbone.weights.locate(None), weights_only=True)).eval()
        with torch.inference_mode():
            embedding = network(torch.from_numpy(backbone.preprocess(image))).mean(dim=0).numpy()
        versions.open_version(version).suggest(embedding, 100, 10)
