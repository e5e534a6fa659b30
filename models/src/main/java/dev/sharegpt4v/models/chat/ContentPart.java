package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.runtime.execution.ImageInput;

/** A part of a message. */
public sealed interface ContentPart {

    /** Words. */
    record Text(String text) implements ContentPart {}

    /** A preprocessed picture. */
    record Image(ImageInput image) implements ContentPart {}
}
