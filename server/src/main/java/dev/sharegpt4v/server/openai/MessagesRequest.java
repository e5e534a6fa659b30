package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import java.util.List;
import java.util.Optional;

/**
 * A checked request in Anthropic's shape, in the terms of a chat request.
 *
 * @param model the name asked for, if one was
 * @param messages the dialogue, the system text first
 * @param options what is asked of the answer
 */
public record MessagesRequest(Optional<String> model, List<WireMessage> messages, CompletionOptions options) {

    public MessagesRequest {
        messages = List.copyOf(messages);
    }
}
