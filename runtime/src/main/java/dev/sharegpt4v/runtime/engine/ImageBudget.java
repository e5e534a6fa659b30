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

    private void hold(GenerationRequest request) {
        for (ImageSpan span : request.prompt().images()) {
            int others = holders.getOrDefault(span.image(), 0);
            holders.put(span.image(), others + 1);
            held += others == 0 ? span.image().bytes() : 0;
        }
    }

    synchronized void giveBack(GenerationRequest request) {
        for (ImageSpan span : request.prompt().images()) {
            int others = holders.getOrDefault(span.image(), 0) - 1;
            if (others == 0) {
                holders.remove(span.image());
                held -= span.image().bytes();
            } else {
                holders.put(span.image(), others);
            }
        }
    }

    synchronized long held() {
        return held;
    }
}
