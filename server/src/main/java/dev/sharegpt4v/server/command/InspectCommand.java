package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFiles;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.server.KvBudget;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a checkpoint or a package holds, and what serving it takes. */
@Command(name = "inspect", description = "Says what a checkpoint or a package holds.", mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    private static final int BLOCK = 64;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "A checkpoint or a package.")
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Option(names = "--vision-tower", paramLabel = "DIR", description = "The vision tower's own folder.")
    @Nullable
    Path visionTower;

    @Option(names = "--verify", description = "Also check the content of every file of a package.")
    boolean verify;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (Files.isRegularFile(folder.resolve(PackageManifest.FILE_NAME))) {
            inspectPackage(out);
        } else {
            inspectCheckpoint(out);
        }
        return 0;
    }

    private void inspectPackage(PrintWriter out) {
        PackageManifest manifest = ManifestJson.read(folder);
        PackageFiles.checkSizes(folder, manifest);
        out.printf(
                "package      %s, family %s, template %s%n", manifest.name(), manifest.family(), manifest.template());
        out.printf(
                "device       %s, activations %s%n",
                manifest.device().wireName(), manifest.activations().wireName());
        out.printf(
                "weights      decoder %s, vision %s, block size %d%n",
                manifest.weights().decoder(),
                manifest.weights().vision(),
                manifest.weights().blockSize());
        model(out, manifest.model());
        manifest.files().forEach(file -> out.printf("file         %-16s %,15d bytes%n", file.name(), file.bytes()));
        manifest.quantisation()
                .ifPresent(report -> out.printf(
                        "quantised    KL divergence from fp32: mean %.5f, largest %.5f nats over %d positions; same best token %.1f %%%n",
                        report.meanDivergence(),
                        report.largestDivergence(),
                        report.positions(),
                        report.sameBestToken() * 100));
        switch (manifest.device()) {
            case CPU -> needs(out, manifest.shape(), manifest.bytes());
            case CUDA -> needsOnCuda(out, manifest.shape(), manifest.bytes());
        }
        if (verify) {
            PackageFiles.checkHashes(folder, manifest, _ -> {});
            out.println("content      every file is as it was written");
        }
    }

    private void inspectCheckpoint(PrintWriter out) {
        try (Checkpoint checkpoint = Checkpoints.open(folder, Optional.ofNullable(visionTower))) {
            out.printf(
                    "checkpoint   %s, layout %s%n",
                    checkpoint.config().name(), checkpoint.config().layout());
            model(out, checkpoint.config());
            out.printf("tensors      %d%n", checkpoint.inventory().tensors());
            checkpoint
                    .inventory()
                    .bytesByType()
                    .forEach((type, bytes) -> out.printf("  %-10s %,15d bytes%n", type, bytes));
            out.printf(
                    "not needed   %d known tensors%n",
                    checkpoint.inventory().ignored().size());
            checkpoint.inventory().unknown().forEach(name -> out.printf("unknown      %s%n", name));
        }
    }

    private static void model(PrintWriter out, CheckpointConfig config) {
        out.printf(
                "decoder      %d layers, hidden %d, %d heads of %d, %d key/value heads, vocabulary %d, context %d%n",
                config.decoder().layers(),
                config.decoder().hiddenSize(),
                config.decoder().heads(),
                config.decoder().headSize(),
                config.decoder().kvHeads(),
                config.decoder().vocabularySize(),
                config.decoder().contextLength());
        out.printf(
                "vision       %d layers, hidden %d, images of %d in patches of %d: %d positions each; %s%n",
                config.vision().layersToRun(),
                config.vision().hiddenSize(),
                config.vision().imageSize(),
                config.vision().patchSize(),
                config.vision().featureRows(),
                config.preprocessing().padToSquare() ? "padded to a square" : "centre-cropped");
    }

    private static void needs(PrintWriter out, ModelShape shape, long bytes) {
        out.printf(
                "to serve     about %,d MB for weights, and for keys and values of a full context %,d MB in fp16, %,d in int8, %,d in fp32%n",
                bytes + bytes / 4 >> 20,
                context(shape, KvFormat.FP16),
                context(shape, KvFormat.INT8),
                context(shape, KvFormat.FP32));
    }

    /** Keys and values have the type of the activations. */
    private static void needsOnCuda(PrintWriter out, ModelShape shape, long bytes) {
        long token = 2L * shape.layers() * shape.kvHeads() * shape.headSize() * Short.BYTES;
        out.printf(
                "to serve     in the GPU's memory about %,d MB for weights, and for keys and values of a full context %,d MB%n",
                bytes >> 20, token * shape.contextLength() >> 20);
    }

    private static long context(ModelShape shape, KvFormat format) {
        KvBudget budget = new KvBudget(BLOCK, format, new KvBudget.Automatic());
        return budget.blockBytes(shape) * Math.ceilDiv(shape.contextLength(), BLOCK) >> 20;
    }
}
