package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the input of a response: a text, or items; messages, calls of functions and their results are served. */
final class ResponsesInput {

    private final List<WireMessage> messages = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private boolean afterResult;

    private ResponsesInput() {}

    static List<WireMessage> read(JsonFields fields) {
        if (fields.raw("input").isTextual()) {
            WirePart text = new WirePart.Text(fields.raw("input").textValue());
            return List.of(new WireMessage(Role.USER, List.of(text)));
        }
        ResponsesInput input = new ResponsesInput();
        for (JsonFields item : fields.objects("input")) {
            input.add(item);
        }
        input.endCalls();
        if (input.messages.isEmpty()) {
            throw ApiException.badRequest("empty_array", "input", "'input' must hold at least one item.");
        }
        return input.messages;
    }

    private void add(JsonFields item) {
        String type = item.text("type").orElse("message");
        if (!type.equals("function_call")) {
            endCalls();
        }
        switch (type) {
            case "message" -> messages.add(message(item));
            case "function_call" -> calls.add(call(item));
            case "function_call_output" -> addResult(result(item));
            default ->
                throw ApiException.badRequest(
                        "unsupported_parameter",
                        item.param("type"),
                        "Items of type '" + type + "' are not supported by this server, which keeps no state.");
        }
        afterResult = type.equals("function_call_output");
    }

    /** Calls that follow one another are one turn of the assistant's. */
    private void endCalls() {
        if (!calls.isEmpty()) {
            messages.add(new WireMessage(Role.ASSISTANT, List.of(new WirePart.Text(ToolText.calls(calls)))));
            calls.clear();
        }
    }

    private ToolCall call(JsonFields item) {
        item.allowOnly(Set.of("type", "id", "call_id", "name", "arguments", "status"));
        String id = SharedFields.required(item, "call_id");
        String name = SharedFields.required(item, "name");
        names.put(id, name);
        return new ToolCall(id, name, SharedFields.required(item, "arguments"));
    }

    private WirePart result(JsonFields item) {
        item.allowOnly(Set.of("type", "id", "call_id", "output", "status"));
        String id = SharedFields.required(item, "call_id");
        String name = names.get(id);
        if (name == null) {
            throw ApiException.invalid(
                    item.param("call_id"), "There is no call of the id '" + id + "' in the items before this one.");
        }
        return new WirePart.Text(ToolText.result(name, output(item)));
    }

    private static String output(JsonFields item) {
        if (item.raw("output").isTextual()) {
            return item.raw("output").textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonFields part : item.objects("output")) {
            if (!(part(part) instanceof WirePart.Text(String text))) {
                throw ApiException.badRequest(
                        "unsupported_parameter", part.param("type"), "Results of calls hold text only.");
            }
            texts.add(text);
        }
        return String.join("\n", texts);
    }

    /** Results that follow one another are one turn of the user's. */
    private void addResult(WirePart result) {
        List<WirePart> parts = new ArrayList<>();
        if (afterResult) {
            parts.addAll(messages.removeLast().parts());
        }
        parts.add(result);
        messages.add(new WireMessage(Role.USER, parts));
    }

    private static WireMessage message(JsonFields item) {
        item.allowOnly(Set.of("type", "role", "content", "id", "status", "phase"));
        Role role = role(item);
        if (item.raw("content").isTextual()) {
            return new WireMessage(
                    role, List.of(new WirePart.Text(item.raw("content").textValue())));
        }
        List<WirePart> parts = new ArrayList<>();
        for (JsonFields part : item.objects("content")) {
            parts.add(part(part));
        }
        if (parts.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", item.param("content"), "'" + item.param("content") + "' must not be empty.");
        }
        return new WireMessage(role, parts);
    }

    private static Role role(JsonFields item) {
        String role = SharedFields.required(item, "role");
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default ->
                throw ApiException.invalid(
                        item.param("role"),
                        "Invalid value: '" + role
                                + "'. Supported roles are 'system', 'developer', 'user' and 'assistant'.");
        };
    }

    private static WirePart part(JsonFields part) {
        String type = SharedFields.required(part, "type");
        return switch (type) {
            case "input_text", "text" -> {
                part.allowOnly(Set.of("type", "text", "prompt_cache_breakpoint"));
                yield new WirePart.Text(SharedFields.required(part, "text"));
            }
            case "output_text" -> {
                part.allowOnly(Set.of("type", "text", "annotations", "logprobs"));
                yield new WirePart.Text(SharedFields.required(part, "text"));
            }
            case "refusal" -> {
                part.allowOnly(Set.of("type", "refusal"));
                yield new WirePart.Text(SharedFields.required(part, "refusal"));
            }
            case "input_image" -> image(part);
            default ->
                throw ApiException.invalid(
                        part.param("type"),
                        "Invalid value: '" + type
                                + "'. Supported content parts are 'input_text', 'input_image' and 'output_text'.");
        };
    }

    private static WirePart image(JsonFields part) {
        part.allowOnly(Set.of("type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"));
        if (part.has("file_id")) {
            throw SharedFields.unsupported(part.param("file_id"));
        }
        String detail = part.text("detail").orElse("auto");
        if (!Set.of("auto", "low", "high", "original").contains(detail)) {
            throw ApiException.invalid(part.param("detail"), "'detail' must be 'auto', 'low', 'high' or 'original'.");
        }
        return WirePart.ImageUrl.of(SharedFields.required(part, "image_url"), part.param("image_url"));
    }
}
