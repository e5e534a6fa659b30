package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.Device;

/**
 * Which device runs a model.
 *
 * @param kind of device
 * @param gpu its index among those that CUDA sees; of no meaning on the CPU
 * @param graphs whether decoding steps are captured as CUDA graphs
 */
public record DeviceChoice(Device kind, int gpu, boolean graphs) {

    /** The processor. */
    public static final DeviceChoice CPU = new DeviceChoice(Device.CPU, 0, false);

    public DeviceChoice {
        if (gpu < 0) {
            throw new IllegalArgumentException("GPU " + gpu);
        }
    }

    /** Short, for programs: {@code cpu} or {@code cuda:0}. */
    public String label() {
        return kind == Device.CPU ? kind.wireName() : kind.wireName() + ":" + gpu;
    }
}
