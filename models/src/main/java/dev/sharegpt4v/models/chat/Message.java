package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.List;

/**
 * One turn.
 *
 * @param role who speaks
 * @param parts in the order they were given
 */
public record Message(Role role, List<ContentPart> parts) {

    public Message {
        parts = List.copyOf(parts);
    }

    /** A turn of words only. */
    public static Message of(Role role, String text) {
        return new Message(role, List.of(new ContentPart.Text(text)));
    }

    /** All words, joined by newlines. */
    public String text() {
        return String.join("\n", texts());
    }

    /** All words, part by part. */
    List<String> texts() {
        return parts.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(part -> ((ContentPart.Text) part).text())
                .toList();
    }

    /** All pictures, in order. */
    public List<ImageInput> images() {
        return parts.stream()
                .filter(ContentPart.Image.class::isInstance)
                .map(part -> ((ContentPart.Image) part).image())
                .toList();
    }
}
