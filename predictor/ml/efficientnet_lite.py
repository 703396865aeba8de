"""EfficientNet-Lite2 in torch: TensorFlow's SAME padding, ReLU6, no squeeze and excitation.

The names of the parts, with their underscores, are those of the published weights, so these load as they are.
Source: github.com/tensorflow/tpu, models/official/efficientnet/lite (width 1.1, depth 1.2, input 260 pixels).
"""

from torch import Tensor, nn
from torch.nn import functional

INPUT = 260  # pixels a side; the padding depends on it
STEM = 32
HEAD = 1280
# kernel, stride of the first block, expansion, channels out, blocks: after scaling by width 1.1 and depth 1.2
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 3),
    (5, 2, 6, 48, 3),
    (3, 2, 6, 88, 4),
    (5, 1, 6, 120, 4),
    (5, 2, 6, 208, 5),
    (3, 1, 6, 352, 1),
)


class SameConv2d(nn.Conv2d):
    """A convolution that pads as TensorFlow's SAME does: at a stride of 2 one more at the right and the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, size: int, groups: int = 1) -> None:
        out_size = -(-size // stride)
        pad = max((out_size - 1) * stride + kernel - size, 0)
        super().__init__(inputs, outputs, kernel, stride, padding=pad // 2, groups=groups, bias=False)
        self.out_size = out_size
        self.uneven = pad % 2

    def forward(self, x: Tensor) -> Tensor:
        if not self.uneven:
            return super().forward(x)
        return super().forward(functional.pad(x, (0, 1, 0, 1)))


class MBConv(nn.Module):
    """Expand, convolve each channel, project; the input is added where the shape stays."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, size: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expands = expansion > 1
        if self.expands:
            self._expand_conv = nn.Conv2d(inputs, wide, 1, bias=False)
            self._bn0 = _norm(wide)
        self._depthwise_conv = SameConv2d(wide, wide, kernel, stride, size, groups=wide)
        self._bn1 = _norm(wide)
        self._project_conv = nn.Conv2d(wide, outputs, 1, bias=False)
        self._bn2 = _norm(outputs)
        self.adds = stride == 1 and inputs == outputs
        self.out_size = self._depthwise_conv.out_size

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite2(nn.Module):
    """The network without its class head, [n, 3, 260, 260] -> [n, 1280]."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, STEM, 3, 2, INPUT)
        self._bn0 = _norm(STEM)
        blocks, channels, size = [], STEM, self._conv_stem.out_size
        for kernel, stride, expansion, outputs, repeats in STAGES:
            for repeat in range(repeats):
                block = MBConv(channels, outputs, kernel, stride if repeat == 0 else 1, expansion, size)
                blocks.append(block)
                channels, size = outputs, block.out_size
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = nn.Conv2d(channels, HEAD, 1, bias=False)
        self._bn1 = _norm(HEAD)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = functional.relu6(self._bn1(self._conv_head(x)))  # [n, 1280, 9, 9]
        pooled: Tensor = x.mean(dim=(2, 3))
        return pooled


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def build(state: dict[str, Tensor]) -> nn.Module:
    """Return the network with its published weights."""
    model = EfficientNetLite2()
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith("_fc.")})
    return model
