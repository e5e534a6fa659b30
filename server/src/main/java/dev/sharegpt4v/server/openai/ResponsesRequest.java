package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import java.util.List;
import java.util.Optional;

/**
 * A checked request for a response, in the terms of a chat request.
 *
 * @param model the name asked for, if one was
 * @param messages the dialogue, the instructions first
 * @param options what is asked of the answer
 * @param echoed members that the answer repeats
 */
public record ResponsesRequest(
        Optional<String> model, List<WireMessage> messages, CompletionOptions options, ObjectNode echoed) {

    public ResponsesRequest {
        messages = List.copyOf(messages);
    }
}
