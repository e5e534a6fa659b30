"""What transformers computes from a state in float32, by two roads that must agree."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import CLIPVisionModel, LlamaForCausalLM, LlavaForConditionalGeneration

from prompts import END, PLACEHOLDER
from shapes import IMAGE_TOKEN, VOCABULARY, Shape
from weights import State

GREEDY_TOKENS = 64
LOGIT_ROWS = 10
MARGIN = 5e-3
"""Least distance between the best logit and the second best, five times the tolerance that parity allows."""


@dataclass(frozen=True)
class Golden:
    vision_features: torch.Tensor
    """[images, rows, vision channels]"""
    image_features: torch.Tensor
    """[images, rows, channels]"""
    logit_rows: list[int]
    """Prompt positions, the last one included."""
    logits: torch.Tensor
    """[logit rows, vocabulary rows]"""
    greedy: list[int]
    margin: float


class Unsuitable(Exception):
    """These random weights make a poor golden file; another seed may do."""


@torch.no_grad()
def compute(shape: Shape, state: State, pixels: torch.Tensor, prompt: list[int]) -> Golden:
    model = LlavaForConditionalGeneration(shape.config()).eval()
    model.load_state_dict(state)
    ids = torch.tensor([[IMAGE_TOKEN if token == PLACEHOLDER else token for token in prompt]])
    logits = model(input_ids=ids, pixel_values=pixels).logits[0]
    greedy, margin = _greedy(model, ids, pixels)
    if greedy == _greedy(model, ids, -pixels)[0]:
        raise Unsuitable("the answer does not depend on the images")
    vision_features, image_features = _features(shape, model, pixels)
    _check(shape, model, ids, image_features, logits)
    rows = torch.linspace(0, len(prompt) - 1, LOGIT_ROWS).long().tolist()
    return Golden(vision_features, image_features, rows, logits[rows], greedy, margin)


def _greedy(model: LlavaForConditionalGeneration, ids: torch.Tensor, pixels: torch.Tensor) -> tuple[list[int], float]:
    tokens, margin, cache = [], float("inf"), None
    while len(tokens) < GREEDY_TOKENS:
        out = model(input_ids=ids, pixel_values=None if cache else pixels, past_key_values=cache, use_cache=True)
        best = out.logits[0, -1, :VOCABULARY].topk(2)
        token, cache = int(best.indices[0]), out.past_key_values
        margin = min(margin, float(best.values[0] - best.values[1]))
        if token == END or margin < MARGIN:
            raise Unsuitable("a greedy token ends the text or is nearly a tie")
        tokens.append(token)
        ids = torch.tensor([[token]])
    if len(set(tokens)) < 32:
        raise Unsuitable("the greedy tokens run in circles")
    return tokens, margin


def _features(shape: Shape, model: LlavaForConditionalGeneration, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """As LLaVA's own code has them: CLIPVisionModel's hidden state, the class token dropped, Linear-GELU-Linear."""
    tower = CLIPVisionModel(shape.config().vision_config).eval()
    tower.load_state_dict(model.model.vision_tower.state_dict())
    hidden = tower(pixels, output_hidden_states=True).hidden_states[shape.feature_layer]
    features = hidden if shape.keep_class else hidden[:, 1:]
    projector = model.model.multi_modal_projector
    inner = torch.nn.functional.gelu(features @ projector.linear_1.weight.T + projector.linear_1.bias)
    return features, inner @ projector.linear_2.weight.T + projector.linear_2.bias


def _check(shape: Shape, model: LlavaForConditionalGeneration, ids: torch.Tensor, features: torch.Tensor, logits: torch.Tensor) -> None:
    """LLaVA's own way to the logits: features spliced between the embeddings of LlamaForCausalLM."""
    decoder = LlamaForCausalLM(shape.config().text_config).eval()
    decoder.model.load_state_dict(model.model.language_model.state_dict())
    decoder.lm_head.load_state_dict(model.lm_head.state_dict())
    embeddings = decoder.get_input_embeddings()(ids)
    embeddings[ids == IMAGE_TOKEN] = features.reshape(-1, shape.hidden)
    torch.testing.assert_close(decoder(inputs_embeds=embeddings).logits[0], logits, rtol=1e-4, atol=1e-4)
