package dev.sharegpt4v.models.chat;

import java.util.List;

/**
 * A dialogue that waits for the assistant's next words.
 *
 * @param messages system messages first, then turns that start with the user and alternate
 * @param ending what follows the last of them
 */
public record Conversation(List<Message> messages, Ending ending) implements PromptSource {

    /** What follows the last message. */
    public enum Ending {
        /** The assistant's turn begins; the last message is the user's. */
        ANSWER,
        /** The last message is the assistant's, and goes on. */
        CONTINUED,
        /** Nothing: the model may go on as it likes. */
        NOTHING
    }

    /** A dialogue whose next turn is the assistant's. */
    public Conversation(List<Message> messages) {
        this(messages, Ending.ANSWER);
    }

    public Conversation {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new ChatException("a conversation has at least one message");
        }
        Role last = messages.getLast().role();
        if (ending == Ending.ANSWER && last != Role.USER) {
            throw new ChatException("the last message must come from the user");
        }
        if (ending == Ending.CONTINUED && last != Role.ASSISTANT) {
            throw new ChatException("only a last message of the assistant's can be continued");
        }
        for (Message message : messages) {
            if (message.role() != Role.USER && !message.images().isEmpty()) {
                throw new ChatException("only a user's message can hold images");
            }
        }
    }
}
