package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The older form of calls: {@code functions}, {@code function_call}, and messages of the role {@code function}. A request is
 * brought into the form of tools before it is read, and errors name its own members.
 *
 * @param body in the form of tools
 * @param given whether functions were given, so that answers have the older form
 * @param inDialogue whether messages have it
 */
record OlderCalls(JsonNode body, boolean given, boolean inDialogue) {

    static OlderCalls in(JsonNode request) {
        boolean functions = has(request, "functions") || has(request, "function_call");
        boolean messages = false;
        for (JsonNode message : request.path("messages")) {
            messages |= has(message, "function_call")
                    || message.path("role").asText().equals("function");
        }
        if (!functions && !messages) {
            return new OlderCalls(request, false, false);
        }
        ObjectNode body = request.deepCopy();
        if (functions) {
            refuseBoth(body);
            takeFunctions(body);
        }
        if (messages) {
            takeMessages(body.path("messages"));
        }
        return new OlderCalls(body, functions, messages);
    }

    private static boolean has(JsonNode node, String name) {
        return node.hasNonNull(name);
    }

    private static void refuseBoth(JsonNode body) {
        for (String[] pair : new String[][] {{"functions", "tools"}, {"function_call", "tool_choice"}}) {
            boolean any = has(body, pair[1])
                    && !(body.path(pair[1]).isArray() && body.path(pair[1]).isEmpty());
            if (has(body, pair[0]) && any) {
                throw ApiException.invalid(
                        pair[0], "'" + pair[0] + "' is the older form of '" + pair[1] + "'; give one of them.");
            }
        }
    }

    private static void takeFunctions(ObjectNode body) {
        JsonFields fields = JsonFields.of(body, "");
        if (has(body, "functions")) {
            ArrayNode tools = body.putArray("tools");
            fields.objects("functions").forEach(_ -> {
                ObjectNode tool = tools.addObject().put("type", "function");
                tool.set("function", body.path("functions").get(tools.size() - 1));
            });
        }
        if (has(body, "function_call")) {
            JsonNode choice = body.get("function_call");
            if (choice.isTextual()) {
                body.set("tool_choice", choice);
            } else {
                JsonFields called = fields.object("function_call");
                called.requiredText("name");
                body.putObject("tool_choice").put("type", "function").set("function", choice);
            }
        }
        body.remove(List.of("functions", "function_call"));
        body.put("parallel_tool_calls", false);
    }

    /** Calls have no ids in the older form; a result is that of the latest call of its name. */
    private static void takeMessages(JsonNode messages) {
        Map<String, String> calls = new HashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            if (!(messages.get(i) instanceof ObjectNode message)) {
                continue;
            }
            JsonFields fields = JsonFields.of(message, "messages[" + i + "]");
            String role = message.path("role").asText();
            if (has(message, "function_call") && role.equals("assistant")) {
                JsonFields call = fields.object("function_call");
                call.requiredText("arguments");
                String id = "function-" + i;
                calls.put(call.requiredText("name"), id);
                ObjectNode made = message.putArray("tool_calls").addObject();
                made.put("id", id).put("type", "function").set("function", message.get("function_call"));
                message.remove("function_call");
            } else if (role.equals("function")) {
                String name = fields.requiredText("name");
                if (!calls.containsKey(name)) {
                    throw ApiException.invalid(
                            fields.param("name"),
                            "No function '" + name + "' was called in the messages before this one.");
                }
                message.put("role", "tool").put("tool_call_id", calls.get(name));
            }
        }
    }

    /** Functions whose schemas have their own names in errors. */
    Optional<Tools> named(Optional<Tools> tools) {
        return given
                ? tools.map(all -> new Tools(
                        all.functions().stream().map(OlderCalls::named).toList(),
                        all.mode(),
                        all.named(),
                        all.several()))
                : tools;
    }

    private static ToolFunction named(ToolFunction function) {
        return new ToolFunction(
                function.name(),
                function.description(),
                function.parameters(),
                function.param().replace("tools[", "functions[").replace("].function.", "]."));
    }

    /** An error that names the members of the request as it came. */
    ApiException renamed(ApiException error) {
        ApiException renamed = error;
        if (given) {
            renamed = renamed.renamed("tool_choice", "function_call")
                    .renamed("tools[", "functions[")
                    .renamed("'tools'", "'functions'")
                    .renamed("].function.", "].")
                    .renamed("function_call.function", "function_call");
            if (renamed.param().filter("tools"::equals).isPresent()) {
                renamed = renamed.renamed("tools", "functions");
            }
        }
        return inDialogue
                ? renamed.renamed(".tool_calls[0].function", ".function_call")
                        .renamed(".tool_calls[0]", ".function_call")
                : renamed;
    }

    /** An answer's message in the older form, which has one call. */
    static void make(ObjectNode message) {
        JsonNode calls = message.remove("tool_calls");
        if (calls != null && calls.path(0).path("index").asInt() == 0) {
            message.set("function_call", calls.path(0).path("function"));
        }
    }

    /** Why an answer ended, in the older form. */
    static String reason(String reason) {
        return reason.equals("tool_calls") ? "function_call" : reason;
    }
}
