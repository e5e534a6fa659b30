"""The Anthropic SDK for Python against a server: ``anthropic_python.py URL [API-KEY]``."""

import sys

import anthropic
import httpx
from anthropic import Anthropic

from checks import check, picture_base64, run

# No argument of the SDK any more, yet a member of the API.
GREEDY = {"temperature": 0}


def ask(text: str) -> list:
    source = {"type": "base64", "media_type": "image/png", "data": picture_base64()}
    return [{"role": "user", "content": [{"type": "image", "source": source}, {"type": "text", "text": text}]}]


@check
def a_message_is_answered(client: Anthropic, model: str):
    answer = client.messages.create(model=model, max_tokens=24, extra_body=GREEDY, system="Be brief.", messages=ask("What is it?"))
    assert answer.content[0].type == "text" and answer.content[0].text
    assert answer.stop_reason in ("end_turn", "max_tokens") and answer.usage.input_tokens > 20


@check
def a_stream_says_the_same(client, model):
    asked = dict(model=model, max_tokens=24, extra_body=GREEDY, messages=ask("What is it?"))
    whole = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == whole.content[0].text == final.content[0].text
    assert final.usage.output_tokens == whole.usage.output_tokens and final.stop_reason == whole.stop_reason


@check
def tokens_are_counted(client, model):
    counted = client.messages.count_tokens(model=model, messages=ask("What is it?"))
    answer = client.messages.create(model=model, max_tokens=1, messages=ask("What is it?"))
    cached = answer.usage.cache_read_input_tokens or 0
    assert counted.input_tokens == answer.usage.input_tokens + cached


@check
def a_stop_sequence_is_named(client, model):
    answer = client.messages.create(model=model, max_tokens=60, extra_body=GREEDY, messages=ask("What is it?"), stop_sequences=[" "])
    assert answer.stop_reason == "stop_sequence" and answer.stop_sequence == " "


@check
def errors_are_typed(client, model):
    for call, kind, name in [
        (lambda: client.messages.create(model="none", max_tokens=1, messages=ask("x")), anthropic.NotFoundError, "not_found_error"),
        (lambda: client.messages.create(model=model, max_tokens=1, messages=[]), anthropic.BadRequestError, "invalid_request_error"),
    ]:
        try:
            call()
            raise AssertionError("no error")
        except kind as e:
            assert e.body["error"]["type"] == name, e.body


if __name__ == "__main__":
    key = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "-v" else "none"
    headers = {"authorization": "Bearer " + key}
    name = httpx.get(sys.argv[1] + "/v1/models", headers=headers).json()["data"][0]["id"]
    print("anthropic", anthropic.__version__)
    run(Anthropic(base_url=sys.argv[1], api_key=key, max_retries=0), name)
