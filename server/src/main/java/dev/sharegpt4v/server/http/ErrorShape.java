package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.MessagesWriter;
import dev.sharegpt4v.server.openai.WireWriter;

/** In whose words an error is told: those of the clients that the path is for. */
enum ErrorShape {
    OPENAI,
    ANTHROPIC;

    private static final String MESSAGES = "/v1/messages";

    static ErrorShape of(String path) {
        return path.equals(MESSAGES) || path.startsWith(MESSAGES + "/") ? ANTHROPIC : OPENAI;
    }

    JsonNode body(ApiException error, String requestId) {
        return switch (this) {
            case OPENAI -> WireWriter.error(error);
            case ANTHROPIC -> MessagesWriter.error(error, requestId);
        };
    }
}
