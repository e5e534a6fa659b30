"""Random weights whose logits spread, so that greedy decoding has no ties."""

from __future__ import annotations

import torch
from transformers import LlavaForConditionalGeneration

from shapes import VOCABULARY, Shape

State = dict[str, torch.Tensor]


def random_state(shape: Shape, seed: int) -> State:
    """A state dict by transformers' in-memory names, float32, filler rows louder than real ones."""
    rng = torch.Generator().manual_seed(seed)
    model = LlavaForConditionalGeneration(shape.config())
    state = {name: _tensor(name, value.shape, rng) for name, value in model.state_dict().items()}
    for name in ("lm_head.weight", "model.language_model.embed_tokens.weight"):
        state[name][VOCABULARY:] *= 3
    if shape.tied:
        state["lm_head.weight"] = state["model.language_model.embed_tokens.weight"]
    return state


def _tensor(name: str, size: torch.Size, rng: torch.Generator) -> torch.Tensor:
    noise = torch.randn(size, generator=rng)
    if "norm" in name or "layrnorm" in name:
        return 0.1 * noise + (1.0 if name.endswith("weight") else 0.0)
    if name.endswith("bias"):
        return 0.1 * noise
    if "embed" in name or "lm_head" in name:
        return (0.02 if "patch" in name else 0.3) * noise
    gain = 2.0 if "q_proj" in name or "k_proj" in name else 1.0
    return gain * noise / size[-1] ** 0.5


def rounded(state: State, dtype: torch.dtype) -> State:
    """What a reader sees that widens the stored elements to float32."""
    return {name: value.to(dtype).to(torch.float32) for name, value in state.items()}


def random_pixels(shape: Shape, seed: int) -> torch.Tensor:
    """Normalised pixel values, float32 [images, 3, side, side]."""
    rng = torch.Generator().manual_seed(seed)
    size = (shape.images, 3, shape.image_size, shape.image_size)
    return torch.randn(size, generator=rng).clamp(-1.79, 2.14)
