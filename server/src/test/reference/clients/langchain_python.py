"""LangChain's chat models against a server: ``langchain_python.py URL [API-KEY]``."""

import importlib.metadata
import sys
from typing import Literal

import httpx
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from checks import check, picture_base64, picture_uri, run


def ask(text: str) -> list:
    return [HumanMessage([{"type": "image_url", "image_url": {"url": picture_uri()}}, {"type": "text", "text": text}])]


@check
def chat_openai_invokes_and_streams(url: str, key: str, model: str):
    chat = ChatOpenAI(base_url=url + "/v1", api_key=key, model=model, temperature=0, max_tokens=24)
    whole = chat.invoke(ask("What is it?"))
    assert whole.content and whole.usage_metadata["input_tokens"] > 20
    assert "".join(chunk.content for chunk in chat.stream(ask("What is it?"))) == whole.content


@check
def chat_openai_gives_structured_output(url, key, model):
    class Scene(BaseModel):
        shape: Literal["circle", "square"]
        red: bool

    def chat(seed):
        return ChatOpenAI(base_url=url + "/v1", api_key=key, model=model, temperature=0.5, seed=seed, max_tokens=200)

    for seed in range(5):
        for method in ("json_schema", "function_calling"):
            for strict in (None, True):
                bound = chat(seed).with_structured_output(Scene, method=method, strict=strict)
                assert isinstance(bound.invoke(ask("What is it?")), Scene), (seed, method, strict)


@check
def chat_openai_batches(url, key, model):
    chat = ChatOpenAI(base_url=url + "/v1", api_key=key, model=model, temperature=0, max_tokens=8)
    assert len(chat.batch([ask("What is it?"), ask("Where is it?")])) == 2


@check
def chat_anthropic_invokes_and_streams(url, key, model):
    chat = ChatAnthropic(base_url=url, api_key=key, model=model, temperature=0, max_tokens=24)
    block = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture_base64()}}
    asked = [HumanMessage([block, {"type": "text", "text": "What is it?"}])]
    whole = chat.invoke(asked)
    assert whole.content
    said = "".join(c.content if isinstance(c.content, str) else "".join(b.get("text", "") for b in c.content) for c in chat.stream(asked))
    assert said == whole.content


if __name__ == "__main__":
    key = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "-v" else "none"
    name = httpx.get(sys.argv[1] + "/v1/models", headers={"authorization": "Bearer " + key}).json()["data"][0]["id"]
    print("langchain-openai", importlib.metadata.version("langchain-openai"), "langchain-anthropic", importlib.metadata.version("langchain-anthropic"))
    run(sys.argv[1], key, name)
