package dev.sharegpt4v.models.chat;

/** A conversation that no template can express. */
public final class ChatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ChatException(String message) {
        super(message);
    }
}
