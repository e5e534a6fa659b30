package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.fileupload2.core.FileItemInput;

/**
 * The parts of a caption form.
 *
 * @param fields all members that are no files, in the shape of the JSON body
 * @param images the files of the form, each a picture
 */
record CaptionForm(JsonNode fields, List<byte[]> images) {

    private static final Set<String> NUMBERS = Set.of(
            "max_tokens",
            "max_completion_tokens",
            "min_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "seed",
            "priority",
            "queue_timeout",
            "timeout");
    private static final Set<String> FLAGS = Set.of("stream", "ignore_eos");
    private static final Set<String> STRUCTURES = Set.of(
            "stop_token_ids",
            "stream_options",
            "repetition_detection",
            "response_format",
            "structured_outputs",
            "guided_json",
            "guided_choice",
            "json_schema");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int MOST_FIELD_BYTES = 64 << 10;

    static CaptionForm read(ServerRequest request, HttpLimits limits) {
        ObjectNode fields = JSON.createObjectNode();
        List<byte[]> images = new ArrayList<>();
        MultipartBody.read(request, limits.maxBodyBytes(), part -> part(part, fields, images, limits));
        return new CaptionForm(fields, images);
    }

    private static void part(FileItemInput part, ObjectNode fields, List<byte[]> images, HttpLimits limits)
            throws IOException {
        String name = part.getFieldName() == null ? "" : part.getFieldName();
        try (InputStream input = part.getInputStream()) {
            boolean isImage = name.equals("image") || name.equals("image[]");
            if (isImage && !part.isFormField()) {
                if (images.size() == limits.maxImages()) {
                    throw ApiException.badRequest(
                            "too_many_images",
                            "image",
                            "A request may hold at most " + limits.maxImages() + " images.");
                }
                images.add(read(input, limits.image().maxBytes(), "image"));
            } else {
                long most = isImage ? limits.maxBodyBytes() : MOST_FIELD_BYTES;
                byte[] bytes = read(input, most, name);
                RequestBody.requireUtf8(bytes, name);
                put(fields, name, new String(bytes, StandardCharsets.UTF_8));
            }
        }
    }

    private static byte[] read(InputStream input, long most, String param) throws IOException {
        byte[] bytes = input.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
        if (bytes.length > most) {
            throw ApiException.badRequest(
                    param.equals("image") ? "image_too_large" : "value_too_large",
                    param,
                    "'" + param + "' is larger than the " + most + " bytes that are allowed.");
        }
        return bytes;
    }

    /** A value in the shape that JSON would have; what cannot have it is refused, never guessed. */
    private static void put(ObjectNode fields, String name, String text) {
        if (name.equals("stop")) {
            fields.withArray(name).add(text);
        } else if (fields.has(name)) {
            throw ApiException.badRequest("duplicate_parameter", name, "'" + name + "' is given more than once.");
        } else if (NUMBERS.contains(name)) {
            fields.set(name, parsed(text, name, "a number"));
        } else if (FLAGS.contains(name)) {
            fields.set(name, parsed(text, name, "true or false"));
        } else if (STRUCTURES.contains(name)) {
            fields.set(name, parsed(text, name, "JSON"));
        } else {
            fields.put(name, text);
        }
    }

    private static JsonNode parsed(String text, String name, String expected) {
        try {
            JsonNode value = JSON.readTree(text);
            if (!value.isMissingNode() && !value.isNull()) {
                return value;
            }
        } catch (JsonProcessingException e) {
            // Told below.
        }
        throw ApiException.badRequest("invalid_type", name, "'" + name + "' must be " + expected + ".");
    }
}
