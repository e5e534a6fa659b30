package dev.sharegpt4v.models.chat;

import java.util.List;

/**
 * A dialogue that waits for the assistant's next words.
 *
 * @param messages system messages first, then turns that start and end with the user and alternate
 */
public record Conversation(List<Message> messages) {

    public Conversation {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new ChatException("a conversation has at least one message");
        }
        if (messages.getLast().role() != Role.USER) {
            throw new ChatException("the last message must come from the user");
        }
        for (Message message : messages) {
            if (message.role() != Role.USER && !message.images().isEmpty()) {
                throw new ChatException("only a user's message can hold images");
            }
        }
    }
}
