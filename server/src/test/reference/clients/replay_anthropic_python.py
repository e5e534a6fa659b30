"""Recorded streams in Anthropic's shape through its SDK: ``replay_anthropic_python.py URL-OF-A-REPLAY-SERVER``."""

import asyncio
import json
import sys

import anthropic
import httpx
from anthropic import Anthropic, AsyncAnthropic

from checks import check, run

ASKED = dict(max_tokens=100, messages=[{"role": "user", "content": "What?"}])


def single(recorded):
    """A message is one choice."""
    return [stream for stream in recorded if len(stream["accumulated"]["choices"]) == 1]


def require(message, stream):
    choice = stream["accumulated"]["choices"][0]
    assert "".join(b.text for b in message.content if b.type == "text") == (choice["content"] or choice["refusal"] or "")
    calls = [{"id": b.id, "name": b.name, "input": b.input} for b in message.content if b.type == "tool_use"]
    assert calls == [{"id": c["id"], "name": c["name"], "input": json.loads(c["arguments"])} for c in choice["tool_calls"]], calls
    assert message.stop_reason == ("tool_use" if calls else "end_turn")
    assert message.usage.output_tokens == stream["accumulated"]["usage"]["completion_tokens"]


@check
def the_stream_helper_adds_up(url, recorded):
    with Anthropic(base_url=url, api_key="none", max_retries=0) as client:
        for stream in single(recorded):
            for name in (stream["file"], stream["file"] + "+slow"):
                with client.messages.stream(model=name, **ASKED) as helper:
                    require(helper.get_final_message(), stream)


@check
def the_asynchronous_helper_adds_up(url, recorded):
    async def read():
        async with AsyncAnthropic(base_url=url, api_key="none", max_retries=0) as client:
            for stream in single(recorded):
                async with client.messages.stream(model=stream["file"], **ASKED) as helper:
                    require(await helper.get_final_message(), stream)

    asyncio.run(read())


@check
def an_error_in_the_middle_is_a_status_error(url, recorded):
    with Anthropic(base_url=url, api_key="none", max_retries=0) as client:
        for stream in single(recorded):
            events = []
            try:
                for event in client.messages.create(model=stream["file"] + "+failing", stream=True, **ASKED):
                    events.append(event)
                raise AssertionError("no error")
            except anthropic.APIStatusError as e:
                assert e.body["error"] == {"type": "api_error", "message": "The model failed to answer this request."}, e.body
            assert [event.type for event in events][:2] == ["message_start", "content_block_start"]


if __name__ == "__main__":
    print("anthropic", anthropic.__version__)
    run(sys.argv[1], httpx.get(sys.argv[1] + "/recorded").json()["streams"])
