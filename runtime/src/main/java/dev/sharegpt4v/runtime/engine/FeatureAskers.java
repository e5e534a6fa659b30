package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Those who want an image's features themselves, and no text about it. Engine thread only. */
final class FeatureAskers {

    private final Map<ContentHash, List<CompletableFuture<ImageFeatures>>> waiting = new HashMap<>();

    void add(ContentHash hash, CompletableFuture<ImageFeatures> answer) {
        waiting.computeIfAbsent(hash, _ -> new ArrayList<>()).add(answer);
    }

    /** Forgets those who have given up. */
    void removeDone(ContentHash hash) {
        List<CompletableFuture<ImageFeatures>> answers = waiting.getOrDefault(hash, new ArrayList<>());
        answers.removeIf(CompletableFuture::isDone);
        if (answers.isEmpty()) {
            waiting.remove(hash);
        }
    }

    boolean areWaitingFor(ContentHash hash) {
        return waiting.containsKey(hash);
    }

    void deliver(ImageFeatures features) {
        take(features.hash()).forEach(answer -> answer.complete(features));
    }

    void fail(ContentHash hash, EngineException cause) {
        take(hash).forEach(answer -> answer.completeExceptionally(cause));
    }

    void failAll(EngineException cause) {
        List.copyOf(waiting.keySet()).forEach(hash -> fail(hash, cause));
    }

    private List<CompletableFuture<ImageFeatures>> take(ContentHash hash) {
        List<CompletableFuture<ImageFeatures>> answers = waiting.remove(hash);
        return answers == null ? List.of() : answers;
    }
}
