package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A checked request for a response, in the terms of a chat request.
 *
 * @param chat the same as a chat request
 * @param echoed members that the answer repeats
 */
public record ResponsesRequest(ChatCompletionRequest chat, ObjectNode echoed) {}
