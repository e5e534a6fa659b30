package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.ChatException;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** Messages as they came to conversations and prompts: brings the pictures in, and refuses what no template can say. */
final class ChatPrompts {

    private final ServedModel model;
    private final ImageIntake images;
    private final TextLimit textLimit;

    ChatPrompts(EndpointParts parts) {
        this.model = parts.model();
        this.images = parts.images();
        this.textLimit = parts.textLimit();
    }

    /** The prompt of a chat request. */
    Prompt prompt(ChatCompletionRequest chat) {
        return model.prompts()
                .build(conversation(chat.messages(), chat.options().orientation(), "messages"));
    }

    /**
     * The dialogue of some messages.
     *
     * @param param the field they came in, for errors
     */
    Conversation conversation(List<WireMessage> messages, Orientation orientation, String param) {
        Iterator<ImageInput> inputs = inputs(messages, orientation).iterator();
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
            Conversation conversation = new Conversation(turns);
            textLimit.require(conversation, param);
            return conversation;
        } catch (ChatException e) {
            throw ApiException.invalid(param, "Invalid conversation: " + e.getMessage() + ".");
        }
    }

    /** All images, in the order in which they are named. */
    private List<ImageInput> inputs(List<WireMessage> messages, Orientation orientation) {
        List<Supplier<ImageInput>> all = new ArrayList<>();
        for (WireMessage message : messages) {
            for (WirePart part : message.parts()) {
                if (part instanceof WirePart.ImageUrl(String url, String param)) {
                    all.add(() -> images.fromUrl(url, orientation, param));
                }
            }
        }
        return ImageIntake.all(all);
    }
}
