package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Optional;

/**
 * What every request asks for.
 *
 * @param model name that the server knows it by
 * @param prompt words of the question
 * @param maxTokens of an answer
 * @param ignoreEnd whether answers go on to {@code maxTokens}, so that all have one length; not every server knows it
 */
public record Question(String model, String prompt, int maxTokens, boolean ignoreEnd) {

    private static final JsonMapper JSON = new JsonMapper();

    /** The body of a streamed chat completion about a picture, or about nothing. */
    byte[] body(Optional<byte[]> picture) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model);
        ArrayNode content =
                body.putArray("messages").addObject().put("role", "user").putArray("content");
        picture.ifPresent(bytes -> content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put(
                        "url",
                        "data:" + mediaType(bytes) + ";base64,"
                                + Base64.getEncoder().encodeToString(bytes)));
        content.addObject().put("type", "text").put("text", prompt);
        body.put("max_tokens", maxTokens);
        body.put("temperature", 0);
        if (ignoreEnd) {
            body.put("ignore_eos", true);
        }
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always writable. This is a bug.", e);
        }
    }

    private static String mediaType(byte[] file) {
        return switch (file.length == 0 ? 0 : file[0]) {
            case (byte) 0x89 -> "image/png";
            case 'G' -> "image/gif";
            case 'R' -> "image/webp";
            default -> "image/jpeg";
        };
    }
}
