// Vercel's AI SDK against a server: node ai_sdk.mjs URL [API-KEY]
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import { modelOf, picture, require, run } from "./checks.mjs";

const [url, key = "none"] = process.argv.slice(2);
const model = createOpenAICompatible({ name: "sharegpt4v", baseURL: url + "/v1", apiKey: key, includeUsage: true })(await modelOf(url, key));
const asked = {
  model, temperature: 0, maxOutputTokens: 24, maxRetries: 0,
  messages: [{ role: "user", content: [{ type: "image", image: Buffer.from(picture(), "base64") }, { type: "text", text: "What is it?" }] }],
};

await run({
  "a stream says the same as the whole": async () => {
    const whole = await generateText(asked);
    let said = "";
    const stream = streamText(asked);
    for await (const delta of stream.textStream) said += delta;
    require(said && said === whole.text, "text");
    require((await stream.usage).outputTokens === whole.usage.outputTokens, "usage");
  },
});
