package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.MessagesRequestReader;
import dev.sharegpt4v.server.openai.MessagesWriter;
import dev.sharegpt4v.server.openai.ToolCall;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/messages} and {@code …/count_tokens}: chats in Anthropic's shape, whole or streamed. */
final class MessagesEndpoints {

    private final ServedModel model;
    private final HttpLimits limits;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final Completions completions;

    MessagesEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.completions = new Completions(parts);
    }

    void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        try {
            ChatCompletionRequest asked = MessagesRequestReader.read(body, model.defaults(), limits.maxImages());
            asked.model().ifPresent(identity::requireModel);
            Prompt prompt = prompts.prompt(asked);
            client.requirePresent();
            answer(reply, asked, prompt, client);
        } catch (ApiException e) {
            throw MessagesRequestReader.named(e);
        }
    }

    void countTokens(JsonNode body, Reply reply, Client client) {
        ChatCompletionRequest asked = MessagesRequestReader.readForCount(body, model.defaults(), limits.maxImages());
        asked.model().ifPresent(identity::requireModel);
        reply.send(MessagesWriter.count(prompts.prompt(asked).length()));
    }

    private void answer(Reply reply, ChatCompletionRequest asked, Prompt prompt, Client client)
            throws InterruptedException {
        MessagesWriter writer = new MessagesWriter(identity.writer("msg_").id(), identity.model());
        try (TextGeneration text = completions
                .start(
                        writer.id(),
                        prompt,
                        asked.options(),
                        1,
                        false,
                        () -> asked.tools().map(CallScanner::of))
                .getFirst()) {
            client.onGone(text::close);
            if (asked.options().stream()) {
                stream(reply, writer, text, asked);
            } else {
                String words = text.rest();
                List<ToolCall> calls = text.calls().map(CallScanner::calls).orElse(List.of());
                reply.send(writer.message(words, calls, end(text, asked), text.usage()));
            }
        }
    }

    private void stream(Reply reply, MessagesWriter writer, TextGeneration text, ChatCompletionRequest asked)
            throws InterruptedException {
        MessagesTurn turn = new MessagesTurn(text, writer);
        try (EventStream events = reply.events(limits.pingInterval())) {
            try {
                // As in chats, nothing is sent before the first real text.
                for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                    events.sendTyped(turn.pieces(part.get()));
                }
                events.sendTyped(turn.end(end(text, asked)));
            } catch (ApiException e) {
                events.sendError(e, MessagesWriter.error(e, reply.id()));
            }
        }
    }

    private static MessagesWriter.End end(TextGeneration text, ChatCompletionRequest asked) {
        // A template's own stop strings are no caller's.
        Optional<String> met = text.stopString().filter(asked.options().stopStrings()::contains);
        return MessagesWriter.End.of(text.finishReason(), met);
    }
}
