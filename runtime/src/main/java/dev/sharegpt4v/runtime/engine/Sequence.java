package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.memory.BlockTable;
import dev.sharegpt4v.runtime.memory.PrefixKeys;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import dev.sharegpt4v.runtime.sampling.TokenCounts;
import dev.sharegpt4v.runtime.sampling.TokenMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The progress of one generation: the one mutable thing, owned by the engine thread. */
final class Sequence {

    /** Who goes first: whose patience is over, then by priority, then by arrival. */
    static final Comparator<Sequence> ORDER = Comparator.comparing((Sequence sequence) -> !sequence.isPatienceOver())
            .thenComparingInt(sequence -> sequence.request.scheduling().priority())
            .thenComparingLong(sequence -> sequence.handle.arrival());

    /** A request is overtaken by so many later ones of its own priority, for want of room, and then by none. */
    private static final int OVERTAKEN_BY_EQUALS = 32;
    /** One of a higher priority counts for so much less. */
    private static final int PRIORITY_DISCOUNT = 32;

    /** When nobody may go first any more. */
    static final int PATIENCE = OVERTAKEN_BY_EQUALS * PRIORITY_DISCOUNT;

    private final GenerationRequest request;
    private final GenerationHandle handle;
    private final BlockTable table = new BlockTable();
    private final TokenCounts counts = new TokenCounts();
    private final Map<Integer, ImageFeatures> features = new HashMap<>();
    private final PrefixKeys keys;
    private final Optional<PromptScores> scores;
    private final DraftRecord drafts = new DraftRecord();
    private final SequenceClock clock;
    private final long seed;
    private final Optional<TokenMatcher> matcher;
    private int[] tokens;
    private int length;
    private int computed;
    private int overtaken;
    private boolean preempted;
    private boolean passedImages;
    private boolean ended;

    Sequence(GenerationRequest request, GenerationHandle handle, SequenceClock clock, long seed, int blockSize) {
        this.request = request;
        this.handle = handle;
        this.clock = clock;
        this.seed = seed;
        this.matcher = request.constraint().map(TokenConstraint::start);
        int[] prompt = request.prompt().tokens();
        this.tokens = Arrays.copyOf(prompt, prompt.length + 64);
        this.length = prompt.length;
        this.keys = new PrefixKeys(request.scheduling().cacheSalt(), blockSize, tokens.length);
        counts.addPrompt(prompt);
        OptionalInt top = request.promptLogprobs();
        this.scores =
                top.isPresent() ? Optional.of(new PromptScores(request.prompt(), top.getAsInt())) : Optional.empty();
        scores.filter(PromptScores::isComplete).ifPresent(known -> handle.scored(known.all()));
        addKeys(request.prompt());
    }

    private void addKeys(Prompt prompt) {
        int position = 0;
        for (ImageSpan span : prompt.images()) {
            for (; position < span.position(); position++) {
                keys.add(prompt.tokens()[position]);
            }
            for (; position < span.end(); position++) {
                keys.add(span.image().hash(), position - span.position());
            }
        }
        for (; position < prompt.length(); position++) {
            keys.add(prompt.tokens()[position]);
        }
    }

    GenerationRequest request() {
        return request;
    }

    GenerationHandle handle() {
        return handle;
    }

    BlockTable table() {
        return table;
    }

    PrefixKeys keys() {
        return keys;
    }

    TokenCounts counts() {
        return counts;
    }

    /** How far the completion has come under its constraint. */
    Optional<TokenMatcher> matcher() {
        return matcher;
    }

    DraftRecord drafts() {
        return drafts;
    }

    SequenceClock clock() {
        return clock;
    }

    long seed() {
        return seed;
    }

    int promptLength() {
        return request.prompt().length();
    }

    /** Prompt and completion. */
    int length() {
        return length;
    }

    /** Tokens whose keys and values are in the cache. */
    int computed() {
        return computed;
    }

    int completionTokens() {
        return length - promptLength();
    }

    /** How likely the prompt's tokens are, as long as that is asked for and not known. */
    Optional<PromptScores> openScores() {
        return scores.filter(open -> !open.isComplete());
    }

    /** Positions at most that may be taken from what others have computed. */
    int reusable() {
        // Without a step there are no logits, so who asks for the prompt's computes all of it.
        return openScores().isPresent() ? 0 : length - 1;
    }

