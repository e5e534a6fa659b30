"""Recorded streams through LangChain's chat models: ``replay_langchain.py URL-OF-A-REPLAY-SERVER``."""

import asyncio
import importlib.metadata
import json
import sys

import anthropic
import httpx
import openai
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

from checks import check, run


def chat_openai(url, name):
    return ChatOpenAI(base_url=url + "/v1", api_key="none", model=name, max_retries=0, stream_usage=True)


def chat_anthropic(url, name):
    return ChatAnthropic(base_url=url, api_key="none", model=name, max_retries=0, max_tokens=100)


def single(recorded):
    """The models ask for one choice, and have no place for others."""
    return [stream for stream in recorded if len(stream["accumulated"]["choices"]) == 1]


def require_calls(message, choice):
    calls = [{"id": c["id"], "name": c["name"], "args": c["args"]} for c in message.tool_calls]
    assert calls == [{"id": c["id"], "name": c["name"], "args": json.loads(c["arguments"])} for c in choice["tool_calls"]], calls


def require(message, stream):
    choice = stream["accumulated"]["choices"][0]
    assert message.content == (choice["content"] or ""), message.content
    require_calls(message, choice)
    assert message.response_metadata["finish_reason"] == choice["finish_reason"]
    assert message.usage_metadata["total_tokens"] == stream["accumulated"]["usage"]["total_tokens"]


def total(chunks):
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    return whole


@check
def chat_openai_adds_up(url, recorded):
    for stream in single(recorded):
        for name in (stream["file"], stream["file"] + "+slow"):
            require(total(list(chat_openai(url, name).stream("What?"))), stream)


@check
def chat_openai_adds_up_asynchronously(url, recorded):
    async def read():
        for stream in single(recorded):
            require(total([chunk async for chunk in chat_openai(url, stream["file"]).astream("What?")]), stream)

    asyncio.run(read())


@check
def an_error_in_the_middle_reaches_who_reads_chat_openai(url, recorded):
    for stream in single(recorded):
        try:
            list(chat_openai(url, stream["file"] + "+failing").stream("What?"))
            raise AssertionError("no error")
        except openai.APIError as e:
            assert e.code == "internal_error", e.code


def words(message):
    blocks = [message.content] if isinstance(message.content, str) else message.content
    return "".join(b if isinstance(b, str) else b.get("text", "") for b in blocks)


@check
def chat_anthropic_adds_up(url, recorded):
    for stream in single(recorded):
        choice = stream["accumulated"]["choices"][0]
        message = total(list(chat_anthropic(url, stream["file"] + "+slow").stream("What?")))
        assert words(message) == (choice["content"] or choice["refusal"] or ""), message
        require_calls(message, choice)
        assert message.usage_metadata["output_tokens"] == stream["accumulated"]["usage"]["completion_tokens"]


@check
def an_error_in_the_middle_reaches_who_reads_chat_anthropic(url, recorded):
    try:
        list(chat_anthropic(url, recorded[0]["file"] + "+failing").stream("What?"))
        raise AssertionError("no error")
    except anthropic.APIStatusError as e:
        assert e.body["error"]["type"] == "api_error", e.body


if __name__ == "__main__":
    for package in ("langchain-core", "langchain-openai", "langchain-anthropic"):
        print(package, importlib.metadata.version(package))
    run(sys.argv[1], httpx.get(sys.argv[1] + "/recorded").json()["streams"])
