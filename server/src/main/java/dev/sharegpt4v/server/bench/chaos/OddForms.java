package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Forms that an answer is bound to, and functions, in the members of each route. */
final class OddForms {

    private static final JsonMapper JSON = new JsonMapper();

    private OddForms() {}

    /** Adds one to a request. */
    static void put(ObjectNode body, String path, Draw draw) {
        switch (path) {
            case "/v1/responses" -> response(body, draw);
            case "/v1/messages" -> message(body, draw);
            default -> {
                if (path.equals("/v1/chat/completions") && draw.oneIn(4)) {
                    functions(body, draw);
                } else {
                    bound(body, draw);
                }
            }
        }
    }

    private static void response(ObjectNode body, Draw draw) {
        if (draw.oneIn(2)) {
            body.putObject("text").set("format", named(draw).put("type", "json_schema"));
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (int i = draw.between(1, 3); i > 0; i--) {
            tools.addObject().put("type", "function").put("name", "f" + i).set("parameters", OddSchemas.object(draw));
        }
        body.put("tool_choice", draw.of("auto", "required", "none"));
    }

    private static void message(ObjectNode body, Draw draw) {
        if (draw.oneIn(2)) {
            body.putObject("output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", OddSchemas.draw(draw));
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (int i = draw.between(1, 3); i > 0; i--) {
            tools.addObject().put("name", "f" + i).set("input_schema", OddSchemas.object(draw));
        }
        ObjectNode choice = body.putObject("tool_choice").put("type", draw.of("auto", "any", "tool", "none"));
        if (choice.path("type").asText().equals("tool")) {
            choice.put("name", "f1");
        }
    }

    private static ObjectNode named(Draw draw) {
        return JSON.createObjectNode()
                .put("name", "a")
                .put("strict", draw.oneIn(2))
                .set("schema", OddSchemas.draw(draw));
    }

    private static void bound(ObjectNode body, Draw draw) {
        body.remove("response_format");
        body.remove("structured_outputs");
        switch (draw.between(0, 11)) {
            case 0, 1 ->
                body.putObject("response_format").put("type", "json_schema").set("json_schema", named(draw));
            case 2 -> body.putObject("response_format").put("type", draw.of("json_object", "text"));
            case 3 -> body.putObject("structured_outputs").set("json", OddSchemas.draw(draw));
            case 4 -> body.putObject("structured_outputs").put("regex", OddExpressions.expression(draw));
            case 5 -> body.putObject("structured_outputs").put("grammar", OddExpressions.grammar(draw));
            case 6 -> body.putObject("structured_outputs").set("choice", choices(draw));
            case 7 -> {
                ObjectNode spaced = body.putObject("structured_outputs");
                spaced.set("json", OddSchemas.draw(draw));
                spaced.put("whitespace_pattern", draw.of("", " ", "[ \\n]?", "[ \\t]{0,3}", "x"));
            }
            case 8 -> body.put("guided_regex", OddExpressions.expression(draw));
            case 9 -> body.put("grammar", OddExpressions.grammar(draw));
            case 10 -> body.set("guided_choice", choices(draw));
            default -> body.set("guided_json", OddSchemas.draw(draw));
        }
    }

    private static JsonNode choices(Draw draw) {
        ArrayNode choices = JSON.createArrayNode();
        for (int i = draw.oneIn(10) ? 500 : draw.between(1, 6); i > 0; i--) {
            choices.add(OddTexts.upTo(30, draw) + (draw.oneIn(2) ? i : ""));
        }
        return choices;
    }

    private static void functions(ObjectNode body, Draw draw) {
        ArrayNode tools = body.putArray("tools");
        int count = draw.oneIn(10) ? 100 : draw.between(1, 4);
        for (int i = 0; i < count; i++) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", "f" + i);
            if (draw.oneIn(2)) {
                function.put("description", OddTexts.upTo(60, draw));
            }
            if (!draw.oneIn(5)) {
                function.set("parameters", draw.oneIn(4) ? OddSchemas.draw(draw) : OddSchemas.object(draw));
            }
        }
        switch (draw.between(0, 3)) {
            case 0 -> body.put("tool_choice", draw.of("auto", "required", "none"));
            case 1 -> body.put("tool_choice", "required").put("parallel_tool_calls", true);
            case 2 ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", "f0");
            default -> {
                ObjectNode allowed = body.putObject("tool_choice")
                        .put("type", "allowed_tools")
                        .putObject("allowed_tools");
                allowed.put("mode", draw.of("auto", "required"))
                        .putArray("tools")
                        .addObject()
                        .put("type", "function")
                        .putObject("function")
                        .put("name", "f0");
            }
        }
    }
}
