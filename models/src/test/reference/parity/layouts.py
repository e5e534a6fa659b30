"""Writes one state in each published layout, with names as found in the wild."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file

from shapes import CONTEXT, IMAGE_TOKEN, NATIVE_VOCABULARY, VOCABULARY, Shape
from weights import State

MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]


def original_names(state: State) -> State:
    """ShareGPT4V's and LLaVA's own names; embedding and head without filler rows."""
    found = {}
    for name, value in state.items():
        if name.startswith("model.vision_tower."):
            continue
        name = name.replace("model.language_model.", "model.")
        name = name.replace("model.multi_modal_projector.linear_1.", "model.mm_projector.0.")
        name = name.replace("model.multi_modal_projector.linear_2.", "model.mm_projector.2.")
        found[name] = value[:VOCABULARY] if name in ("model.embed_tokens.weight", "lm_head.weight") else value
    return found


def tower_names(state: State, prefix: str) -> State:
    """The tower's tensors with the ``vision_model.`` that transformers had in their names before version 5."""
    head = "model.vision_tower."
    return {prefix + name.removeprefix(head): value for name, value in state.items() if name.startswith(head)}


def converted_names(state: State) -> State:
    """Names on disk of llava-hf checkpoints, transformers before 4.52."""
    found = {}
    for name, value in state.items():
        name = name.replace("model.language_model.", "language_model.model.").replace("lm_head.", "language_model.lm_head.")
        name = name.replace("model.vision_tower.", "vision_tower.vision_model.")
        found[name.replace("model.multi_modal_projector.", "multi_modal_projector.")] = value
    return found


