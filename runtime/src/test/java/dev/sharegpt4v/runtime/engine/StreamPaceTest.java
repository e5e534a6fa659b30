package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A prompt of 3,000 positions with a new picture comes in beside three streams, on a clock that only steps move: no stream ever
 * waits longer than three times what its step would have taken alone.
 */
final class StreamPaceTest {

    private static final int STREAMS = 3;
    private static final int ROWS = 576;
    /** Steps for which the picture is encoded beside the streams. */
    private static final int ENCODING_STEPS = 40;

    /** What a step costs in microseconds, by its slices and its number; a picture may be encoded beside it. */
    interface Cost {
        double of(List<SequenceSlice> slices, int step, boolean encoding);
    }

    static Stream<Named<Cost>> costs() {
        Cost linear = (slices, _, _) -> 80_000 + 20_000.0 * tokens(slices);
        return Stream.of(
                Named.of("a constant and a part for each token", linear),
                Named.of("weights of 7B from memory", (slices, _, _) -> weights(slices)),
                Named.of("a tiny model", (slices, _, _) -> 150 + 8.0 * tokens(slices)),
                Named.of(
                        "attention that grows with the context", (slices, _, _) -> weights(slices) + attention(slices)),
                Named.of("everything by the token", (slices, _, _) -> 30_000.0 * tokens(slices)),
                Named.of("a cold start", (slices, step, _) -> cold(step) * weights(slices)),
                Named.of(
                        "a neighbour that takes a quarter from step 150 on",
                        (slices, step, _) -> (step > 150 ? 1.25 : 1) * weights(slices)),
                Named.of(
                        "a neighbour that leaves at step 150",
                        (slices, step, _) -> (step > 150 ? 1 : 1.8) * weights(slices)),
                Named.of(
                        "an encoder that takes its share",
                        (slices, _, encoding) -> (encoding ? 1.4 : 1) * (weights(slices) + attention(slices))),
                Named.of(
                        "noise",
                        (slices, step, encoding) ->
                                noise(step) * (encoding ? 1.2 : 1) * (weights(slices) + attention(slices))));
    }

    /** Rows are nearly free until arithmetic takes longer than memory. */
    private static double weights(List<SequenceSlice> slices) {
        int tokens = tokens(slices);
        return 85_000
                + 2_000.0 * Math.min(tokens, 2)
                + 11_000.0 * Math.clamp(tokens - 2, 0, 6)
                + 15_000.0 * Math.max(0, tokens - 8);
    }

    private static double attention(List<SequenceSlice> slices) {
        return slices.stream()
                .mapToDouble(slice -> slice.tokens().length * (1_000 + 4.0 * slice.firstPosition()))
                .sum();
    }

    private static double cold(int step) {
        return step < 8 ? 5 : 1 + 0.5 * Math.exp(-(step - 8) / 20.0);
    }

    private static double noise(int step) {
        return new SplittableRandom(step).nextDouble(0.95, 1.05);
    }

    private static int tokens(List<SequenceSlice> slices) {
        return slices.stream().mapToInt(slice -> slice.tokens().length).sum();
    }

    @ParameterizedTest
    @MethodSource("costs")
    void streamsThatRanForAWhileNeverWaitLong(Cost cost) {
        new Rig(cost).run(60);
    }

    @ParameterizedTest
    @MethodSource("costs")
    void streamsThatBeganJustNowNeverWaitLong(Cost cost) {
        new Rig(cost).run(1);
    }

    private static final class Rig {
        private final List<Command> answers = new ArrayList<>();
        private final ScriptedExecutor executor = new ScriptedExecutor(
                ScriptedExecutor.shape(EngineRig.VOCABULARY, 4096),
                new KvGeometry(600, 16),
                (prefix, _) -> 3 + prefix.length % 400,
                () -> {});
        private final EncodeQueue encodes =
                new EncodeQueue(new ScriptedEncoder(1, 4, () -> {}), EngineListener.NONE, answers::add);
        private final Cost cost;
        private final EngineLoop loop;
        private long now;
        private int step;
        private boolean encoding;
        private double alone;
        private long arrivals;

        Rig(Cost cost) {
            this.cost = cost;
            this.loop = new EngineLoop(
                    new Timed(),
                    new EngineOptions(8, 8, 128, 2.5, 0, true, 1 << 20),
                    EngineListener.NONE,
                    new FeatureStore(encodes, 1 << 20, 4),
                    () -> now);
        }

        void run(int tokensBefore) {
            List<GenerationHandle> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(submit(EngineRig.text(i, 20), 4000));
            }
            while (said(streams.getLast()) < tokensBefore) {
                loop.runOnce();
            }
            ImageInput picture = ScriptedEncoder.image(1, ROWS);
            GenerationHandle late = submit(EngineRig.withImage(9, picture, 35, 3000 - ROWS - 35), 4);
            int[] before = streams.stream().mapToInt(Rig::said).toArray();
            List<Double> waits = new ArrayList<>();
            List<Double> waited = new ArrayList<>(Collections.nCopies(STREAMS, 0.0));
            for (int i = 0; said(late) < 4; i++) {
                assertThat(i).as("the prompt gets on").isLessThan(3000);
                encoding = i < ENCODING_STEPS;
                if (i == ENCODING_STEPS) {
                    encodes.encodeOnce();
                    answers.forEach(loop::take);
                    answers.clear();
                }
                long started = now;
                loop.runOnce();
                for (int stream = 0; stream < STREAMS; stream++) {
                    waited.set(stream, waited.get(stream) + (now - started) / 1e3);
                    if (said(streams.get(stream)) > before[stream]) {
                        waits.add(waited.get(stream) / alone);
                        waited.set(stream, 0.0);
                        before[stream] = said(streams.get(stream));
                    }
                }
            }
            assertThat(waits).hasSizeGreaterThan(3 * 50);
            assertThat(waits.stream().mapToDouble(wait -> wait).max().orElseThrow())
                    .as("the longest wait, in steps of streams alone")
                    .isLessThanOrEqualTo(3.0);
        }

        private GenerationHandle submit(Prompt prompt, int maxTokens) {
            GenerationHandle handle = new GenerationHandle("test", arrivals++, _ -> {});
            loop.take(new Command.Submit(List.of(
                    new Sequence(EngineRig.request(prompt, maxTokens), handle, new SequenceClock(() -> now), 1, 16))));
            return handle;
        }

        private static int said(GenerationHandle handle) {
            return handle.published().size();
        }

        /** Takes as long as the cost says. */
        private final class Timed implements ModelExecutor {
            @Override
            public ModelShape shape() {
                return executor.shape();
            }

            @Override
            public KvGeometry geometry() {
                return executor.geometry();
            }

            @Override
            public Logits forward(ForwardStep forward) {
                now += Math.round(1e3 * cost.of(forward.slices(), step, encoding));
                List<SequenceSlice> newest = forward.slices().stream()
                        .filter(slice -> slice.tokens().length == 1)
                        .limit(STREAMS)
                        .toList();
                alone = cost.of(newest, step, encoding);
                step++;
                return executor.forward(forward);
            }

            @Override
            public void close() {}
        }
    }
}
