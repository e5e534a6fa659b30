package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.MessagesRequestReader;
import dev.sharegpt4v.server.openai.MessagesWriter;
import dev.sharegpt4v.server.openai.ToolCall;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/messages} and {@code …/count_tokens}: chats in Anthropic's shape, whole or streamed. */
final class MessagesEndpoints {

    private final ServedModel model;
    private final HttpLimits limits;
    private final AdmissionGate gate;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final Completions completions;

    MessagesEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.gate = parts.gate();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.completions = new Completions(parts);
    }

    void post(ServerRequest request, ServerResponse response) throws InterruptedException {
        try (AdmissionGate.Place _ = gate.enter()) {
            ChatCompletionRequest asked = MessagesRequestReader.read(
                    RequestBody.json(request, limits.maxBodyBytes()), model.defaults(), limits.maxImages());
            asked.model().ifPresent(identity::requireModel);
            try (Client client = LookAhead.watchCurrent()) {
                Prompt prompt = prompts.prompt(asked);
                client.requirePresent();
                answer(response, asked, prompt, client);
            }
        } catch (ApiException e) {
            throw MessagesRequestReader.named(e);
        }
    }

    void countTokens(ServerRequest request, ServerResponse response) {
        try (AdmissionGate.Place _ = gate.enter()) {
            ChatCompletionRequest asked = MessagesRequestReader.readForCount(
                    RequestBody.json(request, limits.maxBodyBytes()), model.defaults(), limits.maxImages());
            asked.model().ifPresent(identity::requireModel);
            Answers.json(
                    response, 200, MessagesWriter.count(prompts.prompt(asked).length()));
        }
    }

    private void answer(ServerResponse response, ChatCompletionRequest asked, Prompt prompt, Client client)
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
                stream(response, writer, text, asked);
            } else {
                String words = text.rest();
                List<ToolCall> calls = text.calls().map(CallScanner::calls).orElse(List.of());
                Answers.json(response, 200, writer.message(words, calls, end(text, asked), text.usage()));
            }
        }
    }

    private void stream(
            ServerResponse response, MessagesWriter writer, TextGeneration text, ChatCompletionRequest asked)
            throws InterruptedException {
        MessagesTurn turn = new MessagesTurn(text, writer);
        try (EventStream events = new EventStream(response, limits.pingInterval())) {
            try {
                // As in chats, nothing is sent before the first real text.
                for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                    events.sendTyped(turn.pieces(part.get()));
                }
                events.sendTyped(turn.end(end(text, asked)));
            } catch (ApiException e) {
                events.sendError(e, MessagesWriter.error(e, Answers.id(response)));
            }
        }
    }

    private static MessagesWriter.End end(TextGeneration text, ChatCompletionRequest asked) {
        // A template's own stop strings are no caller's.
        Optional<String> met = text.stopString().filter(asked.options().stopStrings()::contains);
        return MessagesWriter.End.of(text.finishReason(), met);
    }
}
