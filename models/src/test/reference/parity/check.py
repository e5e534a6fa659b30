"""Checks that transformers itself reads what was written, and finds the same weights under those names."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import CLIPVisionModel, LlamaForCausalLM, LlavaForConditionalGeneration

from shapes import VOCABULARY, Shape
from weights import State

TOWER = "model.vision_tower."


def check_loads(checkpoint: Path, shape: Shape, layout: str, expected: State) -> None:
    if layout in ("converted", "in-memory"):
        model = LlavaForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32)
        _same(model.state_dict(), expected)
        return
    _check_decoder(checkpoint, shape, expected)
    if layout == "published":
        tower = CLIPVisionModel.from_pretrained(checkpoint.parent / f"{shape.name}_vision-tower", dtype=torch.float32)
        _same({TOWER + name: value for name, value in tower.state_dict().items()}, expected)


def _check_decoder(checkpoint: Path, shape: Shape, expected: State) -> None:
    """The original layout's decoder has LLaMA's own names; the projector's are the ones LLaVA's code has."""
    config = shape.config().text_config
    config.vocab_size = VOCABULARY
    decoder = LlamaForCausalLM.from_pretrained(checkpoint, config=config, dtype=torch.float32)
    found = {name.replace("model.", "model.language_model."): value for name, value in decoder.state_dict().items()}
    _same(found, {name: value[:VOCABULARY] if value.shape[0] > VOCABULARY else value for name, value in expected.items()})


def _same(found: State, expected: State) -> None:
    for name, value in found.items():
        if not torch.equal(value, expected[name]):
            raise ValueError(f"{name} was not read as it was written")
