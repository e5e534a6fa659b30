package dev.sharegpt4v.models.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A small random checkpoint in a published layout, and what transformers computes from it in float32.
 *
 * <p>Made by {@code src/test/reference/parity/make_parity.py}; arrays are row-major.
 */
public final class ParityCase {

    /** Small models, each with its own peculiarities. */
    public static final List<String> SHAPES = List.of("narrow", "plain", "grouped");

    /** Published layouts. */
    public static final List<String> LAYOUTS = List.of("published", "embedded", "converted", "in-memory");

    private final Path folder;
    private final JsonNode golden;

    private ParityCase(Path folder, JsonNode golden) {
        this.folder = folder;
        this.golden = golden;
    }

    /** Every shape in every layout. */
    public static List<ParityCase> all() {
        return SHAPES.stream()
                .flatMap(shape -> LAYOUTS.stream().map(layout -> load(shape, layout)))
                .toList();
    }

    /** One shape in one layout. */
    public static ParityCase load(String shape, String layout) {
        Path folder = TestResources.folder("/parity").resolve(shape).resolve(layout);
        try {
            byte[] json = Files.readAllBytes(folder.resolve("golden/case.json"));
            return new ParityCase(folder, new ObjectMapper().readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String shape() {
        return golden.required("shape").asText();
    }

    public String layout() {
        return golden.required("layout").asText();
    }

    /** The checkpoint's folder. */
    public Path checkpoint() {
        return folder.resolve("checkpoint");
    }

    /** The vision tower's own folder, where the layout has one; it is also found without being given. */
    public Optional<Path> visionTower() {
        return Optional.of(folder.resolve(shape() + "_vision-tower")).filter(Files::isDirectory);
    }

    /** Type of the stored weights as torch names it: bfloat16, float16 or float32. */
    public String elementType() {
        return golden.required("element_type").asText();
    }

    public int images() {
        return number("images");
    }

    /** Side of an image in pixels. */
    public int imageSize() {
        return number("image_size");
    }

    /** Positions that one image takes. */
    public int featureRows() {
        return number("feature_rows");
    }

    /** Channels of the vision features. */
    public int visionHiddenSize() {
        return number("vision_hidden_size");
    }

    /** Channels of the image features and the decoder. */
    public int hiddenSize() {
        return number("hidden_size");
    }

    /** Rows of the head; columns of the logits. */
    public int vocabularySize() {
        return number("vocabulary_size");
    }

    /** Ids from here on are never sampled; greedy tokens are chosen below it. */
    public int sampledVocabularySize() {
        return number("sampled_vocabulary_size");
    }

    /** The prompt's text; {@code <image>} stands for an image, {@code </s>} for the end token. */
    public String promptText() {
        return golden.required("prompt_text").asText();
    }

    /** One id per position, {@code Prompt.IMAGE_PLACEHOLDER} at positions of image features. */
    public int[] prompt() {
        return numbers("prompt");
    }

    /** Normalised pixels [images, 3, side, side]. */
    public float[] pixelValues() {
        return floats(folder.resolveSibling("pixel_values.bin"));
    }

    /** The tower's features, before the projector: [images, feature rows, vision channels]. */
    public float[] visionFeatures() {
        return floats(folder.resolve("golden/vision_features.bin"));
    }

    /** The projector's output: [images, feature rows, channels]. */
    public float[] imageFeatures() {
        return floats(folder.resolve("golden/image_features.bin"));
    }

    /** Rising prompt positions whose logits are golden; the last one is the prompt's last. */
    public int[] logitRows() {
        return numbers("logit_rows");
    }

    /** Logits after the prompt positions {@link #logitRows}: [rows, vocabulary]. */
    public float[] logits() {
        return floats(folder.resolve("golden/logits.bin"));
    }

    /** The logits of one of those positions. */
    public float[] logits(int row) {
        return Arrays.copyOfRange(logits(), row * vocabularySize(), (row + 1) * vocabularySize());
    }

    /** The 64 tokens that greedy decoding gives after the prompt. */
    public int[] greedyTokens() {
        return numbers("greedy");
    }

    /** CRC-32 of every tensor's elements as little-endian floats, by canonical name. */
    public Map<String, Long> checksums() {
        return golden.required("checksums")
                .propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().asLong()));
    }

    @Override
    public String toString() {
        return shape() + "/" + layout() + "/" + elementType();
    }

    private int number(String key) {
        return golden.required(key).asInt();
    }

    private int[] numbers(String key) {
        return StreamSupport.stream(golden.required(key).spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static float[] floats(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
