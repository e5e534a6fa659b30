package dev.sharegpt4v.server.bench.parity;

import dev.sharegpt4v.runtime.engine.ImageSpan;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs prompts side by side: their chunks one after the other beside the tokens of those that decode already, as a server
 * does; then each gets its next tokens, its own choice or forced ones.
 */
public final class ForcedDecoding {

    private static final int[] NONE = new int[0];

    private final ModelExecutor executor;
    private final ImageEncoder encoder;
    private final int chunk;

    /** @param chunk tokens of a prompt that share a step */
    public ForcedDecoding(ModelExecutor executor, ImageEncoder encoder, int chunk) {
        this.executor = executor;
        this.encoder = encoder;
        this.chunk = chunk;
    }

    /** Blocks of a cache that holds these prompts and so many tokens after each. */
    public static int blocks(List<Prompt> prompts, int tokens, int blockSize) {
        return prompts.stream()
                .mapToInt(prompt -> Math.ceilDiv(prompt.length() + tokens, blockSize))
                .sum();
    }

    /** Each prompt goes on with the tokens that the model finds best. */
    public List<Continued> greedy(List<Prompt> prompts, int tokens) {
        return run(
                prompts, tokens, (_, _, logits) -> best(logits, executor.shape().sampledVocabularySize()));
    }

    /** Each prompt goes on with given tokens, all of one count. */
    public List<Continued> forced(List<Prompt> prompts, List<int[]> tokens) {
        return run(prompts, tokens.getFirst().length, (prompt, step, _) -> tokens.get(prompt)[step]);
    }

    @FunctionalInterface
    private interface Choice {
        int next(int prompt, int step, float[] logits);
    }

    /** A prompt on its way. */
    private final class Running {
        final int number;
        final Prompt prompt;
        final int[] blocks;
        final List<FeatureSpan> features = new ArrayList<>();
        final List<float[]> logits = new ArrayList<>();
        final int[] chosen;
        int done;

        Running(int number, Prompt prompt, int tokens, int firstBlock) {
            this.number = number;
            this.prompt = prompt;
            this.chosen = new int[tokens];
            KvGeometry geometry = executor.geometry();
            int count = geometry.blocksFor(prompt.length() + tokens);
            this.blocks = IntStream.range(firstBlock, firstBlock + count).toArray();
            for (ImageSpan span : prompt.images()) {
                ImageFeatures encoded = encoder.encode(List.of(span.image())).getFirst();
                features.add(new FeatureSpan(span.position(), encoded, 0, encoded.rows()));
            }
        }

        boolean decodes() {
            return done >= prompt.length();
        }

        boolean ended() {
            return logits.size() == chosen.length + 1;
        }

        SequenceSlice next() {
            return decodes()
                    ? new SequenceSlice(
                            new int[] {chosen[done - prompt.length()]}, done, blocks, List.of(), new int[] {0})
                    : nextChunk();
        }

        private SequenceSlice nextChunk() {
            int to = Math.min(done + chunk, prompt.length());
            int[] tokens = Arrays.copyOfRange(prompt.tokens(), done, to);
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = Math.max(0, tokens[i]);
            }
            int[] asked = to == prompt.length() ? new int[] {tokens.length - 1} : NONE;
            return new SequenceSlice(tokens, done, blocks, spans(done, to), asked);
        }

        private List<FeatureSpan> spans(int from, int to) {
            List<FeatureSpan> inside = new ArrayList<>();
            for (FeatureSpan whole : features) {
                int first = Math.max(from, whole.offset());
                int last = Math.min(to, whole.offset() + whole.rows());
                if (first < last) {
                    inside.add(new FeatureSpan(first - from, whole.features(), first - whole.offset(), last - first));
                }
            }
            return inside;
        }
    }

    private List<Continued> run(List<Prompt> prompts, int tokens, Choice choice) {
        List<Running> all = new ArrayList<>();
        int block = 0;
        for (Prompt prompt : prompts) {
            Running running = new Running(all.size(), prompt, tokens, block);
            block += running.blocks.length;
            all.add(running);
        }
        while (!all.stream().allMatch(Running::ended)) {
            step(all, choice);
        }
        return all.stream()
                .map(one -> new Continued(
                        one.features.stream().map(FeatureSpan::features).toList(), one.chosen, one.logits))
                .toList();
    }

    /** All that decode, and the next chunk of the first that does not. */
    private void step(List<Running> all, Choice choice) {
        List<Running> members = new ArrayList<>();
        boolean chunks = false;
        for (Running one : all) {
            if (!one.ended() && (one.decodes() || !chunks)) {
                chunks |= !one.decodes();
                members.add(one);
            }
        }
        List<SequenceSlice> slices = members.stream().map(Running::next).toList();
        Logits logits = executor.forward(new ForwardStep(slices));
        int row = 0;
        for (int i = 0; i < members.size(); i++) {
            Running one = members.get(i);
            one.done += slices.get(i).tokens().length;
            if (slices.get(i).logitRows().length > 0) {
                float[] copy = new float[logits.vocabularySize()];
                logits.copyRow(row++, copy);
                int at = one.logits.size();
                one.logits.add(copy);
                if (at < one.chosen.length) {
                    one.chosen[at] = choice.next(one.number, at, copy);
                }
            }
        }
    }

    static int best(float[] logits, int size) {
        int best = 0;
        for (int token = 1; token < size; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
