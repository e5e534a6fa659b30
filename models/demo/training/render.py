"""Draws a scene with Pillow, antialiased by supersampling, with small random variations that do not change its truth."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dataclasses import dataclass, replace

from world import BACKGROUNDS, COLOURS, SIZES, Scene

SUPERSAMPLING = 2


@dataclass(frozen=True)
class Box:
    """What was drawn where, in pixels of the picture.

    ``what`` is a shape's name, "bar", or one character of a label; ``place`` a cell from 0, or for a label 9 and more;
    ``order`` counts bars and characters from 1; ``height`` is a bar's.
    """

    what: str
    colour: str
    size: str
    place: int
    order: int
    height: int
    left: float
    top: float
    right: float
    bottom: float


def _polygon(points: int, inner: float, turn: float) -> list[tuple[float, float]]:
    found = []
    for index in range(points * 2):
        radius = 1.0 if index % 2 == 0 else inner
        angle = turn + math.pi * index / points
        found.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return found


def _heart() -> list[tuple[float, float]]:
    found = []
    for index in range(48):
        t = 2 * math.pi * index / 48
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        found.append((x / 17, -(y + 2) / 17))
    return found


_OUTLINES = {
    "square": [(-0.82, -0.82), (0.82, -0.82), (0.82, 0.82), (-0.82, 0.82)],
    "triangle": [(0, -0.95), (0.95, 0.8), (-0.95, 0.8)],
    "star": _polygon(5, 0.42, 0.0),
    "diamond": [(0, -1), (0.72, 0), (0, 1), (-0.72, 0)],
    "cross": [
        (-0.3, -0.9), (0.3, -0.9), (0.3, -0.3), (0.9, -0.3), (0.9, 0.3), (0.3, 0.3),
        (0.3, 0.9), (-0.3, 0.9), (-0.3, 0.3), (-0.9, 0.3), (-0.9, -0.3), (-0.3, -0.3),
    ],
    "heart": _heart(),
}


def _shape(draw: ImageDraw.ImageDraw, shape: str, x: float, y: float, radius: float, colour, background) -> None:
    box = (x - radius * 0.9, y - radius * 0.9, x + radius * 0.9, y + radius * 0.9)
    if shape == "circle":
        draw.ellipse(box, fill=colour)
    elif shape == "ring":
        draw.ellipse(box, fill=colour)
        hole = radius * 0.48
        draw.ellipse((x - hole, y - hole, x + hole, y + hole), fill=background)
    else:
        draw.polygon([(x + radius * px, y + radius * py) for px, py in _OUTLINES[shape]], fill=colour)


def _vary(rng: random.Random, colour: tuple[int, int, int], by: int) -> tuple[int, ...]:
    return tuple(max(0, min(255, channel + rng.randint(-by, by))) for channel in colour)


def _label(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, width: int, height: int) -> list[Box]:
    label = scene.label
    size = rng.uniform(0.25, 0.3) * min(width, height)
    font = ImageFont.load_default(size)
    left, top, right, bottom = draw.textbbox((0, 0), label.text, font=font)
    if right - left > width * 0.92:
        font = ImageFont.load_default(size * width * 0.92 / (right - left))
        left, top, right, bottom = draw.textbbox((0, 0), label.text, font=font)
    free = width - (right - left)
    x = free / 2 + rng.uniform(-0.25, 0.25) * free - left
    y = (label.row + 0.5) * height / 3 - (bottom + top) / 2
    stroke = max(1, round(size * 0.045))
    draw.text((x, y), label.text, font=font, fill=_vary(rng, COLOURS[label.colour], 12), stroke_width=stroke)
    boxes = []
    for index, character in enumerate(label.text):
        start, end = font.getlength(label.text[:index]), font.getlength(label.text[: index + 1])
        boxes.append(Box(character, label.colour, "", 9 + label.row, index + 1, 0, x + start, y + top, x + end, y + bottom))
    return boxes


def _chart(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, width: int, height: int) -> list[Box]:
    axis = (90, 90, 90) if scene.background != "black" else (200, 200, 200)
    left, base, top = width * 0.1, height * 0.9, height * 0.08
    line = max(2, width // 120)
    draw.line((left, top, left, base), fill=axis, width=line)
    draw.line((left, base, width * 0.95, base), fill=axis, width=line)
    step = (width * 0.83) / len(scene.bars)
    boxes = []
    for index, bar in enumerate(scene.bars):
        x = left + step * (index + 0.5) + line
        half = step * rng.uniform(0.27, 0.34)
        y = base - (base - top) * bar.height / 9.5
        draw.rectangle((x - half, y, x + half, base - line), fill=_vary(rng, COLOURS[bar.colour], 12))
        boxes.append(Box("bar", bar.colour, "", 0, index + 1, bar.height, x - half, y, x + half, base))
    return boxes


def render(scene: Scene, rng: random.Random) -> Image.Image:
    """Returns the scene as an RGB image of its own width and height."""
    return render_with_boxes(scene, rng)[0]


def render_with_boxes(scene: Scene, rng: random.Random) -> tuple[Image.Image, list[Box]]:
    """Returns the picture and where each thing stands in it."""
    boxes: list[Box] = []
    width, height = scene.width * SUPERSAMPLING, scene.height * SUPERSAMPLING
    background = _vary(rng, BACKGROUNDS[scene.background], 6)
    image = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(image)
    cell_width, cell_height = width / 3, height / 3
    cell = min(cell_width, cell_height)
    for group in scene.groups:
        colour = _vary(rng, COLOURS[group.colour], 12)
        for place in group.places:
            radius = cell / 2 * SIZES[group.size] * rng.uniform(0.94, 1.06)
            slack_x, slack_y = max(0.0, cell_width / 2 - radius), max(0.0, cell_height / 2 - radius)
            x = (place % 3 + 0.5) * cell_width + rng.uniform(-0.5, 0.5) * slack_x
            y = (place // 3 + 0.5) * cell_height + rng.uniform(-0.5, 0.5) * slack_y
            _shape(draw, group.shape, x, y, radius, colour, background)
            boxes.append(Box(group.shape, group.colour, group.size, place, 0, 0, x - radius, y - radius, x + radius, y + radius))
    if scene.label:
        boxes += _label(draw, scene, rng, width, height)
    if scene.bars:
        boxes += _chart(draw, scene, rng, width, height)
    image = image.resize((scene.width, scene.height), Image.Resampling.BOX)
    if rng.random() < 0.1:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    return image, [_scaled(box) for box in boxes]


def _scaled(box: Box) -> Box:
    edges = {edge: getattr(box, edge) / SUPERSAMPLING for edge in ("left", "top", "right", "bottom")}
    return replace(box, **edges)
