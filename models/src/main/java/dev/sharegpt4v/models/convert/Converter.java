package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.StoredWeights;
import dev.sharegpt4v.models.chat.ChatTemplate;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Turns a checkpoint into a model package.
 *
 * <p>The package appears at its place only when it is complete. Memory stays bounded whatever the size of the
 * checkpoint, since weights are read, encoded and written in chunks.
 */
public final class Converter {

    /** Raised when the same checkpoint and options would give other bytes than before. */
    public static final int VERSION = 3;

    private static final String FAMILY = "llava-1.5";

    private final CheckpointConfig config;
    private final ConversionOptions options;
    private final GraphFile vision;
    private final GraphFile decoder;

    private Converter(CheckpointConfig config, TensorSource tensors, ConversionOptions options) {
        this.config = config;
        this.options = options;
        this.vision = GraphFile.of(
                PackageManifest.VISION_GRAPH,
                VisionGraph.of(
                        config.vision(),
                        tensors,
                        options.visionMatrices(),
                        OnnxType.of(options.activations()),
                        config.projectorLayers(),
                        config.decoder().hiddenSize()));
        this.decoder = GraphFile.of(
                PackageManifest.DECODER_GRAPH,
                DecoderGraph.of(
                        config.decoder(), tensors, options.decoderMatrices(), options.attention(config.decoder())));
    }

    /**
     * Writes a package.
     *
     * @param checkpoint stays open until this returns
     * @param tokenizer of the model
     * @param out the package's folder; must not exist, unless empty or a package that {@code options} replaces
     * @return what was written
     * @throws ConversionException when the package cannot be written; nothing is left at {@code out} then
     * @throws dev.sharegpt4v.models.checkpoint.CheckpointException when the checkpoint cannot be read
     */
    public static PackageManifest convert(
            Checkpoint checkpoint,
            TokenizerSource tokenizer,
            Path out,
            ConversionOptions options,
            ConversionProgress progress) {
        Converter converter = new Converter(checkpoint.config(), checkpoint.tensors(), options);
        try (PackageFolder folder = PackageFolder.start(out, options.replace())) {
            PackageManifest manifest = converter.write(folder.path(), tokenizer, progress);
            if (options.measures() && QuantisationMeter.isQuick(checkpoint.config())) {
                manifest = QuantisationMeter.measure(checkpoint, tokenizer, folder.path())
                        .map(manifest::withQuantisation)
                        .orElse(manifest);
            }
            folder.publish();
            return manifest;
        } catch (IOException e) {
            throw WriteFailure.of(out, e);
        }
    }

    private PackageManifest write(Path folder, TokenizerSource tokenizer, ConversionProgress progress)
            throws IOException {
        requireRoom(folder);
        // Written first: a missing tokenizer shows at once and not after gigabytes of weights.
        Path tokenizerFile = folder.resolve(PackageManifest.TOKENIZER);
        tokenizer.write(tokenizerFile);
        List<PackageFile> files = new ArrayList<>();
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService encoders = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("weight-encoder-", 0).factory())) {
            WeightFile weights = new WeightFile(encoders, 2 * threads);
            ProgressCount count = new ProgressCount(progress, vision.bytes() + decoder.bytes());
            files.addAll(vision.write(folder, weights, count.of("vision weights")));
            files.addAll(decoder.write(folder, weights, count.of("decoder weights")));
        }
        files.add(HashingFile.describe(tokenizerFile));
        PackageManifest manifest = manifest(files);
        ManifestJson.store(folder, manifest);
        return manifest;
    }

    private void requireRoom(Path folder) throws IOException {
        long needed = vision.bytes() + decoder.bytes();
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new ConversionException(
                    ConversionException.Kind.DISK_FULL,
                    "%s needs %d MB, and %d MB are free there".formatted(folder, needed / 1_000_000, free / 1_000_000));
        }
    }

    private PackageManifest manifest(List<PackageFile> files) {
        StoredWeights weights = new StoredWeights(
                options.weights().wireName(),
                options.visionWeights().wireName(),
                options.isQuantised() ? options.blockSize() : 0,
                options.isSymmetric());
        ChatTemplate template = switch (config.layout()) {
            case ORIGINAL -> ChatTemplate.VICUNA_V1;
            case TRANSFORMERS -> ChatTemplate.LLAVA_HF;
        };
        return new PackageManifest(
                PackageManifest.formatVersion(options.device()),
                VERSION,
                FAMILY,
                template.wireName(),
                options.device(),
                options.activations(),
                weights,
                config,
                Optional.empty(),
                files);
    }
}
