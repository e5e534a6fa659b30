package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CaptionRequest;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code POST /v1/captions}: one question, by default a standard one, about each of some images. */
final class CaptionsEndpoint implements JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final ImageIntake images;
    private final Identity identity;
    private final TextLimit textLimit;
    private final Completions completions;

    CaptionsEndpoint(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.images = parts.images();
        this.identity = parts.identity();
        this.textLimit = parts.textLimit();
        this.completions = new Completions(parts);
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        answer(body, Optional.empty(), reply, client);
    }

    /** The same, with pictures that may have come in a form. */
    void answer(JsonNode body, Optional<CaptionForm> form, Reply reply, Client client) throws InterruptedException {
        CaptionRequest caption = CaptionRequest.read(body, model.defaults());
        caption.model().ifPresent(identity::requireModel);
        List<ImageInput> inputs = inputs(caption, form);
        client.requirePresent();
        WireWriter writer = identity.writer("caption-");
        List<TextGeneration> texts = new ArrayList<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                TextGeneration text = start(writer.id() + "-" + i, inputs.get(i), caption);
                texts.add(text);
                client.onGone(text::close);
            }
            if (caption.options().stream()) {
                stream(reply, writer, texts);
            } else {
                whole(reply, writer, texts);
            }
        } finally {
            texts.forEach(TextGeneration::close);
        }
    }

    private List<ImageInput> inputs(CaptionRequest caption, Optional<CaptionForm> form) {
        List<Supplier<ImageInput>> inputs = new ArrayList<>();
        form.ifPresent(parts -> parts.images()
                .forEach(bytes -> inputs.add(
                        () -> images.fromBytes(bytes, caption.options().orientation(), "image"))));
        caption.image()
                .ifPresent(url ->
                        inputs.add(() -> images.fromUrl(url, caption.options().orientation(), "image")));
        if (inputs.isEmpty()) {
            throw ApiException.missing("image");
        }
        return ImageIntake.all(inputs);
    }

    private TextGeneration start(String id, ImageInput image, CaptionRequest caption) {
        Message question =
                new Message(Role.USER, List.of(new ContentPart.Image(image), new ContentPart.Text(caption.prompt())));
        Conversation conversation = new Conversation(List.of(question));
        textLimit.require(conversation, "prompt");
        return completions.start(id, model.prompts().build(conversation), caption.options());
    }

    private static void whole(Reply reply, WireWriter writer, List<TextGeneration> texts) throws InterruptedException {
        List<WireWriter.CaptionResult> results = new ArrayList<>();
        for (TextGeneration text : texts) {
            String caption = text.rest();
            results.add(new WireWriter.CaptionResult(results.size(), caption, text.finishReason()));
        }
        reply.send(writer.captions(results, total(texts)));
    }

    private void stream(Reply reply, WireWriter writer, List<TextGeneration> texts) throws InterruptedException {
        try (EventStream events = reply.events(limits.pingInterval())) {
            try {
                for (int i = 0; i < texts.size(); i++) {
                    TextGeneration text = texts.get(i);
                    for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                        events.send(writer.captionChunk(i, part.get(), Optional.empty()));
                    }
                    events.send(writer.captionChunk(i, "", Optional.of(text.finishReason())));
                }
                events.send(writer.captionUsageChunk(total(texts)));
                events.sendDone();
            } catch (ApiException e) {
                events.sendError(e);
            }
        }
    }

    private static Usage total(List<TextGeneration> texts) {
        Usage sum = new Usage(0, 0, 0, 0);
        for (TextGeneration text : texts) {
            Usage usage = text.usage();
            sum = new Usage(
                    sum.promptTokens() + usage.promptTokens(),
                    sum.imageTokens() + usage.imageTokens(),
                    sum.cachedTokens() + usage.cachedTokens(),
                    sum.completionTokens() + usage.completionTokens());
        }
        return sum;
    }
}
