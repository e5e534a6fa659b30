"""The small models whose outputs are golden: each has something that ShareGPT4V-7B's own numbers would hide."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig

VOCABULARY = 304
"""Pieces of the tokenizer; rows of embedding and head in the original layout."""

NATIVE_VOCABULARY = 320
"""Rows in the transformers layout: an image token, a pad token, and filler rows that are never sampled."""

IMAGE_TOKEN = VOCABULARY
CONTEXT = 256


@dataclass(frozen=True)
class Shape:
    name: str
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    intermediate: int
    layers: int
    rms_epsilon: float
    rope_theta: float
    tied: bool
    vision_hidden: int
    vision_heads: int
    vision_intermediate: int
    vision_layers: int
    image_size: int
    patch_size: int
    feature_layer: int
    keep_class: bool
    images: int
    prompt: str
    types: dict[str, torch.dtype]
    """Stored element type by layout."""

    @property
    def feature_rows(self) -> int:
        return (self.image_size // self.patch_size) ** 2 + (1 if self.keep_class else 0)

    def config(self) -> LlavaConfig:
        text = LlamaConfig(
            hidden_size=self.hidden, intermediate_size=self.intermediate, num_hidden_layers=self.layers,
            num_attention_heads=self.heads, num_key_value_heads=self.kv_heads, head_dim=self.head_size,
            vocab_size=NATIVE_VOCABULARY, max_position_embeddings=CONTEXT, rms_norm_eps=self.rms_epsilon,
            rope_parameters={"rope_type": "default", "rope_theta": self.rope_theta}, tie_word_embeddings=self.tied,
        )
        vision = CLIPVisionConfig(
            hidden_size=self.vision_hidden, intermediate_size=self.vision_intermediate,
            num_hidden_layers=self.vision_layers, num_attention_heads=self.vision_heads, image_size=self.image_size,
            patch_size=self.patch_size, projection_dim=self.vision_hidden,
        )
        return LlavaConfig(
            text_config=text, vision_config=vision, image_token_index=IMAGE_TOKEN, tie_word_embeddings=self.tied,
            vision_feature_layer=self.feature_layer, image_seq_length=self.feature_rows,
            vision_feature_select_strategy="full" if self.keep_class else "default",
        )


SHAPES = [
    Shape(
        "narrow", hidden=48, heads=3, kv_heads=3, head_size=16, intermediate=64, layers=2, rms_epsilon=1e-6,
        rope_theta=10_000.0, tied=True, vision_hidden=32, vision_heads=2, vision_intermediate=48, vision_layers=3,
        image_size=24, patch_size=8, feature_layer=-2, keep_class=False, images=1,
        prompt="USER: <image>\nWhat is this? ASSISTANT: A red cube.</s>USER: And what is left of it? ASSISTANT:",
        types={"published": torch.bfloat16, "embedded": torch.float16, "converted": torch.float32,
               "in-memory": torch.float16},
    ),
    # Five heads; the image is not a whole number of patches, so the tower ignores two rows and columns.
    Shape(
        "plain", hidden=80, heads=5, kv_heads=5, head_size=16, intermediate=48, layers=2, rms_epsilon=1e-5,
        rope_theta=10_000.0, tied=False, vision_hidden=32, vision_heads=2, vision_intermediate=40, vision_layers=3,
        image_size=30, patch_size=7, feature_layer=-2, keep_class=False, images=2,
        prompt="Look well. USER: <image>\nWhat is this? ASSISTANT: A red cube.</s>"
        "USER: <image>\nAnd how many are here? ASSISTANT:",
        types={"published": torch.bfloat16, "embedded": torch.float16, "converted": torch.bfloat16,
               "in-memory": torch.float16},
    ),
    # Grouped key/value heads, heads that do not make up the hidden size, all hidden states up to the last, class token kept.
    Shape(
        "grouped", hidden=56, heads=4, kv_heads=2, head_size=16, intermediate=80, layers=2, rms_epsilon=1e-5,
        rope_theta=5_000.0, tied=False, vision_hidden=32, vision_heads=2, vision_intermediate=40, vision_layers=2,
        image_size=32, patch_size=8, feature_layer=-1, keep_class=True, images=2,
        prompt="USER: <image><image>\nWhat is new here? ASSISTANT: A red cube.</s>USER: How many? ASSISTANT: Two.</s>"
        "USER: And what is left of it? ASSISTANT:",
        types={"published": torch.float16, "embedded": torch.bfloat16, "converted": torch.bfloat16,
               "in-memory": torch.float16},
    ),
]
