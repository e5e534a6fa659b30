"""Reads 1,600 JPEGs with Pillow and with us, and compares all pixels: ``compare_pixels.py CLASSPATH WORK PHOTO...``.

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0). Cuts of the photos and noise, of all samplings, qualities from 1 to 100,
sequential and progressive, with and without restart markers and optimised tables, gray, CMYK. A quarter of them is damaged: there
libjpeg smooths what is missing, and we do not always, so that those are counted apart; the hash over all that we read tells
whether two versions of ours agree on them. CLASSPATH as for compare_speed.py.
"""

import hashlib
import io
import random
import subprocess
import sys
from pathlib import Path

import numpy
from PIL import Image, ImageFile

FILES = 1600
SAMPLINGS = ("4:4:4", "4:2:2", "4:2:0", "4:1:1")


class Ours:
    def __init__(self, classpath: str):
        self.process = subprocess.Popen(
            ["java", "--add-modules=jdk.incubator.vector", "-Xmx2g", "-cp", classpath,
             "dev.sharegpt4v.models.image.PreparationServer"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def pixels(self, path: Path) -> str:
        self.process.stdin.write(f"0 0 {path}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


def pillow(file: bytes) -> str:
    try:
        with Image.open(io.BytesIO(file)) as image:
            rgb = image.convert("RGB")
            return f"{rgb.width} {hashlib.sha256(rgb.tobytes()).hexdigest()}"
    except Exception:
        return "refused"


def picture(draw: random.Random, photos: list[Image.Image]) -> Image.Image:
    width, height = draw.randint(1, 400), draw.randint(1, 400)
    if draw.random() < 0.2:
        noise = numpy.random.default_rng(draw.getrandbits(32)).integers(0, 256, (height, width, 3), "u1")
        return Image.fromarray(noise)
    photo = draw.choice(photos)
    left, top = draw.randint(0, photo.width - width), draw.randint(0, photo.height - height)
    return photo.crop((left, top, left + width, top + height))


def encoded(draw: random.Random, image: Image.Image) -> bytes:
    mode = draw.choices(("RGB", "L", "CMYK"), (90, 5, 5))[0]
    options = {"quality": draw.randint(1, 100), "progressive": draw.random() < 0.5, "optimize": draw.random() < 0.3}
    if mode == "RGB":
        options["subsampling"] = draw.choice(SAMPLINGS)
    if draw.random() < 0.25:
        options["restart_marker_blocks"] = draw.randint(1, 40)
    target = io.BytesIO()
    ImageFile.MAXBLOCK = 1 << 22
    image.convert(mode).save(target, "JPEG", **options)
    return target.getvalue()


def damaged(draw: random.Random, file: bytes) -> bytes:
    """Bits of the scans' data turned over; markers and headers stay."""
    begin = file.index(b"\xff\xda") + 14
    changed = bytearray(file)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(begin, max(begin + 1, len(file) - 2))
        if at < len(file) - 2 and 0xFF not in changed[max(0, at - 1) : at + 2]:
            changed[at] = (changed[at] ^ 1 << draw.randrange(8)) % 0xFF
    return bytes(changed)


def main() -> None:
    ours, work = Ours(sys.argv[1]), Path(sys.argv[2])
    photos = [Image.open(path).convert("RGB") for path in sys.argv[3:]]
    draw, all_ours = random.Random(42), hashlib.sha256()
    counts = {True: {"equal": 0, "different": 0}, False: {"equal": 0, "different": 0}}
    path = work / "compared.jpg"
    for number in range(FILES):
        file = encoded(draw, picture(draw, photos))
        whole = number % 4 != 3
        if not whole:
            file = damaged(draw, file)
        path.write_bytes(file)
        theirs, own = pillow(file), ours.pixels(path)
        all_ours.update(own.encode())
        counts[whole]["equal" if theirs == own else "different"] += 1
        if whole and theirs != own:
            (work / f"different-{number}.jpg").write_bytes(file)
    print("whole:", counts[True], "damaged:", counts[False], "ours:", all_ours.hexdigest()[:16])
    sys.exit(1 if counts[True]["different"] else 0)


if __name__ == "__main__":
    main()
