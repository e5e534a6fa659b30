"""Trains the demo model in two stages: the tower on what stands at each patch, then everything on conversations."""

from __future__ import annotations

import argparse
import math
import random
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

from conversation import IGNORED, IMAGE, SYSTEM, Encoder, turns_for
from data import HEADS, SceneSet, normalise
from model import PATCHES, VISION, DemoModel

SYSTEMS = ["You are a helpful assistant.", "You describe images.", "Answer briefly.", "You are a careful assistant."]


class PatchHeads(nn.Module):
    """Linear read-outs of the patch features, used in training only."""

    def __init__(self, width: int):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(width, classes) for name, classes in HEADS.items()})
        self.background = nn.Linear(width, 6)

    def loss(self, features: torch.Tensor, labels: torch.Tensor, backgrounds: torch.Tensor) -> torch.Tensor:
        total = functional.cross_entropy(self.background(features.mean(1)).float(), backgrounds) * 0.5
        for index, head in enumerate(self.heads.values()):
            logits = head(features).float().flatten(0, 1)
            total = total + functional.cross_entropy(logits, labels[:, index].flatten())
        return total


def picture_batch(scenes: SceneSet, chosen: numpy.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    pixels = torch.from_numpy(normalise(scenes.pixels[chosen]))
    labels = torch.from_numpy(scenes.labels[chosen].astype(numpy.int64)).flatten(2)
    return pixels, labels, torch.from_numpy(scenes.backgrounds[chosen])


def text_batch(scenes: SceneSet, chosen: numpy.ndarray, encoder: Encoder, rng: random.Random, most: int):
    rows = []
    for index in chosen:
        system = SYSTEM if rng.random() < 0.95 else rng.choice(SYSTEMS)
        rows.append(encoder.prompt(turns_for(scenes.scenes[index], rng, most), PATCHES * PATCHES, system))
    for _ in range(max(1, len(chosen) // 16)):
        rows.append(encoder.prompt(turns_for(None, rng, 1), 0))
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    labels = torch.full((len(rows), longest), IGNORED)
    for row, (row_ids, row_labels) in enumerate(rows):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        labels[row, : len(row_labels)] = torch.tensor(row_labels)
    return ids, labels


def schedule(step: int, steps: int, peak: float) -> float:
    warm = max(1, steps // 25)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))))


def optimiser(modules: list[nn.Module]) -> torch.optim.AdamW:
    parameters = [p for module in modules for p in module.parameters() if p.requires_grad]
    matrices = [p for p in parameters if p.dim() > 1]
    others = [p for p in parameters if p.dim() <= 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], betas=(0.9, 0.98))


def train_tower(model: DemoModel, heads: PatchHeads, scenes: SceneSet, args: argparse.Namespace) -> None:
    adam = optimiser([model.tower, heads])
    order = numpy.random.default_rng(1)
    started = time.time()
    for step in range(args.tower_steps):
        for group in adam.param_groups:
            group["lr"] = schedule(step, args.tower_steps, 1.2e-3)
        pixels, labels, backgrounds = picture_batch(scenes, order.choice(len(scenes), args.batch, replace=False))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            loss = heads.loss(model.patch_features(pixels), labels, backgrounds)
        loss.backward()
        nn.utils.clip_grad_norm_([*model.tower.parameters(), *heads.parameters()], 1.0)
        adam.step()
        adam.zero_grad(set_to_none=True)
        if step % 50 == 0:
            print(f"tower {step}/{args.tower_steps} loss {loss.item():.4f} {time.time() - started:.0f}s", flush=True)


def answer_loss(model: DemoModel, ids: torch.Tensor, labels: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Cross entropy on answers; the head runs only where there is something to learn."""
    hidden = model.decoder.model(inputs_embeds=model.embed(ids, features, IMAGE)).last_hidden_state[:, :-1]
    wanted = labels[:, 1:] != IGNORED
    return functional.cross_entropy(model.decoder.lm_head(hidden[wanted]).float(), labels[:, 1:][wanted])


def train_all(model: DemoModel, heads: PatchHeads, scenes: SceneSet, encoder: Encoder, args: argparse.Namespace) -> None:
    adam = optimiser([model, heads])
    order = numpy.random.default_rng(args.seed)
    rng = random.Random(args.seed)
    started = time.time()
    for step in range(args.steps):
        for group in adam.param_groups:
            group["lr"] = schedule(step, args.steps, args.rate)
        chosen = order.choice(len(scenes), args.batch, replace=False)
        pixels, patches, backgrounds = picture_batch(scenes, chosen)
        ids, labels = text_batch(scenes, chosen, encoder, rng, args.turns)
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            with torch.set_grad_enabled(step >= args.frozen_steps):
                features = model.patch_features(pixels)
            answers = answer_loss(model, ids, labels, features)
            loss = answers + 0.1 * heads.loss(features, patches, backgrounds)
        loss.backward()
        nn.utils.clip_grad_norm_([*model.parameters(), *heads.parameters()], 1.0)
        adam.step()
        adam.zero_grad(set_to_none=True)
        if step % 50 == 0:
            print(f"all {step}/{args.steps} answers {answers.item():.4f} {time.time() - started:.0f}s", flush=True)
        if step % 400 == 399:
            save(model, heads, args.out)
    save(model, heads, args.out)


def save(model: DemoModel, heads: PatchHeads, out: Path) -> None:
    torch.save({"model": model.state_dict(), "heads": heads.state_dict()}, out.with_suffix(".tmp"))
    out.with_suffix(".tmp").replace(out)


def with_tower_of(trained: DemoModel) -> DemoModel:
    """A model with the trained tower and an untrained projector and decoder."""
    model = DemoModel(trained.decoder.config.vocab_size)
    model.tower.load_state_dict(trained.tower.state_dict())
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--fresh-language", action="store_true", help="with --resume: keep only the tower")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--tower-steps", type=int, default=1500)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--frozen-steps", type=int, default=1000, help="first steps of stage 2 that leave the tower as it is")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--bfloat16", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    encoder = Encoder(args.tokenizer)
    scenes = SceneSet(args.scenes)
    model = DemoModel(encoder.model.vocab_size())
    heads = PatchHeads(VISION["hidden_size"])
    if args.resume:
        saved = torch.load(args.resume)
        model.load_state_dict(saved["model"])
        heads.load_state_dict(saved["heads"])
        if args.fresh_language:
            model = with_tower_of(model)
    train_tower(model, heads, scenes, args)
    train_all(model, heads, scenes, encoder, args)


if __name__ == "__main__":
    main()
