"""Recorded streams through openai-python: ``replay_openai_python.py URL-OF-A-REPLAY-SERVER``."""

import asyncio
import sys

import httpx
import openai
from openai import AsyncOpenAI, OpenAI

from checks import check, run

ASKED = [{"role": "user", "content": "What?"}]
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}


class Added:
    """What deltas add up to, as a program without a helper does it."""

    def __init__(self):
        self.choices, self.usage = {}, None

    def add(self, chunk):
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices:
            to = self.choices.setdefault(choice.index, {"content": "", "refusal": "", "calls": {}, "end": None})
            to["content"] += choice.delta.content or ""
            to["refusal"] += choice.delta.refusal or ""
            to["end"] = choice.finish_reason or to["end"]
            for call in choice.delta.tool_calls or []:
                known = to["calls"].setdefault(call.index, {"id": "", "name": "", "arguments": ""})
                known["id"] += call.id or ""
                known["name"] += call.function.name or ""
                known["arguments"] += call.function.arguments or ""

    def require(self, expected):
        assert len(self.choices) == len(expected["choices"])
        for choice in expected["choices"]:
            got = self.choices[choice["index"]]
            assert got["content"] == (choice["content"] or ""), got
            assert got["refusal"] == (choice["refusal"] or ""), got
            assert list(got["calls"].values()) == choice["tool_calls"], got
            assert got["end"] == choice["finish_reason"], got
        assert self.usage.total_tokens == expected["usage"]["total_tokens"]


def require_completion(completion, expected):
    assert len(completion.choices) == len(expected["choices"])
    for got, choice in zip(completion.choices, expected["choices"]):
        assert (got.message.content or "") == (choice["content"] or "")
        assert (got.message.refusal or "") == (choice["refusal"] or "")
        calls = [{"id": c.id, "name": c.function.name, "arguments": c.function.arguments} for c in got.message.tool_calls or []]
        assert calls == choice["tool_calls"], calls
        assert got.finish_reason == choice["finish_reason"]
    assert completion.usage.total_tokens == expected["usage"]["total_tokens"]


def names(stream):
    return stream["file"], stream["file"] + "+slow"


@check
def streams_add_up(url, recorded):
    with OpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
        for stream in recorded:
            for name in names(stream):
                added = Added()
                for chunk in client.chat.completions.create(model=name, messages=ASKED, **WITH_USAGE):
                    added.add(chunk)
                added.require(stream["accumulated"])


@check
def the_stream_helper_adds_up(url, recorded):
    with OpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
        for stream in recorded:
            for name in names(stream):
                with client.chat.completions.stream(model=name, messages=ASKED, stream_options={"include_usage": True}) as helper:
                    said = [event.delta for event in helper if event.type == "content.delta"]
                    require_completion(helper.get_final_completion(), stream["accumulated"])
                assert "".join(said) == "".join(stream_text(stream)) or len(stream["accumulated"]["choices"]) > 1


def stream_text(stream):
    return [choice["content"] or "" for choice in stream["accumulated"]["choices"]]


@check
def the_asynchronous_client_adds_up(url, recorded):
    async def read():
        async with AsyncOpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
            for stream in recorded:
                added = Added()
                async for chunk in await client.chat.completions.create(model=stream["file"], messages=ASKED, **WITH_USAGE):
                    added.add(chunk)
                added.require(stream["accumulated"])
                async with client.chat.completions.stream(
                        model=stream["file"] + "+slow", messages=ASKED, stream_options={"include_usage": True}) as helper:
                    require_completion(await helper.get_final_completion(), stream["accumulated"])

    asyncio.run(read())


def require_failure(failure):
    assert failure.code == "internal_error" and failure.type == "server_error", (failure.code, failure.type)
    assert failure.message == "The model failed to answer this request."


@check
def an_error_in_the_middle_is_an_api_error(url, recorded):
    with OpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
        for stream in recorded:
            failing = dict(model=stream["file"] + "+failing", messages=ASKED)
            chunks = []
            try:
                for chunk in client.chat.completions.create(**failing, **WITH_USAGE):
                    chunks.append(chunk)
                raise AssertionError("no error")
            except openai.APIError as e:
                require_failure(e)
            assert len(chunks) == 4
            try:
                with client.chat.completions.stream(**failing) as helper:
                    helper.get_final_completion()
                raise AssertionError("no error")
            except openai.APIError as e:
                require_failure(e)


@check
def an_error_in_the_middle_reaches_the_asynchronous_client(url, recorded):
    async def read():
        async with AsyncOpenAI(base_url=url + "/v1", api_key="none", max_retries=0) as client:
            try:
                async for _ in await client.chat.completions.create(model=recorded[0]["file"] + "+failing", messages=ASKED, stream=True):
                    pass
                raise AssertionError("no error")
            except openai.APIError as e:
                require_failure(e)

    asyncio.run(read())


if __name__ == "__main__":
    print("openai-python", openai.__version__)
    run(sys.argv[1], httpx.get(sys.argv[1] + "/recorded").json()["streams"])
