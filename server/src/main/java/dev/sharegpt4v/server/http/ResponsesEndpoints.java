package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.PromptWriter;
import dev.sharegpt4v.server.openai.ResponsesRequest;
import dev.sharegpt4v.server.openai.ResponsesRequestReader;
import dev.sharegpt4v.server.openai.ResponsesWriter;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.Optional;

/** {@code POST /v1/responses} and {@code …/input_tokens}: chats in OpenAI's newer shape; nothing is kept of them. */
final class ResponsesEndpoints implements JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final Completions completions;

    ResponsesEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.completions = Completions.of("input", parts);
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        try {
            ResponsesRequest asked = read(body);
            Prompt prompt = prompt(asked);
            client.requirePresent();
            answer(reply, asked, prompt, client);
        } catch (ApiException e) {
            throw ResponsesRequestReader.named(e);
        }
    }

    void inputTokens(JsonNode body, Reply reply, Client client) {
        reply.send(PromptWriter.inputTokens(prompt(read(body)).length()));
    }

    private ResponsesRequest read(JsonNode body) {
        ResponsesRequest asked = ResponsesRequestReader.read(body, model.defaults(), limits.maxImages());
        asked.chat().model().ifPresent(identity::requireModel);
        return asked;
    }

    private Prompt prompt(ResponsesRequest asked) {
        return prompts.prompt(asked.chat(), "input");
    }

    private void answer(Reply reply, ResponsesRequest asked, Prompt prompt, Client client) throws InterruptedException {
        ChatCompletionRequest chat = asked.chat();
        WireWriter head = identity.writer("resp_");
        ResponsesTurn turn = new ResponsesTurn(
                new ResponsesWriter(head, asked.echoed()),
                identity.writer("msg_").id());
        try (TextGeneration text = completions
                .start(
                        head.id(),
                        prompt,
                        chat.options(),
                        1,
                        false,
                        () -> chat.tools().map(CallScanner::of))
                .getFirst()) {
            client.onGone(text::close);
            if (chat.options().stream()) {
                stream(reply, turn, text);
            } else {
                reply.send(turn.whole(text, this::now));
            }
        }
    }

    private void stream(Reply reply, ResponsesTurn turn, TextGeneration text) throws InterruptedException {
        try (EventStream events = reply.events(limits.pingInterval())) {
            try {
                // As in chats, nothing is sent before the first real text.
                for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                    events.sendTyped(turn.pieces(text, part.get()));
                }
                events.sendTyped(turn.end(text, now()));
            } catch (ApiException e) {
                events.sendError(e, turn.failed(e));
            }
        }
    }

    private long now() {
        return identity.clock().instant().getEpochSecond();
    }
}