    /** Tokens to run before the next one can be sampled. */
    int remaining() {
        return length - computed;
    }

    boolean isDecoding() {
        return remaining() == 1 && completionTokens() > 0;
    }

    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** How much it was overtaken, as its patience counts it. */
    int overtaken() {
        return overtaken;
    }

    /** Whether it was overtaken so often that nobody may go first any more. */
    boolean isPatienceOver() {
        return overtaken > PATIENCE;
    }

    /** Notes that a later request went first. */
    void wasOvertakenBy(Sequence other) {
        boolean outranked =
                other.request.scheduling().priority() < request.scheduling().priority();
        overtaken += outranked ? 1 : PRIORITY_DISCOUNT;
    }

    /** Tokens that could run now: those before the first image whose features are not there yet. */
    int runnable() {
        return runnableFrom(computed);
    }

    /** The same, if the first {@code start} tokens were computed. */
    int runnableFrom(int start) {
        int limit = length;
        if (passedImages) {
            return limit - start;
        }
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            ImageSpan span = spans.get(i);
            if (span.end() > start && !features.containsKey(i)) {
                limit = Math.min(limit, Math.max(span.position(), start));
            }
        }
        return limit - start;
    }

    /** Indices of the images that end after {@code start} and whose features are missing. */
    List<Integer> missingImages(int start) {
        List<Integer> missing = new ArrayList<>();
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).end() > start && !features.containsKey(i)) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** Indices of the images whose features are there though all their positions are computed. */
    List<Integer> passedImages() {
        List<Integer> passed = new ArrayList<>();
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).end() <= computed && features.containsKey(i)) {
                passed.add(i);
            }
        }
        return passed;
    }

    /** Whether no step will need features any more, and none are held. */
    boolean hasPassedImages() {
        return passedImages;
    }

    /** Notes that all images were computed and their features let go. */
    void markImagesPassed() {
        passedImages = true;
    }

    void addFeatures(int image, ImageFeatures encoded) {
        features.put(image, encoded);
    }

    void dropFeatures(int image) {
        features.remove(image);
    }

    /** The next {@code count} tokens, and the guesses that follow them. */
    int[] slice(int count, int[] guesses) {
        int[] slice = Arrays.copyOfRange(tokens, computed, computed + count + guesses.length);
        System.arraycopy(guesses, 0, slice, count, guesses.length);
        return slice;
    }

    /** All tokens so far; only the first {@link #length()} count. */
    int[] tokens() {
        return tokens;
    }

    /** The parts of images among the next {@code count} tokens. */
    List<FeatureSpan> spans(int count) {
        if (passedImages) {
            return List.of();
        }
        List<FeatureSpan> found = new ArrayList<>();
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            int from = Math.max(spans.get(i).position(), computed);
            int to = Math.min(spans.get(i).end(), computed + count);
            ImageFeatures encoded = features.get(i);
            if (from < to && encoded != null) {
                found.add(new FeatureSpan(
                        from - computed, encoded, from - spans.get(i).position(), to - from));
            }
        }
        return found;
    }

    void advance(int count) {
        computed += count;
    }

    /** The first {@code tokens} were found in the cache. */
    void found(int tokens) {
        if (!preempted) {
            handle.found(tokens);
        }
        computed = tokens;
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length * 2);
        }
        tokens[length++] = token;
        keys.add(token);
        counts.addCompletion(token);
        if (matcher.isPresent() && !request.stop().stopTokens().contains(token)) {
            matcher.get().accept(token);
        }
    }

    /** Forgets what was computed, not what was said: all tokens so far become prompt. */
    void restart() {
        computed = 0;
        preempted = true;
        passedImages = false;
    }

    /** Ids that may not be sampled now: the end before the least length, and what would end a banned sequence. */
    Set<Integer> forbidden() {
        Set<Integer> ends =
                completionTokens() < request.stop().minTokens() ? request.stop().stopTokens() : Set.of();
        return request.sampling().rules().bannedNext(tokens, promptLength(), length, ends);
    }

    /** Whether the completion goes round in circles. */
    boolean repeats() {
        return request.stop().repetition().isPresent()
                && request.stop().repetition().get().isMet(tokens, promptLength(), length);
    }

    Usage usage() {
        return new Usage(promptLength(), request.prompt().imagePositions(), handle.cachedTokens(), completionTokens());
    }
}
