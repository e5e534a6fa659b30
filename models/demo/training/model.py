"""The demo model: the published ShareGPT4V architecture at a small size, from transformers' own modules."""

from __future__ import annotations

import torch
from torch import nn
from transformers import CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlamaForCausalLM

IMAGE_SIZE = 120
PATCH_SIZE = 20
PATCHES = IMAGE_SIZE // PATCH_SIZE
VISION = dict(
    hidden_size=192, intermediate_size=768, num_hidden_layers=7, num_attention_heads=6, image_size=IMAGE_SIZE,
    patch_size=PATCH_SIZE, projection_dim=192, hidden_act="quick_gelu", layer_norm_eps=1e-5,
)
DECODER = dict(
    hidden_size=192, intermediate_size=512, num_hidden_layers=5, num_attention_heads=6, num_key_value_heads=6,
    rms_norm_eps=1e-5, max_position_embeddings=2048, tie_word_embeddings=False, hidden_act="silu",
    bos_token_id=1, eos_token_id=2, pad_token_id=0,
)


class DemoModel(nn.Module):
    """Tower, projector and decoder; image features stand where ids are IMAGE."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.tower = CLIPVisionModel(CLIPVisionConfig(**VISION))
        width, hidden = VISION["hidden_size"], DECODER["hidden_size"]
        self.projector = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, hidden))
        self.decoder = LlamaForCausalLM(LlamaConfig(vocab_size=vocabulary, **DECODER))

    def patch_features(self, pixels: torch.Tensor) -> torch.Tensor:
        """[N,3,S,S] to [N,PATCHES²,width]: the state before the last layer, without the class token."""
        states = self.tower(pixels, output_hidden_states=True).hidden_states[-2]
        return states[:, 1:]

    def embed(self, ids: torch.Tensor, features: torch.Tensor | None, image_token: int) -> torch.Tensor:
        """Token embeddings [N,T,hidden] with projected features at the image positions, in order."""
        at_image = ids == image_token
        embeddings = self.decoder.get_input_embeddings()(ids.clamp(min=0))
        if features is not None:
            projected = self.projector(features).reshape(-1, embeddings.shape[-1]).to(embeddings.dtype)
            embeddings = embeddings.masked_scatter(at_image.unsqueeze(-1), projected)
        return embeddings
