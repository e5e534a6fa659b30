"""Makes the golden files of the image tests with Pillow: ``make_golden.py FIXTURES TARGET``.

Made with Pillow 13.0.0 and numpy 2.4.6. Per fixture: size and a hash of all pixels after
convert('RGB'). Per synthetic size: hashes of the resized pixels and of the
normalised floats, following LLaVA's expand2square and CLIPImageProcessor step by step.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
from PIL import Image

MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
STD = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)
SIZES = [(336, 336), (640, 480), (480, 640), (1, 1), (1, 50), (50, 1), (337, 336), (100, 101), (1000, 37), (37, 1000), (335, 400), (2000, 1500), (3, 2)]


def decoded(folder: Path) -> dict:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp") or "reference" in path.parts:
            continue
        try:
            image = Image.open(path).convert("RGB")
        except Exception as error:
            found[str(path.relative_to(folder))] = {"error": type(error).__name__}
            continue
        digest = hashlib.sha256(image.tobytes()).hexdigest()
        found[str(path.relative_to(folder))] = {"width": image.width, "height": image.height, "sha256": digest}
    return found


def synthetic(width: int, height: int) -> Image.Image:
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.int64)
    planes = [(x * 7 + y * 13 + (x * y) % 31 * 5) & 255, (x * x + 3 * y) & 255, ((x ^ y) * 11) & 255]
    return Image.fromarray(numpy.stack(planes, axis=-1).astype(numpy.uint8), "RGB")


def resized(width: int, height: int, pad: bool) -> dict:
    image = synthetic(width, height)
    if pad and width != height:
        side = max(width, height)
        square = Image.new("RGB", (side, side), (122, 116, 104))
        square.paste(image, ((side - width) // 2, (side - height) // 2))
        image = square
    short, long = min(image.size), max(image.size)
    target = (336, int(336 * long / short)) if image.width <= image.height else (int(336 * long / short), 336)
    image = image.resize(target, Image.Resampling.BICUBIC)
    left, top = (image.width - 336) // 2, (image.height - 336) // 2
    pixels = numpy.asarray(image.crop((left, top, left + 336, top + 336)))
    scaled = (pixels.astype(numpy.float64) * 0.00392156862745098).astype(numpy.float32)
    values = ((scaled - MEAN) / STD).transpose(2, 0, 1).astype(numpy.float32)
    return {
        "width": width, "height": height, "pad": pad,
        "pixels": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "values": hashlib.sha256(numpy.ascontiguousarray(values).tobytes()).hexdigest(),
    }


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    golden = {
        "decoded": decoded(Path(sys.argv[1])),
        "resized": [resized(width, height, pad) for width, height in SIZES for pad in (True, False) if pad or max(width, height) <= 20 * min(width, height)],
    }
    Path(sys.argv[2]).write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
