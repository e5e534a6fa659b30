package dev.sharegpt4v.server.openai;

import static dev.sharegpt4v.server.openai.ChatField.Origin.LLAMA_CPP;
import static dev.sharegpt4v.server.openai.ChatField.Origin.OPENAI;
import static dev.sharegpt4v.server.openai.ChatField.Origin.OWN;
import static dev.sharegpt4v.server.openai.ChatField.Origin.VLLM;
import static dev.sharegpt4v.server.openai.ChatField.harmless;
import static dev.sharegpt4v.server.openai.ChatField.honoured;
import static dev.sharegpt4v.server.openai.ChatField.refused;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Every member of a chat request that is known here.
 *
 * <p>Source: CreateChatCompletionRequest of OpenAI's description 2.3.0; vLLM's entrypoints/openai/chat_completion/protocol.py.
 */
public final class ChatFields {

    private static final String NO_REASONING = "the family does not reason before it answers";

    /** The members, in the order of the table. */
    public static final List<ChatField> ALL = List.of(
            honoured("model", OPENAI, "string", "a served name; the first model when left out"),
            honoured("messages", OPENAI, "1 or more", "the dialogue; see *Messages*"),
            honoured("max_completion_tokens", OPENAI, "1 and more", "left out: to the end of the context"),
            honoured("max_tokens", OPENAI, "1 and more", "the older name; `max_completion_tokens` wins"),
            honoured("min_tokens", VLLM, "0 and more", "end tokens are not sampled before"),
            honoured("temperature", OPENAI, "0–2", "0 is greedy"),
            honoured("top_p", OPENAI, "0–1", "the likeliest tokens whose probabilities sum to it"),
            honoured("top_k", VLLM, "−1 and more", "so many of the likeliest tokens; −1 and 0 are off"),
            honoured("min_p", VLLM, "0–1", "tokens at least so likely, as a share of the likeliest"),
            honoured("repetition_penalty", VLLM, "> 0", "divides the logits of tokens in prompt and answer"),
            honoured("presence_penalty", OPENAI, "−2–2", "taken from the logits of tokens in the answer"),
            honoured("frequency_penalty", OPENAI, "−2–2", "the same for each time a token is there"),
            honoured("seed", OPENAI, "64-bit integer", "the same request gives the same text, whatever runs beside it"),
            honoured(
                    "stop",
                    OPENAI,
                    "up to 16 strings of up to 4,096 characters",
                    "end the answer and are no part of it"),
            honoured("stop_token_ids", VLLM, "ids", "end the answer"),
            honoured("ignore_eos", VLLM, "boolean", "the end token is an ordinary one"),
            honoured(
                    "include_stop_str_in_output",
                    VLLM,
                    "boolean",
                    "the stop string, or the text of a stop token, is the last of the answer"),
            honoured(
                    "logit_bias",
                    OPENAI,
                    "id → −100–100",
                    "added to logits; ids are checked against the vocabulary; see *Tokens*"),
            honoured("allowed_token_ids", VLLM, "1 or more ids", "no other token is sampled"),
            honoured("bad_words", VLLM, "up to 1,000 strings", "are not said; see *Tokens*"),
            honoured("logprobs", OPENAI, "boolean", "how likely each token was; see *Logprobs*"),
            honoured("top_logprobs", OPENAI, "0–20", "the likeliest tokens at each place; needs `logprobs`"),
            honoured("prompt_logprobs", VLLM, "0–20", "the same for the prompt; not streamed; see *Logprobs*"),
            honoured(
                    "return_tokens_as_token_ids",
                    VLLM,
                    "boolean",
                    "`token` in logprobs is `token_id:…` instead of the text"),
            honoured(
                    "return_token_ids",
                    VLLM,
                    "boolean",
                    "adds `prompt_token_ids` (places of pictures are −200) and each choice's `token_ids`, the end token"
                            + " included"),
            honoured("return_prompt_text", VLLM, "boolean", "adds `prompt_text`, the prompt with markers for pictures"),
            honoured("stream", OPENAI, "boolean", "server-sent events"),
            honoured(
                    "stream_options",
                    OPENAI,
                    "object",
                    "`include_usage`: a last chunk with usage; `continuous_usage_stats`: usage so far in every chunk;"
                            + " `include_obfuscation` without effect"),
            honoured(
                    "n",
                    OPENAI,
                    "1–128",
                    "completions; with a `seed`, the i-th of them (from 0) is what `seed` + i draws alone"),
            honoured(
                    "best_of",
                    VLLM,
                    "`n` and more",
                    "so many are drawn, and the `n` whose tokens were the likeliest on average answered; not streamed then"),
            honoured(
                    "use_beam_search",
                    VLLM,
                    "boolean",
                    "the best `n` of `best_of` beams, not streamed; `temperature`, `top_p`, `top_k`, `min_p` and `seed` have"
                            + " no effect, what changes or reports logits is refused"),
            honoured("length_penalty", VLLM, "−100–100", "1 when left out; needs `use_beam_search`"),
            honoured("early_stopping", OWN, "boolean", "as in transformers; needs `use_beam_search`"),
            honoured(
                    "repetition_detection",
                    VLLM,
                    "object",
                    "`{\"max_pattern_size\", \"min_pattern_size\"?, \"min_count\"}` ends an answer whose last tokens repeat"
                            + " one pattern so often; `finish_reason` is `repetition`"),
            honoured(
                    "response_format",
                    OPENAI,
                    "`text`, `json_object`, `json_schema`",
                    "what form the answer has: [structured-output.md](structured-output.md)"),
            honoured("structured_outputs", VLLM, "object", "the same"),
            honoured("guided_json", VLLM, "schema", "the same, older"),
            honoured("guided_regex", VLLM, "string", "the same, older"),
            honoured("guided_choice", VLLM, "strings", "the same, older"),
            honoured("guided_grammar", VLLM, "string", "the same, older"),
            honoured("guided_whitespace_pattern", VLLM, "string", "what may stand between the tokens of `guided_json`"),
            honoured("grammar", LLAMA_CPP, "string", "the same"),
            honoured("json_schema", LLAMA_CPP, "schema", "the same"),
            honoured("tools", OPENAI, "up to 128 functions", "see *Tools*; tools of type `custom` are refused"),
            honoured(
                    "tool_choice",
                    OPENAI,
                    "`none`, `auto`, `required`, a function, `allowed_tools`",
                    "`auto` when there are tools; see *Tools*"),
            honoured(
                    "parallel_tool_calls",
                    OPENAI,
                    "boolean",
                    "`true` lets a forced answer hold several calls; see *Tools*"),
            honoured("functions", OPENAI, "up to 128 functions", "the older form of `tools`; see *Tools*"),
            honoured("function_call", OPENAI, "`none`, `auto`, `{\"name\"}`", "the older form of `tool_choice`"),
            honoured(
                    "continue_final_message",
                    VLLM,
                    "boolean",
                    "the last message is the assistant's, and the answer goes on with it; not with"
                            + " `add_generation_prompt`"),
            honoured(
                    "add_generation_prompt",
                    VLLM,
                    "boolean",
                    "`true`, or `false` with `continue_final_message`, when left out; without, the prompt ends after the last"
                            + " message, whose role is free then"),
            honoured(
                    "echo",
                    VLLM,
                    "boolean",
                    "the answer begins with the words of the last message where that is the assistant's"),
            honoured(
                    "chat_template",
                    VLLM,
                    "Jinja",
                    "instead of the package's template; refused without `--trust-request-chat-template`; see *Templates*"),
            honoured(
                    "chat_template_kwargs",
                    VLLM,
                    "object",
                    "variables of `chat_template` or `--chat-template`; the package's template has none"),
            honoured("priority", VLLM, "integer", "0 when left out; lower goes first"),
            honoured("cache_salt", VLLM, "string", "what is cached is shared only with requests of an equal salt"),
            honoured(
                    "queue_timeout",
                    OWN,
                    "seconds",
                    "503 `timeout` when the first step comes later; `--queue-timeout` bounds it for all"),
            honoured(
                    "timeout",
                    OWN,
                    "seconds",
                    "503 `timeout` when the first token comes later; after that an answer ends with what was said,"
                            + " `finish_reason` `timeout`; `--request-timeout` bounds it for all"),
            honoured(
                    "image_orientation",
                    OWN,
                    "`apply`, `ignore`",
                    "whether a photo is turned upright by its EXIF orientation first (it is when left out); `ignore` equals"
                            + " the reference code"),
            honoured("request_id", VLLM, "string", "stands in the answer's `id` after `chatcmpl-`"),
            harmless("user", OPENAI, "string", "", FieldCheck.text(Integer.MAX_VALUE)),
            harmless("safety_identifier", OPENAI, "string", "", FieldCheck.text(Integer.MAX_VALUE)),
            harmless("metadata", OPENAI, "object", "16 pairs of 64 and 512 characters at most", FieldCheck.metadata()),
            harmless("store", OPENAI, "boolean", "nothing is stored", FieldCheck.BOOLEAN),
            harmless(
                    "service_tier",
                    OPENAI,
                    "OpenAI's names",
                    "the answer says `default`",
                    FieldCheck.oneOf("auto", "default", "flex", "scale", "priority", "fast")),
            harmless("prompt_cache_key", OPENAI, "string", "equal prompts share without", FieldCheck.text(1 << 10)),
            harmless("prompt_cache_options", OPENAI, "object", "", FieldCheck.OBJECT),
            harmless(
                    "prompt_cache_retention",
                    OPENAI,
                    "`in_memory`, `24h`",
                    "",
                    FieldCheck.oneOf("in_memory", "in-memory", "24h")),
            harmless("prediction", OPENAI, "object", "the engine guesses ahead by itself", FieldCheck.OBJECT),
            harmless(
                    "reasoning_effort",
                    OPENAI,
                    "OpenAI's names",
                    NO_REASONING,
                    FieldCheck.oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
            harmless(
                    "verbosity",
                    OPENAI,
                    "`low`, `medium`, `high`",
                    "the family does not know it",
                    FieldCheck.oneOf("low", "medium", "high")),
            harmless("guided_decoding_backend", VLLM, "string", "there is one", FieldCheck.text(1 << 10)),
            harmless("include_reasoning", VLLM, "boolean", NO_REASONING, FieldCheck.BOOLEAN),
            harmless("thinking_token_budget", VLLM, "integer", NO_REASONING, FieldCheck.INTEGER),
            harmless("session_id", VLLM, "string", "", FieldCheck.text(1 << 10)),
            harmless("spaces_between_special_tokens", VLLM, "boolean", "there are none in answers", FieldCheck.BOOLEAN),
            harmless(
                    "truncation_side",
                    VLLM,
                    "`left`, `right`",
                    "nothing is truncated",
                    FieldCheck.oneOf("left", "right")),
            harmless(
                    "stream_interval",
                    VLLM,
                    "1 and more",
                    "chunks come as text is said",
                    (fields, name) -> fields.integer(name, 1, Integer.MAX_VALUE)),
            harmless("return_token_offsets", VLLM, "boolean", "of rendered prompts only", FieldCheck.BOOLEAN),
            harmless("return_mm_kwargs", VLLM, "boolean", "of rendered prompts only", FieldCheck.BOOLEAN),
            refusing("modalities", OPENAI, "`[\"text\"]`", "answers are text", FieldCheck::isTextOnly),
            refusing("audio", OPENAI, "null", "answers are text", value -> false),
            refusing("web_search_options", OPENAI, "null", "there is no search", value -> false),
            refusing("moderation", OPENAI, "null", "there is no moderation model", value -> false),
            refusing("documents", VLLM, "`[]`", "the template has no place for them", FieldCheck::isEmptyArray),
            refusing(
                    "add_special_tokens", VLLM, "`false`", "the template has all special tokens", FieldCheck.is(false)),
            refusing("skip_special_tokens", VLLM, "`true`", "answers have no special tokens", FieldCheck.is(true)),
            refusing("truncate_prompt_tokens", VLLM, "null", "prompts are never cut", value -> false),
            refusing("logprob_token_ids", VLLM, "null", "ask for `top_logprobs`", value -> false),
            refusing("watermarking", VLLM, "`false`", "there is no watermark", FieldCheck.is(false)),
            refusing(
                    "mm_processor_kwargs",
                    VLLM,
                    "`{}`",
                    "pictures are prepared as in training",
                    FieldCheck::isEmptyObject),
            refusing(
                    "media_io_kwargs", VLLM, "`{}`", "pictures are prepared as in training", FieldCheck::isEmptyObject),
            refusing("kv_transfer_params", VLLM, "`{}`", "there is one engine", FieldCheck::isEmptyObject),
            refusing("ec_transfer_params", VLLM, "`{}`", "there is one engine", FieldCheck::isEmptyObject),
            refusing("vllm_xargs", VLLM, "`{}`", "there are no extensions", FieldCheck::isEmptyObject),
            refusing("routed_experts_prompt_start", VLLM, "0", "the family has no experts", FieldCheck::isZero));

    private static final Set<String> NAMES = ALL.stream().map(ChatField::name).collect(Collectors.toUnmodifiableSet());

    private ChatFields() {}

    private static ChatField refusing(
            String name, ChatField.Origin origin, String values, String why, Predicate<JsonNode> asksForNothing) {
        return refused(name, origin, values, why, FieldCheck.refuse(why, asksForNothing));
    }

    /** Refuses what nobody knows, and what is not done here. */
    static void check(JsonFields fields) {
        fields.allowOnly(NAMES);
        for (ChatField field : ALL) {
            if (fields.has(field.name())) {
                field.check().of(fields, field.name());
            }
        }
    }
}
