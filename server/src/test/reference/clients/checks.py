"""What the clients' checks share: a picture, and a list of named checks that all run."""

import base64
import io
import sys
import traceback

from PIL import Image, ImageDraw

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def picture() -> bytes:
    image = Image.new("RGB", (336, 336), (240, 240, 240))
    ImageDraw.Draw(image).ellipse((90, 90, 240, 240), fill=(200, 30, 30))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def picture_base64() -> str:
    return base64.b64encode(picture()).decode()


def picture_uri() -> str:
    return "data:image/png;base64," + picture_base64()


def run(*arguments) -> None:
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(*arguments)
            print("ok    ", name)
        except Exception as e:  # Every check runs, whatever the others did.
            failed += 1
            print("FAILED", name, "-", type(e).__name__, str(e)[:300])
            if "-v" in sys.argv:
                traceback.print_exc()
    sys.exit(1 if failed else 0)
