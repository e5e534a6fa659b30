package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.server.http.ServedDevice;

/**
 * A model on its device.
 *
 * @param executor runs decoder steps
 * @param encoder encodes images
 * @param kvBlockBytes bytes of a KV block over all layers
 * @param choice what was asked for
 * @param description of the device, for people
 */
record OpenDevice(
        ModelExecutor executor, ImageEncoder encoder, long kvBlockBytes, DeviceChoice choice, String description)
        implements AutoCloseable {

    /** As the health page tells it. */
    ServedDevice served() {
        return new ServedDevice(choice.label(), Devices.provider(choice.kind()), description);
    }

    @Override
    public void close() {
        executor.close();
        encoder.close();
    }
}
