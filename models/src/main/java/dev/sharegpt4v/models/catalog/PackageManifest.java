package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code model.json} says. The names of the components, here and below, are the file's keys.
 *
 * @param formatVersion of the file: {@link #formatVersion(Device)}
 * @param converterVersion which rules turned the checkpoint into these bytes
 * @param family of architectures; {@code llava-1.5}
 * @param template wire name of the chat template
 * @param device what the graphs are written for; {@code cpu} where a file does not say it
 * @param activations type of the values between the graphs' operators; {@code fp32} where a file does not say it
 * @param weights how they are stored
 * @param model what the checkpoint said of itself
 * @param quantisation what the stored weights cost, where it was measured
 * @param files every file of the package but {@code model.json}
 */
public record PackageManifest(
        int formatVersion,
        int converterVersion,
        String family,
        String template,
        Device device,
        Precision activations,
        StoredWeights weights,
        CheckpointConfig model,
        Optional<QuantisationReport> quantisation,
        List<PackageFile> files) {

    /** The highest version that this program reads; raised when an older program could misread a file. */
    public static final int FORMAT_VERSION = 2;

    /** The manifest's name in a package. */
    public static final String FILE_NAME = "model.json";

    /** The graph of the vision tower and the projector. */
    public static final String VISION_GRAPH = "vision.onnx";

    /** The decoder's graph. */
    public static final String DECODER_GRAPH = "decoder.onnx";

    /** The tokenizer. */
    public static final String TOKENIZER = "tokenizer.json";

    public PackageManifest {
        files = List.copyOf(files);
        if ((device == Device.CPU) != (activations == Precision.FP32)) {
            throw new IllegalArgumentException(
                    "no graphs for %s compute in %s".formatted(device.wireName(), activations.wireName()));
        }
    }

    /** Programs that know the CPU alone read version 1, and would take any graph for the CPU's. */
    public static int formatVersion(Device device) {
        return switch (device) {
            case CPU -> 1;
            case CUDA -> 2;
        };
    }

    /** The name under which the model is served unless another is given. */
    public String name() {
        return model.name();
    }

    /** The numbers that scheduling and sampling need. */
    public ModelShape shape() {
        DecoderConfig decoder = model.decoder();
        return new ModelShape(
                decoder.vocabularySize(),
                model.sampledVocabularySize(),
                decoder.layers(),
                decoder.kvHeads(),
                decoder.headSize(),
                decoder.hiddenSize(),
                decoder.contextLength());
    }

    /**
     * Checks that the graphs are written for a device.
     *
     * @param packageFolder for the message
     * @throws PackageException that says what makes a package for that device
     */
    public void requireDevice(Device wanted, Path packageFolder) {
        if (device != wanted) {
            throw new PackageException(
                    PackageException.Kind.OTHER_DEVICE,
                    "%s: its graphs are for %s and do not run on %s; make a package for it: sharegpt4v convert CHECKPOINT OUT --device %s"
                            .formatted(packageFolder, device.wireName(), wanted.wireName(), wanted.wireName()));
        }
    }

    /** Bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(PackageFile::bytes).sum();
    }

    /** The same, with what quantisation was found to cost. */
    public PackageManifest withQuantisation(QuantisationReport report) {
        return new PackageManifest(
                formatVersion,
                converterVersion,
                family,
                template,
                device,
                activations,
                weights,
                model,
                Optional.of(report),
                files);
    }
}
