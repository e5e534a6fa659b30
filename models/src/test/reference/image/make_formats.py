"""Makes small images of every kind and what Pillow reads from them: ``make_formats.py TARGET``.

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0, libwebp 1.6.0) and numpy 2.4.6. Per image: its bytes, its size, a hash of
all pixels after convert('RGB'), and of those after exif_transpose where that differs.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageOps

import libwebp

RANDOM = numpy.random.default_rng(20)
FILES: dict[str, bytes] = {}


def noise(count: int, below: int = 256) -> bytes:
    return RANDOM.integers(0, below, count, dtype=numpy.uint8).tobytes()


def picture(width: int, height: int) -> Image.Image:
    """Slopes, waves and edges, with a little noise."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        128 + 100 * numpy.sin(x / 5.0 + y / 9.0),
        255.0 * ((x // 6 + y // 8) % 2),
        (x * 7 + y * 5) % 256,
    ]
    pixels = numpy.stack(planes, axis=-1) + RANDOM.normal(0, 6, (height, width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def saved(image: Image.Image, kind: str, **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def frame(jpeg: bytes) -> int:
    """Where the frame header's fields begin: precision, height, width, components."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return at + 4


def jpegs() -> None:
    for width, height in ((33, 27), (8, 8), (1, 9), (9, 1), (40, 31)):
        image = picture(width, height)
        for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:1:1"):
            for progressive in (False, True):
                name = f"{sampling.replace(':', '')}-{'progressive' if progressive else 'baseline'}-{width}x{height}.jpg"
                FILES[name] = saved(image, "JPEG", quality=70, subsampling=sampling, progressive=progressive)
    image = picture(30, 22)
    FILES["restarts.jpg"] = saved(image, "JPEG", restart_marker_blocks=2)
    FILES["gray.jpg"] = saved(image.convert("L"), "JPEG")
    FILES["rgb.jpg"] = saved(image, "JPEG", keep_rgb=True)
    cmyk = saved(image.convert("CMYK"), "JPEG")
    adobe = cmyk.find(b"Adobe")
    FILES["cmyk.jpg"] = cmyk
    FILES["ycck.jpg"] = cmyk[: adobe + 11] + b"\2" + cmyk[adobe + 12 :]
    FILES["cmyk-without-adobe.jpg"] = cmyk.replace(b"Adobe", b"Other")
    # A picture of half the height in chroma alone is one of half the width whose header says otherwise.
    for width, height in ((37, 29), (64, 48), (9, 7)):
        jpeg = bytearray(saved(picture(width, height), "JPEG", quality=80, subsampling="4:2:2"))
        at = frame(jpeg)
        jpeg[at + 1 : at + 3], jpeg[at + 3 : at + 5] = jpeg[at + 3 : at + 5], jpeg[at + 1 : at + 3]
        jpeg[at + 7] = 0x12
        FILES[f"440-{height}x{width}.jpg"] = bytes(jpeg)


def webps() -> None:
    for width, height in ((33, 27), (16, 16), (1, 9), (9, 1), (40, 31)):
        image = picture(width, height)
        for quality in (5, 60, 95):
            FILES[f"lossy-{quality}-{width}x{height}.webp"] = saved(image, "WEBP", quality=quality)
        FILES[f"lossless-{width}x{height}.webp"] = saved(image, "WEBP", lossless=True)
        image.putalpha(image.convert("L"))
        FILES[f"alpha-{width}x{height}.webp"] = saved(image, "WEBP", quality=60)
        FILES[f"lossless-alpha-{width}x{height}.webp"] = saved(image, "WEBP", lossless=True)
    image = picture(49, 50)
    for kind in (0, 1):
        for sharpness in (0, 3, 7):
            settings = dict(filter_type=kind, filter_sharpness=sharpness, filter_strength=60, quality=20.0, partitions=2)
            FILES[f"filter-{kind}-{sharpness}.webp"] = libwebp.encode(image, **settings)
    FILES["unfiltered.webp"] = libwebp.encode(image, filter_strength=0, segments=1)
    for colours in (2, 4, 16, 60):
        FILES[f"palette-{colours}.webp"] = libwebp.encode(image.quantize(colours).convert("RGB"), lossless=1)
    FILES["groups.webp"] = libwebp.encode(picture(120, 90).quantize(64).convert("RGB"), lossless=1, quality=100.0, method=6)
    second = picture(49, 50)
    FILES["animated.webp"] = saved(image, "WEBP", save_all=True, append_images=[second])
    FILES["animated-lossless.webp"] = saved(image, "WEBP", save_all=True, append_images=[second], lossless=True)
    still = saved(picture(20, 10), "WEBP", lossless=True)[12:]
    header = struct.pack("<I", 2) + (29).to_bytes(3, "little") + (19).to_bytes(3, "little")
    place = (2).to_bytes(3, "little") + (3).to_bytes(3, "little") + (19).to_bytes(3, "little") + (9).to_bytes(3, "little")
    body = place + (100).to_bytes(3, "little") + b"\0" + still
    chunks = b"WEBPVP8X" + struct.pack("<I", 10) + header + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    chunks += b"ANMF" + struct.pack("<I", len(body)) + body
    FILES["placed.webp"] = b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def lzw(indices: bytes, bits: int) -> bytes:
    """Packed without ever using the table: a clear code often enough."""
    number, length = 0, 0
    codes = []
    for i, index in enumerate(indices):
        codes += [1 << bits, index] if i % ((1 << bits) - 2) == 0 else [index]
    for code in codes + [(1 << bits) + 1]:
        number |= code << length
        length += bits + 1
    data = number.to_bytes((length + 7) // 8, "little")
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    return bytes([bits]) + blocks + b"\0"


def gif(name, screen, place, palette=4, own=0, transparent=None, interlaced=False, gray=False) -> None:
    def colours(bits):
        return bytes(i for i in range(1 << bits) for _ in range(3)) if gray else noise(3 << bits)

    data = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80 | palette - 1 if palette else 0, 7, 0)
    data += colours(palette) if palette else b""
    if transparent is not None:
        data += b"\x21\xf9\x04\x01\x0a\0" + bytes([transparent, 0])
    flags = (0x80 | own - 1 if own else 0) | (0x40 if interlaced else 0)
    data += b"\x2c" + struct.pack("<HHHHB", *place, flags) + (colours(own) if own else b"")
    FILES[name + ".gif"] = data + lzw(noise(place[2] * place[3], 16), 4) + b";"


def gifs() -> None:
    image = picture(45, 33)
    FILES["packed.gif"] = saved(image.quantize(200), "GIF")
    FILES["two.gif"] = saved(image.convert("1"), "GIF")
    FILES["animated.gif"] = saved(image.quantize(9), "GIF", save_all=True, append_images=[picture(45, 33).quantize(9)])
    whole, inside = (0, 0, 20, 15), (3, 4, 10, 9)
    gif("plain", (20, 15), whole)
    gif("interlaced", (20, 15), whole, interlaced=True)
    gif("interlaced-low", (20, 3), (0, 0, 20, 3), interlaced=True)
    gif("own-palette", (20, 15), whole, own=4)
    gif("no-palette", (20, 15), whole, palette=0)
    gif("gray-palette", (20, 15), whole, gray=True)
    gif("short-palette", (20, 15), whole, palette=2)
    gif("inside", (20, 15), inside)
    gif("inside-transparent", (20, 15), inside, transparent=5)
    gif("inside-transparent-beyond", (20, 15), inside, transparent=200)
    gif("inside-own", (20, 15), inside, own=4)
    gif("inside-own-alone", (20, 15), inside, palette=0, own=4, transparent=3)
    gif("beyond", (20, 15), (15, 10, 20, 15))


def bmp(name, width, height, bits, compression, data, palette=b"", masks=b"") -> None:
    offset = 54 + len(masks) + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
    FILES[name + ".bmp"] = b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + masks + palette + data


def bmps() -> None:
    for height in (7, -7):
        suffix = "" if height > 0 else "-top-down"
        for bits in (1, 4, 8, 16, 24, 32):
            palette = noise(4 << bits) if bits <= 8 else b""
            bmp(f"bits-{bits}{suffix}", 13, height, bits, 0, noise((13 * bits + 31) // 32 * 4 * 7), palette)
    for name, masks in (("565", (0xF800, 0x7E0, 0x1F)), ("555", (0x7C00, 0x3E0, 0x1F))):
        bmp(f"masks-{name}", 13, 7, 16, 3, noise(28 * 7), masks=struct.pack("<III", *masks))
    bmp("masks-32", 13, 7, 32, 3, noise(52 * 7), masks=struct.pack("<III", 0xFF0000, 0xFF00, 0xFF))
    rows = b"".join(bytes([5, 3 * y]) + b"\0\4" + noise(4) + bytes([7, 200 - y]) + b"\0\0" for y in range(6))
    bmp("runs-8", 16, 6, 8, 1, rows + b"\0\1", noise(1024))
    rows = b"".join(bytes([9, 31 * y]) + b"\0\7" + noise(4) + b"\0\0" for y in range(6))
    bmp("runs-4", 16, 6, 4, 2, rows + b"\0\1", noise(64))


def png(width, height, bits, kind, rows, before=b"", interlaced=0) -> bytes:
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced)
    data = chunk(b"IHDR", header) + b"".join(chunk(name, value) for name, value in before)
    return b"\x89PNG\r\n\x1a\n" + data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pngs() -> None:
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    for kind, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for bits in depths:
            for interlaced in (0, 1):
                rows = b""
                for x0, y0, dx, dy in passes if interlaced else ((0, 0, 1, 1),):
                    width, height = (13 - x0 + dx - 1) // dx, (7 - y0 + dy - 1) // dy
                    for y in range(height if width else 0):
                        rows += bytes([y % 5]) + noise((width * channels[kind] * bits + 7) // 8)
                before = [(b"PLTE", noise(3 << bits))] if kind == 3 else []
                if kind in (0, 2, 3):
                    before += [(b"tRNS", {0: b"\0\1", 2: b"\0\1\0\2\0\3", 3: b"\0\x80"}[kind])]
                FILES[f"kind-{kind}-{bits}-{interlaced}.png"] = png(13, 7, bits, kind, rows, before, interlaced)


def oriented() -> None:
    image = picture(6, 4)
    for value in range(10):
        for order, mark in (("<", b"II"), (">", b"MM")):
            exif = mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 0x0112, 3, 1, value, 0, 0)
            for kind, options in (("JPEG", {"quality": 90}), ("PNG", {}), ("WEBP", {"lossless": True})):
                if value in (1, 3, 6, 8, 9) or kind == "JPEG":
                    FILES[f"exif-{value}-{mark.decode()}.{kind.lower()}"] = saved(image, kind, exif=b"Exif\0\0" + exif, **options)
    for order, mark in (("<", b"II"), (">", b"MM")):
        exif = mark + struct.pack(order + "HIHHHIII", 42, 8, 1, 0x0112, 4, 1, 6, 0)
        FILES[f"exif-long-{mark.decode()}.jpeg"] = saved(image, "JPEG", exif=b"Exif\0\0" + exif)


def described(data: bytes) -> dict:
    image = Image.open(io.BytesIO(data))
    stored, upright = image.convert("RGB"), ImageOps.exif_transpose(image).convert("RGB")
    entry = {"file": base64.b64encode(data).decode(), "width": stored.width, "height": stored.height}
    entry["sha256"] = hashlib.sha256(stored.tobytes()).hexdigest()
    if upright.tobytes() != stored.tobytes() or upright.size != stored.size:
        entry["upright"] = hashlib.sha256(upright.tobytes()).hexdigest()
    return entry


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for make in (jpegs, webps, gifs, bmps, pngs, oriented):
        make()
    golden = {name: described(data) for name, data in FILES.items()}
    Path(sys.argv[1]).write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
