"""Writes trained weights as a checkpoint in the layout that ShareGPT4V's authors published."""

from __future__ import annotations

import argparse
import json
import shutil
from collections import OrderedDict
from pathlib import Path

import torch

from conversation import Encoder
from data import MEAN, STD
from model import DECODER, IMAGE_SIZE, VISION, DemoModel

NAME = "sharegpt4v-demo"
TOWER = "sharegpt4v-demo-vision-tower"


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _write_weights(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    torch.save(OrderedDict((name, tensor.bfloat16().contiguous()) for name, tensor in tensors.items()), path)


def decoder_tensors(model: DemoModel) -> dict[str, torch.Tensor]:
    found = dict(model.decoder.state_dict())
    for name, tensor in model.projector.state_dict().items():
        found[f"model.mm_projector.{name}"] = tensor
    return found


def tower_tensors(model: DemoModel) -> dict[str, torch.Tensor]:
    """Names as in the published tower, whatever prefix this version of transformers keeps in memory."""
    found = {}
    for name, tensor in model.tower.state_dict().items():
        if not name.endswith("position_ids"):
            found["vision_model." + name.removeprefix("vision_model.")] = tensor
    return found


def export(model: DemoModel, tokenizer: Path, vocabulary: int, out: Path) -> None:
    language, tower = out / NAME, out / TOWER
    for folder in (language, tower):
        folder.mkdir(parents=True, exist_ok=True)
    _write_weights(language / "pytorch_model.bin", decoder_tensors(model))
    _write_weights(tower / "pytorch_model.bin", tower_tensors(model))
    shutil.copy(tokenizer, language / "tokenizer.model")
    _write_json(language / "config.json", _config(vocabulary))
    _write_json(language / "generation_config.json", {
        "bos_token_id": 1, "eos_token_id": 2, "max_length": DECODER["max_position_embeddings"], "pad_token_id": 0,
        "temperature": 0.2, "top_p": 0.6, "transformers_version": "4.31.0",
    })
    _write_tokenizer_files(language)
    _write_json(tower / "config.json", {
        "architectures": ["CLIPVisionModel"], "attention_dropout": 0.0, "dropout": 0.0, "initializer_factor": 1.0,
        "initializer_range": 0.02, "model_type": "clip_vision_model", "num_channels": 3, "torch_dtype": "bfloat16",
        "transformers_version": "4.31.0", **VISION,
    })
    _write_json(tower / "preprocessor_config.json", {
        "crop_size": {"height": IMAGE_SIZE, "width": IMAGE_SIZE}, "do_center_crop": True, "do_convert_rgb": True,
        "do_normalize": True, "do_rescale": True, "do_resize": True, "feature_extractor_type": "CLIPFeatureExtractor",
        "image_mean": [round(float(value), 8) for value in MEAN], "image_processor_type": "CLIPImageProcessor",
        "image_std": [round(float(value), 8) for value in STD], "resample": 3,
        "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": IMAGE_SIZE},
    })


def _config(vocabulary: int) -> dict:
    decoder = {name: value for name, value in DECODER.items()}
    return {
        "_name_or_path": NAME, "architectures": ["Share4VLlamaForCausalLM"], "freeze_mm_mlp_adapter": False,
        "image_aspect_ratio": "pad", "image_grid_pinpoints": None, "initializer_range": 0.02,
        "mm_hidden_size": VISION["hidden_size"], "mm_projector_type": "mlp2x_gelu", "mm_use_im_patch_token": False,
        "mm_use_im_start_end": False, "mm_vision_select_feature": "patch", "mm_vision_select_layer": -2,
        "mm_vision_tower": TOWER, "model_type": "share4v", "pretraining_tp": 1, "rope_scaling": None,
        "torch_dtype": "bfloat16", "transformers_version": "4.31.0", "use_cache": True, "use_mm_proj": True,
        "vocab_size": vocabulary, **decoder,
    }


def _write_tokenizer_files(folder: Path) -> None:
    special = {
        name: {"content": text, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
        for name, text in (("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"))
    }
    _write_json(folder / "special_tokens_map.json", {**special, "pad_token": "<unk>"})
    added = {name: {"__type": "AddedToken", **value} for name, value in special.items()}
    _write_json(folder / "tokenizer_config.json", {
        "add_bos_token": True, "add_eos_token": False, "clean_up_tokenization_spaces": False, "legacy": False,
        "model_max_length": DECODER["max_position_embeddings"], "pad_token": None, "padding_side": "right",
        "sp_model_kwargs": {}, "tokenizer_class": "LlamaTokenizer", **added,
    })


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    vocabulary = Encoder(str(args.tokenizer)).model.vocab_size()
    model = DemoModel(vocabulary)
    model.load_state_dict(torch.load(args.weights)["model"])
    export(model, args.tokenizer, vocabulary, args.out)


if __name__ == "__main__":
    main()
