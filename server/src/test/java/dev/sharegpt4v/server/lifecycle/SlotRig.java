package dev.sharegpt4v.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A slot whose clock, loads, unloads and deadlines happen when the test says so, all on its thread. */
final class SlotRig {

    /** A model that is only counted. */
    final class Model implements Loadable {
        private boolean stopped;
        private boolean closed;

        @Override
        public boolean isHealthy() {
            return healthy;
        }

        @Override
        public void stop() {
            assertThat(stopped).as("it is stopped once").isFalse();
            stopped = true;
        }

        @Override
        public void close() {
            assertThat(stopped).as("it is stopped before").isTrue();
            assertThat(closed).as("it is closed once").isFalse();
            closed = true;
            inMemory--;
        }

        boolean isStopped() {
            return stopped;
        }

        boolean isClosed() {
            return closed;
        }
    }

    private final Deque<Runnable> work = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> alarms = new ArrayList<>();
    private final ModelSlot<Model> slot;
    private long now;
    private int opened;
    private int inMemory;
    private boolean healthy = true;
    private boolean failing;

    SlotRig(SlotRules rules) {
        this.slot = new ModelSlot<>(this::open, rules, () -> now, work::add, this::alarm, ModelSlot.Watcher.NONE);
    }

    private Model open() {
        if (failing) {
            throw new IllegalArgumentException("the package is damaged");
        }
        opened++;
        assertThat(++inMemory).as("models in memory").isOne();
        return new Model();
    }

    private CompletableFuture<Void> alarm(Duration time) {
        CompletableFuture<Void> alarm = new CompletableFuture<>();
        alarms.add(alarm);
        return alarm;
    }

    ModelSlot<Model> slot() {
        return slot;
    }

    /** Loads that came to an end. */
    int opened() {
        return opened;
    }

    int inMemory() {
        return inMemory;
    }

    boolean hasWork() {
        return !work.isEmpty();
    }

    /** Runs what threads would: a load, or the next part of an unload. */
    void runOne() {
        work.remove().run();
    }

    void runAll() {
        while (hasWork()) {
            runOne();
        }
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    /** The time that running requests have is over. */
    void ring() {
        List.copyOf(alarms).forEach(alarm -> alarm.complete(null));
    }

    void loseDevice() {
        healthy = false;
    }

    void failLoads(boolean so) {
        failing = so;
    }

    Lease<Model> granted() {
        ModelSlot.Answer<Model> answer = slot.ask();
        if (answer instanceof ModelSlot.Answer.Granted<Model>(Lease<Model> lease)) {
            return lease;
        }
        throw new AssertionError(answer);
    }
}
