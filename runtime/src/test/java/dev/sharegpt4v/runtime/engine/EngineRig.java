package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** An engine loop without threads and clocks: the test says when a step runs and when an image is encoded. */
final class EngineRig {

    static final int VOCABULARY = 500;
    static final Set<Integer> END = Set.of(2);

    final ScriptedExecutor executor;
    final ScriptedEncoder encoder;
    final EncodeQueue encodes;
    final EngineLoop loop;
    final Recorder recorder = new Recorder();
    private final List<Command> answers = new ArrayList<>();
    private long now;
    private long arrivals;

    EngineRig(int blocks, EngineOptions options) {
        this(blocks, options, Continuation.HASHED);
    }

    EngineRig(int blocks, EngineOptions options, Continuation continuation) {
        this(scripted(blocks, continuation), options);
    }

    private EngineRig(ScriptedExecutor executor, EngineOptions options) {
        this(executor, executor, options);
    }

    /** A loop on another executor than the scripted one, which then never runs. */
    EngineRig(ModelExecutor device, EngineOptions options) {
        this(device, scripted(1, Continuation.HASHED), options);
    }

    private EngineRig(ModelExecutor device, ScriptedExecutor executor, EngineOptions options) {
        this.executor = executor;
        this.encoder = new ScriptedEncoder(2, device.shape().hiddenSize(), () -> {});
        this.encodes = new EncodeQueue(encoder, EngineListener.NONE, answers::add);
        this.loop = new EngineLoop(
                device, options, recorder, new FeatureStore(encodes, options.featureBytes(), 4), () -> now);
    }

    private static ScriptedExecutor scripted(int blocks, Continuation continuation) {
        ModelShape shape = ScriptedExecutor.shape(VOCABULARY, 256);
        return new ScriptedExecutor(shape, new KvGeometry(blocks, 16), continuation, () -> {});
    }

    GenerationHandle submit(GenerationRequest request) {
        return submitAll(List.of(request)).getFirst();
    }

    List<GenerationHandle> submitAll(List<GenerationRequest> requests) {
        List<Sequence> sequences = requests.stream().map(this::sequence).toList();
        loop.take(new Command.Submit(sequences));
        return sequences.stream().map(Sequence::handle).toList();
    }

    private Sequence sequence(GenerationRequest request) {
        GenerationHandle handle =
                new GenerationHandle(request.id(), arrivals++, cancelled -> loop.take(new Command.Cancel(cancelled)));
        long seed = request.sampling().seed().orElse(1);
        return new Sequence(request, handle, new SequenceClock(() -> now), seed, 16);
    }

    /** Lets time go by. */
    void pass(Duration time) {
        now += time.toNanos();
    }

    /** Encodes a batch, and lets the loop know. */
    boolean encode() {
        boolean encoded = encodes.encodeOnce();
        List<Command> taken = List.copyOf(answers);
        answers.clear();
        taken.forEach(loop::take);
        return encoded;
    }

    boolean step() {
        now++;
        boolean ran = loop.runOnce();
        EngineInvariants.check(loop);
        return ran;
    }

    /** Steps and encodes until there is nothing to do. */
    void runToIdle() {
        for (int i = 0; i < 100_000; i++) {
            boolean encoded = encode();
            if (!step() && !encoded) {
                return;
            }
        }
        throw new AssertionError("the loop never becomes idle");
    }

    static GenerationRequest request(Prompt prompt, int maxTokens) {
        return new GenerationRequest("test", prompt, SamplingOptions.GREEDY, new StopRule(maxTokens, 0, END));
    }

    static Prompt text(int seed, int length) {
        return new Prompt(words(seed, length), List.of());
    }

    /** Words, an image, words. */
    static Prompt withImage(int seed, ImageInput image, int before, int after) {
        int[] tokens = words(seed, before + image.featureRows() + after);
        Arrays.fill(tokens, before, before + image.featureRows(), Prompt.IMAGE_PLACEHOLDER);
        return new Prompt(tokens, List.of(new ImageSpan(before, image)));
    }

    private static int[] words(int seed, int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = 3 + Math.floorMod(seed * 31 + i * 17, VOCABULARY - 3);
        }
        return tokens;
    }

    /** The oracle: what the continuation says when it is simply asked, token after token. */
    static List<Integer> alone(Prompt prompt, int maxTokens, Continuation continuation) {
        List<Long> prefix = new ArrayList<>();
        for (int token : prompt.tokens()) {
            prefix.add((long) token);
        }
        for (ImageSpan span : prompt.images()) {
            for (int row = 0; row < span.image().featureRows(); row++) {
                prefix.set(
                        span.position() + row,
                        ScriptedEncoder.entry(span.image().hash(), row));
            }
        }
        List<Integer> said = new ArrayList<>();
        while (said.size() < maxTokens && prefix.size() < 256) {
            int next =
                    continuation.next(prefix.stream().mapToLong(Long::longValue).toArray(), VOCABULARY);
            said.add(next);
            prefix.add((long) next);
            if (END.contains(next)) {
                break;
            }
        }
        return said;
    }

    /** All that a generation has told so far. */
    static List<GenerationEvent> events(GenerationHandle handle) {
        return handle.published();
    }

    static List<Integer> tokens(List<GenerationEvent> events) {
        List<Integer> tokens = new ArrayList<>();
        for (GenerationEvent event : events) {
            if (event instanceof GenerationEvent.Token token) {
                tokens.add(token.id());
            }
        }
        return tokens;
    }

    /**
     * Fails unless a generation ended once and said what is expected, or a beginning of it where it was ended early.
     *
     * @return whether it said all
     */
    static boolean requireRight(List<GenerationEvent> events, List<Integer> expected) {
        assertThat(events.stream().filter(event -> !(event instanceof GenerationEvent.Token)))
                .as("exactly one end")
                .hasSize(1);
        List<Integer> said = tokens(events);
        boolean isWhole = events.getLast() instanceof GenerationEvent.Finished end
                && (end.reason() == FinishReason.STOP || end.reason() == FinishReason.LENGTH);
        assertThat(said).isEqualTo(isWhole ? expected : expected.subList(0, said.size()));
        return isWhole;
    }

    /** Counts what the loop reports. */
    static final class Recorder implements EngineListener {
        final List<StepReport> steps = new ArrayList<>();
        final List<Long> gaps = new ArrayList<>();
        int finished;
        int failed;
        int preempted;

        @Override
        public void stepCommitted(StepReport report) {
            steps.add(report);
        }

        @Override
        public void tokenAfter(GenerationRequest request, long nanos) {
            gaps.add(nanos);
        }

        @Override
        public void finished(GenerationRequest request, GenerationEvent.Finished end) {
            finished++;
        }

        @Override
        public void failed(GenerationRequest request, EngineException cause) {
            failed++;
        }

        @Override
        public void preempted(GenerationRequest request) {
            preempted++;
        }
    }
}
