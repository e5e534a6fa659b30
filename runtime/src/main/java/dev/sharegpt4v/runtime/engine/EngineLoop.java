package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.memory.KvMemory;
import dev.sharegpt4v.runtime.memory.KvReservation;
import dev.sharegpt4v.runtime.sampling.Sampler;
import dev.sharegpt4v.runtime.sampling.SamplingException;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The order of a step: plan, reserve, execute, commit, sample, publish. The one class that knows scheduler, memory and
 * executor together. Engine thread only.
 */
final class EngineLoop {

    private static final System.Logger LOG = System.getLogger(EngineLoop.class.getName());
    private static final int MOST_ATTEMPTS = 3;
    private static final int[] NONE = new int[0];
    private static final int[] FIRST = {0};
    private static final int NO_CHOICE = -2;

    private final ModelExecutor executor;
    private final KvMemory memory;
    private final Scheduler scheduler;
    private final FeatureStore images;
    private final Sampler sampler;
    private final EngineListener listener;
    private final LongSupplier nanoTime;
    private final StepPace pace;
    private final float[] row;
    private final float[] raw;
    private long steps;
    private long promptTokens;
    private long cachedTokens;
    private boolean healthy = true;

    EngineLoop(
            ModelExecutor executor,
            EngineOptions options,
            EngineListener listener,
            FeatureStore images,
            LongSupplier nanoTime) {
        this.executor = executor;
        this.memory = new KvMemory(executor.geometry(), options.prefixCaching());
        this.pace = new StepPace(options, executor.shape().contextLength());
        this.scheduler = new Scheduler(options, memory, pace, sequence -> listener.preempted(sequence.request()));
        this.images = images;
        this.sampler = new Sampler(executor.shape().sampledVocabularySize());
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.row = new float[executor.shape().vocabularySize()];
        this.raw = new float[executor.shape().vocabularySize()];
    }

    void take(Command command) {
        switch (command) {
            case Command.Submit(List<Sequence> sequences) -> sequences.forEach(this::submit);
            case Command.Cancel(GenerationHandle handle) ->
                find(handle).ifPresent(sequence -> finish(sequence, FinishReason.CANCELLED));
            case Command.Ask(ImageInput image, CompletableFuture<ImageFeatures> answer) -> ask(image, answer);
            case Command.Forget(ImageInput image) -> images.forget(image);
            case Command.Encoded encoded -> encoded.features().forEach(images::deliver);
            case Command.EncodeFailed failed -> encodeFailed(failed);
            case Command.Wake _ -> {}
        }
    }

    private void ask(ImageInput image, CompletableFuture<ImageFeatures> answer) {
        if (healthy) {
            images.ask(image, answer);
        } else {
            answer.completeExceptionally(new EngineException.ShuttingDown("the engine is not healthy"));
        }
    }

    private void encodeFailed(Command.EncodeFailed failed) {
        EngineException cause = deviceFailed("encoding an image failed", failed.cause());
        if (failed.cause().kind() == ExecutionFailure.Kind.FATAL) {
            giveUp(cause);
            return;
        }
        for (ImageInput image : failed.images()) {
            images.waitingFor(image).forEach(sequence -> fail(sequence, cause));
            images.failAskers(image, cause);
        }
    }

    /** Runs one step; false when there is nothing to run. */
    boolean runOnce() {
        endOverdue();
        provideImages();
        StepPlan plan = scheduler.plan();
        if (plan.isIdle()) {
            return false;
        }
        long started = nanoTime.getAsLong();
        try {
            step(plan, started);
        } catch (ExecutionFailure e) {
            recover(plan, e);
        }
        return true;
    }

    private void step(StepPlan wished, long started) {
        // Guesses are not worth another sequence's blocks.
        StepPlan plan = wished.hasGuesses() && !fits(wished) ? wished.withoutGuesses() : wished;
        try (KvReservation reservation = reserve(plan)) {
            if (reservation == null) {
                return;
            }
            plan.parts().forEach(part -> start(part.sequence()));
            int streams = plan.streams();
            int prompts = plan.promptTokens();
            Logits logits = execute(plan, reservation);
            reservation.commit();
            commit(plan, logits);
            steps++;
            long nanos = nanoTime.getAsLong() - started;
            pace.note(streams, prompts, plan.width() - streams - prompts, nanos);
            report(plan, nanos);
        }
    }

