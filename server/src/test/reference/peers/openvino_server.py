"""A thin server of OpenAI's streamed completions over OpenVINO GenAI: ``openvino_server.py FOLDER PORT CACHE_GB``.

OpenVINO Model Server has no package in the registries; it runs the same ContinuousBatchingPipeline as this does. One thread
steps the pipeline, one per request writes its stream. FOLDER holds model.gguf and tokenizer/. Chat messages are joined
without a template.
"""

import json
import os
import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openvino_genai as genai

THREADS = os.cpu_count()


class Pipeline:
    def __init__(self, folder: str, cache_gigabytes: int):
        scheduler = genai.SchedulerConfig()
        scheduler.cache_size = cache_gigabytes
        scheduler.enable_prefix_caching = False
        scheduler.max_num_seqs = 32
        self.tokenizer = genai.Tokenizer(os.path.join(folder, "tokenizer"))
        self.pipeline = genai.ContinuousBatchingPipeline(
            os.path.join(folder, "model.gguf"), self.tokenizer, scheduler, "CPU", INFERENCE_NUM_THREADS=THREADS)
        self.submitted, self.running, self.count = queue.Queue(), [], 0

    def submit(self, prompt: str, tokens: int) -> tuple[int, queue.Queue]:
        input_ids = self.tokenizer.encode(prompt).input_ids
        events = queue.Queue()
        self.submitted.put((input_ids, tokens, events))
        return input_ids.shape[1], events

    def add(self, input_ids, tokens: int, events: queue.Queue) -> None:
        config = genai.GenerationConfig()
        config.max_new_tokens, config.ignore_eos, config.do_sample = tokens, True, False
        self.count += 1
        self.running.append((self.pipeline.add_request(self.count, input_ids, config), events))

    def run(self) -> None:
        while True:
            while not self.running or not self.submitted.empty():
                self.add(*self.submitted.get())
            self.pipeline.step()
            for handle, events in self.running:
                while handle.can_read():
                    for output in handle.read().values():
                        for token in output.generated_ids:
                            events.put(token)
            ended = [one for one in self.running if one[0].get_status() != genai.GenerationStatus.RUNNING]
            for one in ended:
                one[1].put(None)
                self.running.remove(one)


def words(body: dict) -> str:
    if "prompt" in body:
        return body["prompt"]
    contents = [message["content"] for message in body["messages"]]
    return " ".join(c if isinstance(c, str) else " ".join(part.get("text", "") for part in c) for c in contents)


def handler(pipeline: Pipeline) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            self.answer({"object": "list", "data": [{"id": "random", "object": "model"}]})

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            tokens = body.get("max_tokens") or body.get("max_completion_tokens") or 16
            prompt_tokens, events = pipeline.submit(words(body), tokens)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            count = 0
            while (token := events.get()) is not None:
                count += 1
                text = pipeline.tokenizer.decode([token]) or " "
                self.event({"choices": [{"index": 0, "delta": {"content": text}, "text": text, "finish_reason": None}]})
            self.event({"choices": [{"index": 0, "delta": {}, "text": "", "finish_reason": "length"}]})
            usage = {"prompt_tokens": prompt_tokens, "completion_tokens": count, "total_tokens": prompt_tokens + count}
            self.event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def event(self, value: dict) -> None:
            whole = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "random", **value}
            self.wfile.write(b"data: " + json.dumps(whole).encode() + b"\n\n")
            self.wfile.flush()

        def answer(self, value: dict) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def main() -> None:
    pipeline = Pipeline(sys.argv[1], int(sys.argv[3]))
    threading.Thread(target=pipeline.run, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), handler(pipeline)).serve_forever()


if __name__ == "__main__":
    main()
