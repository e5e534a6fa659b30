package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A checked chat request; images are still URLs.
 *
 * @param model the name asked for, if one was
 * @param messages the dialogue
 * @param ending what follows the last message
 * @param options what is asked of each completion
 * @param choices how many completions
 * @param tools what the model may call
 * @param requestId stands in the answer's id
 * @param form the same as a chat template sees it; empty where the request came in another shape
 * @param olderCalls whether calls are told in the form that came before tools
 */
public record ChatCompletionRequest(
        Optional<String> model,
        List<WireMessage> messages,
        Conversation.Ending ending,
        CompletionOptions options,
        Choices choices,
        Optional<Tools> tools,
        Optional<String> requestId,
        Optional<TemplateInput> form,
        boolean olderCalls) {

    /** A request that came in another shape. */
    ChatCompletionRequest(
            Optional<String> model,
            List<WireMessage> messages,
            Conversation.Ending ending,
            CompletionOptions options,
            Choices choices,
            Optional<Tools> tools,
            Optional<String> requestId) {
        this(model, messages, ending, options, choices, tools, requestId, Optional.empty(), false);
    }

    public ChatCompletionRequest {
        messages = List.copyOf(messages);
    }

    /** A message as it came. */
    public record WireMessage(Role role, List<WirePart> parts) {

        public WireMessage {
            parts = List.copyOf(parts);
        }

        /** All words, joined by newlines. */
        String text() {
            return parts.stream()
                    .filter(WirePart.Text.class::isInstance)
                    .map(part -> ((WirePart.Text) part).text())
                    .collect(Collectors.joining("\n"));
        }
    }

    /** A part of a message as it came. */
    public sealed interface WirePart {

        /** Words. */
        record Text(String text) implements WirePart {}

        /**
         * An image by URL, or one that was sent before by its id.
         *
         * @param url data URI or web address; empty where only the id is given
         * @param uuid the caller's id of the picture
         * @param param the path of the field, for errors
         */
        record ImageUrl(Optional<String> url, Optional<String> uuid, String param) implements WirePart {

            /** An image by URL alone. */
            static ImageUrl of(String url, String param) {
                return new ImageUrl(Optional.of(url), Optional.empty(), param);
            }
        }
    }
}
