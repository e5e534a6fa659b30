"""Times steps of transformers on random weights of a LLaMA shape, in the form of `bench engine --json`.

Decoding is what `generate` adds from its second token on: the time of N + 1 tokens less the time of one. Run by gpu/verify.
"""

import argparse
import json
import time

import torch
import transformers
from transformers import CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlamaForCausalLM

SHAPES = {
    "7b": dict(hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32),
    "small": dict(hidden_size=256, intermediate_size=512, num_hidden_layers=2, num_attention_heads=2),
}


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def best(work, device, repetitions=3):
    work()
    times = []
    for _ in range(repetitions):
        synchronize(device)
        started = time.perf_counter()
        work()
        synchronize(device)
        times.append(time.perf_counter() - started)
    return min(times)


def generate(model, ids, tokens):
    model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        min_new_tokens=tokens,
        max_new_tokens=tokens,
        pad_token_id=0,
    )


def row(test, batch, context, tokens, seconds, steps):
    return {
        "test": test,
        "batch": batch,
        "context": context,
        "tokens_per_s": tokens / seconds,
        "median_step_ms": 1000 * seconds / steps,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=["cuda", "cpu"], required=True)
    parser.add_argument("--shape", choices=list(SHAPES), required=True)
    parser.add_argument("--batch", required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--decode", type=int, required=True)
    parser.add_argument("--prefill", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    torch.manual_seed(1)
    dtype = torch.float16 if args.device == "cuda" else torch.float32
    config = LlamaConfig(
        vocab_size=32000, max_position_embeddings=4096, attn_implementation="sdpa", **SHAPES[args.shape]
    )
    torch.set_default_dtype(dtype)
    with torch.device(args.device):
        model = LlamaForCausalLM(config).eval()
        vision = CLIPVisionModel(
            CLIPVisionConfig(
                hidden_size=1024 if args.shape == "7b" else 64,
                intermediate_size=4096 if args.shape == "7b" else 128,
                num_hidden_layers=24 if args.shape == "7b" else 2,
                num_attention_heads=16 if args.shape == "7b" else 2,
                image_size=336,
                patch_size=14,
            )
        ).eval()
    results = []
    images = []
    with torch.inference_mode():
        for batch in [int(text) for text in args.batch.split(",")]:
            ids = torch.randint(3, 32000, (batch, args.context), device=args.device)
            first = best(lambda: generate(model, ids, 1), args.device)
            all_tokens = best(lambda: generate(model, ids, args.decode + 1), args.device)
            results.append(
                row(f"tg{args.decode}", batch, args.context, batch * args.decode, all_tokens - first, args.decode)
            )
        ids = torch.randint(3, 32000, (1, args.prefill), device=args.device)
        seconds = best(lambda: model(ids, use_cache=True, logits_to_keep=1), args.device)
        results.append(row(f"pp{args.prefill}", 1, 0, args.prefill, seconds, 1))
        for batch in (1, 16):
            pixels = torch.rand(batch, 3, 336, 336, device=args.device)
            seconds = best(lambda: vision(pixels), args.device)
            images.append({"batch": batch, "images_per_s": batch / seconds})
    report = {
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "dtype": str(dtype),
        "attention": "sdpa",
        "results": results,
        "images": images,
    }
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)
    for result in results:
        print(f"{result['test']} batch {result['batch']}: {result['tokens_per_s']:.1f} tokens/s")


if __name__ == "__main__":
    main()
