package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A checked request for vectors.
 *
 * @param model the name asked for, if one was
 * @param inputs each becomes one vector
 * @param base64 whether vectors are sent as bytes
 * @param unit whether vectors have length one
 * @param orientation what to do with the orientation of photos
 */
public record EmbeddingsRequest(
        Optional<String> model, List<Input> inputs, boolean base64, boolean unit, Orientation orientation) {

    private static final int MOST_INPUTS = 2048;
    private static final Set<String> KNOWN = Set.of(
            "model", "input", "messages", "encoding_format", "dimensions", "user", "normalize", "image_orientation");

    public EmbeddingsRequest {
        inputs = List.copyOf(inputs);
    }

    /**
     * What becomes one vector.
     *
     * @param pieces words, ids and pictures
     * @param param the path of the field, for errors
     */
    public record Input(List<Piece> pieces, String param) {

        public Input {
            pieces = List.copyOf(pieces);
        }
    }

    /** A part of an input. */
    public sealed interface Piece {

        /** Words. */
        record Words(String text, String param) implements Piece {}

        /** Vocabulary ids. */
        record Ids(List<Integer> ids) implements Piece {

            public Ids {
                ids = List.copyOf(ids);
            }
        }

        /** A picture by URL. */
        record Picture(String url, String param) implements Piece {}
    }

    /**
     * Reads a body.
     *
     * @param defaults as for chat requests
     * @param maxImages images allowed in one request
     * @param vocabularySize ids are less
     * @param width channels of a vector
     */
    public static EmbeddingsRequest read(
            JsonNode body, GenerationDefaults defaults, int maxImages, int vocabularySize, int width) {
        JsonFields fields = JsonFields.of(body, "");
        fields.allowOnly(KNOWN);
        fields.text("user");
        int dimensions = fields.integer("dimensions", 1, Integer.MAX_VALUE).orElse(width);
        if (dimensions != width) {
            throw ApiException.invalid(
                    "dimensions", "'dimensions' must be %d: these vectors cannot be shortened.".formatted(width));
        }
        String format = fields.text("encoding_format").orElse("float");
        if (!Set.of("float", "base64").contains(format)) {
            throw ApiException.invalid("encoding_format", "'encoding_format' must be 'float' or 'base64'.");
        }
        if (fields.has("input") == fields.has("messages")) {
            throw fields.has("input")
                    ? ApiException.invalid("input", "'input' and 'messages' cannot both be given.")
                    : ApiException.missing("input");
        }
        List<Input> inputs =
                fields.has("input") ? inputs(fields, vocabularySize) : List.of(messages(fields, defaults, maxImages));
        requireImages(inputs, maxImages);
        return new EmbeddingsRequest(
                fields.text("model"),
                inputs,
                format.equals("base64"),
                fields.bool("normalize").orElse(true),
                CompletionFields.orientation(fields));
    }

    private static void requireImages(List<Input> inputs, int maxImages) {
        long images = inputs.stream()
                .flatMap(input -> input.pieces().stream())
                .filter(Piece.Picture.class::isInstance)
                .count();
        if (images > maxImages) {
            throw ApiException.badRequest(
                    "too_many_images",
                    "input",
                    "A request may hold at most %d images, but this one has %d.".formatted(maxImages, images));
        }
    }

    /** All parts of all messages together are one input, as vLLM has it; no template is put around them. */
    private static Input messages(JsonFields fields, GenerationDefaults defaults, int maxImages) {
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        chat.set("messages", fields.raw("messages"));
        List<Piece> pieces = new ArrayList<>();
        ChatRequestReader.read(chat, defaults, maxImages).messages().stream()
                .flatMap(message -> message.parts().stream())
                .forEach(part -> pieces.add(
                        switch (part) {
                            case WirePart.Text(String text) -> new Piece.Words(text, "messages");
                            case WirePart.ImageUrl image ->
                                new Piece.Picture(
                                        image.url().orElseThrow(() -> ApiException.missing(image.param())),
                                        image.param());
                        }));
        return new Input(pieces, "messages");
    }

    private static List<Input> inputs(JsonFields fields, int vocabularySize) {
        JsonNode input = fields.raw("input");
        if (!input.isArray()) {
            return List.of(input(input, "input", vocabularySize));
        }
        if (input.isEmpty()) {
            throw ApiException.badRequest("empty_array", "input", "'input' must not be empty.");
        }
        if (input.path(0).isIntegralNumber()) {
            return List.of(new Input(List.of(ids(input, "input", vocabularySize)), "input"));
        }
        if (input.size() > MOST_INPUTS) {
            throw ApiException.invalid("input", "'input' must hold at most " + MOST_INPUTS + " inputs.");
        }
        List<Input> inputs = new ArrayList<>();
        for (JsonNode element : input) {
            inputs.add(input(element, "input[" + inputs.size() + "]", vocabularySize));
        }
        return inputs;
    }

    private static Input input(JsonNode value, String param, int vocabularySize) {
        if (value.isTextual()) {
            return new Input(List.of(textOrPicture(value.textValue(), param)), param);
        }
        if (value.isArray()) {
            return new Input(List.of(ids(value, param, vocabularySize)), param);
        }
        JsonFields fields = JsonFields.of(value, param);
        fields.allowOnly(Set.of("text", "image"));
        List<Piece> pieces = new ArrayList<>();
        fields.text("image").ifPresent(url -> pieces.add(new Piece.Picture(url, fields.param("image"))));
        fields.text("text").ifPresent(text -> pieces.add(new Piece.Words(text, fields.param("text"))));
        if (pieces.isEmpty()) {
            throw ApiException.missing(fields.param("image"));
        }
        return new Input(pieces, param);
    }

    /** A data URI of an image is that image. */
    private static Piece textOrPicture(String text, String param) {
        boolean picture = text.regionMatches(true, 0, "data:image/", 0, "data:image/".length())
                && text.substring(0, Math.min(text.length(), 100))
                        .toLowerCase(Locale.ROOT)
                        .contains(";base64,");
        return picture ? new Piece.Picture(text, param) : new Piece.Words(text, param);
    }

    private static Piece ids(JsonNode array, String param, int vocabularySize) {
        List<Integer> ids = JsonFields.integers(array, param);
        for (int i = 0; i < ids.size(); i++) {
            TokenizeRequest.requireToken(ids.get(i), vocabularySize, param + "[" + i + "]");
        }
        return new Piece.Ids(ids);
    }
}
