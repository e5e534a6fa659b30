"""Prepares photographs with Pillow and CLIPImageProcessor and with us in turn: ``compare_speed.py CLASSPATH FILE...``.

Made with Pillow 13.0.0 and transformers 5.24.0, one thread. Prints both in images a second and core, their ratio, and whether
all values are equal. CLASSPATH holds the test classes, target/classes of models and runtime, and jspecify.
"""

import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
from PIL import Image
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

OPTIONS = Path(__file__).resolve().parents[5] / "jvm.options"
MEAN = (122, 116, 104)
ROUNDS, REPEATS, UNTIMED = 10, 5, 5


def expand2square(image: Image.Image) -> Image.Image:
    side = max(image.size)
    if image.width == image.height:
        return image
    square = Image.new("RGB", (side, side), MEAN)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def prepare(file: bytes, processor) -> numpy.ndarray:
    image = Image.open(io.BytesIO(file)).convert("RGB")
    return processor.preprocess(expand2square(image), return_tensors="np")["pixel_values"][0]


class Ours:
    def __init__(self, classpath: str):
        command = ["java", "@" + str(OPTIONS), "-Xmx2g", "-cp", classpath]
        self.process = subprocess.Popen(
            command + ["dev.sharegpt4v.models.image.PreparationServer"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )

    def run(self, path: str, rounds: int, threads: int) -> tuple[float, str]:
        self.process.stdin.write(f"{rounds} {threads} {path}\n")
        self.process.stdin.flush()
        nanos, digest = self.process.stdout.readline().split()
        return int(nanos) / 1e9, digest


def main() -> None:
    processor = CLIPImageProcessorPil(size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336})
    ours = Ours(sys.argv[1])
    paths = sys.argv[2:]
    for path in paths:
        print(f"# first {os.path.basename(path)}: {ours.run(path, 1, 1)[0] * 1e3:.0f} ms")
    for path in paths:
        ours.run(path, 200, 1)
    cores = os.cpu_count()
    print("| file | Pillow ms | ours ms | ratio per core | ours on all cores, images/s and core | equal |")
    for path in paths:
        with open(path, "rb") as stream:
            file = stream.read()
        theirs, own, all_cores, digests = [], [], [], set()
        digests.add(hashlib.sha256(numpy.ascontiguousarray(prepare(file, processor)).tobytes()).hexdigest())
        for _ in range(REPEATS):
            # Who waited while the other worked begins cold, so a few rounds of each are not timed.
            for _ in range(UNTIMED):
                prepare(file, processor)
            started = time.perf_counter()
            for _ in range(ROUNDS):
                prepare(file, processor)
            theirs.append((time.perf_counter() - started) / ROUNDS)
            ours.run(path, UNTIMED, 1)
            seconds, digest = ours.run(path, ROUNDS, 1)
            own.append(seconds / ROUNDS)
            digests.add(digest)
            all_cores.append(ROUNDS / ours.run(path, ROUNDS, cores)[0])
        them, us, both = (sorted(values)[REPEATS // 2] for values in (theirs, own, all_cores))
        ratio = sorted(a / b for a, b in zip(theirs, own))[REPEATS // 2]
        print(f"| {os.path.basename(path)} | {them * 1e3:.1f} | {us * 1e3:.1f} | {ratio:.2f} | {both:.0f} | {len(digests) == 1} |", flush=True)


if __name__ == "__main__":
    main()
