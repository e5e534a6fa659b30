"""A tiny SentencePiece tokenizer of LLaMA's kind, and prompts encoded as in ShareGPT4V's training environment."""

from __future__ import annotations

import io
import itertools

import sentencepiece

from shapes import SHAPES, VOCABULARY

PLACEHOLDER = -200
"""Stands at every position that an image's features take (LLaVA's IMAGE_TOKEN_INDEX)."""

BEGIN, END = 1, 2


def train() -> bytes:
    """The serialised model: BPE with byte fallback, no normalisation, as LLaMA's."""
    # Joined turns make "USER" a piece without a space before it, which a turn after </s> needs.
    lines = [shape.prompt.replace("<image>", " ").replace("</s>", "").replace("\n", " ") for shape in SHAPES]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=itertools.chain.from_iterable(itertools.repeat(lines, 20)), model_writer=model,
        model_type="bpe", vocab_size=VOCABULARY, byte_fallback=True, split_digits=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True,
        allow_whitespace_only_pieces=True, character_coverage=1.0, unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
        num_threads=1, minloglevel=2,
    )
    return model.getvalue()


def encode(tokenizer: bytes, text: str, feature_rows: int) -> list[int]:
    """Token ids; each ``<image>`` becomes one placeholder per feature row."""
    model = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    ids = [BEGIN]
    for index, chunk in enumerate(text.split("<image>")):
        if index:
            ids += [PLACEHOLDER] * feature_rows
        for part, segment in enumerate(chunk.split("</s>")):
            if part:
                ids.append(END)
            ids += _segment(model, segment, part > 0)
    return ids


def _segment(model: sentencepiece.SentencePieceProcessor, text: str, after_special: bool) -> list[int]:
    """transformers 4.31 with ``legacy=false``: after a special token the first piece loses its space."""
    pieces = model.encode(text, out_type=str)
    if after_special and pieces:
        first = pieces[0].removeprefix("▁")
        pieces = ([first] if first else []) + pieces[1:]
    ids = [model.piece_to_id(piece) for piece in pieces]
    if model.unk_id() in ids:
        raise ValueError(f"the tokenizer lacks a piece of {pieces}")
    return ids
