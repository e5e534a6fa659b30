"""Makes small random checkpoints in every published layout, and what transformers computes from them."""

from __future__ import annotations

import argparse
import json
import shutil
import zlib
from pathlib import Path

import torch
import transformers

import golden
import prompts
from check import check_loads
from layouts import WRITERS
from shapes import NATIVE_VOCABULARY, SHAPES, VOCABULARY, Shape
from weights import State, random_pixels, random_state, rounded

CANONICAL = {
    "model.language_model.": "text.", "model.vision_tower.": "vision.", "model.multi_modal_projector.linear_": "projector.",
}


def suitable(shape: Shape, prompt: list[int]) -> tuple[int, dict[str, golden.Golden]]:
    """The first seed whose goldens are suitable in every layout's element type."""
    for seed in range(2_000):
        try:
            state, pixels, found = random_state(shape, seed), random_pixels(shape, seed), {}
            for dtype in set(shape.types.values()):
                found[dtype] = golden.compute(shape, rounded(state, dtype), pixels, prompt)
            return seed, {layout: found[dtype] for layout, dtype in shape.types.items()}
        except golden.Unsuitable:
            continue
    raise SystemExit(f"no seed suits {shape.name}")


def write_floats(path: Path, values: torch.Tensor) -> None:
    path.write_bytes(values.contiguous().numpy().astype("<f4").tobytes())


def checksums(state: State, rows: int) -> dict[str, int]:
    """CRC-32 of each tensor's float32 bytes, by the name that the Java code gives it."""
    found = {}
    for name, value in state.items():
        for prefix, canonical in CANONICAL.items():
            name = name.replace(prefix, canonical)
        kept = value[:rows] if name in ("text.embed_tokens.weight", "lm_head.weight") else value
        found[name] = zlib.crc32(kept.contiguous().numpy().astype("<f4").tobytes())
    return found


def write_case(
    folder: Path, shape: Shape, layout: str, seed: int, state: State, prompt: list[int], values: golden.Golden
) -> None:
    rows = VOCABULARY if layout in ("published", "embedded") else NATIVE_VOCABULARY
    write_floats(folder / "golden" / "vision_features.bin", values.vision_features)
    write_floats(folder / "golden" / "image_features.bin", values.image_features)
    write_floats(folder / "golden" / "logits.bin", values.logits[:, :rows])
    case = {
        "shape": shape.name, "layout": layout, "seed": seed, "element_type": str(shape.types[layout]).removeprefix("torch."),
        "images": shape.images, "image_size": shape.image_size, "feature_rows": shape.feature_rows,
        "vision_hidden_size": shape.vision_hidden, "hidden_size": shape.hidden, "vocabulary_size": rows,
        "sampled_vocabulary_size": VOCABULARY, "prompt_text": shape.prompt, "prompt": prompt,
        "logit_rows": values.logit_rows, "greedy": values.greedy, "smallest_margin": round(values.margin, 6),
        "checksums": checksums(state, rows),
    }
    (folder / "golden" / "case.json").write_text(json.dumps(case, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path, help="folder that is emptied and filled, src/test/resources/parity")
    target = parser.parse_args().target
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    shutil.rmtree(target, ignore_errors=True)
    tokenizer = prompts.train()
    for shape in SHAPES:
        prompt = prompts.encode(tokenizer, shape.prompt, shape.feature_rows)
        seed, goldens = suitable(shape, prompt)
        state = random_state(shape, seed)
        for layout, values in goldens.items():
            folder = target / shape.name / layout
            checkpoint = folder / "checkpoint"
            (folder / "golden").mkdir(parents=True)
            WRITERS[layout](checkpoint, shape, state)
            (checkpoint / "tokenizer.model").write_bytes(tokenizer)
            stored = rounded(state, shape.types[layout])
            check_loads(checkpoint, shape, layout, stored)
            write_case(folder, shape, layout, seed, stored, prompt, values)
        write_floats(target / shape.name / "pixel_values.bin", random_pixels(shape, seed))
        print(f"{shape.name}: seed {seed}, {len(prompt)} positions")


if __name__ == "__main__":
    main()
