"""The demo model's small world: what a scene can hold, and how scenes are drawn at random."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field

COLOURS = {
    "red": (220, 30, 35),
    "orange": (250, 135, 10),
    "yellow": (250, 220, 20),
    "green": (30, 150, 50),
    "blue": (30, 70, 220),
    "purple": (130, 40, 170),
    "pink": (255, 130, 190),
    "brown": (125, 70, 25),
}
BACKGROUNDS = {
    "white": (255, 255, 255),
    "gray": (160, 160, 160),
    "black": (15, 15, 15),
    "beige": (240, 228, 196),
    "light blue": (185, 220, 250),
    "light green": (195, 240, 190),
}
SHAPES = ["circle", "square", "triangle", "star", "diamond", "cross", "ring", "heart"]
SIZES = {"small": 0.5, "large": 0.92}
PLURALS = {"cross": "crosses"}
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
PLACES = [
    "top left", "top center", "top right",
    "middle left", "center", "middle right",
    "bottom left", "bottom center", "bottom right",
]
WORDS = (
    "CAT DOG SUN CAR BUS CUP HAT KEY MAP BOX BEE ANT OWL PIG COW FOX HEN BED PEN RED "
    "FISH BIRD TREE BOOK DOOR LAMP STAR MOON RAIN SNOW SHIP BOAT CAKE MILK SALT OPEN STOP EXIT "
    "APPLE BREAD CHAIR HOUSE LEMON MUSIC PAPER PLANT TABLE WATER HELLO SALE FREE TAXI CAFE BANK"
).split()


@dataclass(frozen=True)
class Group:
    """Identical shapes: where each of them stands, as indices into PLACES in reading order."""

    shape: str
    colour: str
    size: str
    places: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Label:
    """A printed word or number in one row of the picture (0 top, 1 middle, 2 bottom)."""

    text: str
    colour: str
    row: int


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; height from 1 to 9."""

    colour: str
    height: int


@dataclass(frozen=True)
class Scene:
    width: int
    height: int
    background: str
    groups: tuple[Group, ...] = ()
    label: Label | None = None
    bars: tuple[Bar, ...] = field(default=())

    def to_json(self) -> dict:
        return asdict(self)


def scene_from_json(value: dict) -> Scene:
    return Scene(
        value["width"],
        value["height"],
        value["background"],
        tuple(Group(g["shape"], g["colour"], g["size"], tuple(g["places"])) for g in value["groups"]),
        Label(**value["label"]) if value["label"] else None,
        tuple(Bar(**bar) for bar in value["bars"]),
    )


def plural(shape: str) -> str:
    return PLURALS.get(shape, shape + "s")


def _canvas(rng: random.Random) -> tuple[int, int]:
    if rng.random() < 0.5:
        side = rng.randrange(180, 361)
        return side, side
    long = rng.randrange(200, 361)
    short = max(160, int(long / rng.uniform(1.05, 1.3)))
    return (long, short) if rng.random() < 0.5 else (short, long)


def _groups(rng: random.Random, cells: list[int], groups: int, most: int) -> tuple[Group, ...]:
    cells = cells[:]
    rng.shuffle(cells)
    kinds: set[tuple[str, str]] = set()
    found = []
    for index in range(groups):
        left = groups - index - 1
        room = min(most, len(cells) - left)
        count = rng.choices([1, 2, 3, 4][:room], [55, 22, 15, 8][:room])[0]
        while True:
            kind = rng.choice(SHAPES), rng.choice(list(COLOURS))
            if kind not in kinds:
                break
        kinds.add(kind)
        places = tuple(sorted(cells.pop() for _ in range(count)))
        found.append(Group(kind[0], kind[1], rng.choice(list(SIZES)), places))
    return tuple(sorted(found, key=lambda group: group.places))


def random_scene(rng: random.Random) -> Scene:
    width, height = _canvas(rng)
    background = rng.choice(list(BACKGROUNDS))
    kind = rng.random()
    if kind < 0.66:
        return Scene(width, height, background, _groups(rng, list(range(9)), rng.choices([1, 2, 3], [30, 40, 30])[0], 4))
    if kind < 0.84:
        row = rng.randrange(3)
        text = rng.choice(WORDS) if rng.random() < 0.65 else str(rng.randrange(10 ** rng.randrange(1, 4)))
        cells = [cell for cell in range(9) if cell // 3 != row]
        groups = _groups(rng, cells, rng.randrange(0, 3), 1)
        return Scene(width, height, background, groups, Label(text, rng.choice(list(COLOURS)), row))
    count = rng.randrange(2, 5)
    heights = rng.sample(range(1, 10), count)
    bars = tuple(Bar(colour, height) for colour, height in zip(rng.sample(list(COLOURS), count), heights))
    return Scene(width, height, background, (), None, bars)
