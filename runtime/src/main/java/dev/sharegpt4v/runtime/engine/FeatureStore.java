package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Image features: who needs which, and those that nobody needs now and that are kept within a limit of bytes, the latest
 * used longest. One picture is encoded once, however many ask for it. Engine thread only.
 */
final class FeatureStore {

    private static final class Slot {
        final long bytes;
        final Set<Sequence> users = new LinkedHashSet<>();

        @Nullable
        ImageFeatures features;

        Slot(long bytes) {
            this.bytes = bytes;
        }
    }

    private final EncodeQueue queue;
    private final FeatureAskers askers = new FeatureAskers();
    private final long limit;
    private final int hiddenSize;
    /** The least recently used first. */
    private final Map<ContentHash, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private long readyBytes;
    private long neededBytes;
    private long idleBytes;
    private long hits;
    private long misses;

    FeatureStore(EncodeQueue queue, long limit, int hiddenSize) {
        this.queue = queue;
        this.limit = limit;
        this.hiddenSize = hiddenSize;
    }

    /** Whether there is room to prepare images for those who still wait. */
    boolean hasRoom() {
        return neededBytes < limit;
    }

    /** Gives a sequence the features that it needs from position {@code start} on, and has the missing ones encoded. */
    void provide(Sequence sequence, int start) {
        List<Integer> missing = sequence.missingImages(start);
        for (int index : missing) {
            ImageInput image = sequence.request().prompt().images().get(index).image();
            Slot slot = slots.computeIfAbsent(image.hash(), _ -> new Slot(bytes(image)));
            boolean asked = !slot.users.isEmpty();
            neededBytes += asked ? 0 : slot.bytes;
            idleBytes -= !asked && slot.features != null ? slot.bytes : 0;
            boolean isNew = slot.users.add(sequence);
            if (slot.features != null) {
                hits += isNew ? 1 : 0;
                sequence.addFeatures(index, slot.features);
            } else if (!asked && !askers.areWaitingFor(image.hash())) {
                misses++;
                queue.add(image);
            } else if (isNew) {
                hits++;
            }
        }
        if (!missing.isEmpty() && sequence.missingImages(0).isEmpty()) {
            sequence.clock().markFeaturesReady();
        }
    }

    /** Gives features to one who wants them without a text, as soon as they are there. */
    void ask(ImageInput image, CompletableFuture<ImageFeatures> answer) {
        if (answer.isDone()) {
            return;
        }
        Slot slot = slots.get(image.hash());
        if (slot != null && slot.features != null) {
            hits++;
            answer.complete(slot.features);
            return;
        }
        boolean asked = slot != null || askers.areWaitingFor(image.hash());
        askers.add(image.hash(), answer);
        if (asked) {
            hits++;
        } else {
            misses++;
            queue.add(image);
        }
    }

    /** One who asked for an image has given up. */
    void forget(ImageInput image) {
        askers.removeDone(image.hash());
        if (!askers.areWaitingFor(image.hash()) && !slots.containsKey(image.hash())) {
            queue.drop(image.hash());
        }
    }

    /** Tells those who asked for an image that it could not be encoded. */
    void failAskers(ImageInput image, EngineException cause) {
        askers.fail(image.hash(), cause);
    }

    /** Tells all who asked. */
    void failAskers(EngineException cause) {
        askers.failAll(cause);
    }

    /** Hands features to all that wait for them. */
    void deliver(ImageFeatures features) {
        askers.deliver(features);
        // Nobody may wait any more, but the work is done.
        Slot slot = slots.computeIfAbsent(features.hash(), _ -> new Slot(bytes(features)));
        if (slot.features != null) {
            return;
        }
        slot.features = features;
        readyBytes += slot.bytes;
        idleBytes += slot.users.isEmpty() ? slot.bytes : 0;
        for (Sequence sequence : slot.users) {
            List<ImageSpan> spans = sequence.request().prompt().images();
            for (int i = 0; i < spans.size(); i++) {
                if (spans.get(i).image().hash().equals(features.hash())) {
                    sequence.addFeatures(i, features);
                }
            }
            if (sequence.missingImages(0).isEmpty()) {
                sequence.clock().markFeaturesReady();
            }
        }
        shrink();
    }

    /** Live sequences that wait for an image. */
    List<Sequence> waitingFor(ImageInput image) {
        Slot slot = slots.get(image.hash());
        return slot == null ? List.of() : List.copyOf(slot.users);
    }

    /** A sequence keeps features only until their positions are computed. */
    void releasePassed(Sequence sequence) {
        if (sequence.hasPassedImages()) {
            return;
        }
        for (int index : sequence.passedImages()) {
            sequence.dropFeatures(index);
        }
        for (ImageSpan span : sequence.request().prompt().images()) {
            if (sequence.computed() >= lastEnd(sequence, span)) {
                leave(sequence, span.image().hash());
            }
        }
        List<ImageSpan> spans = sequence.request().prompt().images();
        if (spans.isEmpty() || spans.getLast().end() <= sequence.computed()) {
            sequence.markImagesPassed();
        }
    }

    /** Where the last span ends that shows the same image. */
    private static int lastEnd(Sequence sequence, ImageSpan span) {
        return sequence.request().prompt().images().stream()
                .filter(other -> other.image().hash().equals(span.image().hash()))
                .mapToInt(ImageSpan::end)
                .max()
                .orElse(span.end());
    }

    /** Forgets a sequence. */
    void remove(Sequence sequence) {
        for (ImageSpan span : sequence.request().prompt().images()) {
            leave(sequence, span.image().hash());
        }
    }

    private void leave(Sequence sequence, ContentHash hash) {
        Slot slot = slots.get(hash);
        if (slot == null || !slot.users.remove(sequence) || !slot.users.isEmpty()) {
            return;
        }
        neededBytes -= slot.bytes;
        if (slot.features == null) {
            slots.remove(hash);
            if (!askers.areWaitingFor(hash)) {
                queue.drop(hash);
            }
        } else {
            idleBytes += slot.bytes;
            shrink();
        }
    }

    /** Drops features that nobody needs, the least recently used first, until the rest is within the limit. */
    private void shrink() {
        Iterator<Slot> eldest = slots.values().iterator();
        while (readyBytes > limit && eldest.hasNext()) {
            Slot slot = eldest.next();
            if (slot.users.isEmpty() && slot.features != null) {
                readyBytes -= slot.bytes;
                idleBytes -= slot.bytes;
                eldest.remove();
            }
        }
    }

    private long bytes(ImageInput image) {
        return (long) image.featureRows() * hiddenSize * Float.BYTES;
    }

    private static long bytes(ImageFeatures features) {
        return (long) features.values().length * Float.BYTES;
    }

    /** Bytes of all features that are there. */
    long bytes() {
        return readyBytes;
    }

    /** Bytes of features that nobody needs now. */
    long idleBytes() {
        return idleBytes;
    }

    /** Images that were asked for and were there, or on their way. */
    long hits() {
        return hits;
    }

    /** Images that had to be encoded. */
    long misses() {
        return misses;
    }
}
