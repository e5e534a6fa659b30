package dev.sharegpt4v.server.openai;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calls of tools in a dialogue, by their ids, as words. */
final class CallHistory {

    private final Map<String, String> names = new HashMap<>();

    /** The calls of a message of the assistant's, as it would say them. */
    Optional<String> take(JsonFields message) {
        if (!message.has("tool_calls")) {
            return Optional.empty();
        }
        List<ToolCall> calls = new ArrayList<>();
        for (JsonFields call : message.objects("tool_calls")) {
            // Some clients send back the index of the streamed form.
            call.allowOnly(Set.of("id", "type", "function", "index"));
            FieldCheck.oneOf("function").of(call.requiring("type"), "type");
            JsonFields function = call.object("function");
            function.allowOnly(Set.of("name", "arguments"));
            String id = call.requiredText("id");
            String name = function.requiredText("name");
            names.put(id, name);
            calls.add(new ToolCall(id, name, function.requiredText("arguments")));
        }
        return calls.isEmpty() ? Optional.empty() : Optional.of(ToolText.calls(calls));
    }

    /** The result of a call before it. */
    String result(JsonFields message, String content) {
        String id = message.requiredText("tool_call_id");
        String name = names.get(id);
        if (name == null) {
            throw ApiException.invalid(
                    message.param("tool_call_id"),
                    "There is no tool call of the id '" + id + "' in the messages before this one.");
        }
        return ToolText.result(name, content);
    }
}
