package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which live sequences need which image, and the features that are there already. Engine thread only. */
final class ImageWaiters {

    private final EncodeQueue queue;
    private final Map<ContentHash, List<Sequence>> users = new HashMap<>();
    private final Map<ContentHash, ImageFeatures> ready = new HashMap<>();

    ImageWaiters(EncodeQueue queue) {
        this.queue = queue;
    }

    /** Gives a sequence the features that are there and asks for the others. */
    void add(Sequence sequence) {
        List<ImageSpan> spans = sequence.request().prompt().images();
        for (int i = 0; i < spans.size(); i++) {
            ImageInput image = spans.get(i).image();
            List<Sequence> known = users.computeIfAbsent(image.hash(), _ -> new ArrayList<>());
            ImageFeatures features = ready.get(image.hash());
            if (features != null) {
                sequence.addFeatures(i, features);
            } else if (known.isEmpty()) {
                queue.add(image);
            }
            known.add(sequence);
        }
        markIfReady(sequence);
    }

    /** Hands features to all that wait for them. */
    void deliver(ImageFeatures features) {
        List<Sequence> waiting = users.get(features.hash());
        if (waiting == null) {
            return;
        }
        ready.put(features.hash(), features);
        for (Sequence sequence : waiting) {
            List<ImageSpan> spans = sequence.request().prompt().images();
            for (int i = 0; i < spans.size(); i++) {
                if (spans.get(i).image().hash().equals(features.hash())) {
                    sequence.addFeatures(i, features);
                }
            }
            markIfReady(sequence);
        }
    }

    /** Live sequences that need an image. */
    List<Sequence> waitingFor(ImageInput image) {
        return List.copyOf(users.getOrDefault(image.hash(), List.of()));
    }

    /** Forgets a sequence; images that nobody needs any more are dropped. */
    void remove(Sequence sequence) {
        for (ImageSpan span : sequence.request().prompt().images()) {
            ContentHash hash = span.image().hash();
            List<Sequence> known = users.get(hash);
            if (known == null) {
                continue;
            }
            known.remove(sequence);
            if (known.isEmpty()) {
                users.remove(hash);
                ready.remove(hash);
                queue.drop(hash);
            }
        }
    }

    private static void markIfReady(Sequence sequence) {
        if (sequence.hasAllFeatures()) {
            sequence.clock().markFeaturesReady();
        }
    }
}
