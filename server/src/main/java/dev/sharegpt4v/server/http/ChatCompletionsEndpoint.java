package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.chat.PromptSource;
import dev.sharegpt4v.server.openai.AnswerDetail;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import dev.sharegpt4v.server.openai.Choices;
import dev.sharegpt4v.server.openai.LogprobWriter;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.Optional;

/** {@code POST /v1/chat/completions}, whole or streamed. */
final class ChatCompletionsEndpoint implements JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final Identity identity;
    private final ChatPrompts prompts;
    private final ChatAnswers answers;

    ChatCompletionsEndpoint(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
        this.answers = new ChatAnswers(new Completions(parts));
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        ChatCompletionRequest chat = ChatRequestReader.read(body, model.defaults(), limits.maxImages());
        chat.model().ifPresent(identity::requireModel);
        WireWriter writer = chat.requestId()
                .map(id -> identity.writerOf("chatcmpl-" + id))
                .orElseGet(() -> identity.writer("chatcmpl-"))
                .with(chat.olderCalls());
        if (chat.options().stream() && chat.choices() instanceof Choices.Sampled sampled) {
            stream(reply, writer, chat, sampled, client);
        } else {
            answers.give(reply, writer, form(chat, client), chat.choices(), client);
        }
    }

    /** The stream is there from the start, so that it pings while pictures are fetched and prepared, too. */
    private void stream(
            Reply reply, WireWriter writer, ChatCompletionRequest chat, Choices.Sampled choices, Client client)
            throws InterruptedException {
        try (EventStream events = reply.events(limits.pingInterval())) {
            try {
                answers.stream(events, writer, form(chat, client), choices, client);
            } catch (ApiException e) {
                events.sendError(e);
            }
        }
    }

    private ChatForm form(ChatCompletionRequest chat, Client client) {
        PromptSource source = prompts.source(chat);
        client.requirePresent();
        AnswerDetail detail = chat.options().detail();
        return new ChatForm(
                chat.options(),
                chat.tools(),
                new LogprobWriter(model.tokenizer(), detail.tokensAsIds()),
                model.prompts().build(source),
                detail.promptText() ? Optional.of(model.prompts().render(source)) : Optional.empty());
    }
}
