package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.List;
import java.util.Optional;

/**
 * What {@code model.json} says. The names of the components, here and below, are the file's keys.
 *
 * @param formatVersion {@link #FORMAT_VERSION} of the program that wrote it
 * @param converterVersion which rules turned the checkpoint into these bytes
 * @param family of architectures; {@code llava-1.5}
 * @param template wire name of the chat template
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
        StoredWeights weights,
        CheckpointConfig model,
        Optional<QuantisationReport> quantisation,
        List<PackageFile> files) {

    /** Raised when an older program could misread the file. */
    public static final int FORMAT_VERSION = 1;

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

    /** Bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(PackageFile::bytes).sum();
    }

    /** The same, with what quantisation was found to cost. */
    public PackageManifest withQuantisation(QuantisationReport report) {
        return new PackageManifest(
                formatVersion, converterVersion, family, template, weights, model, Optional.of(report), files);
    }
}
