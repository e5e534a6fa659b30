package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.IdentityHashMap;
import java.util.List;

/** Bytes of prepared images that live requests hold, up to a limit; those of one prompt share theirs. Thread-safe. */
final class ImageBudget {

    private final long limit;
    private final IdentityHashMap<ImageInput, Integer> holders = new IdentityHashMap<>();
    private long held;

    ImageBudget(long limit) {
        this.limit = limit;
    }

    /** Refuses requests whose images exceed the limit by themselves. */
    void requireFit(List<GenerationRequest> requests) {
        ImageBudget alone = new ImageBudget(limit);
        if (!alone.take(requests)) {
            throw new EngineException.TooLong(
                    "its images take more than the %d MB that may be held".formatted(limit >> 20));
        }
    }

    /** Takes what requests need, or nothing when the limit does not allow it now. */
    synchronized boolean take(List<GenerationRequest> requests) {
        requests.forEach(this::hold);
        if (held > limit) {
            requests.forEach(this::giveBack);
            return false;
        }
        return true;
    }

    /** Takes what an image needs that nobody asks about, or nothing when the limit does not allow it now. */
    synchronized boolean take(ImageInput image) {
        hold(image);
        if (held > limit) {
            giveBack(image);
            return false;
        }
        return true;
    }

    private void hold(GenerationRequest request) {
        request.prompt().images().forEach(span -> hold(span.image()));
    }

    private void hold(ImageInput image) {
        int others = holders.getOrDefault(image, 0);
        holders.put(image, others + 1);
        held += others == 0 ? image.bytes() : 0;
    }

    synchronized void giveBack(GenerationRequest request) {
        request.prompt().images().forEach(span -> giveBack(span.image()));
    }

    synchronized void giveBack(ImageInput image) {
        int others = holders.getOrDefault(image, 0) - 1;
        if (others == 0) {
            holders.remove(image);
            held -= image.bytes();
        } else {
            holders.put(image, others);
        }
    }

    synchronized long held() {
        return held;
    }
}
