package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What requests of other shapes take over from chat requests under the same names. */
final class SharedFields {

    static final Set<String> NAMES = names();

    private SharedFields() {}

    private static Set<String> names() {
        Set<String> names = new HashSet<>(SchedulingFields.NAMES);
        names.addAll(Set.of(
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "seed",
                "repetition_penalty",
                "presence_penalty",
                "frequency_penalty",
                "min_tokens",
                "stop_token_ids",
                "ignore_eos",
                "image_orientation",
                "stream",
                "structured_outputs",
                RepetitionFields.NAME));
        return Set.copyOf(names);
    }

    /** Those that a request gives, in the shape of a chat request. */
    static ObjectNode of(JsonFields fields) {
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        for (String name : NAMES) {
            if (fields.has(name)) {
                chat.set(name, fields.raw(name));
            }
        }
        return chat;
    }

    static void requireImages(List<WireMessage> messages, int maxImages, String param) {
        long images = messages.stream()
                .flatMap(message -> message.parts().stream())
                .filter(WirePart.ImageUrl.class::isInstance)
                .count();
        if (images > maxImages) {
            throw ApiException.badRequest(
                    "too_many_images",
                    param,
                    "A request may hold at most %d images, but this one has %d.".formatted(maxImages, images));
        }
    }

    static String required(JsonFields fields, String name) {
        return fields.text(name).orElseThrow(() -> ApiException.missing(fields.param(name)));
    }

    static ApiException unsupported(String param) {
        return ApiException.badRequest(
                "unsupported_parameter",
                param,
                "Unsupported parameter: '" + param + "' with this value is not supported by this server.");
    }
}
