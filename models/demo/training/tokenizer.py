"""Trains the SentencePiece BPE tokenizer on text of the demo world."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from conversation import SYSTEM, turns_for
from world import random_scene

VOCABULARY = 1024


def train(prefix: str, scenes: int = 4000) -> None:
    rng = random.Random(11)

    def corpus():
        for index in range(scenes):
            scene = random_scene(rng) if index % 12 else None
            for question, answer in turns_for(scene, rng, 8):
                # The second turn begins right after a special token, where "USER" has no space before it.
                yield f"{SYSTEM} USER: {question} ASSISTANT: {answer}.USER: ".replace("\n", " ")

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=corpus(),
        model_prefix=prefix,
        model_type="bpe",
        vocab_size=VOCABULARY,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=True,
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        character_coverage=1.0,
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    forget_place(Path(prefix + ".model"))


def forget_place(file: Path) -> None:
    """The trainer notes where it wrote the file, which is nobody's business."""
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(file.read_bytes())
    model.trainer_spec.model_prefix = "tokenizer"
    file.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    train(sys.argv[1])
