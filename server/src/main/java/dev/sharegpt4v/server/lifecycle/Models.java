package dev.sharegpt4v.server.lifecycle;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The models of a server by their names, in their order; the first is meant where none is named. */
public final class Models<M extends Loadable> implements AutoCloseable {

    private final SequencedMap<String, ModelSlot<M>> slots;
    private final CountDownLatch closed = new CountDownLatch(1);

    public Models(SequencedMap<String, ModelSlot<M>> slots) {
        if (slots.isEmpty()) {
            throw new IllegalArgumentException("a server without a model");
        }
        this.slots = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(slots));
    }

    public SequencedMap<String, ModelSlot<M>> slots() {
        return slots;
    }

    public Optional<ModelSlot<M>> find(String name) {
        return Optional.ofNullable(slots.get(name));
    }

    public String firstName() {
        return slots.firstEntry().getKey();
    }

    public ModelSlot<M> first() {
        return slots.firstEntry().getValue();
    }

    /** Whether some model can be asked, and none that is loaded has lost its device. */
    public boolean areUsable() {
        return slots.values().stream().noneMatch(ModelSlot::isBroken)
                && slots.values().stream().anyMatch(ModelSlot::isUsable);
    }

    /** Loads all of them on this thread, before there are requests; the first failure is thrown. */
    public void open() {
        slots.values().forEach(ModelSlot::open);
    }

    /** Puts to sleep what nobody used for long; looks as often as said. */
    public void watchIdle(Duration interval) {
        Thread.ofVirtual().name("idle-models").start(() -> {
            try {
                while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    slots.values().forEach(ModelSlot::sleepIfIdle);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
        for (Map.Entry<String, ModelSlot<M>> slot : slots.reversed().entrySet()) {
            slot.getValue().close();
        }
    }
}
