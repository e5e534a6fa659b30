package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.memory.BlockTable;
import dev.sharegpt4v.runtime.sampling.TokenCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The progress of one generation: the one mutable thing, owned by the engine thread. */
final class Sequence {

    private final GenerationRequest request;
    private final GenerationHandle handle;
    private final BlockTable table = new BlockTable();
    private final TokenCounts counts = new TokenCounts();
    private final Map<Integer, ImageFeatures> features = new HashMap<>();
    private final SequenceClock clock;
    private final long seed;
    private int[] tokens;
    private int length;
    private int computed;
    private int bypassed;
    private boolean ended;

    Sequence(GenerationRequest request, GenerationHandle handle, SequenceClock clock, long seed) {
        this.request = request;
        this.handle = handle;
        this.clock = clock;
        this.seed = seed;
        int[] prompt = request.prompt().tokens();
        this.tokens = Arrays.copyOf(prompt, prompt.length + 64);
        this.length = prompt.length;
        counts.addPrompt(prompt);
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

    TokenCounts counts() {
        return counts;
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

    /** How often later requests went first while this one waited for room. */
    int bypassed() {
        return bypassed;
    }

    void wasBypassed() {
        bypassed++;
    }

    /** Tokens that could run now: those before the first image whose features are not there yet. */
    int runnable() {
        int limit = length;
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            ImageSpan span = spans.get(i);
            if (span.end() > computed && !features.containsKey(i)) {
                limit = Math.min(limit, Math.max(span.position(), computed));
            }
        }
        return limit - computed;
    }

    void addFeatures(int image, ImageFeatures encoded) {
        features.put(image, encoded);
    }

    boolean hasAllFeatures() {
        return features.size() == request.prompt().images().size();
    }

    int[] tokens(int count) {
        return Arrays.copyOfRange(tokens, computed, computed + count);
    }

    /** The parts of images among the next {@code count} tokens. */
    List<FeatureSpan> spans(int count) {
        List<FeatureSpan> found = new ArrayList<>();
        List<ImageSpan> spans = request.prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            int from = Math.max(spans.get(i).position(), computed);
            int to = Math.min(spans.get(i).end(), computed + count);
            ImageFeatures encoded = features.get(i);
            if (from < to && encoded != null) {
                found.add(new FeatureSpan(from - computed, encoded, from - spans.get(i).position(), to - from));
            }
        }
        return found;
    }

    void advance(int count) {
        computed += count;
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length * 2);
        }
        tokens[length++] = token;
        counts.addCompletion(token);
    }

    /** Forgets what was computed, not what was said: all tokens so far become prompt. */
    void restart() {
        computed = 0;
    }

    /** Ids that may not be sampled now: the end may not come before the least length. */
    Set<Integer> forbidden() {
        return completionTokens() < request.stop().minTokens() ? request.stop().stopTokens() : Set.of();
    }

    Usage usage() {
        return new Usage(promptLength(), request.prompt().imagePositions(), 0, completionTokens());
    }
}
