package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.memory.KvMemory;
import dev.sharegpt4v.runtime.memory.KvReservation;
import dev.sharegpt4v.runtime.sampling.Sampler;
import dev.sharegpt4v.runtime.sampling.SamplingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The order of a step: plan, reserve, execute, sample, commit, publish. The one class that knows scheduler, memory and
 * executor together. Engine thread only.
 */
final class EngineLoop {

    private static final int MOST_ATTEMPTS = 3;
    private static final int[] LAST = new int[1];
    private static final int[] NONE = new int[0];
    private static final int NO_TOKEN = -1;
    private static final int NO_CHOICE = -2;

    private final ModelExecutor executor;
    private final KvMemory memory;
    private final Scheduler scheduler;
    private final ImageWaiters images;
    private final Sampler sampler;
    private final EngineListener listener;
    private final LongSupplier nanoTime;
    private final float[] row;
    private long steps;
    private boolean healthy = true;

    EngineLoop(
            ModelExecutor executor,
            EngineOptions options,
            EngineListener listener,
            ImageWaiters images,
            LongSupplier nanoTime) {
        this.executor = executor;
        this.memory = new KvMemory(executor.geometry());
        this.scheduler = new Scheduler(options, memory);
        this.images = images;
        this.sampler = new Sampler(executor.shape().sampledVocabularySize());
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.row = new float[executor.shape().vocabularySize()];
    }

    void take(Command command) {
        switch (command) {
            case Command.Submit(Sequence sequence) -> submit(sequence);
            case Command.Cancel(GenerationHandle handle) ->
                find(handle).ifPresent(sequence -> finish(sequence, FinishReason.CANCELLED));
            case Command.Encoded encoded -> encoded.features().forEach(images::deliver);
            case Command.EncodeFailed failed ->
                failed.images()
                        .forEach(image -> images.waitingFor(image)
                                .forEach(sequence ->
                                        fail(sequence, deviceFailed("encoding an image failed", failed.cause()))));
            case Command.Wake _ -> {}
        }
    }

    /** Runs one step; false when there is nothing to run. */
    boolean runOnce() {
        StepPlan plan = scheduler.plan();
        if (plan.isIdle()) {
            return false;
        }
        long started = nanoTime.getAsLong();
        try (KvReservation reservation = reserve(plan)) {
            if (reservation == null) {
                return true;
            }
            plan.parts().forEach(part -> part.sequence().clock().markStep());
            Logits logits = execute(plan, reservation);
            int[] tokens = sample(plan, logits);
            reservation.commit();
            commit(plan, tokens);
            steps++;
            report(plan, nanoTime.getAsLong() - started);
        } catch (ExecutionFailure e) {
            recover(plan, e);
        }
        return true;
    }

    /** All blocks that the plan needs; when there are too few, the youngest give theirs and the next plan tries again. */
    private @Nullable KvReservation reserve(StepPlan plan) {
        List<KvMemory.Growth> growths = plan.parts().stream()
                .map(part -> new KvMemory.Growth(
                        part.sequence().table(), part.sequence().computed() + part.tokens()))
                .toList();
        Optional<KvReservation> reservation = memory.reserve(growths);
        if (reservation.isPresent()) {
            return reservation.get();
        }
        if (!preemptYoungest()) {
            fail(
                    plan.parts().getFirst().sequence(),
                    new EngineException.TooLong("the KV cache is too small for this request"));
        }
        return null;
    }

    private boolean preemptYoungest() {
        Optional<Sequence> preempted = scheduler.preemptYoungest();
        preempted.ifPresent(sequence -> listener.preempted(sequence.request()));
        return preempted.isPresent();
    }

    private Logits execute(StepPlan plan, KvReservation reservation) {
        List<SequenceSlice> slices = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            StepPlan.Part part = plan.parts().get(i);
            Sequence sequence = part.sequence();
            slices.add(new SequenceSlice(
                    sequence.tokens(part.tokens()),
                    sequence.computed(),
                    reservation.blocks(i),
                    sequence.spans(part.tokens()),
                    part.reachesEnd() ? last(part.tokens()) : NONE));
        }
        ForwardStep step = new ForwardStep(slices);
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

