"""Trains the demo model in two stages: the tower on what stands at each patch, then everything on conversations."""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

from conversation import IGNORED, IMAGE, SYSTEM, Encoder, first_turns, turns_for
from data import HEADS, SceneSet, normalise
from language import DETAILED_REQUESTS, SHORT, SYSTEMS, detailed, questions
from model import PATCHES, VISION, DemoModel

CENTRE_WEIGHT = 8.0
POOL = 8
Row = tuple[int | None, list[int], list[int]]


class PatchHeads(nn.Module):
    """Linear read-outs of the patch features, used in training only."""

    def __init__(self, width: int):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(width, classes) for name, classes in HEADS.items()})
        self.background = nn.Linear(width, 6)

    def loss(self, features: torch.Tensor, labels: torch.Tensor, backgrounds: torch.Tensor) -> torch.Tensor:
        total = functional.cross_entropy(self.background(features.mean(1)).float(), backgrounds) * 0.5
        weights = 1.0 + (CENTRE_WEIGHT - 1.0) * labels[:, -1].flatten()
        for index, head in enumerate(self.heads.values()):
            logits = head(features).float().flatten(0, 1)
            losses = functional.cross_entropy(logits, labels[:, index].flatten(), reduction="none")
            total = total + (losses * weights).sum() / weights.sum()
        return total

    @torch.inference_mode()
    def centres_right(self, features: torch.Tensor, labels: torch.Tensor) -> str:
        """The share of things whose centre patch is read right, for each head."""
        centres = labels[:, -1] == 1
        right = ((head(features).argmax(-1) == labels[:, i])[centres] for i, head in enumerate(self.heads.values()))
        return " ".join(f"{name} {share.float().mean():.3f}" for name, share in zip(self.heads, right))


