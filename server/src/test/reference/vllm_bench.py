"""Runs `vllm bench serve` as it stands in vLLM's wheel, without torch and the engine.

    pip download vllm==0.33.0 --no-deps
    pip install aiohttp numpy tqdm regex pybase64 pillow transformers msgspec pyyaml psutil pyzmq urllib3
    python vllm_bench.py vllm-0.33.0-*.whl --backend openai-chat --base-url http://127.0.0.1:8080 \
        --endpoint /v1/chat/completions --model sharegpt4v-demo --tokenizer PACKAGE/tokenizer.json ...

vllm/benchmarks and vllm/utils/argparse_utils.py are run from the wheel, unchanged. What they import from the rest of vLLM
and would need torch is replaced below: loggers, type names, the tokenizer's loader, and the encoder of data URIs.
"""

import base64
import io
import logging
import sys
import types

WHEEL = sys.argv.pop(1)


def module(name, **names):
    made = types.ModuleType(name)
    made.__dict__.update(names)
    made.__path__ = [WHEEL + "/" + name.replace(".", "/")]
    sys.modules[name] = made
    return made


class Unset(types.ModuleType):
    """Environment settings: none is set."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def encode_image_url(image, image_mode="RGB", format="JPEG"):
    file = io.BytesIO()
    image.convert(image_mode).save(file, format)
    return f"data:image/{format.lower()};base64," + base64.b64encode(file.getvalue()).decode()


def get_tokenizer(file, **_):
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_file=file)


vllm = module("vllm")
vllm.envs = sys.modules["vllm.envs"] = Unset("vllm.envs")
module("vllm.benchmarks")
module("vllm.utils")
module("vllm.logger", init_logger=logging.getLogger)
module("vllm.inputs", MultiModalDataDict=dict)
module("vllm.lora")
module("vllm.lora.utils", get_adapter_absolute_path=lambda path: path)
module("vllm.multimodal")
module("vllm.multimodal.audio", get_audio_duration=None)
module("vllm.multimodal.utils", encode_image_url=encode_image_url, fetch_image=None)
module("vllm.tokenizers", TokenizerLike=object, get_tokenizer=get_tokenizer)
module("vllm.transformers_utils")
module("vllm.transformers_utils.repo_utils", hf_api=None)
module("vllm.utils.mistral", is_mistral_tokenizer=lambda _: False)

from vllm.benchmarks.serve import add_cli_args, main  # noqa: E402
from vllm.utils.argparse_utils import FlexibleArgumentParser  # noqa: E402

parser = FlexibleArgumentParser()
add_cli_args(parser)
main(parser.parse_args())
