package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.Arrays;
import java.util.List;

/**
 * A picture and a token before the engine starts: a package that cannot run fails here, and the first caller does not pay
 * for what is allocated once. No whole prompt, which takes a 7B model half a minute on two cores, and nothing to warm the JVM:
 * until it has compiled the kernels they are slow, whoever waits for them.
 */
final class WarmUp {

    private WarmUp() {}

    /**
     * Runs it; what it leaves in the KV cache is written over before it is read.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when the model cannot run
     */
    static void run(OpenDevice device, LoadedModel model) {
        device.encoder().encode(List.of(model.images().black(model.imageFeatureRows())));
        int[] tokens = Arrays.copyOf(model.tokenizer().encode("Describe this image."), 1);
        SequenceSlice prompt = new SequenceSlice(tokens, 0, new int[] {0}, List.of(), new int[] {0});
        device.executor().forward(new ForwardStep(List.of(prompt)));
    }
}
