package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What other threads ask of the engine thread. */
sealed interface Command {

    record Submit(List<Sequence> sequences) implements Command {}

    record Cancel(GenerationHandle handle) implements Command {}

    /** Wants an image's features themselves. */
    record Ask(ImageInput image, CompletableFuture<ImageFeatures> answer) implements Command {}

    /** One who asked has given up. */
    record Forget(ImageInput image) implements Command {}

    record Encoded(List<ImageFeatures> features) implements Command {}

    record EncodeFailed(List<ImageInput> images, ExecutionFailure cause) implements Command {}

    /** Wakes the engine so that it looks at its state. */
    record Wake() implements Command {}
}
