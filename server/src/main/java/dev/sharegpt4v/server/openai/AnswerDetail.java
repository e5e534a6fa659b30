package dev.sharegpt4v.server.openai;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an answer tells besides its words, and how it begins.
 *
 * @param logprobs how many of the likeliest tokens to tell with each token's logprob
 * @param promptLogprobs the same for the prompt
 * @param tokensAsIds whether tokens are told by their ids instead of their text
 * @param tokenIds whether the ids of prompt and answer are told
 * @param promptText whether the prompt is told
 * @param runningUsage whether every chunk of a stream tells the usage so far
 * @param echo the words of the message before it, with which it begins
 * @param continuing whether it goes on with words of the prompt
 */
public record AnswerDetail(
        OptionalInt logprobs,
        OptionalInt promptLogprobs,
        boolean tokensAsIds,
        boolean tokenIds,
        boolean promptText,
        boolean runningUsage,
        Optional<String> echo,
        boolean continuing) {

    /** Words alone. */
    public static final AnswerDetail NONE = new AnswerDetail(
            OptionalInt.empty(), OptionalInt.empty(), false, false, false, false, Optional.empty(), false);

    /** The same of an answer that goes on with words of the prompt. */
    AnswerDetail goingOn() {
        return new AnswerDetail(logprobs, promptLogprobs, tokensAsIds, tokenIds, promptText, runningUsage, echo, true);
    }

    /** The same with or without usage in every chunk. */
    AnswerDetail withRunningUsage(boolean running) {
        return new AnswerDetail(logprobs, promptLogprobs, tokensAsIds, tokenIds, promptText, running, echo, continuing);
    }
}
