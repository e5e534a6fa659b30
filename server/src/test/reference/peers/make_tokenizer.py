"""Converts PACKAGE's tokenizer for OpenVINO, whose own reader of GGUF wants other kinds: ``make_tokenizer.py PACKAGE OUT``."""

import sys
from pathlib import Path

import openvino
from openvino_tokenizers import convert_tokenizer
from transformers import PreTrainedTokenizerFast


def main() -> None:
    file, out = str(Path(sys.argv[1]) / "tokenizer.json"), Path(sys.argv[2]) / "tokenizer"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=file, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>")
    out.mkdir(parents=True, exist_ok=True)
    for kind, model in zip(("tokenizer", "detokenizer"), convert_tokenizer(tokenizer, with_detokenizer=True)):
        openvino.save_model(model, out / f"openvino_{kind}.xml")


if __name__ == "__main__":
    main()
