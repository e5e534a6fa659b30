package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code POST /v1/chat/completions}, whole or streamed. */
final class ChatCompletionsEndpoint implements Handler, JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final AdmissionGate gate;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final ChatAnswers answers;

    ChatCompletionsEndpoint(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.gate = parts.gate();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.answers = new ChatAnswers(new Completions(model, limits.deadlines()), limits.pingInterval());
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
        try (AdmissionGate.Place _ = gate.enter()) {
            JsonNode body = RequestBody.json(request, limits.maxBodyBytes());
            try (Client client = LookAhead.watchCurrent()) {
                answer(body, Reply.to(response), client);
            }
        }
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        ChatCompletionRequest chat = ChatRequestReader.read(body, model.defaults(), limits.maxImages());
        chat.model().ifPresent(identity::requireModel);
        Prompt prompt = prompts.prompt(chat);
        client.requirePresent();
        answers.give(reply, identity.writer("chatcmpl-"), prompt, chat, client);
    }
}
