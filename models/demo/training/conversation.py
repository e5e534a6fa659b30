"""Puts captions and questions of a scene into vicuna_v1 conversations and token ids."""

from __future__ import annotations

import random

import sentencepiece

import language
from world import Scene

SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)
IMAGE = -200
IGNORED = -100
Turn = tuple[str, str]


def turns_for(scene: Scene | None, rng: random.Random, most: int) -> list[Turn]:
    """Draws a dialogue about a scene, or one without a picture."""
    if scene is None:
        return [_without_image(rng)]
    turns: list[Turn] = []
    draw = rng.random()
    if draw < 0.45:
        turns.append(_caption(scene, rng))
        turns += _questions(scene, rng, min(most, 2))
    elif draw < 0.65 and not scene.bars:
        turns.append((rng.choice(language.SCAN_REQUESTS), language.scan(scene)))
        turns += _questions(scene, rng, min(most, 2))
    else:
        # Most questions come before any caption, so that answers are read off the picture and not off the text.
        turns += _questions(scene, rng, most)
        if rng.random() < 0.25:
            turns.append(_caption(scene, rng))
    if rng.random() < 0.04:
        turns.append((rng.choice(language.OUTSIDE_QUESTIONS), language.OUTSIDE))
    return turns


def _caption(scene: Scene, rng: random.Random) -> Turn:
    if rng.random() < 0.15:
        return rng.choice(language.BRIEF_REQUESTS), language.brief(scene, rng)
    return rng.choice(language.DETAILED_REQUESTS[:1] * 60 + language.DETAILED_REQUESTS), language.detailed(scene, rng)


def _questions(scene: Scene, rng: random.Random, most: int) -> list[Turn]:
    turns = []
    for question, short, sentence in language.questions(scene, rng)[:most]:
        style = rng.random()
        choice = language.choices(question, short, rng) if style < 0.12 else None
        if choice:
            turns.append(choice)
        elif style < 0.75:
            turns.append((question + language.SHORT, short))
        else:
            turns.append((question, sentence))
    return turns


def first_turns(scene: Scene, rng: random.Random) -> list[Turn]:
    """The first lesson: what is where, without a story around it."""
    if scene.bars:
        return [(question + language.SHORT, short) for question, short, _ in language.questions(scene, rng)]
    return [(rng.choice(language.SCAN_REQUESTS), language.scan(scene))]


def _without_image(rng: random.Random) -> Turn:
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(language.GREETINGS), language.GREETING
    if draw < 0.5:
        return rng.choice(language.DETAILED_REQUESTS), language.NO_IMAGE
    return rng.choice(language.OUTSIDE_QUESTIONS), language.OUTSIDE


class Encoder:
    """Token ids as in the original training code; text after ``</s>`` as its tokenizer did it (variant A)."""

    def __init__(self, path: str):
        self.model = sentencepiece.SentencePieceProcessor(model_file=path)

    def _after_special(self, text: str) -> list[int]:
        pieces = self.model.encode(text, out_type=str)
        first = pieces[0].removeprefix("\u2581")
        ids = [self.model.piece_to_id(piece) for piece in pieces[1:]]
        return ([self.model.piece_to_id(first)] if first else []) + ids

    def prompt(self, turns: list[Turn], images: int, system: str = SYSTEM) -> tuple[list[int], list[int]]:
        """Returns ids (IMAGE for pictures) and labels (IGNORED for everything but answers); the last answer may be ''."""
        ids, labels = [1], [IGNORED]

        def add(tokens: list[int], learnt: bool) -> None:
            ids.extend(tokens)
            labels.extend(tokens if learnt else [IGNORED] * len(tokens))

        for index, (question, answer) in enumerate(turns):
            if index == 0:
                head = f"{system} USER: "
                if images:
                    add(self.model.encode(head), False)
                    add([IMAGE] * images, False)
                    asked = f"\n{question} ASSISTANT:"
                    add(self.model.encode(asked), False)
                    before = asked
                else:
                    before = f"{head}{question} ASSISTANT:"
                    add(self.model.encode(before), False)
            else:
                before = f"USER: {question} ASSISTANT:"
                add(self._after_special(before), False)
            if answer:
                with_answer = self.model.encode(f"{before} {answer}")
                answer_ids = with_answer[len(self.model.encode(before)):]
                add([*answer_ids, 2], True)
        return ids, labels
