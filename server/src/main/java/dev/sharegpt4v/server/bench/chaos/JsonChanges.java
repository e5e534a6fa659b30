package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Changes to a JSON document that leave it one: members of other kinds, names, numbers and depths. */
final class JsonChanges {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_CHANGES = 3;

    /** Names that mean something somewhere, where they belong and where they do not. */
    private static final List<String> NAMES = List.of(
            "model",
            "messages",
            "role",
            "content",
            "type",
            "text",
            "image_url",
            "url",
            "detail",
            "image",
            "prompt",
            "input",
            "max_tokens",
            "max_completion_tokens",
            "max_output_tokens",
            "min_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "n",
            "best_of",
            "use_beam_search",
            "length_penalty",
            "early_stopping",
            "stop",
            "stop_token_ids",
            "ignore_eos",
            "stream",
            "stream_options",
            "include_usage",
            "logprobs",
            "top_logprobs",
            "prompt_logprobs",
            "logit_bias",
            "seed",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "repetition_detection",
            "response_format",
            "json_schema",
            "schema",
            "structured_outputs",
            "regex",
            "choice",
            "grammar",
            "tools",
            "tool_choice",
            "function",
            "parameters",
            "parallel_tool_calls",
            "user",
            "metadata",
            "modalities",
            "store",
            "echo",
            "suffix",
            "bad_words",
            "allowed_token_ids",
            "add_generation_prompt",
            "continue_final_message",
            "chat_template",
            "priority",
            "cache_salt",
            "queue_timeout",
            "timeout",
            "image_orientation",
            "return_token_ids",
            "truncate_prompt_tokens",
            "encoding_format",
            "dimensions",
            "instructions",
            "system",
            "tokens",
            "custom_id",
            "method",
            "body",
            "$ref",
            "__proto__",
            "");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "user",
            "system",
            "assistant",
            "tool",
            "developer",
            "true",
            "null",
            "0",
            "auto",
            "json_object",
            "json_schema",
            "image_url",
            "text",
            "\u0000",
            "\n",
            "é",
            "\ud83d\ude00",
            "\u202e",
            "</s>",
            "<image>",
            "(a+)+$",
            "root ::= root",
            "[",
            "data:image/png;base64,",
            "https://127.0.0.1/",
            "file:///etc/passwd",
            "../..");

    private JsonChanges() {}

    /** One to three changes. */
    static JsonNode change(JsonNode original, SplittableRandom random) {
        ObjectNode box = JSON.createObjectNode();
        box.set("it", original.deepCopy());
        for (int i = random.nextInt(1 + random.nextInt(MOST_CHANGES)); i >= 0; i--) {
            once(box, random);
        }
        return box.get("it");
    }

    private static void once(ObjectNode box, SplittableRandom random) {
        List<JsonNode> parents = new ArrayList<>();
        collect(box, parents);
        int at = random.nextInt(parents.size());
        JsonNode parent = parents.get(at);
        if (parent instanceof ObjectNode object) {
            member(object, at == 0, parents, random);
        } else if (parent instanceof ArrayNode array) {
            element(array, parents, random);
        }
    }

    private static void member(ObjectNode object, boolean isBox, List<JsonNode> others, SplittableRandom random) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = isBox ? "it" : names.get(random.nextInt(names.size()));
        switch (isBox ? 0 : random.nextInt(6)) {
            case 0, 1 -> object.set(name, value(others, random));
            case 2 -> object.remove(name);
            case 3 ->
                object.set(
                        NAMES.get(random.nextInt(NAMES.size())),
                        object.get(name).deepCopy());
            case 4 -> object.set(NAMES.get(random.nextInt(NAMES.size())), value(others, random));
            default -> object.set(name, wrapped(object.get(name).deepCopy(), random));
        }
        if (object.isEmpty()) {
            object.putNull("nothing");
        }
    }

    private static void element(ArrayNode array, List<JsonNode> others, SplittableRandom random) {
        int at = random.nextInt(array.size());
        switch (random.nextInt(5)) {
            case 0, 1 -> array.set(at, value(others, random));
            case 2 -> array.remove(at);
            case 3 -> {
                JsonNode again = array.get(at);
                for (int i = random.nextInt(30); i >= 0; i--) {
                    array.insert(at, again.deepCopy());
                }
            }
            default -> array.insert(at, value(others, random));
        }
    }

    private static JsonNode wrapped(JsonNode value, SplittableRandom random) {
        JsonNode wrapped = value;
        for (int i = random.nextInt(8) == 0 ? random.nextInt(200) : random.nextInt(3); i >= 0; i--) {
            wrapped = random.nextBoolean()
                    ? JSON.createArrayNode().add(wrapped)
                    : JSON.createObjectNode().set(NAMES.get(random.nextInt(NAMES.size())), wrapped);
        }
        return wrapped;
    }

    private static JsonNode value(List<JsonNode> others, SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2 -> JSON.getNodeFactory().numberNode(random.nextInt(-3, 4));
            case 3 -> JSON.getNodeFactory().numberNode(random.nextLong());
            case 4 -> JSON.getNodeFactory().numberNode(BigInteger.TEN.pow(random.nextInt(1, 400)));
            case 5 -> JSON.getNodeFactory().numberNode(random.nextDouble(-3, 3));
            case 6 -> JSON.getNodeFactory().numberNode(Math.scalb(random.nextDouble(), random.nextInt(-1000, 1000)));
            case 7 -> JSON.createArrayNode();
            case 8 -> JSON.createObjectNode();
            case 9 -> JSON.getNodeFactory().textNode("ab ".repeat(random.nextInt(1, 3000)));
            case 10 -> others.get(random.nextInt(others.size())).deepCopy();
            default -> JSON.getNodeFactory().textNode(TEXTS.get(random.nextInt(TEXTS.size())));
        };
    }

    /** All objects and arrays that hold something. */
    private static void collect(JsonNode node, List<JsonNode> into) {
        if (node.isContainerNode() && !node.isEmpty()) {
            into.add(node);
            node.forEach(child -> collect(child, into));
        }
    }
}
