package dev.sharegpt4v.models.chat;

/** Who speaks. */
public enum Role {
    SYSTEM,
    USER,
    ASSISTANT
}
