"""Rendered scenes as arrays: pixels after pad and resize, and what stands at each patch."""

from __future__ import annotations

import io
import json
import multiprocessing
import random
from pathlib import Path

import numpy
from PIL import Image

from model import IMAGE_SIZE, PATCHES, PATCH_SIZE
from render import Box, render_with_boxes
from world import BACKGROUNDS, COLOURS, SHAPES, SIZES, Scene, random_scene, scene_from_json

PAD_COLOUR = (122, 116, 104)
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
STD = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
THINGS = ["", *SHAPES, "bar", "character"]
HEADS = {
    "thing": len(THINGS), "colour": 1 + len(COLOURS), "size": 1 + len(SIZES), "character": 1 + len(CHARACTERS),
    "place": 1 + 9 + 3, "order": 1 + 5, "height": 1 + 9, "centre": 2,
}


def to_square(image: Image.Image) -> Image.Image:
    """expand2square with the mean colour, then Pillow's bicubic resize, as the reference code does it."""
    image = image.convert("RGB")
    width, height = image.size
    side = max(width, height)
    if width != height:
        square = Image.new("RGB", (side, side), PAD_COLOUR)
        square.paste(image, ((side - width) // 2, (side - height) // 2))
        image = square
    return image.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC)


def normalise(pixels: numpy.ndarray) -> numpy.ndarray:
    """[N,H,W,3] uint8 to [N,3,H,W] float32."""
    return ((pixels.astype(numpy.float32) / 255.0 - MEAN) / STD).transpose(0, 3, 1, 2)


def patch_labels(scene: Scene, boxes: list[Box]) -> numpy.ndarray:
    """[heads, PATCHES, PATCHES] uint8: for each of HEADS what is true at the centre of each patch."""
    labels = numpy.zeros((len(HEADS), PATCHES, PATCHES), dtype=numpy.uint8)
    side = max(scene.width, scene.height)
    scale = IMAGE_SIZE / side
    shift_x, shift_y = (side - scene.width) // 2, (side - scene.height) // 2
    centres = []
    for box in boxes:
        columns = _span((box.left + shift_x) * scale, (box.right + shift_x) * scale)
        rows = _span((box.top + shift_y) * scale, (box.bottom + shift_y) * scale)
        values = _values(box)
        labels[:, rows, columns] = values[:, None, None]
        centre_x, centre_y = (box.left + box.right) / 2 + shift_x, (box.top + box.bottom) / 2 + shift_y
        centres.append((int(centre_y * scale / PATCH_SIZE), int(centre_x * scale / PATCH_SIZE), values))
    for row, column, values in centres:
        labels[:, row, column] = values
        labels[-1, row, column] = 1
    return labels


def _values(box: Box) -> numpy.ndarray:
    printed = len(box.what) == 1
    return numpy.array([
        THINGS.index("character" if printed else box.what),
        1 + list(COLOURS).index(box.colour),
        1 + list(SIZES).index(box.size) if box.size else 0,
        1 + CHARACTERS.index(box.what) if printed else 0,
        0 if box.what == "bar" else 1 + box.place,
        box.order,
        box.height,
        0,
    ], dtype=numpy.uint8)


def _span(low: float, high: float) -> slice:
    centre = int((low + high) / 2 / PATCH_SIZE)
    first = max(0, round(low / PATCH_SIZE))
    last = min(PATCHES, round(high / PATCH_SIZE))
    return slice(first, last) if last > first else slice(min(centre, PATCHES - 1), min(centre, PATCHES - 1) + 1)


def _make(seed: int) -> tuple[dict, numpy.ndarray, numpy.ndarray]:
    rng = random.Random(seed)
    scene = random_scene(rng)
    image, boxes = render_with_boxes(scene, rng)
    if rng.random() < 0.15:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=rng.randrange(60, 96))
        image = Image.open(buffer)
    return scene.to_json(), numpy.asarray(to_square(image)), patch_labels(scene, boxes)


def make_set(folder: Path, count: int, first_seed: int, processes: int = 2) -> None:
    """Renders a set of scenes into ``folder``: pixels.npy, labels.npy, scenes.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = numpy.lib.format.open_memmap(folder / "pixels.npy", "w+", numpy.uint8, (count, IMAGE_SIZE, IMAGE_SIZE, 3))
    labels = numpy.lib.format.open_memmap(folder / "labels.npy", "w+", numpy.uint8, (count, len(HEADS), PATCHES, PATCHES))
    with multiprocessing.Pool(processes) as pool, open(folder / "scenes.jsonl", "w", encoding="utf-8") as lines:
        for index, (scene, picture, patches) in enumerate(pool.imap(_make, range(first_seed, first_seed + count), 64)):
            pixels[index], labels[index] = picture, patches
            lines.write(json.dumps(scene) + "\n")


class SceneSet:
    """A rendered set, in memory."""

    def __init__(self, folder: Path):
        self.pixels = numpy.load(folder / "pixels.npy")
        self.labels = numpy.load(folder / "labels.npy")
        with open(folder / "scenes.jsonl", encoding="utf-8") as lines:
            self.scenes = [scene_from_json(json.loads(line)) for line in lines]
        self.backgrounds = numpy.array([list(BACKGROUNDS).index(scene.background) for scene in self.scenes])

    def __len__(self) -> int:
        return len(self.scenes)
