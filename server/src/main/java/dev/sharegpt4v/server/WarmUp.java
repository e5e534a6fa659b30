package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.image.RgbImage;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.Arrays;
import java.util.List;

/**
 * A picture, a short prompt and a few decodes before the engine starts: a package that cannot run fails here, and the
 * first caller does not pay for what is allocated and compiled once. No whole image prompt, which takes a 7B model half a
 * minute on two cores.
 */
final class WarmUp {

    private static final int DECODES = 8;

    private WarmUp() {}

    /**
     * Runs it; what it leaves in the KV cache is written over before it is read.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when the model cannot run
     */
    static void run(OpenDevice device, LoadedModel model) {
        RgbImage black = new RgbImage(1, 1, new byte[3]);
        device.encoder().encode(List.of(model.images().process(black, model.imageFeatureRows())));
        int[] prompt = model.tokenizer().encode("Describe this image.");
        int length = Math.min(prompt.length, device.executor().geometry().blockSize() - DECODES);
        forward(device, Arrays.copyOf(prompt, length), 0);
        for (int i = 0; i < DECODES; i++) {
            forward(device, new int[] {prompt[0]}, length + i);
        }
    }

    private static void forward(OpenDevice device, int[] tokens, int position) {
        SequenceSlice slice =
                new SequenceSlice(tokens, position, new int[] {0}, List.of(), new int[] {tokens.length - 1});
        device.executor().forward(new ForwardStep(List.of(slice)));
    }
}
