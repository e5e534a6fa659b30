package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.runtime.execution.ImageInput;

/** A prompt in pieces that are tokenised on their own. */
sealed interface Segment {

    /** Words; {@code afterSpecial} when a special token stands right before them. */
    record Text(String text, boolean afterSpecial) implements Segment {}

    /** The places of one picture. */
    record Image(ImageInput image) implements Segment {}

    /** The begin token within a prompt, where a template of Jinja's has it. */
    record Begin() implements Segment {}

    /** The end token after an answer. */
    record End() implements Segment {}
}
