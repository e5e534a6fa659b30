package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.PromptWriter;
import dev.sharegpt4v.server.openai.ResponsesRequest;
import dev.sharegpt4v.server.openai.ResponsesRequestReader;
import dev.sharegpt4v.server.openai.ResponsesWriter;
import dev.sharegpt4v.server.openai.WireWriter;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/responses} and {@code …/input_tokens}: chats in OpenAI's newer shape; nothing is kept of them. */
final class ResponsesEndpoints implements JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final AdmissionGate gate;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final Completions completions;

    ResponsesEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.gate = parts.gate();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.completions = Completions.of("input", parts);
    }

    void post(ServerRequest request, ServerResponse response) throws InterruptedException {
        try (AdmissionGate.Place _ = gate.enter()) {
            JsonNode body = RequestBody.json(request, limits.maxBodyBytes());
            try (Client client = LookAhead.watchCurrent()) {
                answer(body, Reply.to(response), client);
            }
        }
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        ResponsesRequest asked = read(body);
        Prompt prompt = prompt(asked);
        client.requirePresent();
        answer(reply, asked, prompt, client);
    }

    void inputTokens(ServerRequest request, ServerResponse response) {
        try (AdmissionGate.Place _ = gate.enter()) {
            Answers.json(
                    response,
                    200,
                    PromptWriter.inputTokens(prompt(read(RequestBody.json(request, limits.maxBodyBytes())))
                            .length()));
        }
    }

    private ResponsesRequest read(JsonNode body) {
        ResponsesRequest asked = ResponsesRequestReader.read(body, model.defaults(), limits.maxImages());
        asked.model().ifPresent(identity::requireModel);
        return asked;
    }

    private Prompt prompt(ResponsesRequest asked) {
        return model.prompts().build(prompts.conversation(asked.messages(), asked.options(), "input"));
    }

    private void answer(Reply reply, ResponsesRequest asked, Prompt prompt, Client client) throws InterruptedException {
        WireWriter head = identity.writer("resp_");
        ResponsesWriter writer =
                new ResponsesWriter(head, identity.writer("msg_").id(), asked.echoed());
        try (TextGeneration text = completions.start(head.id(), prompt, asked.options())) {
            client.onGone(text::close);
            if (asked.options().stream()) {
                stream(reply, writer, text);
            } else {
                String words = text.rest();
                reply.send(writer.response(words, text.finishReason(), text.usage(), now()));
            }
        }
    }

    private void stream(Reply reply, ResponsesWriter writer, TextGeneration text) throws InterruptedException {
        StringBuilder words = new StringBuilder();
        try (EventStream events = reply.events(limits.pingInterval())) {
            try {
                // As in chats, nothing is sent before the first real text.
                Optional<String> part = text.next();
                events.sendTyped(
                        List.of(writer.created(), writer.inProgress(), writer.itemAdded(), writer.partAdded()));
                for (; part.isPresent(); part = text.next()) {
                    words.append(part.get());
                    events.sendTyped(List.of(writer.delta(part.get())));
                }
                String said = words.toString();
                events.sendTyped(List.of(
                        writer.textDone(said),
                        writer.partDone(said),
                        writer.itemDone(said, text.finishReason()),
                        writer.ended(said, text.finishReason(), text.usage(), now())));
            } catch (ApiException e) {
                events.sendError(e, writer.failed(e));
            }
        }
    }

    private long now() {
        return identity.clock().instant().getEpochSecond();
    }
}
