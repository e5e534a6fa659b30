package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.chat.Role;
import java.util.List;
import java.util.Optional;

/**
 * A checked chat request; images are still URLs.
 *
 * @param model the name asked for, if one was
 * @param messages the dialogue
 * @param options what is asked of each completion
 * @param choices how many completions
 */
public record ChatCompletionRequest(
        Optional<String> model, List<WireMessage> messages, CompletionOptions options, Choices choices) {

    public ChatCompletionRequest {
        messages = List.copyOf(messages);
    }

    /** A message as it came. */
    public record WireMessage(Role role, List<WirePart> parts) {

        public WireMessage {
            parts = List.copyOf(parts);
        }
    }

    /** A part of a message as it came. */
    public sealed interface WirePart {

        /** Words. */
        record Text(String text) implements WirePart {}

        /**
         * An image by URL.
         *
         * @param url data URI or web address
         * @param param the path of the field, for errors
         */
        record ImageUrl(String url, String param) implements WirePart {}
    }
}
