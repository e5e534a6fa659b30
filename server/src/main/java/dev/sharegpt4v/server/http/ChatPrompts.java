package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.ChatException;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.PromptSource;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import dev.sharegpt4v.server.openai.CompletionOptions;
import dev.sharegpt4v.server.openai.ToolText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Messages as they came to conversations and prompts: brings the pictures in, and refuses what no template can say. */
final class ChatPrompts {

    private final ServedModel model;
    private final ImageIntake images;
    private final TextLimit textLimit;
    private final ChatTemplates templates;

    ChatPrompts(EndpointParts parts) {
        this.model = parts.model();
        this.images = parts.images();
        this.textLimit = parts.textLimit();
        this.templates = new ChatTemplates(parts.model().templates(), textLimit);
    }

    /** The prompt of a chat request. */
    Prompt prompt(ChatCompletionRequest chat) {
        return model.prompts().build(source(chat));
    }

    /** The prompt of a request that came in another shape, its messages in the field {@code param}. */
    Prompt prompt(ChatCompletionRequest chat, String param) {
        return model.prompts().build(source(chat, param));
    }

    /** What the prompt of a chat request is made of. */
    PromptSource source(ChatCompletionRequest chat) {
        return source(chat, "messages");
    }

    private PromptSource source(ChatCompletionRequest chat, String param) {
        Optional<ChatTemplates.Rendering> rendering = templates.of(chat, param);
        if (rendering.isEmpty()) {
            return conversation(chat, param);
        }
        textLimit.require(chat.messages(), param);
        return rendering.get().text(inputs(chat.messages(), chat.options()));
    }

    /** The dialogue; the functions that may be called are told at the end of the system message. */
    private Conversation conversation(ChatCompletionRequest chat, String param) {
        List<WireMessage> messages = new ArrayList<>();
        if (chat.tools().isPresent()) {
            List<WireMessage> given = chat.messages().stream()
                    .filter(message -> message.role() == Role.SYSTEM)
                    .toList();
            messages.addAll(
                    given.isEmpty() ? List.of(system(model.prompts().template().system())) : given);
            messages.add(system(ToolText.instructions(chat.tools().get())));
        }
        // System messages are one in the prompt, wherever they stand.
        chat.messages().stream()
                .filter(message -> chat.tools().isEmpty() || message.role() != Role.SYSTEM)
                .forEach(messages::add);
        return conversation(messages, chat.ending(), chat.options(), param);
    }

    private static WireMessage system(String words) {
        return new WireMessage(Role.SYSTEM, List.of(new WirePart.Text(words)));
    }

    private Conversation conversation(
            List<WireMessage> messages, Conversation.Ending ending, CompletionOptions options, String param) {
        Iterator<ImageInput> inputs = inputs(messages, options).iterator();
        List<Message> turns = new ArrayList<>();
        for (WireMessage message : messages) {
            List<ContentPart> parts = new ArrayList<>();
            for (WirePart part : message.parts()) {
                parts.add(
                        switch (part) {
                            case WirePart.Text(String words) -> new ContentPart.Text(words);
                            case WirePart.ImageUrl _ -> new ContentPart.Image(inputs.next());
                        });
            }
            turns.add(new Message(message.role(), parts));
        }
        try {
            Conversation conversation = new Conversation(turns, ending);
            textLimit.require(conversation, param);
            return conversation;
        } catch (ChatException e) {
            throw ApiException.invalid(param, "Invalid conversation: " + e.getMessage() + ".");
        }
    }

    /** All images, in the order in which they are named. */
    private List<ImageInput> inputs(List<WireMessage> messages, CompletionOptions options) {
        List<Supplier<ImageInput>> all = new ArrayList<>();
        for (WireMessage message : messages) {
            for (WirePart part : message.parts()) {
                if (part instanceof WirePart.ImageUrl image) {
                    all.add(() -> input(
                            image, options.orientation(), options.scheduling().cacheSalt()));
                }
            }
        }
        return ImageIntake.all(all);
    }

    private ImageInput input(WirePart.ImageUrl image, Orientation orientation, String salt) {
        Optional<String> uuid = image.uuid();
        if (image.url().isEmpty()) {
            return uuid.flatMap(id -> images.named().find(salt, id, orientation))
                    .orElseThrow(() -> ApiException.badRequest(
                            "unknown_image",
                            image.param(),
                            "No picture of this id is kept here; send it again with its 'image_url'."));
        }
        ImageInput input = images.fromUrl(image.url().get(), orientation, image.param());
        uuid.ifPresent(id -> images.named().keep(salt, id, orientation, input));
        return input;
    }
}