    private static int[] last(int tokens) {
        return tokens == 1 ? LAST : new int[] {tokens - 1};
    }

    /** The next token of each part that reaches its end; -1 where there is none, -2 where none can be chosen. */
    private int[] sample(StepPlan plan, Logits logits) {
        int[] tokens = new int[plan.parts().size()];
        int index = 0;
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = NO_TOKEN;
            if (plan.parts().get(i).reachesEnd()) {
                logits.copyRow(index++, row);
                tokens[i] = choose(plan.parts().get(i).sequence());
            }
        }
        return tokens;
    }

    private int choose(Sequence sequence) {
        try {
            return sampler.choose(
                    row,
                    sequence.request().sampling(),
                    sequence.counts(),
                    sequence.forbidden(),
                    sequence.seed(),
                    sequence.completionTokens());
        } catch (SamplingException e) {
            return NO_CHOICE;
        }
    }

    private void commit(StepPlan plan, int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            Sequence sequence = plan.parts().get(i).sequence();
            sequence.advance(plan.parts().get(i).tokens());
            if (tokens[i] == NO_CHOICE) {
                fail(sequence, deviceFailed("the model's logits are not numbers", new SamplingException("no choice")));
            } else if (tokens[i] != NO_TOKEN) {
                accept(sequence, tokens[i]);
            }
        }
    }

    private void accept(Sequence sequence, int token) {
        sequence.append(token);
        sequence.clock().markToken();
        sequence.handle().publish(new GenerationEvent.Token(token));
        StopRule stop = sequence.request().stop();
        if (stop.stopTokens().contains(token)) {
            finish(sequence, FinishReason.STOP);
        } else if (sequence.completionTokens() >= stop.maxTokens()
                || sequence.length() >= executor.shape().contextLength()) {
            finish(sequence, FinishReason.LENGTH);
        }
    }

    /** After a failed step nothing has changed; those who cannot go on are told. */
    private void recover(StepPlan plan, ExecutionFailure cause) {
        switch (cause.kind()) {
            case RETRYABLE -> plan.parts().forEach(part -> fail(part.sequence(), deviceFailed("a step failed", cause)));
            case OUT_OF_MEMORY -> {
                if (preemptYoungest()) {
                    scheduler.holdUntilOneEnds();
                } else {
                    plan.parts()
                            .forEach(part ->
                                    fail(part.sequence(), deviceFailed("the device has too little memory", cause)));
                }
            }
            case FATAL -> {
                healthy = false;
                failAll(deviceFailed("the device failed", cause));
            }
        }
    }

    /** Ends everything; for fatal failures and for closing. */
    void failAll(EngineException cause) {
        List<Sequence> all = new ArrayList<>(scheduler.running());
        all.addAll(scheduler.waiting());
        all.forEach(sequence -> fail(sequence, cause));
    }

    private void submit(Sequence sequence) {
        if (!healthy) {
            fail(sequence, new EngineException.ShuttingDown("the engine is not healthy"));
            return;
        }
        scheduler.add(sequence);
        images.add(sequence);
    }

    private Optional<Sequence> find(GenerationHandle handle) {
        for (List<Sequence> sequences : List.of(scheduler.running(), scheduler.waiting())) {
            for (Sequence sequence : sequences) {
                if (sequence.handle() == handle) {
                    return Optional.of(sequence);
                }
            }
        }
        return Optional.empty();
    }

    private void finish(Sequence sequence, FinishReason reason) {
        release(sequence);
        GenerationEvent.Finished end = new GenerationEvent.Finished(
                reason, sequence.usage(), sequence.clock().timings());
        sequence.handle().publish(end);
        listener.finished(sequence.request(), end);
    }

    private void fail(Sequence sequence, EngineException cause) {
        if (sequence.hasEnded()) {
            return;
        }
        release(sequence);
        sequence.handle().publish(new GenerationEvent.Failed(cause));
        listener.failed(sequence.request(), cause);
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
                memory.totalBlocks(),
                steps,
                healthy);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    KvMemory memory() {
        return memory;
    }
}
