package dev.sharegpt4v.models.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig.Layout;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.models.image.Preprocessing;
import java.util.Optional;

/** Makes a manifest of a tree by hand: a mapper looks at all of the records first, for a tenth of a server's start. */
final class ManifestReader {

    private ManifestReader() {}

    /**
     * Reads what the components of the records are named after.
     *
     * @throws IllegalArgumentException naming the value that is missing or of another kind
     */
    static PackageManifest manifest(JsonNode root) {
        ManifestNode node = new ManifestNode("", root);
        // Packages were for the CPU alone before manifests named a device.
        boolean named = root.has("device");
        return new PackageManifest(
                node.integer("formatVersion"),
                node.integer("converterVersion"),
                node.text("family"),
                node.text("template"),
                named ? node.oneOf("device", Device.values(), Device::wireName) : Device.CPU,
                named ? node.oneOf("activations", Precision.values(), Precision::wireName) : Precision.FP32,
                weights(node.child("weights")),
                model(node.child("model")),
                node.optional("quantisation").map(ManifestReader::quantisation),
                node.children("files").stream().map(ManifestReader::file).toList());
    }

    private static StoredWeights weights(ManifestNode node) {
        return new StoredWeights(
                node.text("decoder"), node.text("vision"), node.integer("blockSize"), node.flag("symmetric"));
    }

    private static CheckpointConfig model(ManifestNode node) {
        return new CheckpointConfig(
                node.text("name"),
                node.oneOf("layout", Layout.values(), Layout::name),
                decoder(node.child("decoder")),
                vision(node.child("vision")),
                node.integer("projectorLayers"),
                preprocessing(node.child("preprocessing")),
                generation(node.child("generation")),
                node.integer("beginToken"),
                node.integer("endToken"),
                node.integer("sampledVocabularySize"));
    }

    private static DecoderConfig decoder(ManifestNode node) {
        return new DecoderConfig(
                node.integer("hiddenSize"),
                node.integer("intermediateSize"),
                node.integer("layers"),
                node.integer("heads"),
                node.integer("kvHeads"),
                node.integer("headSize"),
                node.integer("vocabularySize"),
                node.integer("contextLength"),
                node.number("rmsNormEpsilon"),
                node.number("ropeTheta"));
    }

    private static VisionConfig vision(ManifestNode node) {
        return new VisionConfig(
                node.integer("hiddenSize"),
                node.integer("intermediateSize"),
                node.integer("layers"),
                node.integer("heads"),
                node.integer("imageSize"),
                node.integer("patchSize"),
                node.number("layerNormEpsilon"),
                node.text("activation"),
                node.integer("featureLayer"),
                node.flag("keepClassToken"));
    }

    private static Preprocessing preprocessing(ManifestNode node) {
        return new Preprocessing(
                node.flag("padToSquare"),
                node.integer("shortestEdge"),
                node.integer("cropSize"),
                node.numbers("mean"),
                node.numbers("std"));
    }

    private static GenerationDefaults generation(ManifestNode node) {
        return new GenerationDefaults(
                optionalNumber(node, "temperature"),
                optionalNumber(node, "topP"),
                node.has("topK") ? Optional.of(node.integer("topK")) : Optional.empty(),
                optionalNumber(node, "repetitionPenalty"),
                node.integers("endTokens"));
    }

    private static Optional<Double> optionalNumber(ManifestNode node, String key) {
        return node.has(key) ? Optional.of(node.number(key)) : Optional.empty();
    }

    private static QuantisationReport quantisation(ManifestNode node) {
        return new QuantisationReport(
                node.integer("positions"),
                node.number("meanDivergence"),
                node.number("largestDivergence"),
                node.number("sameBestToken"));
    }

    private static PackageFile file(ManifestNode node) {
        return new PackageFile(node.text("name"), node.whole("bytes"), node.text("sha256"));
    }
}
