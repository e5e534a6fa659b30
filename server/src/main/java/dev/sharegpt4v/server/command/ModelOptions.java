package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.ServerConfig;
import dev.sharegpt4v.server.http.HttpLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every command that runs a model. */
final class ModelOptions {

    private static final int MOST_THREADS = 1024;
    private static final int BATCH = 4;
    private static final int GPU_BATCH = 16;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Model package; the demo model when left out.")
    @Nullable
    Path model;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "Name that clients ask for; the package's own when left out.")
    @Nullable
    String servedName;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of a decoder step; all processors when left out.")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--encoder-threads",
            paramLabel = "N",
            description = "Threads of the vision tower; all processors when left out.")
    int encoderThreads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--encoder-batch", paramLabel = "N", description = "Images encoded at once (4; 16 on a GPU).")
    @Nullable
    Integer encoderBatch;

    @Mixin
    DeviceFlags device = new DeviceFlags();

    @Option(
            names = "--batch-invariance",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Text does not depend on what runs beside it, to the last bit (on). --no-batch-invariance lets a"
                            + " single stream of an int4 model run faster, the more so on processors without VNNI.")
    boolean batchInvariance;

    @Mixin
    KvOptions kv = new KvOptions();

    @Mixin
    EngineFlags engine = new EngineFlags();

    @Option(names = "--config", paramLabel = "FILE", description = "Properties file with values for options.")
    @Nullable
    Path config;

    Path packageFolder() {
        Path given = model;
        if (given == null) {
            return DemoModel.packageFolder(device.asked().orElse(Device.CPU));
        }
        if (!Files.isRegularFile(given.resolve("model.json")) && Files.isRegularFile(given.resolve("config.json"))) {
            throw new IllegalArgumentException(
                    given + " is a checkpoint; make a package of it first: sharegpt4v convert " + given + " PACKAGE");
        }
        return given;
    }

    /** Refuses a number that an option cannot have. */
    void require(String option, long value, long least, long most) {
        Ranges.require(spec, option, value, least, most);
    }

    /** Refuses what is wrong whatever the package. */
    private void check() {
        require("--threads", threads, 1, MOST_THREADS);
        require("--encoder-threads", encoderThreads, 1, MOST_THREADS);
        require("--encoder-batch", batch(Device.CPU), 1, 1 << 10);
        device.check();
        kv.check();
        engine.options(device.asked().orElse(Device.CPU));
    }

    /** Images at once. */
    int batch(Device kind) {
        if (encoderBatch != null) {
            return encoderBatch;
        }
        return kind == Device.CUDA ? GPU_BATCH : BATCH;
    }

    /**
     * What a command runs.
     *
     * @param folder of the package
     * @param manifest of the package
     * @param device that runs it
     */
    record Chosen(Path folder, PackageManifest manifest, DeviceChoice device) {}

    /** Checks all options, then finds the package and the device for it. */
    Chosen choose() {
        check();
        Path folder = packageFolder();
        PackageManifest manifest = ManifestJson.read(folder);
        return new Chosen(folder, manifest, device.choose(folder, manifest));
    }

    ServerConfig server(String host, int port, HttpLimits limits, Duration drain) {
        Chosen chosen = choose();
        DeviceChoice choice = chosen.device();
        return new ServerConfig(
                chosen.folder(),
                Optional.ofNullable(servedName),
                host,
                port,
                choice,
                threads,
                encoderThreads,
                batch(choice.kind()),
                kv.budget(choice.kind(), chosen.manifest().shape()),
                batchInvariance,
                engine.options(choice.kind()),
                limits,
                drain);
    }
}