    private void start(Sequence sequence) {
        if (!sequence.clock().hasStarted()) {
            promptTokens += sequence.promptLength();
            cachedTokens += sequence.usage().cachedTokens();
        }
        sequence.clock().markStep();
    }

    /** Ends those whose time is over. */
    private void endOverdue() {
        endOverdue(scheduler.running());
        endOverdue(scheduler.waiting());
    }

    private void endOverdue(List<Sequence> sequences) {
        // From the end, since who is over leaves the list.
        for (int i = sequences.size() - 1; i >= 0; i--) {
            Sequence sequence = sequences.get(i);
            Scheduling scheduling = sequence.request().scheduling();
            boolean overdue = isOver(sequence, scheduling.timeout());
            if (overdue && sequence.completionTokens() > 0) {
                finish(sequence, FinishReason.TIMEOUT);
            } else if (overdue) {
                fail(sequence, new EngineException.TimedOut("its time was over before its first token"));
            } else if (!sequence.clock().hasStarted() && isOver(sequence, scheduling.queueTimeout())) {
                fail(sequence, new EngineException.TimedOut("it waited too long for its first step"));
            }
        }
    }

    private static boolean isOver(Sequence sequence, Optional<Duration> limit) {
        return limit.isPresent() && sequence.clock().elapsed() > limit.get().toNanos();
    }

    /** Asks for the images of all who run, and of those who wait as far as there is room for features. */
    private void provideImages() {
        for (Sequence sequence : scheduler.running()) {
            if (!sequence.hasPassedImages()) {
                images.provide(sequence, sequence.computed());
            }
        }
        for (int i = 0; i < scheduler.waiting().size() && (i == 0 || images.hasRoom()); i++) {
            Sequence sequence = scheduler.waiting().get(i);
            if (!sequence.missingImages(0).isEmpty()) {
                images.provide(sequence, scheduler.coveredByCache(sequence));
            }
        }
    }

    private static List<KvMemory.Growth> growths(StepPlan plan) {
        List<KvMemory.Growth> growths = new ArrayList<>(plan.parts().size());
        for (StepPlan.Part part : plan.parts()) {
            Sequence sequence = part.sequence();
            growths.add(new KvMemory.Growth(sequence.table(), sequence.computed(), sequence.computed() + part.width()));
        }
        return growths;
    }

    private boolean fits(StepPlan plan) {
        return growths(plan).stream().mapToInt(memory::missingBlocks).sum() <= memory.freeBlocks();
    }

    /** All blocks that the plan needs; when there are too few, the last in order give theirs and the next plan tries again. */
    private @Nullable KvReservation reserve(StepPlan plan) {
        Optional<KvReservation> reservation = memory.reserve(growths(plan));
        if (reservation.isPresent()) {
            return reservation.get();
        }
        if (scheduler.preempt().isEmpty()) {
            fail(
                    plan.parts().getFirst().sequence(),
                    new EngineException.TooLong("the KV cache is too small for this request"));
        }
        return null;
    }

