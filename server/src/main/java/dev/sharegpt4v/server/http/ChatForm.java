package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.AnswerDetail;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.CompletionOptions;
import dev.sharegpt4v.server.openai.LogprobWriter;
import dev.sharegpt4v.server.openai.PromptReport;
import dev.sharegpt4v.server.openai.SaidToken;
import dev.sharegpt4v.server.openai.Tools;
import java.util.List;
import java.util.Optional;

/**
 * What an answer looks like besides its words.
 *
 * @param options what was asked of it
 * @param tools what may be called
 * @param logprobs writes them
 * @param prompt that it answers
 * @param promptText the prompt in words, where that was asked for
 */
record ChatForm(
        CompletionOptions options,
        Optional<Tools> tools,
        LogprobWriter logprobs,
        Prompt prompt,
        Optional<String> promptText) {

    AnswerDetail detail() {
        return options.detail();
    }

    /** Finds the calls of one text. */
    Optional<CallScanner> scanner() {
        return tools.map(CallScanner::of);
    }

    /** Words with what they begin with. */
    String words(String said) {
        return detail().echo().orElse("") + said;
    }

    /** How likely tokens were, where that was asked for. */
    Optional<JsonNode> told(List<SaidToken> said) {
        return detail().logprobs().isPresent() ? Optional.of(logprobs.content(said)) : Optional.empty();
    }

    /** What is told of the prompt, once a token of the first text was read. */
    PromptReport report(TextGeneration first) {
        return new PromptReport(
                detail().promptLogprobs().isPresent()
                        ? Optional.of(logprobs.prompt(first.promptLogprobs(), prompt.tokens()))
                        : Optional.empty(),
                detail().tokenIds() ? Optional.of(prompt.tokens()) : Optional.empty(),
                promptText);
    }
}
