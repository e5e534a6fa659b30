package dev.sharegpt4v.models.chat;

/** What a prompt is made of. */
public sealed interface PromptSource permits Conversation, TemplatedText {}
