package dev.sharegpt4v.runtime.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much a step may do, by what steps have cost so far: how many tokens of prompts may join running streams, and how many
 * guesses ahead of a stream pay for themselves.
 */
final class StepPace {

    /** A stream whose guesses did not pay is given another chance so often. */
    private static final int STEPS_BETWEEN_CHANCES = 64;

    private final EngineOptions options;
    private final int contextLength;
    private final StepCost cost = new StepCost();
    private final PromptPace prompts;
    private long guessed;
    private long accepted;

    StepPace(EngineOptions options, int contextLength) {
        this.options = options;
        this.contextLength = contextLength;
        this.prompts = new PromptPace(options.maxStretch(), options.maxRunning());
    }

    /**
     * Notes how long a step took.
     *
     * @param streams newest tokens of streams in it
     * @param promptTokens tokens of prompts in it
     * @param guesses tokens that were guessed ahead
     */
    void note(int streams, int promptTokens, int guesses, long nanos) {
        cost.note(streams + promptTokens + guesses, nanos);
        if (guesses == 0) {
            prompts.note(streams, promptTokens, nanos);
        }
    }

    /** Tokens of prompts that may join a step of so many streams. */
    int promptTokens(int streams) {
        return prompts.tokens(streams);
    }

    /** Adds guesses to streams that run alone, as long as the expected tokens of the step grow faster than its time. */
    List<StepPlan.Part> guess(List<StepPlan.Part> streams) {
        if (options.maxDrafts() == 0) {
            return streams;
        }
        List<StepPlan.Part> parts = new ArrayList<>();
        int width = streams.size();
        double expected = streams.size();
        for (StepPlan.Part stream : streams) {
            Sequence sequence = stream.sequence();
            int[] guesses = PromptLookup.guess(sequence.tokens(), sequence.length(), mostGuesses(sequence, width));
            int worthwhile = worthwhile(sequence.drafts(), guesses.length, width, expected);
            for (int i = 1; i <= worthwhile; i++) {
                expected += Math.pow(sequence.drafts().rate(), i);
            }
            width += worthwhile;
            if (worthwhile == 0) {
                sequence.drafts().skipped();
            }
            parts.add(new StepPlan.Part(sequence, stream.tokens(), Arrays.copyOf(guesses, worthwhile)));
        }
        return parts;
    }

    private int mostGuesses(Sequence sequence, int width) {
        int room = Math.min(
                sequence.request().stop().maxTokens() - sequence.completionTokens(), contextLength - sequence.length());
        return Math.max(0, Math.min(Math.min(options.maxDrafts(), room - 1), options.maxStepTokens() - width));
    }

    private int worthwhile(DraftRecord record, int guesses, int width, double expected) {
        if (!cost.isKnown() || record.stepsWithout() >= STEPS_BETWEEN_CHANCES) {
            return guesses;
        }
        int worthwhile = 0;
        double tokens = expected;
        while (worthwhile < guesses) {
            double gain = Math.pow(record.rate(), worthwhile + 1.0);
            int now = width + worthwhile;
            if ((tokens + gain) * cost.of(now) < tokens * cost.of(now + 1)) {
                break;
            }
            tokens += gain;
            worthwhile++;
        }
        return worthwhile;
    }

    /** Notes how many guesses of a part came true. */
    void noteGuesses(StepPlan.Part part, int cameTrue) {
        int tried = part.guesses().length;
        if (tried > 0) {
            part.sequence().drafts().note(tried, cameTrue);
            guessed += tried;
            accepted += cameTrue;
        }
    }

    /** Guesses that were run. */
    long guessed() {
        return guessed;
    }

    /** Guesses that came true. */
    long accepted() {
        return accepted;
    }
}
