// The Anthropic SDK for Node against a server: node anthropic_node.mjs URL [API-KEY]
import Anthropic from "@anthropic-ai/sdk";
import { modelOf, picture, require, run } from "./checks.mjs";

const [url, key = "none"] = process.argv.slice(2);
const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
const model = await modelOf(url, key);
const source = { type: "base64", media_type: "image/png", data: picture() };
const asked = {
  model, max_tokens: 24, temperature: 0,
  messages: [{ role: "user", content: [{ type: "image", source }, { type: "text", text: "What is it?" }] }],
};

await run({
  "a stream says the same as the whole": async () => {
    const whole = await client.messages.create(asked);
    const stream = client.messages.stream(asked);
    let said = "";
    stream.on("text", (delta) => (said += delta));
    const final = await stream.finalMessage();
    require(said === whole.content[0].text && final.content[0].text === said, "text");
    require(final.usage.output_tokens === whole.usage.output_tokens, "usage");
  },
  "errors are typed": async () => {
    try {
      await client.messages.create({ ...asked, model: "none" });
    } catch (e) {
      require(e instanceof Anthropic.NotFoundError, e.constructor.name);
      return;
    }
    throw new Error("no error");
  },
});
