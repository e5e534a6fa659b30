// Recorded streams through Vercel's AI SDK: node replay_ai_sdk.mjs URL-OF-A-REPLAY-SERVER
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, streamText, tool } from "ai";
import { require, run } from "./checks.mjs";

const [url] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: "replay", baseURL: url + "/v1", apiKey: "none", includeUsage: true });
const { streams } = await (await fetch(url + "/recorded")).json();
// It asks for one choice, and has no place for others; refusals are text to it.
const single = streams.filter((stream) => stream.accumulated.choices.length === 1);
const open = tool({ description: "any", inputSchema: jsonSchema({ type: "object" }) });

const read = (model, tools) => streamText({ model: provider(model), prompt: "What?", tools, maxRetries: 0, onError: () => {} });

await run({
  "streams add up": async () => {
    for (const { file, accumulated } of single) {
      const expected = accumulated.choices[0];
      for (const model of [file, file + "+slow"]) {
        const answer = read(model, Object.fromEntries(expected.tool_calls.map((c) => [c.name, open])));
        let said = "";
        for await (const delta of answer.textStream) said += delta;
        require(said === (expected.content ?? expected.refusal ?? ""), "text " + said);
        const calls = (await answer.toolCalls).map((c) => ({ id: c.toolCallId, name: c.toolName, input: c.input }));
        const recorded = expected.tool_calls.map((c) => ({ id: c.id, name: c.name, input: JSON.parse(c.arguments) }));
        require(JSON.stringify(calls) === JSON.stringify(recorded), "calls " + JSON.stringify(calls));
        const reason = await answer.finishReason;
        require(reason === (expected.refusal ? "content-filter" : expected.finish_reason.replace("_", "-")), "finish reason " + reason + " of " + file);
        require((await answer.usage).totalTokens === accumulated.usage.total_tokens, "usage");
      }
    }
  },
  "an error in the middle is a part of the stream": async () => {
    for (const { file } of single) {
      const failures = [];
      for await (const part of read(file + "+failing").fullStream) if (part.type === "error") failures.push(part.error);
      require(failures.length === 1, "errors " + failures.length);
      require(JSON.stringify(failures[0].message ?? failures[0]).includes("The model failed to answer this request."), JSON.stringify(failures[0]));
    }
  },
});
