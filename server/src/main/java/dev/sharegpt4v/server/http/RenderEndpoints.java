package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.PromptSource;
import dev.sharegpt4v.models.chat.RenderedText;
import dev.sharegpt4v.runtime.engine.ImageSpan;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import dev.sharegpt4v.server.openai.PromptWriter;
import dev.sharegpt4v.server.openai.PromptWriter.ImageSlot;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/chat/completions/render} and {@code …/input_tokens}: the prompt of a chat request, without running it.
 *
 * <p>Pictures are read as for an answer, since one that is refused there is refused here, and none is encoded.
 */
final class RenderEndpoints {

    private final ServedModel model;
    private final HttpLimits limits;
    private final Identity identity;
    private final ChatPrompts prompts;

    RenderEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.identity = parts.identity();
        this.prompts = new ChatPrompts(parts);
    }

    void render(JsonNode body, Reply reply, Client client) {
        ChatCompletionRequest chat = read(body);
        PromptSource source = prompts.source(chat);
        RenderedText text = model.prompts().renderText(source);
        Prompt prompt = model.prompts().build(source);
        reply.send(PromptWriter.rendered(
                identity.model(),
                source instanceof Conversation ? model.prompts().template().wireName() : "custom",
                text.text(),
                prompt.tokens(),
                model.positions(),
                slots(chat, text, prompt)));
    }

    void inputTokens(JsonNode body, Reply reply, Client client) {
        reply.send(PromptWriter.inputTokens(prompts.prompt(read(body)).length()));
    }

    private ChatCompletionRequest read(JsonNode body) {
        ChatCompletionRequest chat = ChatRequestReader.read(body, model.defaults(), limits.maxImages());
        chat.model().ifPresent(identity::requireModel);
        return chat;
    }

    private static List<ImageSlot> slots(ChatCompletionRequest chat, RenderedText text, Prompt prompt) {
        List<String> params = chat.messages().stream()
                .flatMap(message -> message.parts().stream())
                .filter(WirePart.ImageUrl.class::isInstance)
                .map(part -> ((WirePart.ImageUrl) part).param())
                .toList();
        List<ImageSlot> slots = new ArrayList<>();
        for (ImageSpan span : prompt.images()) {
            int index = slots.size();
            slots.add(new ImageSlot(
                    span.position(),
                    span.image().featureRows(),
                    text.images().get(index),
                    params.get(index),
                    span.image().hash().toString()));
        }
        return slots;
    }
}
