"""Writes a LLaVA-1.5-shaped model of random weights for llama.cpp and OpenVINO: ``make_gguf.py SHAPE.json PACKAGE OUT``.

OUT/model.gguf has every matrix of the decoder in Q4_0 (blocks of 32, 4.5 bits a weight), as our int4 packages have the head
and the embedding's rows apart. OUT/mmproj.gguf has the CLIP tower's first 23 layers and the projector in fp16. The vocabulary
is that of PACKAGE, which our ``convert --synthetic`` made of the same shape, so that prompts are as many tokens everywhere.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy

BLOCK, BLOCK_BYTES = 32, 18
RANDOM = numpy.random.default_rng(7)


class Tensors:
    """Names and makers of tensors in file order: the writer wants all headers first, memory only one tensor at a time."""

    def __init__(self, writer: gguf.GGUFWriter):
        self.writer, self.makers = writer, []

    def add(self, name: str, shape: tuple, kind: gguf.GGMLQuantizationType, make) -> None:
        width = shape[-1] // BLOCK * BLOCK_BYTES if kind == gguf.GGMLQuantizationType.Q4_0 else 0
        stored = (*shape[:-1], width) if width else shape
        dtype = {gguf.GGMLQuantizationType.F32: numpy.float32, gguf.GGMLQuantizationType.F16: numpy.float16}.get(
            kind, numpy.uint8)
        size = int(numpy.prod(stored)) * numpy.dtype(dtype).itemsize
        self.writer.add_tensor_info(name, stored, numpy.dtype(dtype), size, raw_dtype=kind if width else None)
        self.makers.append(lambda: make(stored).astype(dtype, copy=False))

    def q4_0(self, name: str, rows: int, columns: int) -> None:
        self.add(name, (rows, columns), gguf.GGMLQuantizationType.Q4_0, lambda stored: q4_0_blocks(stored, columns))

    def f16(self, name: str, *shape: int) -> None:
        spread = 1 / numpy.sqrt(numpy.prod(shape[1:]))
        self.add(name, shape, gguf.GGMLQuantizationType.F16, lambda stored: spread * RANDOM.standard_normal(stored, "f4"))

    def constant(self, name: str, value: float, *shape: int) -> None:
        self.add(name, shape, gguf.GGMLQuantizationType.F32, lambda stored: numpy.full(stored, value, "f4"))

    def f32(self, name: str, *shape: int) -> None:
        self.add(name, shape, gguf.GGMLQuantizationType.F32, lambda stored: 0.02 * RANDOM.standard_normal(stored, "f4"))

    def write(self) -> None:
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_ti_data_to_file()
        for make in self.makers:
            self.writer.write_tensor_data(make())
        self.writer.close()


def q4_0_blocks(stored: tuple, columns: int) -> numpy.ndarray:
    blocks = RANDOM.integers(0, 256, (stored[0], columns // BLOCK, BLOCK_BYTES), "u1")
    # A nibble's spread is 4.6: rows of unit length keep activations in range.
    blocks[..., :2] = numpy.frombuffer(numpy.float16(1 / (4.6 * numpy.sqrt(columns))).tobytes(), "u1")
    return blocks.reshape(stored)


def add_vocabulary(writer: gguf.GGUFWriter, package: Path) -> int:
    tokenizer = json.loads((package / "tokenizer.json").read_text())
    by_id = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    kinds = [gguf.TokenType.NORMAL] * len(by_id)
    kinds[0], kinds[1], kinds[2] = gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL
    kinds[3:259] = [gguf.TokenType.BYTE] * 256
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(by_id)
    writer.add_token_scores([0.0 if i < 259 else float(-i) for i in range(len(by_id))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    return len(by_id)


def write_decoder(shape: dict, package: Path, file: Path) -> None:
    hidden, inner, layers = shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"]
    heads, groups = shape["num_attention_heads"], shape["num_key_value_heads"]
    channels = hidden // heads
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name("random")
    writer.add_context_length(shape["max_position_embeddings"])
    writer.add_embedding_length(hidden)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(groups)
    writer.add_rope_dimension_count(channels)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(shape["rms_norm_eps"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    vocabulary = add_vocabulary(writer, package)
    writer.add_vocab_size(vocabulary)
    tensors = Tensors(writer)
    tensors.q4_0("token_embd.weight", vocabulary, hidden)
    for layer in range(layers):
        at = f"blk.{layer}."
        tensors.constant(at + "attn_norm.weight", 1, hidden)
        tensors.q4_0(at + "attn_q.weight", heads * channels, hidden)
        tensors.q4_0(at + "attn_k.weight", groups * channels, hidden)
        tensors.q4_0(at + "attn_v.weight", groups * channels, hidden)
        tensors.q4_0(at + "attn_output.weight", hidden, hidden)
        tensors.constant(at + "ffn_norm.weight", 1, hidden)
        tensors.q4_0(at + "ffn_gate.weight", inner, hidden)
        tensors.q4_0(at + "ffn_up.weight", inner, hidden)
        tensors.q4_0(at + "ffn_down.weight", hidden, inner)
    tensors.constant("output_norm.weight", 1, hidden)
    tensors.q4_0("output.weight", vocabulary, hidden)
    tensors.write()


def write_tower(shape: dict, file: Path) -> None:
    """The tower of openai/clip-vit-large-patch14-336; its last layer is not used, so llama.cpp's files leave it out."""
    width, inner, layers, heads, side, patch = 1024, 4096, 23, 16, 336, 14
    writer = gguf.GGUFWriter(file, "clip")
    writer.add_name("random")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "mlp")
    writer.add_bool("clip.use_gelu", False)
    for key, value in {
        "image_size": side, "patch_size": patch, "embedding_length": width, "feed_forward_length": inner,
        "projection_dim": 768, "attention.head_count": heads, "block_count": layers,
    }.items():
        writer.add_uint32(f"clip.vision.{key}", value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.48145466, 0.4578275, 0.40821073])
    writer.add_array("clip.vision.image_std", [0.26862954, 0.26130258, 0.27577711])
    tensors = Tensors(writer)
    tensors.f32("v.class_embd", width)
    tensors.f16("v.patch_embd.weight", width, 3, patch, patch)
    tensors.f32("v.position_embd.weight", (side // patch) ** 2 + 1, width)
    norm(tensors, "v.pre_ln", width)
    for layer in range(layers):
        at = f"v.blk.{layer}."
        norm(tensors, at + "ln1", width)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            linear(tensors, at + name, width, width)
        norm(tensors, at + "ln2", width)
        linear(tensors, at + "ffn_up", inner, width)
        linear(tensors, at + "ffn_down", width, inner)
    linear(tensors, "mm.0", shape["hidden_size"], width)
    linear(tensors, "mm.2", shape["hidden_size"], shape["hidden_size"])
    tensors.write()


def norm(tensors: Tensors, name: str, width: int) -> None:
    tensors.constant(name + ".weight", 1, width)
    tensors.constant(name + ".bias", 0, width)


def linear(tensors: Tensors, name: str, outputs: int, inputs: int) -> None:
    tensors.f16(name + ".weight", outputs, inputs)
    tensors.f32(name + ".bias", outputs)


def main() -> None:
    shape, package, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    write_decoder(shape, package, out / "model.gguf")
    write_tower(shape, out / "mmproj.gguf")


if __name__ == "__main__":
    main()
