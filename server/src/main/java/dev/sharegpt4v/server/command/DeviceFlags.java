package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.Devices;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options that say what runs the model. */
final class DeviceFlags {

    private static final int MOST_GPUS = 1024;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            converter = Kind.class,
            description = "cpu or cuda; what the package was made for when left out.")
    @Nullable
    Device kind;

    @Option(
            names = "--gpu",
            paramLabel = "N",
            description = "With cuda: the GPU, counted from 0 among those that are visible (${DEFAULT-VALUE}).")
    int gpu = 0;

    @Option(
            names = "--cuda-graphs",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "With cuda: captures decoding steps and replays them (on; --no-cuda-graphs switches it off).")
    boolean graphs;

    void check() {
        Ranges.require(spec, "--gpu", gpu, 0, MOST_GPUS);
    }

    Optional<Device> asked() {
        return Optional.ofNullable(kind);
    }

    /** What to run a package on. */
    DeviceChoice choose(Path folder, PackageManifest manifest) {
        Device chosen = Devices.choose(folder, manifest, asked());
        return chosen == Device.CPU ? DeviceChoice.CPU : new DeviceChoice(chosen, gpu, graphs);
    }

    /** Picocli makes it by reflection. */
    static final class Kind implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            return Device.of(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is neither cpu nor cuda"));
        }
    }
}
