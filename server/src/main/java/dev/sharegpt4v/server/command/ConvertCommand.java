package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.SyntheticCheckpoint;
import dev.sharegpt4v.models.convert.SyntheticShapes;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
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

    @Option(names = "--weights", description = "int4, int8, fp16 or fp32 (${DEFAULT-VALUE}).")
    String weights = "int4";

    @Option(
            names = "--vision-weights",
            description = "int8, fp16 or fp32; fp16, and fp32 with --weights fp32, when left out.")
    @Nullable
    String visionWeights;

    @Option(names = "--block-size", description = "Weights that share a scale: 32, 64, 128 or 256 (${DEFAULT-VALUE}).")
    int blockSize = ConversionOptions.DEFAULT_BLOCK_SIZE;

    @Option(names = "--symmetric", description = "int4 without zero points.")
    boolean symmetric;

    @Option(names = "--device", description = "cpu (${DEFAULT-VALUE}).")
    String device = "cpu";

    @Option(
            names = "--synthetic",
            paramLabel = "SHAPE",
            description = "Random weights of a shape: sharegpt4v-7b, sharegpt4v-13b, or a config.json.")
    @Nullable
    String synthetic;

    @Option(names = "--force", description = "Replace a package that is already there.")
    boolean force;

    @Override
    public Integer call() {
        int expected = synthetic == null ? 2 : 1;
        if (folders.size() != expected) {
            throw usage(
                    synthetic == null ? "give a checkpoint folder and a package folder" : "give one package folder");
        }
        if (!device.equals("cpu")) {
            throw usage("packages for " + device + " are not made yet; --device cpu");
        }
        ConversionOptions options = options();
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
        ConversionOptions standard = ConversionOptions.of(format("--weights", weights));
        WeightFormat vision =
                visionWeights == null ? standard.visionWeights() : format("--vision-weights", visionWeights);
        try {
            return new ConversionOptions(
                    standard.weights(), vision, blockSize, symmetric, synthetic == null, force, standard.rule());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private WeightFormat format(String option, String name) {
        return WeightFormat.of(name.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> usage(option + " is int4, int8, fp16 or fp32, not " + name));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