    private Logits execute(StepPlan plan, KvReservation reservation) {
        List<SequenceSlice> slices = new ArrayList<>(plan.parts().size());
        for (int i = 0; i < plan.parts().size(); i++) {
            StepPlan.Part part = plan.parts().get(i);
            Sequence sequence = part.sequence();
            slices.add(new SequenceSlice(
                    sequence.slice(part.tokens(), part.guesses()),
                    sequence.computed(),
                    reservation.blocks(i),
                    sequence.spans(part.tokens()),
                    rows(part)));
        }
        ForwardStep step = new ForwardStep(slices, reservation.copies());
        for (int attempt = 1; ; attempt++) {
            try {
                return executor.forward(step);
            } catch (ExecutionFailure e) {
                if (e.kind() != ExecutionFailure.Kind.RETRYABLE || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Rows of the prompt that are asked for, then those from which tokens are sampled. */
    private static int[] rows(StepPlan.Part part) {
        int[] sampled = part.reachesEnd() ? sampledRows(part) : NONE;
        int[] scored = scoredRows(part);
        if (scored.length == 0) {
            return sampled;
        }
        int[] rows = Arrays.copyOf(scored, scored.length + sampled.length);
        System.arraycopy(sampled, 0, rows, scored.length, sampled.length);
        return rows;
    }

    private static int[] scoredRows(StepPlan.Part part) {
        Sequence sequence = part.sequence();
        Optional<PromptScores> scores = sequence.openScores();
        return scores.isPresent() ? scores.get().rows(sequence.computed(), part.tokens()) : NONE;
    }

    /** The last known token's row, and one for each guess. */
    private static int[] sampledRows(StepPlan.Part part) {
        if (part.width() == 1) {
            return FIRST;
        }
        int[] rows = new int[1 + part.guesses().length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = part.tokens() - 1 + i;
        }
        return rows;
    }

    private void commit(StepPlan plan, Logits logits) {
        int index = 0;
        for (StepPlan.Part part : plan.parts()) {
            boolean reachesEnd = part.reachesEnd();
            boolean endsPrompt = reachesEnd && part.sequence().completionTokens() == 0;
            index += score(part, logits, index);
            part.sequence().advance(part.tokens());
            publish(part.sequence(), endsPrompt);
            if (reachesEnd) {
                acceptRows(part, logits, index);
                index += 1 + part.guesses().length;
            }
        }
    }

    /** Reads a part's rows of the prompt; how many there are. */
    private int score(StepPlan.Part part, Logits logits, int firstRow) {
        Sequence sequence = part.sequence();
        Optional<PromptScores> open = sequence.openScores();
        if (open.isEmpty()) {
            return 0;
        }
        PromptScores scores = open.get();
        int[] rows = scores.rows(sequence.computed(), part.tokens());
        for (int i = 0; i < rows.length; i++) {
            logits.copyRow(firstRow + i, row);
            scores.add(sequence.computed() + rows[i], row, executor.shape().sampledVocabularySize());
        }
        if (scores.isComplete()) {
            sequence.handle().scored(scores.all());
        }
        return rows.length;
    }

    /** Lets others find what was computed; all of a prompt, since others may ask for another answer to it. */
    private void publish(Sequence sequence, boolean endsPrompt) {
        if (endsPrompt) {
            memory.publishAll(sequence.table(), sequence.keys(), sequence.computed());
        } else {
            memory.publish(sequence.table(), sequence.keys(), sequence.computed());
        }
        images.releasePassed(sequence);
    }

    /**
     * Samples a part's rows one after the other, as far as the guesses come true.
     *
     * <p>A row whose guess came true is the row that the token would have had in a step of its own, and its draw is the one
     * it would have had: guesses change the time that text takes, and nothing else. For a guess that is certain, this is
     * rejection sampling (arXiv:2211.17192, with a draft distribution of one point).
     */
    private void acceptRows(StepPlan.Part part, Logits logits, int firstRow) {
        Sequence sequence = part.sequence();
        int cameTrue = 0;
        if (sequence.completionTokens() > 0) {
            listener.tokenAfter(sequence.request(), sequence.clock().markLaterStep());
        }
        for (int i = 0; ; i++) {
            logits.copyRow(firstRow + i, row);
            int token = choose(sequence);
            if (token == Sampler.NOTHING) {
                boolean complete =
                        sequence.matcher().isEmpty() || sequence.matcher().get().isComplete();
                finish(sequence, complete ? FinishReason.STOP : FinishReason.LENGTH);
                return;
            }
            if (token == NO_CHOICE) {
                memory.distrust(sequence.table());
                fail(sequence, deviceFailed("the model's logits are not numbers", new SamplingException("no choice")));
                return;
            }
            accept(sequence, token);
            if (sequence.hasEnded() || i == part.guesses().length || part.guesses()[i] != token) {
                break;
            }
            cameTrue++;
            sequence.advance(1);
            publish(sequence, false);
        }
        pace.noteGuesses(part, cameTrue);
    }

    private int choose(Sequence sequence) {
        if (sequence.request().logprobs().isPresent()) {
            System.arraycopy(row, 0, raw, 0, row.length);
        }
        boolean numbers = sequence.matcher().isEmpty() || areNumbers(row);
        sequence.matcher()
                .ifPresent(
                        matcher -> matcher.mask(row, sequence.request().stop().stopTokens()));
        try {
            return sampler.choose(
                    row,
                    sequence.request().sampling(),
                    sequence.counts(),
                    sequence.forbidden(),
                    sequence.seed(),
                    sequence.completionTokens());
        } catch (SamplingException e) {
            // Where the constraint leaves a complete text no more tokens, or the caller forbade those that it leaves.
            return sequence.matcher().isPresent() && numbers ? Sampler.NOTHING : NO_CHOICE;
        }
    }

    private static boolean areNumbers(float[] logits) {
        for (float logit : logits) {
            if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    private void accept(Sequence sequence, int token) {
        sequence.append(token);
        sequence.clock().markToken();
        Optional<TokenLogprobs> logprobs = sequence.request().logprobs().isPresent()
                ? Optional.of(TokenLogprobs.of(
                        raw,
                        executor.shape().sampledVocabularySize(),
                        token,
                        sequence.request().logprobs().getAsInt()))
                : Optional.empty();
        sequence.handle().publish(new GenerationEvent.Token(token, logprobs));
        StopRule stop = sequence.request().stop();
        if (stop.stopTokens().contains(token)) {
            finish(sequence, FinishReason.STOP);
        } else if (sequence.completionTokens() >= stop.maxTokens()
                || sequence.length() >= executor.shape().contextLength()) {
            finish(sequence, FinishReason.LENGTH);
        } else if (sequence.repeats()) {
            finish(sequence, FinishReason.REPETITION);
        }
    }

    /** After a failed step nothing has changed; those who cannot go on are told. */
    private void recover(StepPlan plan, ExecutionFailure cause) {
        switch (cause.kind()) {
            case RETRYABLE -> plan.parts().forEach(part -> fail(part.sequence(), deviceFailed("a step failed", cause)));
            case OUT_OF_MEMORY -> {
                if (scheduler.preempt().isPresent()) {
                    scheduler.holdUntilOneEnds();
                } else {
                    plan.parts()
                            .forEach(part ->
                                    fail(part.sequence(), deviceFailed("the device has too little memory", cause)));
                }
            }
            case FATAL -> giveUp(deviceFailed("the device failed", cause));
        }
    }

    /** Nothing can run any more, until the process is started again. */
    private void giveUp(EngineException cause) {
        if (healthy) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0}; all requests are told, no more are taken, and the process should be started again",
                    cause.getMessage());
        }
        healthy = false;
        failAll(cause);
    }

    /** Ends everything; for fatal failures and for closing. */
    void failAll(EngineException cause) {
        all().forEach(sequence -> fail(sequence, cause));
        images.failAskers(cause);
    }

    private List<Sequence> all() {
        List<Sequence> all = new ArrayList<>(scheduler.running());
        all.addAll(scheduler.waiting());
        return all;
    }

    private void submit(Sequence sequence) {
        if (!healthy) {
            fail(sequence, new EngineException.ShuttingDown("the engine is not healthy"));
            return;
        }
        scheduler.add(sequence);
    }

    private Optional<Sequence> find(GenerationHandle handle) {
        return all().stream().filter(sequence -> sequence.handle() == handle).findFirst();
    }

    private void finish(Sequence sequence, FinishReason reason) {
        release(sequence);
        GenerationEvent.Finished end = new GenerationEvent.Finished(
                reason, sequence.usage(), sequence.clock().timings());
        // The place is free before the caller hears of it and comes again.
        try {
            listener.finished(sequence.request(), end);
        } finally {
            sequence.handle().publish(end);
        }
    }

    private void fail(Sequence sequence, EngineException cause) {
        if (sequence.hasEnded()) {
            return;
        }
        release(sequence);
        try {
            listener.failed(sequence.request(), cause);
        } finally {
            sequence.handle().publish(new GenerationEvent.Failed(cause));
        }
    }

    private void release(Sequence sequence) {
        sequence.end();
        scheduler.remove(sequence);
        images.remove(sequence);
    }

    private void report(StepPlan plan, long nanos) {
        int decoded = 0;
        int prefilled = 0;
        for (StepPlan.Part part : plan.parts()) {
            if (part.tokens() == 1 && part.sequence().completionTokens() > 1) {
                decoded++;
            } else {
                prefilled += part.tokens();
            }
        }
        listener.stepCommitted(new EngineListener.StepReport(plan.parts().size(), prefilled, decoded, nanos));
    }

    private static EngineException deviceFailed(String what, Throwable cause) {
        return new EngineException.DeviceFailed(what + ": " + cause.getMessage(), cause);
    }

    EngineSnapshot snapshot(int encoding) {
        return new EngineSnapshot(
                scheduler.running().size(),
                scheduler.waiting().size(),
                encoding,
                memory.usedBlocks(),
                memory.cachedBlocks(),
                memory.totalBlocks(),
                steps,
                new CacheUse(
                        promptTokens, cachedTokens, images.hits(), images.misses(), images.bytes(), images.idleBytes()),
                new GuessUse(pace.guessed(), pace.accepted()),
                healthy);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    KvMemory memory() {
        return memory;
    }
}