def write_published(folder: Path, shape: Shape, state: State) -> None:
    """ShareGPT4V: two torch shards with an index, rotary frequencies among them; the tower in its own folder beside."""
    tower = folder.parent / f"{shape.name}_vision-tower"
    tensors = original_names(state)
    for layer in range(shape.layers):
        exponents = torch.arange(0, shape.head_size, 2, dtype=torch.float32) / shape.head_size
        tensors[f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = shape.rope_theta**-exponents
    first = {name: value for name, value in tensors.items() if name.startswith(("model.layers.0.", "model.mm_"))}
    rest = {name: value for name, value in tensors.items() if name not in first}
    shards = {f"pytorch_model-0000{index + 1}-of-00002.bin": part for index, part in enumerate((first, rest))}
    for name, part in shards.items():
        _write_torch(folder / name, part, shape, "published")
    _write_index(folder / "pytorch_model.bin.index.json", shards)
    _write_json(folder / "config.json", {
        **_original_config(shape, "published"), "architectures": ["Share4VLlamaForCausalLM"], "model_type": "share4v",
        "mm_vision_tower": f"example/{tower.name}",
    })
    _write_generation(folder, {"max_length": CONTEXT, "temperature": 0.9, "top_p": 0.6})
    vision = tower_names(state, "vision_model.")
    positions = (shape.image_size // shape.patch_size) ** 2 + 1
    _write_tower_configs(tower, shape)
    _write_torch(tower / "pytorch_model.bin", vision, shape, "published",
                 {"vision_model.embeddings.position_ids": torch.arange(positions).unsqueeze(0)})


def write_embedded(folder: Path, shape: Shape, state: State) -> None:
    """LLaVA's own layout in one torch file, the tower among the tensors; only the tower's configurations lie beside."""
    tower = folder.parent / f"{shape.name}_tower-configuration"
    tensors = original_names(state) | tower_names(state, "model.vision_tower.vision_tower.vision_model.")
    _write_torch(folder / "pytorch_model.bin", tensors, shape, "embedded")
    _write_json(folder / "config.json", {
        **_original_config(shape, "embedded"), "architectures": ["LlavaLlamaForCausalLM"], "model_type": "llava",
        "mm_vision_tower": f"example/{tower.name}",
    })
    _write_generation(folder, {})
    _write_tower_configs(tower, shape)


def write_converted(folder: Path, shape: Shape, state: State) -> None:
    """llava-hf: two safetensors shards with an index; configuration keys at their defaults are left out."""
    tensors = converted_names(state)
    if shape.tied:
        del tensors["language_model.lm_head.weight"]
    first = {name: value for name, value in tensors.items() if not name.startswith("language_model.model.layers.1.")}
    rest = {name: value for name, value in tensors.items() if name not in first}
    shards = {f"model-0000{index + 1}-of-00002.safetensors": part for index, part in enumerate((first, rest))}
    for name, part in shards.items():
        _write_safetensors(folder / name, part, shape, "converted")
    _write_index(folder / "model.safetensors.index.json", shards)
    text = {
        "hidden_size": shape.hidden, "intermediate_size": shape.intermediate, "max_position_embeddings": CONTEXT,
        "model_type": "llama", "num_attention_heads": shape.heads, "num_hidden_layers": shape.layers,
        "torch_dtype": _type_name(shape, "converted"), "vocab_size": NATIVE_VOCABULARY,
        **_unless_default("num_key_value_heads", shape.kv_heads, shape.heads),
        **_unless_default("head_dim", shape.head_size, shape.hidden // shape.heads),
        **_unless_default("rms_norm_eps", shape.rms_epsilon, 1e-6),
        **_unless_default("rope_theta", shape.rope_theta, 10_000.0),
        **_unless_default("tie_word_embeddings", shape.tied, False),
    }
    vision = {
        "hidden_size": shape.vision_hidden, "image_size": shape.image_size,
        "intermediate_size": shape.vision_intermediate, "model_type": "clip_vision_model",
        "num_attention_heads": shape.vision_heads, "num_hidden_layers": shape.vision_layers,
        "patch_size": shape.patch_size, "projection_dim": shape.vision_hidden,
    }
    _write_json(folder / "config.json", {
        "architectures": ["LlavaForConditionalGeneration"], "ignore_index": -100, "image_token_index": IMAGE_TOKEN,
        "model_type": "llava", "pad_token_id": IMAGE_TOKEN + 1, "projector_hidden_act": "gelu", "text_config": text,
        "tie_word_embeddings": shape.tied, "torch_dtype": _type_name(shape, "converted"),
        "transformers_version": "4.36.0.dev0", "vision_config": vision, "vision_feature_layer": shape.feature_layer,
        "vision_feature_select_strategy": "full" if shape.keep_class else "default",
    })
    _write_native_files(folder, shape)


def write_in_memory(folder: Path, shape: Shape, state: State) -> None:
    """Names and configuration of transformers 5 as they are in memory, which some versions leaked into files."""
    tensors = {name: value for name, value in state.items() if name != "lm_head.weight" or not shape.tied}
    _write_safetensors(folder / "model.safetensors", tensors, shape, "in-memory")
    shape.config().save_pretrained(folder)
    _write_native_files(folder, shape)


WRITERS = {
    "published": write_published, "embedded": write_embedded, "converted": write_converted,
    "in-memory": write_in_memory,
}


def _original_config(shape: Shape, layout: str) -> dict:
    return {
        "bos_token_id": 1, "eos_token_id": 2, "freeze_mm_mlp_adapter": False, "hidden_act": "silu",
        "hidden_size": shape.hidden, "image_aspect_ratio": "pad", "image_grid_pinpoints": None,
        "initializer_range": 0.02, "intermediate_size": shape.intermediate, "max_position_embeddings": CONTEXT,
        "mm_hidden_size": shape.vision_hidden, "mm_projector_type": "mlp2x_gelu", "mm_use_im_patch_token": False,
        "mm_use_im_start_end": False, "mm_vision_select_feature": "cls_patch" if shape.keep_class else "patch",
        "mm_vision_select_layer": shape.feature_layer, "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers, "num_key_value_heads": shape.kv_heads, "pad_token_id": 0,
        "pretraining_tp": 1, "rms_norm_eps": shape.rms_epsilon, "rope_scaling": None,
        "tie_word_embeddings": shape.tied, "torch_dtype": _type_name(shape, layout), "use_cache": True,
        "use_mm_proj": True, "vocab_size": VOCABULARY,
        **_unless_default("rope_theta", shape.rope_theta, 10_000.0),
        **_unless_default("head_dim", shape.head_size, shape.hidden // shape.heads),
    }


def _unless_default(key: str, value: object, default: object) -> dict:
    return {} if value == default else {key: value}


def _type_name(shape: Shape, layout: str) -> str:
    return str(shape.types[layout]).removeprefix("torch.")


def _write_torch(path: Path, tensors: State, shape: Shape, layout: str, extra: State | None = None) -> None:
    """Tied tensors share one storage, as torch's own writer keeps them; frequencies stay float32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    storages: dict[tuple, torch.Tensor] = {}
    found = OrderedDict()
    for name, value in tensors.items():
        dtype = torch.float32 if name.endswith("inv_freq") else shape.types[layout]
        found[name] = storages.setdefault((value.data_ptr(), value.shape), value.to(dtype).clone())
    torch.save(found | (extra or {}), path)


def _write_safetensors(path: Path, tensors: State, shape: Shape, layout: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.to(shape.types[layout]).contiguous() for name, value in tensors.items()}, path,
              metadata={"format": "pt"})


def _write_index(path: Path, shards: dict[str, State]) -> None:
    total = sum(value.numel() * value.element_size() for part in shards.values() for value in part.values())
    weight_map = {name: shard for shard, part in shards.items() for name in part}
    _write_json(path, {"metadata": {"total_size": total}, "weight_map": weight_map})


def _write_generation(folder: Path, values: dict) -> None:
    _write_json(folder / "generation_config.json", {
        "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "transformers_version": "4.31.0", **values,
    })


def _write_native_files(folder: Path, shape: Shape) -> None:
    _write_json(folder / "added_tokens.json", {"<image>": IMAGE_TOKEN, "<pad>": IMAGE_TOKEN + 1})
    _write_generation(folder, {"pad_token_id": IMAGE_TOKEN + 1})
    _write_preprocessor(folder, shape)


def _write_tower_configs(folder: Path, shape: Shape) -> None:
    _write_json(folder / "config.json", {
        "architectures": ["CLIPVisionModel"], "hidden_act": "quick_gelu", "hidden_size": shape.vision_hidden,
        "image_size": shape.image_size, "intermediate_size": shape.vision_intermediate, "layer_norm_eps": 1e-05,
        "model_type": "clip_vision_model", "num_attention_heads": shape.vision_heads,
        "num_hidden_layers": shape.vision_layers, "patch_size": shape.patch_size, "projection_dim": 16,
    })
    _write_preprocessor(folder, shape)


def _write_preprocessor(folder: Path, shape: Shape) -> None:
    side = shape.image_size
    _write_json(folder / "preprocessor_config.json", {
        "crop_size": {"height": side, "width": side}, "do_center_crop": True, "do_convert_rgb": True,
        "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": MEAN, "image_std": STD,
        "image_processor_type": "CLIPImageProcessor", "resample": 3, "rescale_factor": 0.00392156862745098,
        "size": {"shortest_edge": side},
    })


def _write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
