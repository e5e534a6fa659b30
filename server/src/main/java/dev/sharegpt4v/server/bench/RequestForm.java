package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;

/**
 * What all requests have in common.
 *
 * @param api the route
 * @param model name that the server knows it by
 * @param ignoreEnd whether answers go on to the length asked for, so that all have it; not every server knows the field
 * @param extra members of every body, in place of our own of that name; null takes a member out
 */
public record RequestForm(Api api, String model, boolean ignoreEnd, ObjectNode extra) {

    private static final JsonMapper JSON = new JsonMapper();

    /** The body of a streamed request. */
    public byte[] body(Question question) {
        try {
            return JSON.writeValueAsBytes(tree(question, true));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always writable. This is a bug.", e);
        }
    }

    /** The same, streamed or not, as a tree. */
    public ObjectNode tree(Question question, boolean stream) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model);
        switch (api) {
            case CHAT -> dialogue(body, question);
            case COMPLETIONS -> body.put("prompt", question.prompt());
        }
        body.put("max_tokens", question.maxTokens());
        body.put("temperature", 0);
        if (ignoreEnd) {
            body.put("ignore_eos", true);
        }
        body.put("stream", stream);
        if (stream) {
            body.putObject("stream_options").put("include_usage", true);
        }
        for (var member : extra.properties()) {
            set(body, member.getKey(), member.getValue());
        }
        return body;
    }

    private static void set(ObjectNode body, String name, JsonNode value) {
        if (value.isNull()) {
            body.remove(name);
        } else {
            body.set(name, value);
        }
    }

    private static void dialogue(ObjectNode body, Question question) {
        ArrayNode content =
                body.putArray("messages").addObject().put("role", "user").putArray("content");
        for (byte[] picture : question.pictures()) {
            content.addObject().put("type", "image_url").putObject("image_url").put("url", dataUri(picture));
        }
        content.addObject().put("type", "text").put("text", question.prompt());
    }

    /** A picture as it stands in a request. */
    public static String dataUri(byte[] picture) {
        return "data:" + mediaType(picture) + ";base64," + Base64.getEncoder().encodeToString(picture);
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
