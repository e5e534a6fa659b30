package dev.sharegpt4v.server.clients;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.CompletableFuture;

/** Keeps what LangChain4j tells of a stream. */
public final class StreamedAnswer implements StreamingChatResponseHandler {

    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

    /** All fragments so far. */
    public synchronized String text() {
        return text.toString();
    }

    /** The whole response, or what ended the stream. */
    public CompletableFuture<ChatResponse> response() {
        return response;
    }

    @Override
    public synchronized void onPartialResponse(String part) {
        text.append(part);
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
        response.complete(complete);
    }

    @Override
    public void onError(Throwable error) {
        response.completeExceptionally(error);
    }
}
