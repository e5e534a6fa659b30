"""Writes a contact sheet of random scenes, to look at the world."""

import random
import sys

from PIL import Image

from render import render
from world import random_scene

if __name__ == "__main__":
    rng = random.Random(5)
    sheet = Image.new("RGB", (6 * 200, 4 * 200), (122, 116, 104))
    for index in range(24):
        picture = render(random_scene(rng), rng)
        picture.thumbnail((196, 196))
        sheet.paste(picture, (index % 6 * 200, index // 6 * 200))
    sheet.save(sys.argv[1])
