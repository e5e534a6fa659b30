"""Greedy answers of a trained model on held-out scenes, judged by the mechanical checks of ``language``."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy
import torch

import language
from conversation import IMAGE, Encoder, Turn
from data import SceneSet, normalise
from model import PATCHES, DemoModel

CAPTION = "Analyze the image in a comprehensive and detailed manner."


@torch.inference_mode()
def answer(model: DemoModel, encoder: Encoder, pixels: numpy.ndarray, turn: Turn, limit: int = 200) -> str:
    """The greedy answer to one question about one picture ([S,S,3] uint8)."""
    features = model.patch_features(torch.from_numpy(normalise(pixels[None])))
    ids, _ = encoder.prompt([turn], PATCHES * PATCHES)
    embeddings = model.embed(torch.tensor([ids]), features, IMAGE)
    found: list[int] = []
    cache = None
    while len(found) < limit:
        out = model.decoder(inputs_embeds=embeddings, past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        token = int(out.logits[0, -1].argmax())
        if token == 2:
            break
        found.append(token)
        embeddings = model.decoder.get_input_embeddings()(torch.tensor([[token]]))
    return encoder.model.decode(found)


def round_to_bfloat16(model: torch.nn.Module) -> None:
    """The exported weights are bfloat16; what is judged must be what is shipped."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.bfloat16().float())


def evaluate(model: DemoModel, encoder: Encoder, scenes: SceneSet, count: int, verbose: bool = False) -> tuple[float, float]:
    """Returns the shares of right captions and of right short answers over the first ``count`` scenes."""
    rng = random.Random(17)
    captions = answers = asked = 0
    for index in range(count):
        scene, pixels = scenes.scenes[index], scenes.pixels[index]
        caption = answer(model, encoder, pixels, (CAPTION, ""))
        right = language.caption_is_right(scene, caption)
        captions += right
        if verbose and not right:
            print("WRONG", language.expected_objects(scene), language.expected_text(scene), "|", caption, flush=True)
        for question, short, _ in language.questions(scene, rng)[:4]:
            said = answer(model, encoder, pixels, (question + language.SHORT, ""), 16)
            asked += 1
            answers += said == short
            if verbose and said != short:
                print("WRONG", question, "|", short, "|", said, flush=True)
    return captions / count, answers / asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    encoder = Encoder(args.tokenizer)
    model = DemoModel(encoder.model.vocab_size())
    model.load_state_dict(torch.load(args.weights)["model"])
    round_to_bfloat16(model.eval())
    captions, answers = evaluate(model, encoder, SceneSet(args.scenes), args.count, args.verbose)
    print(f"captions right {captions:.3f}, short answers right {answers:.3f}, over {args.count} scenes")


if __name__ == "__main__":
    main()
