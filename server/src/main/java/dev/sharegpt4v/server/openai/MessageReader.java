package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and checks the messages of a dialogue; calls of tools and their results become words. */
final class MessageReader {

    private static final Set<String> MEMBERS = Set.of(
            "role",
            "content",
            "name",
            "refusal",
            "annotations",
            "audio",
            "tool_calls",
            "function_call",
            "tool_call_id",
            "reasoning",
            "reasoning_content");
    private static final int LONGEST_UUID = 256;

    private final CallHistory calls = new CallHistory();
    private final List<WireMessage> messages = new ArrayList<>();
    private boolean afterResult;

    private MessageReader() {}

    /** The messages of a request, at least one, with at most so many images. */
    static List<WireMessage> read(JsonFields fields, int maxImages) {
        MessageReader reader = new MessageReader();
        fields.objects("messages").forEach(reader::add);
        if (reader.messages.isEmpty()) {
            throw ApiException.badRequest("empty_array", "messages", "'messages' must hold at least one message.");
        }
        SharedFields.requireImages(reader.messages, maxImages, "messages");
        return reader.messages;
    }

    private void add(JsonFields fields) {
        fields.allowOnly(MEMBERS);
        String role = fields.requiredText("role");
        checkHarmless(fields);
        if (!role.equals("assistant")) {
            refuse(fields, "tool_calls", "Only the assistant's messages have tool calls.");
        }
        if (!role.equals("tool")) {
            refuse(fields, "tool_call_id", "Only a tool's messages have a 'tool_call_id'.");
        }
        switch (role) {
            case "system", "developer" -> messages.add(new WireMessage(Role.SYSTEM, content(fields)));
            case "user" -> messages.add(new WireMessage(Role.USER, content(fields)));
            case "assistant" -> messages.add(new WireMessage(Role.ASSISTANT, answer(fields)));
            case "tool" -> addResult(calls.result(fields, text(fields)));
            default ->
                throw ApiException.invalid(
                        fields.param("role"),
                        "Invalid value: '" + role
                                + "'. Supported roles are 'system', 'developer', 'user', 'assistant', 'tool' and"
                                + " 'function'.");
        }
        afterResult = role.equals("tool");
    }

    private static void checkHarmless(JsonFields fields) {
        for (String name : List.of("name", "reasoning", "reasoning_content")) {
            fields.text(name);
        }
        fields.text("refusal");
        if (fields.has("annotations")) {
            fields.objects("annotations");
        }
        refuse(fields, "audio", "There is no audio here.");
        refuse(fields, "function_call", "Only the assistant's messages have one.");
    }

    private static void refuse(JsonFields fields, String name, String why) {
        if (fields.has(name)) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    fields.param(name),
                    "Unsupported parameter: '" + fields.param(name) + "'. " + why);
        }
    }

    /** Results that follow one another are one turn of the user's. */
    private void addResult(String words) {
        WirePart.Text part = new WirePart.Text(words);
        if (afterResult) {
            List<WirePart> parts = new ArrayList<>(messages.removeLast().parts());
            parts.add(part);
            messages.add(new WireMessage(Role.USER, parts));
        } else {
            messages.add(new WireMessage(Role.USER, List.of(part)));
        }
    }

    /** The assistant's words, or what it refused or called instead. */
    private List<WirePart> answer(JsonFields fields) {
        Optional<String> called = calls.take(fields);
        List<WirePart> parts = new ArrayList<>();
        if (fields.has("content")) {
            parts.addAll(content(fields));
        } else if (fields.has("refusal")) {
            parts.add(new WirePart.Text(fields.requiredText("refusal")));
        } else if (called.isEmpty()) {
            // It names the path of what is missing.
            parts.addAll(content(fields));
        }
        called.ifPresent(words -> parts.add(new WirePart.Text(words)));
        return parts;
    }

    private static String text(JsonFields fields) {
        return new WireMessage(Role.USER, content(fields, true)).text();
    }

    private static List<WirePart> content(JsonFields fields) {
        return content(fields, false);
    }

    private static List<WirePart> content(JsonFields fields, boolean textOnly) {
        if (fields.raw("content").isTextual()) {
            return List.of(new WirePart.Text(fields.raw("content").textValue()));
        }
        List<WirePart> parts = new ArrayList<>();
        for (JsonFields part : fields.objects("content")) {
            WirePart read = part(part);
            if (textOnly && !(read instanceof WirePart.Text)) {
                throw ApiException.invalid(part.param("type"), "A tool's messages hold text only.");
            }
            parts.add(read);
        }
        if (parts.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", fields.param("content"), "'" + fields.param("content") + "' must not be empty.");
        }
        return parts;
    }

    private static WirePart part(JsonFields part) {
        String type = part.text("type").orElse("");
        if (part.has("prompt_cache_breakpoint")) {
            part.object("prompt_cache_breakpoint");
        }
        return switch (type) {
            case "text" -> {
                part.allowOnly(Set.of("type", "text", "prompt_cache_breakpoint"));
                yield new WirePart.Text(part.requiredText("text"));
            }
            case "refusal" -> {
                part.allowOnly(Set.of("type", "refusal"));
                yield new WirePart.Text(part.requiredText("refusal"));
            }
            case "image_url" -> {
                part.allowOnly(Set.of("type", "image_url", "uuid", "prompt_cache_breakpoint"));
                yield image(part);
            }
            default ->
                throw ApiException.invalid(
                        part.param("type"),
                        "Invalid value: '" + type + "'. Supported content parts are 'text' and 'image_url'.");
        };
    }

    private static WirePart image(JsonFields part) {
        Optional<String> uuid = part.text("uuid");
        if (uuid.isPresent() && (uuid.get().isEmpty() || uuid.get().length() > LONGEST_UUID)) {
            throw ApiException.invalid(
                    part.param("uuid"),
                    "'%s' must have 1 to %d characters.".formatted(part.param("uuid"), LONGEST_UUID));
        }
        if (part.raw("image_url").isTextual()) {
            return new WirePart.ImageUrl(Optional.of(part.raw("image_url").textValue()), uuid, part.param("image_url"));
        }
        if (uuid.isPresent() && !part.has("image_url")) {
            return new WirePart.ImageUrl(Optional.empty(), uuid, part.param("uuid"));
        }
        JsonFields image = part.object("image_url");
        image.allowOnly(Set.of("url", "detail"));
        if (image.has("detail")) {
            FieldCheck.oneOf("auto", "low", "high").of(image, "detail");
        }
        if (uuid.isPresent() && !image.has("url")) {
            return new WirePart.ImageUrl(Optional.empty(), uuid, part.param("uuid"));
        }
        return new WirePart.ImageUrl(Optional.of(image.requiredText("url")), uuid, image.param("url"));
    }
}
