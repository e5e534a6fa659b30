package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.ModelConfig;
import dev.sharegpt4v.server.ServerConfig;
import dev.sharegpt4v.server.http.HttpLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that runs a model. */
final class ModelOptions {

    private static final int MOST_THREADS = 1024;
    private static final int BATCH = 4;
    private static final int GPU_BATCH = 16;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "[NAME=]DIR",
            description =
                    "Model package; the demo model when left out. With names, serve takes several, by repeating this"
                            + " or separated by commas.")
    List<String> models = new ArrayList<>();

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

    /** What was asked for; none for the demo model. */
    List<NamedFolder> asked() {
        return NamedFolder.all(spec, models);
    }

    /** The package of a command that runs one model. */
    Path packageFolder() {
        return packageFolder(one());
    }

    private Optional<NamedFolder> one() {
        List<NamedFolder> asked = asked();
        if (asked.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--model names more than one model");
        }
        return asked.stream().findFirst();
    }

    private Path packageFolder(Optional<NamedFolder> asked) {
        if (asked.isEmpty()) {
            return DemoModel.packageFolder(device.asked().orElse(Device.CPU));
        }
        Path given = asked.get().folder();
        if (!Files.isRegularFile(given.resolve(PackageManifest.FILE_NAME))
                && Files.isRegularFile(given.resolve("config.json"))) {
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
        return choose(one());
    }

    private Chosen choose(Optional<NamedFolder> asked) {
        Path folder = packageFolder(asked);
        PackageManifest manifest = ManifestJson.read(folder);
        return new Chosen(folder, manifest, device.choose(folder, manifest));
    }

    /** A server of one model. */
    ServerConfig server(String host, int port, HttpLimits limits, Duration drain) {
        check();
        return new ServerConfig(List.of(model(one(), 1)), host, port, limits, drain);
    }

    /** A server of all models that were asked for. */
    ServerConfig serverOfAll(String host, int port, HttpLimits limits, Duration drain) {
        check();
        List<NamedFolder> asked = asked();
        if (servedName != null
                && asked.stream().anyMatch(folder -> folder.name().isPresent())) {
            throw new ParameterException(
                    spec.commandLine(), "--served-name is for a --model without a name of its own");
        }
        List<Optional<NamedFolder>> all = asked.isEmpty()
                ? List.of(Optional.empty())
                : asked.stream().map(Optional::of).toList();
        return new ServerConfig(all.stream().map(one -> model(one, all.size())).toList(), host, port, limits, drain);
    }

    private ModelConfig model(Optional<NamedFolder> asked, int sharers) {
        Chosen chosen = choose(asked);
        DeviceChoice choice = chosen.device();
        String own = servedName == null ? chosen.manifest().name() : servedName;
        return new ModelConfig(
                chosen.folder(),
                Optional.of(asked.flatMap(NamedFolder::name).orElse(own)),
                choice,
                threads,
                encoderThreads,
                batch(choice.kind()),
                kv.budget(choice.kind(), chosen.manifest().shape()),
                batchInvariance,
                engine.options(choice.kind(), sharers));
    }
}
