package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.SyntheticCheckpoint;
import dev.sharegpt4v.models.convert.SyntheticShapes;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: a checkpoint becomes a package. */
@Command(
        name = "convert",
        description = "Makes a model package of a checkpoint: sharegpt4v convert CHECKPOINT OUT.",
        mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Parameters(
            paramLabel = "CHECKPOINT OUT",
            description = "Checkpoint folder and package folder; OUT alone with --synthetic.")
    List<Path> folders = List.of();

    @Option(names = "--vision-tower", paramLabel = "DIR", description = "The vision tower's own folder.")
    @Nullable
    Path visionTower;

    @Option(
            names = "--device",
            description = "What the package is for: cpu or cuda (${DEFAULT-VALUE}). Neither runs the other's.")
    String device = "cpu";

    @Option(
            names = "--weights",
            description = "int4, int8, fp16 or fp32, int4 when left out;"
                    + " with --device cuda fp16, bf16 or int4, fp16 when left out.")
    @Nullable
    String weights;

    @Option(
            names = "--vision-weights",
            description = "int8, fp16 or fp32; fp16, and fp32 with --weights fp32, when left out."
                    + " With --device cuda always fp16, or bf16 with --weights bf16.")
    @Nullable
    String visionWeights;

    @Option(
            names = "--block-size",
            description = "Weights that share a scale: 32, 64, 128 or, not on cuda, 256 (${DEFAULT-VALUE}).")
    int blockSize = ConversionOptions.DEFAULT_BLOCK_SIZE;

    @Option(names = "--symmetric", description = "int4 without zero points.")
    boolean symmetric;

    @Option(
            names = "--synthetic",
            paramLabel = "SHAPE",
            description = "Random weights of a shape: sharegpt4v-7b, sharegpt4v-13b, or a config.json.")
    @Nullable
    String synthetic;

    @Option(names = "--force", description = "Replace a package that is already there.")
    boolean force;

    @Option(names = "--skip-existing", description = "Do nothing when the package is already there.")
    boolean skipExisting;

    @Override
    public Integer call() {
        int expected = synthetic == null ? 2 : 1;
        if (folders.size() != expected) {
            throw usage(
                    synthetic == null ? "give a checkpoint folder and a package folder" : "give one package folder");
        }
        ConversionOptions options = options();
        if (skipExisting && force) {
            throw usage("--skip-existing and --force exclude each other");
        }
        if (skipExisting && Files.isRegularFile(folders.getLast().resolve(PackageManifest.FILE_NAME))) {
            spec.commandLine().getOut().printf("%s is there already%n", folders.getLast());
            return 0;
        }
        try (Checkpoint checkpoint = open();
                Progress progress = new Progress()) {
            TokenizerSource tokenizer = synthetic == null
                    ? TokenizerSource.of(folders.getFirst())
                    : TokenizerSource.synthetic(checkpoint.config().decoder().vocabularySize());
            PackageManifest manifest = Converter.convert(checkpoint, tokenizer, folders.getLast(), options, progress);
            spec.commandLine()
                    .getOut()
                    .printf("%s: %s, %d MB%n", folders.getLast(), manifest.name(), manifest.bytes() >> 20);
        }
        return 0;
    }

    private Checkpoint open() {
        return synthetic == null
                ? Checkpoints.open(folders.getFirst(), Optional.ofNullable(visionTower))
                : new SyntheticCheckpoint(SyntheticShapes.of(synthetic));
    }

    private ConversionOptions options() {
        Device target = Device.of(device.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> usage("--device is cpu or cuda, not " + device));
        WeightFormat decoder = weights == null ? usual(target) : format("--weights", weights);
        try {
            ConversionOptions standard = ConversionOptions.of(target, decoder);
            WeightFormat vision =
                    visionWeights == null ? standard.visionWeights() : format("--vision-weights", visionWeights);
            return new ConversionOptions(
                    target, decoder, vision, blockSize, symmetric, synthetic == null, force, standard.rule());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** What fits the most machines on the CPU, and what a GPU computes in anyway. */
    private static WeightFormat usual(Device target) {
        return switch (target) {
            case CPU -> WeightFormat.INT4;
            case CUDA -> WeightFormat.FP16;
        };
    }

    private WeightFormat format(String option, String name) {
        return WeightFormat.of(name.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> usage(option + " is int4, int8, fp16, bf16 or fp32, not " + name));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
