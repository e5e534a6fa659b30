package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A checked request to go on with texts; no template is put around them.
 *
 * @param model the name asked for, if one was
 * @param prompts what to go on with, each on its own
 * @param addBegin whether the begin token goes before a text
 * @param echo whether the prompt is part of the answer
 * @param silent whether nothing is to be said after it
 * @param tellsPrompt whether the prompt's logprobs are told by themselves
 * @param options what is asked of each completion
 * @param choices how many completions of each prompt
 */
public record TextCompletionRequest(
        Optional<String> model,
        List<TextPrompt> prompts,
        boolean addBegin,
        boolean echo,
        boolean silent,
        boolean tellsPrompt,
        CompletionOptions options,
        Choices choices) {

    /** As at OpenAI. */
    private static final int DEFAULT_TOKENS = 16;

    private static final int MOST_PROMPTS = 2048;
    /** As at OpenAI. */
    private static final int MOST_TOP = 5;
    /** As in chats. */
    private static final int MOST_PROMPT_TOP = 20;

    private static final Set<String> KNOWN = known();

    public TextCompletionRequest {
        prompts = List.copyOf(prompts);
    }

    /** What to go on with. */
    public sealed interface TextPrompt {

        /** The path of the field, for errors. */
        String param();

        /** Words. */
        record Words(String text, String param) implements TextPrompt {}

        /** Vocabulary ids, the begin token included where it is wanted. */
        record Ids(List<Integer> ids, String param) implements TextPrompt {

            public Ids {
                ids = List.copyOf(ids);
            }
        }
    }

    private static Set<String> known() {
        Set<String> names = new HashSet<>(CompletionFields.NAMES);
        names.addAll(ChoiceFields.NAMES);
        names.addAll(Set.of(
                "prompt",
                "suffix",
                "echo",
                "logprobs",
                "prompt_logprobs",
                "return_token_ids",
                "return_tokens_as_token_ids",
                "add_special_tokens"));
        return Set.copyOf(names);
    }

    /**
     * Reads a body.
     *
     * @param defaults sampling values that stand where the request gives none
     * @param vocabularySize ids are less
     */
    public static TextCompletionRequest read(JsonNode body, GenerationDefaults defaults, int vocabularySize) {
        JsonFields.of(body, "").allowOnly(KNOWN);
        ObjectNode filled = body.deepCopy();
        if (!filled.hasNonNull("max_tokens") && !filled.hasNonNull("max_completion_tokens")) {
            filled.put("max_tokens", DEFAULT_TOKENS);
        }
        JsonFields fields = JsonFields.of(filled, "");
        if (!fields.text("suffix").orElse("").isEmpty()) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    "suffix",
                    "Unsupported parameter: 'suffix'. This model only goes on after a prompt.");
        }
        boolean echo = fields.bool("echo").orElse(false);
        boolean silent = echo
                && filled.path("max_tokens").isIntegralNumber()
                && filled.path("max_tokens").asInt() == 0;
        if (silent) {
            // The prompt is scored by a step, which says a token.
            filled.put("max_tokens", 1);
        }
        CompletionOptions plain = CompletionFields.read(fields, defaults);
        if (silent && plain.stream()) {
            throw ApiException.invalid("max_tokens", "An answer of no tokens cannot be streamed.");
        }
        CompletionOptions options = plain.withDetail(detail(fields, echo, plain));
        return new TextCompletionRequest(
                fields.text("model"),
                prompts(fields, vocabularySize),
                fields.bool("add_special_tokens").orElse(true),
                echo,
                silent,
                fields.has("prompt_logprobs"),
                options,
                ChoiceFields.read(fields, options));
    }

    /** Logprobs of an echoed prompt are those of the prompt. */
    private static AnswerDetail detail(JsonFields fields, boolean echo, CompletionOptions options) {
        Optional<Integer> top = fields.integer("logprobs", 0, MOST_TOP);
        Optional<Integer> ofPrompt = fields.integer("prompt_logprobs", 0, MOST_PROMPT_TOP);
        if (options.stream() && ofPrompt.isPresent()) {
            throw ApiException.invalid("prompt_logprobs", "'prompt_logprobs' cannot be streamed.");
        }
        if (options.stream() && echo && top.isPresent()) {
            throw ApiException.invalid("logprobs", "The 'logprobs' of an echoed prompt cannot be streamed.");
        }
        Optional<Integer> scored =
                echo && top.isPresent() ? Optional.of(Math.max(top.get(), ofPrompt.orElse(0))) : ofPrompt;
        return new AnswerDetail(
                asked(top),
                asked(scored),
                fields.bool("return_tokens_as_token_ids").orElse(false),
                fields.bool("return_token_ids").orElse(false),
                false,
                options.detail().runningUsage(),
                Optional.empty(),
                false);
    }

    private static OptionalInt asked(Optional<Integer> top) {
        return top.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** A text, ids, or an array of several of one of both. */
    private static List<TextPrompt> prompts(JsonFields fields, int vocabularySize) {
        JsonNode value = fields.raw("prompt");
        if (value.isTextual()) {
            return List.of(new TextPrompt.Words(value.textValue(), "prompt"));
        }
        if (!value.isArray()) {
            // Tells what is wrong with it.
            fields.texts("prompt");
        }
        if (value.isEmpty()) {
            throw ApiException.badRequest("empty_array", "prompt", "'prompt' must not be empty.");
        }
        if (value.path(0).isIntegralNumber()) {
            return List.of(ids(fields.integers("prompt"), vocabularySize, "prompt"));
        }
        if (value.size() > MOST_PROMPTS) {
            throw ApiException.invalid("prompt", "'prompt' must hold at most " + MOST_PROMPTS + " prompts.");
        }
        return value.path(0).isArray() ? lists(fields, vocabularySize) : words(fields);
    }

    private static List<TextPrompt> words(JsonFields fields) {
        List<TextPrompt> prompts = new ArrayList<>();
        for (String text : fields.texts("prompt")) {
            prompts.add(new TextPrompt.Words(text, "prompt[" + prompts.size() + "]"));
        }
        return prompts;
    }

    private static List<TextPrompt> lists(JsonFields fields, int vocabularySize) {
        List<TextPrompt> prompts = new ArrayList<>();
        for (List<Integer> list : fields.integerLists("prompt")) {
            prompts.add(ids(list, vocabularySize, "prompt[" + prompts.size() + "]"));
        }
        return prompts;
    }

    private static TextPrompt ids(List<Integer> ids, int vocabularySize, String param) {
        if (ids.isEmpty()) {
            throw ApiException.badRequest("empty_array", param, "'" + param + "' must hold at least one token.");
        }
        for (int i = 0; i < ids.size(); i++) {
            TokenizeRequest.requireToken(ids.get(i), vocabularySize, param + "[" + i + "]");
        }
        return new TextPrompt.Ids(ids, param);
    }
}
