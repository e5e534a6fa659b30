"""openai-python against a server: ``openai_python.py URL [API-KEY]``."""

import json
import sys
import time
from typing import Literal

import openai
from openai import OpenAI
from pydantic import BaseModel

from checks import check, picture_uri, run

GREEDY = {"temperature": 0}


def ask(text: str, image: bool = True) -> list:
    parts = [{"type": "text", "text": text}]
    if image:
        parts.insert(0, {"type": "image_url", "image_url": {"url": picture_uri()}})
    return [{"role": "user", "content": parts}]


@check
def models_are_listed_and_retrieved(client: OpenAI, model: str):
    assert client.models.retrieve(model).id == model


@check
def a_chat_answers(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("What is in the picture?"), max_tokens=24, **GREEDY)
    assert answer.choices[0].message.content and answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.prompt_tokens > 20 and answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@check
def a_stream_says_the_same_as_the_whole(client, model):
    asked = dict(model=model, messages=ask("What is in the picture?"), max_tokens=24, **GREEDY)
    whole = client.chat.completions.create(**asked).choices[0].message.content
    chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole
    assert chunks[-1].usage and not chunks[-1].choices


@check
def the_stream_helper_accumulates(client, model):
    with client.chat.completions.stream(model=model, messages=ask("Describe."), max_tokens=300, **GREEDY) as stream:
        deltas = [e.delta for e in stream if e.type == "content.delta"]
        final = stream.get_final_completion()
    assert "".join(deltas) == final.choices[0].message.content


@check
def several_choices(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("Describe."), max_tokens=8, n=3, temperature=1, seed=1)
    assert [c.index for c in answer.choices] == [0, 1, 2]


@check
def logprobs(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("Describe."), max_tokens=5, logprobs=True, top_logprobs=3, **GREEDY)
    content = answer.choices[0].logprobs.content
    assert len(content) == answer.usage.completion_tokens or len(content) == answer.usage.completion_tokens - 1
    assert all(len(c.top_logprobs) == 3 and c.logprob <= 0 for c in content)


@check
def a_pydantic_model_is_parsed(client, model):
    class Scene(BaseModel):
        shape: Literal["circle", "square"]
        red: bool

    answer = client.chat.completions.parse(
        model=model, messages=ask("What is there?"), response_format=Scene, max_tokens=200, temperature=0.5, seed=3)
    assert isinstance(answer.choices[0].message.parsed, Scene)


@check
def a_named_tool_is_called(client, model):
    tool = {"type": "function", "function": {"name": "paint", "description": "Paints.", "parameters": {
        "type": "object", "properties": {"colour": {"enum": ["red", "blue"]}}, "required": ["colour"], "additionalProperties": False}}}
    asked = dict(model=model, messages=ask("Paint it."), tools=[tool],
                 tool_choice={"type": "function", "function": {"name": "paint"}}, max_tokens=100, **GREEDY)
    answer = client.chat.completions.create(**asked)
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "paint" and json.loads(call.function.arguments)["colour"] in ("red", "blue")
    with client.chat.completions.stream(**asked) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.arguments == call.function.arguments


@check
def errors_are_typed(client, model):
    for call, kind, code in [
        (lambda: client.chat.completions.create(model="none", messages=ask("x", False)), openai.NotFoundError, "model_not_found"),
        (lambda: client.chat.completions.create(model=model, messages=[]), openai.BadRequestError, "empty_array"),
        (lambda: client.chat.completions.create(model=model, messages=ask("x", False), temperature=9), openai.BadRequestError, "decimal_out_of_range"),
        (lambda: client.models.retrieve("none"), openai.NotFoundError, "model_not_found"),
    ]:
        try:
            call()
            raise AssertionError("no error")
        except kind as e:
            assert e.code == code, (e.code, code)
            assert e.request_id


@check
def request_ids_come_back(client, model):
    raw = client.chat.completions.with_raw_response.create(
        model=model, messages=ask("x", False), max_tokens=1, extra_headers={"x-request-id": "mine-1"})
    assert raw.headers["x-request-id"] == "mine-1"


@check
def completions_whole_and_streamed(client, model):
    asked = dict(model=model, prompt=["A red", "A blue"], max_tokens=6, temperature=0)
    whole = client.completions.create(**asked)
    assert [c.index for c in whole.choices] == [0, 1]
    said = {0: "", 1: ""}
    for chunk in client.completions.create(**asked, stream=True):
        for choice in chunk.choices:
            said[choice.index] += choice.text
    assert [said[0], said[1]] == [c.text for c in whole.choices]


@check
def responses_whole_and_streamed(client, model):
    content = [{"type": "input_text", "text": "What is in the picture?"}, {"type": "input_image", "image_url": picture_uri(), "detail": "auto"}]
    asked = dict(model=model, input=[{"role": "user", "content": content}], max_output_tokens=300, temperature=0, store=False)
    whole = client.responses.create(**asked)
    assert whole.output_text and whole.status in ("completed", "incomplete")
    with client.responses.stream(**asked) as stream:
        deltas = [e.delta for e in stream if e.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(deltas) == whole.output_text == final.output_text


@check
def embeddings_of_a_picture(client, model):
    answer = client.embeddings.create(model=model, input=[picture_uri()])
    vector = answer.data[0].embedding
    assert len(vector) > 10 and abs(sum(v * v for v in vector) - 1) < 1e-3


@check
def files_and_batches(client, model):
    lines = [{"custom_id": f"q{i}", "method": "POST", "url": "/v1/chat/completions",
              "body": {"model": model, "messages": ask("What is it?"), "max_tokens": 4}} for i in range(3)]
    uploaded = client.files.create(file=("batch.jsonl", "\n".join(map(json.dumps, lines)).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=uploaded.id, endpoint="/v1/chat/completions", completion_window="24h")
    until = time.time() + 120
    while batch.status not in ("completed", "failed", "expired", "cancelled") and time.time() < until:
        time.sleep(0.3)
        batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed", batch
    out = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
    assert [o["custom_id"] for o in out] == ["q0", "q1", "q2"] and all(o["response"]["status_code"] == 200 for o in out)
    assert batch.id in [b.id for b in client.batches.list(limit=100)]
    assert client.files.delete(uploaded.id).deleted


if __name__ == "__main__":
    key = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "-v" else "none"
    connection = OpenAI(base_url=sys.argv[1] + "/v1", api_key=key, max_retries=0)
    print("openai-python", openai.__version__)
    run(connection, connection.models.list().data[0].id)
