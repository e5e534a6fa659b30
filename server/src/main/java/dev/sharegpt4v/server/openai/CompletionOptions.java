package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.engine.RepetitionRule;
import dev.sharegpt4v.runtime.engine.Scheduling;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import java.util.List;
import java.util.Optional;

/**
 * What a request asks of its completion, besides the conversation.
 *
 * @param sampling how to choose tokens
 * @param maxTokens completion tokens at most; empty means to the end of the context
 * @param minTokens completion tokens at least
 * @param stopStrings text that ends the completion
 * @param stopTokens further ids that end it
 * @param ignoreEnd whether the end token is an ordinary token
 * @param stream whether to answer by server-sent events
 * @param streamUsage whether the stream ends with a chunk of usage
 * @param repetition when to end what goes round in circles
 * @param scheduling what is asked of the scheduler
 * @param orientation what to do with the orientation of photos
 * @param structure what form the answer must have; empty for any
 * @param tokens which tokens are allowed and favoured
 * @param keepStops whether what ends the completion is its last part
 * @param detail what the answer tells besides its words
 */
public record CompletionOptions(
        SamplingOptions sampling,
        Optional<Integer> maxTokens,
        int minTokens,
        List<String> stopStrings,
        List<Integer> stopTokens,
        boolean ignoreEnd,
        boolean stream,
        boolean streamUsage,
        Optional<RepetitionRule> repetition,
        Scheduling scheduling,
        Orientation orientation,
        Optional<OutputStructure> structure,
        TokenWishes tokens,
        boolean keepStops,
        AnswerDetail detail) {

    public CompletionOptions {
        stopStrings = List.copyOf(stopStrings);
        stopTokens = List.copyOf(stopTokens);
    }

    /** Options for plain words of any tokens. */
    public CompletionOptions(
            SamplingOptions sampling,
            Optional<Integer> maxTokens,
            int minTokens,
            List<String> stopStrings,
            List<Integer> stopTokens,
            boolean ignoreEnd,
            boolean stream,
            boolean streamUsage,
            Optional<RepetitionRule> repetition,
            Scheduling scheduling,
            Orientation orientation) {
        this(
                sampling,
                maxTokens,
                minTokens,
                stopStrings,
                stopTokens,
                ignoreEnd,
                stream,
                streamUsage,
                repetition,
                scheduling,
                orientation,
                Optional.empty(),
                TokenWishes.NONE,
                false,
                AnswerDetail.NONE);
    }

    /** The same with other details. */
    public CompletionOptions withDetail(AnswerDetail other) {
        return new CompletionOptions(
                sampling,
                maxTokens,
                minTokens,
                stopStrings,
                stopTokens,
                ignoreEnd,
                stream,
                streamUsage,
                repetition,
                scheduling,
                orientation,
                structure,
                tokens,
                keepStops,
                other);
    }

    /** The same, for an answer that must have a form. */
    CompletionOptions withStructure(OutputStructure other) {
        return new CompletionOptions(
                sampling,
                maxTokens,
                minTokens,
                stopStrings,
                stopTokens,
                ignoreEnd,
                stream,
                streamUsage,
                repetition,
                scheduling,
                orientation,
                Optional.of(other),
                tokens,
                keepStops,
                detail);
    }
}
