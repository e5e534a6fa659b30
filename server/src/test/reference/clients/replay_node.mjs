// Recorded streams through openai-node and Anthropic's SDK: node replay_node.mjs URL-OF-A-REPLAY-SERVER
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { require, run } from "./checks.mjs";

const [url] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: url + "/v1", apiKey: "none", maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
const { streams } = await (await fetch(url + "/recorded")).json();
// A message is one choice.
const single = streams.filter((stream) => stream.accumulated.choices.length === 1);
const messages = [{ role: "user", content: "What?" }];
const stream_options = { include_usage: true };
const same = (got, expected, what) => require(JSON.stringify(got) === JSON.stringify(expected), `${what}: ${JSON.stringify(got)}`);

function requireChoice(got, expected) {
  same(got.content ?? "", expected.content ?? "", "content");
  same(got.refusal ?? "", expected.refusal ?? "", "refusal");
  same(got.calls, expected.tool_calls, "calls");
  same(got.finish, expected.finish_reason, "finish_reason");
}

async function failureOf(read) {
  try {
    await read();
  } catch (e) {
    return e;
  }
  throw new Error("no error");
}

await run({
  "openai: streams add up": async () => {
    for (const { file, accumulated } of streams) {
      for (const model of [file, file + "+slow"]) {
        const choices = [];
        let usage;
        for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true, stream_options })) {
          usage = chunk.usage ?? usage;
          for (const { index, delta, finish_reason } of chunk.choices) {
            const to = (choices[index] ??= { content: "", refusal: "", calls: [], finish: null });
            to.content += delta.content ?? "";
            to.refusal += delta.refusal ?? "";
            to.finish = finish_reason ?? to.finish;
            for (const call of delta.tool_calls ?? []) {
              const known = (to.calls[call.index] ??= { id: "", name: "", arguments: "" });
              known.id += call.id ?? "";
              known.name += call.function.name ?? "";
              known.arguments += call.function.arguments ?? "";
            }
          }
        }
        require(choices.length === accumulated.choices.length, "choices");
        accumulated.choices.forEach((expected) => requireChoice(choices[expected.index], expected));
        require(usage.total_tokens === accumulated.usage.total_tokens, "usage");
      }
    }
  },
  "openai: the stream helper adds up": async () => {
    for (const { file, accumulated } of streams) {
      for (const model of [file, file + "+slow"]) {
        const final = await openai.chat.completions.stream({ model, messages, stream_options }).finalChatCompletion();
        require(final.choices.length === accumulated.choices.length, "choices");
        final.choices.forEach(({ message, finish_reason }, i) => {
          const calls = (message.tool_calls ?? []).map((c) => ({ id: c.id, name: c.function.name, arguments: c.function.arguments }));
          requireChoice({ ...message, calls, finish: finish_reason }, accumulated.choices[i]);
        });
        require(final.usage.total_tokens === accumulated.usage.total_tokens, "usage");
      }
    }
  },
  "openai: an error in the middle is an APIError": async () => {
    for (const { file } of streams) {
      const model = file + "+failing";
      let chunks = 0;
      const failure = await failureOf(async () => {
        for await (const _ of await openai.chat.completions.create({ model, messages, stream: true })) chunks++;
      });
      require(failure instanceof OpenAI.APIError && failure.code === "internal_error", failure.constructor.name + " " + failure.code);
      require(failure.type === "server_error" && chunks === 4, "type, chunks");
      const told = await failureOf(() => openai.chat.completions.stream({ model, messages }).finalChatCompletion());
      require(told instanceof OpenAI.OpenAIError && told.message.includes("The model failed"), told.constructor.name + " " + told.message);
    }
  },
  "anthropic: the stream helper adds up": async () => {
    for (const { file, accumulated } of single) {
      for (const model of [file, file + "+slow"]) {
        const final = await anthropic.messages.stream({ model, max_tokens: 100, messages }).finalMessage();
        const expected = accumulated.choices[0];
        same(final.content.map((b) => b.text ?? "").join(""), expected.content ?? expected.refusal ?? "", "text");
        same(
          final.content.filter((b) => b.type === "tool_use").map(({ id, name, input }) => ({ id, name, input })),
          expected.tool_calls.map((c) => ({ id: c.id, name: c.name, input: JSON.parse(c.arguments) })), "calls");
        same(final.stop_reason, expected.tool_calls.length ? "tool_use" : "end_turn", "stop_reason");
        require(final.usage.output_tokens === accumulated.usage.completion_tokens, "usage");
      }
    }
  },
  "anthropic: an error in the middle is an APIError": async () => {
    for (const { file } of single) {
      const asked = { model: file + "+failing", max_tokens: 100, messages };
      for (const read of [
        async () => { for await (const _ of await anthropic.messages.create({ ...asked, stream: true })); },
        () => anthropic.messages.stream(asked).finalMessage(),
      ]) {
        const failure = await failureOf(read);
        require(failure instanceof Anthropic.APIError && failure.error.error.type === "api_error", failure.constructor.name + " " + failure.message);
      }
    }
  },
});
