package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.ChatException;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** {@code POST /v1/chat/completions}, whole or streamed. */
final class ChatCompletionsEndpoint implements HttpService {

    private final ServedModel model;
    private final HttpLimits limits;
    private final AdmissionGate gate;
    private final ImageIntake images;
    private final Identity identity;
    private final TextLimit textLimit;
    private final ChatAnswers answers;

    ChatCompletionsEndpoint(
            ServedModel model,
            HttpLimits limits,
            AdmissionGate gate,
            ImageIntake images,
            TextLimit textLimit,
            Identity identity) {
        this.model = model;
        this.limits = limits;
        this.gate = gate;
        this.images = images;
        this.identity = identity;
        this.textLimit = textLimit;
        this.answers = new ChatAnswers(new Completions(model, limits.deadlines()), limits.pingInterval());
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post(this::post);
    }

    private void post(ServerRequest request, ServerResponse response) throws InterruptedException {
        try (AdmissionGate.Place _ = gate.enter()) {
            ChatCompletionRequest chat = ChatRequestReader.read(
                    RequestBody.json(request, limits.maxBodyBytes()), model.defaults(), limits.maxImages());
            chat.model().ifPresent(identity::requireModel);
            try (Client client = LookAhead.watchCurrent()) {
                answer(response, chat, client);
            }
        }
    }

    private void answer(ServerResponse response, ChatCompletionRequest chat, Client client)
            throws InterruptedException {
        Conversation conversation = conversation(chat);
        textLimit.require(conversation, "messages");
        Prompt prompt = model.prompts().build(conversation);
        client.requirePresent();
        answers.give(response, identity.writer("chatcmpl-"), prompt, chat, client);
    }

    /** All images, in the order in which they are named. */
    private List<ImageInput> inputs(ChatCompletionRequest chat) {
        List<Supplier<ImageInput>> all = new ArrayList<>();
        for (WireMessage message : chat.messages()) {
            for (WirePart part : message.parts()) {
                if (part instanceof WirePart.ImageUrl(String url, String param)) {
                    all.add(() -> images.fromUrl(url, chat.options().orientation(), param));
                }
            }
        }
        return ImageIntake.all(all);
    }

    private Conversation conversation(ChatCompletionRequest chat) {
        Iterator<ImageInput> inputs = inputs(chat).iterator();
        List<Message> messages = new ArrayList<>();
        for (WireMessage message : chat.messages()) {
            List<ContentPart> parts = new ArrayList<>();
            for (WirePart part : message.parts()) {
                parts.add(
                        switch (part) {
                            case WirePart.Text(String words) -> new ContentPart.Text(words);
                            case WirePart.ImageUrl _ -> new ContentPart.Image(inputs.next());
                        });
            }
            messages.add(new Message(message.role(), parts));
        }
        try {
            return new Conversation(messages);
        } catch (ChatException e) {
            throw ApiException.invalid("messages", "Invalid conversation: " + e.getMessage() + ".");
        }
    }
}
