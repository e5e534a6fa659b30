// openai-node against a server: node openai_node.mjs URL [API-KEY]
import OpenAI from "openai";
import { modelOf, pictureUri, require, run } from "./checks.mjs";

const [url, key = "none"] = process.argv.slice(2);
const client = new OpenAI({ baseURL: url + "/v1", apiKey: key, maxRetries: 0 });
const model = await modelOf(url, key);
const ask = (text) => [
  { role: "user", content: [{ type: "image_url", image_url: { url: pictureUri() } }, { type: "text", text }] },
];
const asked = { model, messages: ask("What is it?"), max_tokens: 24, temperature: 0 };

await run({
  "models are listed and retrieved": async () => {
    require((await client.models.retrieve(model)).id === model, "id");
  },
  "a stream says the same as the whole": async () => {
    const whole = await client.chat.completions.create(asked);
    let said = "";
    let usage;
    for await (const c of await client.chat.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })) {
      said += c.choices[0]?.delta.content ?? "";
      usage = c.usage ?? usage;
    }
    require(said === whole.choices[0].message.content, "text");
    require(usage.total_tokens === whole.usage.total_tokens, "usage");
  },
  "the stream helper accumulates": async () => {
    const stream = client.chat.completions.stream(asked);
    let said = "";
    stream.on("content", (delta) => (said += delta));
    require((await stream.finalContent()) === said, "text");
  },
  "a stream can be aborted": async () => {
    const stream = await client.chat.completions.create({ ...asked, max_tokens: 500, ignore_eos: true, stream: true });
    for await (const _ of stream) stream.controller.abort();
  },
  "a named tool is called": async () => {
    const tool = {
      type: "function",
      function: { name: "paint", parameters: { type: "object", properties: { colour: { enum: ["red", "blue"] } }, required: ["colour"], additionalProperties: false } },
    };
    const stream = client.chat.completions.stream({ ...asked, max_tokens: 100, tools: [tool], tool_choice: { type: "function", function: { name: "paint" } } });
    const final = await stream.finalChatCompletion();
    require(["red", "blue"].includes(JSON.parse(final.choices[0].message.tool_calls[0].function.arguments).colour), "colour");
  },
  "responses stream": async () => {
    const content = [{ type: "input_text", text: "What is it?" }, { type: "input_image", image_url: pictureUri(), detail: "auto" }];
    const stream = client.responses.stream({ model, input: [{ role: "user", content }], max_output_tokens: 24, temperature: 0, store: false });
    let said = "";
    stream.on("response.output_text.delta", (event) => (said += event.delta));
    require((await stream.finalResponse()).output_text === said && said, "text");
  },
  "errors are typed": async () => {
    try {
      await client.chat.completions.create({ ...asked, model: "none" });
    } catch (e) {
      require(e instanceof OpenAI.NotFoundError && e.code === "model_not_found", e.code);
      return;
    }
    throw new Error("no error");
  },
});
