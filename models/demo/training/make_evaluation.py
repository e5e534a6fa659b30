"""Renders the held-out scenes that the project's tests ask about: PNG files and truth.json."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import language
from render import render
from world import random_scene

FIRST_SEED = 70_000_000
COUNT = 200
QUESTIONS = 4


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    truths = []
    for index in range(COUNT):
        rng = random.Random(FIRST_SEED + index)
        scene = random_scene(rng)
        name = f"scene-{index:03d}.png"
        render(scene, rng).save(folder / name, optimize=True)
        truths.append({
            "file": name,
            "objects": language.expected_objects(scene),
            "contains": language.expected_text(scene),
            "questions": [
                {"question": question + language.SHORT, "answer": short}
                for question, short, _ in language.questions(scene, rng)[:QUESTIONS]
            ],
        })
    (folder / "truth.json").write_text(json.dumps(truths, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