def picture_batch(scenes: SceneSet, chosen: numpy.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    pixels = torch.from_numpy(normalise(scenes.pixels[chosen]))
    labels = torch.from_numpy(scenes.labels[chosen].astype(numpy.int64)).flatten(2)
    return pixels, labels, torch.from_numpy(scenes.backgrounds[chosen])


def text_rows(scenes: SceneSet, chosen: numpy.ndarray, encoder: Encoder, rng: random.Random, most: int) -> list[Row]:
    """One conversation for each chosen scene, and one without a picture for every sixteen."""
    rows: list[Row] = []
    for index in chosen:
        system = SYSTEM if rng.random() < 0.95 else rng.choice(SYSTEMS)
        turns = turns_for(scenes.scenes[index], rng, most) if most else first_turns(scenes.scenes[index], rng)
        rows.append((index, *encoder.prompt(turns, PATCHES * PATCHES, system)))
    rows += [(None, *encoder.prompt(turns_for(None, rng, 1), 0)) for _ in range(max(1, len(chosen) // 16))]
    return rows


def rounded(size: int, step: int) -> int:
    """Few different shapes: for each new one the library compiles its kernels again."""
    return -(-size // step) * step


def padded(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels [N,T] of rows, filled up to the longest and further to one of few lengths."""
    longest = rounded(max(len(ids) for _, ids, _ in rows), 32)
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    labels = torch.full((len(rows), longest), IGNORED)
    for row, (_, row_ids, row_labels) in enumerate(rows):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        labels[row, : len(row_labels)] = torch.tensor(row_labels)
    return ids, labels


def batches(scenes: SceneSet, encoder: Encoder, args: argparse.Namespace, most: int) -> Iterator[list[Row]]:
    """Endless batches of rows of similar length, so that little of a batch is padding."""
    order = numpy.random.default_rng(args.seed)
    rng = random.Random(args.seed)
    while True:
        chosen = order.choice(len(scenes), args.batch * POOL, replace=False)
        rows = sorted(text_rows(scenes, chosen, encoder, rng, most), key=lambda row: len(row[1]))
        cuts = [len(rows) * part // POOL for part in range(POOL + 1)]
        pool = [rows[low:high] for low, high in zip(cuts, cuts[1:])]
        rng.shuffle(pool)
        yield from pool


def schedule(step: int, steps: int, peak: float) -> float:
    warm = max(1, steps // 25)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))))


class Optimiser:
    """Muon for the matrices inside the layers, AdamW for embeddings, heads, biases and norms."""

    def __init__(self, modules: list[nn.Module]):
        named = [(name, p) for module in modules for name, p in module.named_parameters() if p.requires_grad]
        inner = [p for name, p in named if p.dim() == 2 and ".layers." in name]
        known = {id(p) for p in inner}
        outer = [p for _, p in named if id(p) not in known]
        self.parts = [torch.optim.AdamW(outer, betas=(0.9, 0.98), weight_decay=0.0)]
        if inner:
            self.parts.append(torch.optim.Muon(inner, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"))

    def step(self, rate: float) -> None:
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad(set_to_none=True)


def train_tower(model: DemoModel, heads: PatchHeads, scenes: SceneSet, held: SceneSet, args: argparse.Namespace) -> None:
    optimiser = Optimiser([model.tower, heads])
    order = numpy.random.default_rng(1)
    started = time.time()
    for step in range(args.tower_steps):
        pixels, labels, backgrounds = picture_batch(scenes, order.choice(len(scenes), args.tower_batch, replace=False))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            loss = heads.loss(model.patch_features(pixels), labels, backgrounds)
        loss.backward()
        nn.utils.clip_grad_norm_([*model.tower.parameters(), *heads.parameters()], 1.0)
        optimiser.step(schedule(step, args.tower_steps, args.tower_rate))
        if step % 100 == 99:
            pixels, labels, _ = picture_batch(held, numpy.arange(128))
            right = heads.centres_right(model.patch_features(pixels), labels)
            print(f"tower {step + 1}/{args.tower_steps} loss {loss.item():.4f} {right} {time.time() - started:.0f}s", flush=True)
            save(model, heads, args.out)


def answer_loss(model: DemoModel, ids: torch.Tensor, labels: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Cross entropy on answers; the head runs only where there is something to learn."""
    hidden = model.decoder.model(inputs_embeds=model.embed(ids, features, IMAGE)).last_hidden_state[:, :-1]
    targets = labels[:, 1:].flatten()
    wanted = (targets != IGNORED).nonzero().flatten()
    fill = (0, rounded(len(wanted), 512) - len(wanted))
    logits = model.decoder.lm_head(hidden.flatten(0, 1)[functional.pad(wanted, fill)])
    return functional.cross_entropy(logits.float(), functional.pad(targets[wanted], fill, value=IGNORED))


@torch.inference_mode()
def share_right(model: DemoModel, scenes: SceneSet, rows: list[Row], bfloat16: bool) -> float:
    """The share of rows whose answers a greedy decoder would write without one wrong token."""
    right = 0
    for low in range(0, len(rows), 32):
        part = rows[low : low + 32]
        ids, labels = padded(part)
        pixels, _, _ = picture_batch(scenes, numpy.array([row[0] for row in part]))
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            embeddings = model.embed(ids, model.patch_features(pixels), IMAGE)
            said = model.decoder(inputs_embeds=embeddings).logits[:, :-1].argmax(-1)
        right += int(((said == labels[:, 1:]) | (labels[:, 1:] == IGNORED)).all(1).sum())
    return right / len(rows)


def held_out_rows(scenes: SceneSet, encoder: Encoder, count: int) -> tuple[list[Row], list[Row]]:
    """Rows that ask for a caption, and rows that ask one short question."""
    rng = random.Random(17)
    captions, answers = [], []
    for index in range(count):
        scene = scenes.scenes[index]
        question, short, _ = questions(scene, rng)[0]
        captions.append((index, *encoder.prompt([(DETAILED_REQUESTS[0], detailed(scene, rng))], PATCHES * PATCHES)))
        answers.append((index, *encoder.prompt([(question + SHORT, short)], PATCHES * PATCHES)))
    return captions, answers


def train_all(
    model: DemoModel, heads: PatchHeads, scenes: SceneSet, held: SceneSet, encoder: Encoder, args: argparse.Namespace
) -> None:
    optimiser = Optimiser([model, heads])
    captions, answers = held_out_rows(held, encoder, 128)
    started, recent = time.time(), []
    lookups, conversations = (batches(scenes, encoder, args, most) for most in (0, args.turns))
    for step in range(args.steps):
        rows = next(lookups if step < args.lookup_steps else conversations)
        ids, labels = padded(rows)
        pixels, patches, backgrounds = picture_batch(scenes, numpy.array([row[0] for row in rows if row[0] is not None]))
        frozen = step < args.frozen_steps
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            with torch.set_grad_enabled(not frozen):
                features = model.patch_features(pixels)
            loss = answer_loss(model, ids, labels, features)
            recent.append(loss.item())
            if not frozen:
                loss = loss + 0.3 * heads.loss(features, patches, backgrounds)
        loss.backward()
        nn.utils.clip_grad_norm_([*model.parameters(), *heads.parameters()], 1.0)
        optimiser.step(schedule(step, args.steps, args.rate))
        if step % 25 == 24:
            print(f"all {step + 1}/{args.steps} answers {sum(recent) / len(recent):.4f} {time.time() - started:.0f}s", flush=True)
            recent.clear()
        if step % 500 == 499 or step == args.steps - 1:
            save(model, heads, args.out)
            shares = [share_right(model, held, rows, args.bfloat16) for rows in (captions, answers)]
            print(f"held out: captions {shares[0]:.3f}, short answers {shares[1]:.3f}", flush=True)


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
    parser.add_argument("--held", type=Path, required=True, help="scenes that are only measured on")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--fresh-language", action="store_true", help="with --resume: keep only the tower")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--tower-steps", type=int, default=1500)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--frozen-steps", type=int, default=1000, help="first steps of stage 2 that leave the tower as it is")
    parser.add_argument("--lookup-steps", type=int, default=400, help="first steps of stage 2 that only ask what is where")
    parser.add_argument("--tower-batch", type=int, default=64)
    parser.add_argument("--tower-rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--bfloat16", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
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
    held = SceneSet(args.held)
    train_tower(model, heads, scenes, held, args)
    train_all(model, heads, scenes, held, encoder, args)


if __name__ == "__main__":
    main()
