package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Values of members within their ranges, at the edges, and one time in a dozen beyond. */
final class OddValues {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int TOKENS = 1000;

    /** How one or more members that belong together are set. */
    private interface Setting extends BiConsumer<ObjectNode, Draw> {}

    private static final List<Setting> SAMPLING = new ArrayList<>();
    private static final List<Setting> STOPPING = new ArrayList<>();
    private static final List<Setting> CHOICES = new ArrayList<>();
    private static final List<Setting> CHATS = new ArrayList<>();

    static {
        SAMPLING.add((b, d) -> b.set("temperature", ranged(0, 2, d)));
        SAMPLING.add((b, d) -> b.set("top_p", ranged(1e-9, 1, d)));
        SAMPLING.add((b, d) -> b.put("top_k", d.of(-1, 0, 1, 2, 50, TOKENS, Integer.MAX_VALUE)));
        SAMPLING.add((b, d) -> b.set("min_p", ranged(0, 1, d)));
        SAMPLING.add((b, d) -> b.put("seed", d.of(0L, -1L, 42L, Long.MIN_VALUE, Long.MAX_VALUE)));
        SAMPLING.add((b, d) -> b.set("presence_penalty", ranged(-2, 2, d)));
        SAMPLING.add((b, d) -> b.set("frequency_penalty", ranged(-2, 2, d)));
        SAMPLING.add((b, d) -> b.put("repetition_penalty", d.of(1e-6, 0.5, 1.0, 1.3, 1e6)));
        SAMPLING.add((b, d) -> b.set("logit_bias", biases(d)));
        SAMPLING.add((b, d) -> b.set("allowed_token_ids", ids(d)));
        SAMPLING.add((b, d) -> b.set("bad_words", texts(d.oneIn(10) ? 900 : 4, d)));

        STOPPING.add((b, d) -> b.set("stop", d.oneIn(3) ? text(d) : texts(16, d)));
        STOPPING.add((b, d) -> b.set("stop_token_ids", ids(d)));
        STOPPING.add((b, d) -> b.put("ignore_eos", d.oneIn(2)));
        STOPPING.add((b, d) -> b.put("min_tokens", d.between(0, 6)));
        STOPPING.add((b, d) -> b.putObject("repetition_detection")
                .put("max_pattern_size", d.between(1, 5))
                .put("min_count", d.between(2, 4)));
        STOPPING.add((b, d) -> b.put("priority", d.of(0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE)));
        STOPPING.add((b, d) -> b.put("cache_salt", OddTexts.upTo(40, d)));
        STOPPING.add((b, d) -> b.put("timeout", d.of(0.001, 0.05, 1.0, 30.0)));
        STOPPING.add((b, d) -> b.put("queue_timeout", d.of(0.001, 0.05, 1.0, 30.0)));
        STOPPING.add((b, d) -> b.put("image_orientation", d.of("apply", "ignore")));
        STOPPING.add((b, d) -> b.put("stream", true));

        CHOICES.add(OddValues::completions);
        CHOICES.add((b, d) -> b.put("n", d.between(1, 2)).put("best_of", d.between(2, 5)));
        CHOICES.add(OddValues::beams);
        CHOICES.add(OddValues::stream);
        CHOICES.add((b, d) -> b.put("echo", d.oneIn(2)));
        CHOICES.add((b, d) -> b.put("include_stop_str_in_output", d.oneIn(2)));
        CHOICES.add((b, d) -> b.put("prompt_logprobs", d.of(0, 1, 20)));
        CHOICES.add((b, d) -> b.put("return_token_ids", true));
        CHOICES.add((b, d) -> b.put("return_tokens_as_token_ids", true));
        CHOICES.add((b, d) -> b.put("request_id", OddTexts.upTo(30, d)));

        CHATS.add((b, d) -> b.put("logprobs", true).put("top_logprobs", d.of(0, 1, 5, 20)));
        CHATS.add((b, d) -> b.put("max_completion_tokens", d.between(1, 24)));
        CHATS.add((b, d) -> b.put("return_prompt_text", true));
        CHATS.add((b, d) -> b.putObject("metadata").put(OddTexts.upTo(60, d), OddTexts.upTo(500, d)));
        CHATS.add((b, d) -> b.put("user", OddTexts.upTo(50, d))
                .put("store", d.oneIn(2))
                .put("reasoning_effort", d.of("none", "low", "high"))
                .put("verbosity", d.of("low", "medium", "high"))
                .put("service_tier", d.of("auto", "default", "flex")));
        CHATS.add((b, d) -> {
            b.put("continue_final_message", true).put("add_generation_prompt", false);
            if (b.get("messages") instanceof ArrayNode messages) {
                messages.addObject().put("role", "assistant").put("content", OddTexts.upTo(20, d));
            }
        });
        CHATS.add((b, d) -> b.put("add_generation_prompt", d.oneIn(2)));
    }

    private OddValues() {}

    /** Sets some members that a route knows, seldom one that it does not. */
    static void put(ObjectNode body, String path, Draw draw) {
        switch (path) {
            case "/v1/embeddings" -> {
                body.put("encoding_format", draw.of("float", "base64"));
                body.put("normalize", draw.oneIn(2));
            }
            case "/tokenize" ->
                body.put("add_special_tokens", draw.oneIn(2))
                        .put("return_token_strs", draw.oneIn(2))
                        .put("prompt", OddTexts.draw(draw));
            case "/detokenize" -> body.set("tokens", ids(draw));
            case "/v1/messages/count_tokens", "/v1/batches" ->
                body.putObject("metadata").put("user_id", "a");
            default -> generating(body, path, draw);
        }
        if (draw.oneIn(12)) {
            beyond(body, draw);
        }
    }

    private static void generating(ObjectNode body, String path, Draw draw) {
        length(body, path, draw);
        for (int i = draw.between(1, 3); i > 0; i--) {
            one(SAMPLING, body, draw);
        }
        one(STOPPING, body, draw);
        if (path.equals("/v1/messages")) {
            JsonNode stop = body.remove("stop");
            if (stop != null) {
                body.set(
                        "stop_sequences",
                        stop.isArray() ? stop : JSON.createArrayNode().add(stop));
            }
        }
        boolean chat = path.startsWith("/v1/chat/completions");
        if (chat || path.equals("/v1/completions")) {
            one(CHOICES, body, draw);
        }
        if (chat) {
            one(CHATS, body, draw);
        } else if (path.equals("/v1/completions") && draw.oneIn(2)) {
            body.put("logprobs", draw.between(0, 5));
        }
    }

    /** Lengths and numbers of completions of odd requests in one that is otherwise as it was. */
    static void work(ObjectNode body, String path, Draw draw) {
        if (body.has("max_tokens") || body.has("max_output_tokens")) {
            length(body, path, draw);
        }
        if (path.equals("/v1/chat/completions") && draw.oneIn(6)) {
            completions(body, draw);
        }
    }

    private static void length(ObjectNode body, String path, Draw draw) {
        String length = path.equals("/v1/responses") ? "max_output_tokens" : "max_tokens";
        int most = draw.oneIn(20) ? draw.of(100, 1000) : draw.between(1, 24);
        body.put(length, most);
    }

    /** As many as there may be only of a few tokens: else all of low priority would wait for minutes. */
    private static void completions(ObjectNode body, Draw draw) {
        if (draw.oneIn(40)) {
            body.remove("max_completion_tokens");
            body.put("n", 128).put("max_tokens", draw.between(1, 8));
        } else {
            body.put("n", draw.between(1, 4));
        }
    }

    private static void one(List<Setting> from, ObjectNode body, Draw draw) {
        draw.from(from).accept(body, draw);
    }

    private static void beyond(ObjectNode body, Draw draw) {
        List<String> names = body.properties().stream().map(Map.Entry::getKey).toList();
        String name = draw.from(names);
        if (body.get(name).isNumber()) {
            body.set(
                    name,
                    draw.made(
                            () -> NODES.numberNode(-1e9),
                            () -> NODES.numberNode(Long.MAX_VALUE),
                            () -> NODES.numberNode(2.0000001),
                            () -> NODES.numberNode(Double.MIN_VALUE),
                            () -> NODES.textNode("1")));
        } else {
            body.putNull(name);
        }
    }

    private static JsonNode ranged(double first, double last, Draw draw) {
        return NODES.numberNode(
                draw.of(first, last, draw.between(first, last), Math.nextUp(first), (first + last) / 2));
    }

    private static ObjectNode biases(Draw draw) {
        ObjectNode biases = JSON.createObjectNode();
        for (int i = draw.oneIn(8) ? 300 : draw.between(0, 5); i > 0; i--) {
            biases.put(String.valueOf(draw.between(0, TOKENS)), draw.of(-100, 100, 0, -1, 50));
        }
        return biases;
    }

    private static ArrayNode ids(Draw draw) {
        ArrayNode ids = JSON.createArrayNode();
        for (int i = draw.oneIn(10) ? 300 : draw.between(1, 5); i > 0; i--) {
            ids.add(draw.between(0, TOKENS));
        }
        return ids;
    }

    private static JsonNode text(Draw draw) {
        return NODES.textNode(OddTexts.upTo(50, draw));
    }

    private static ArrayNode texts(int most, Draw draw) {
        ArrayNode texts = JSON.createArrayNode();
        for (int i = draw.between(1, most); i > 0; i--) {
            texts.add(text(draw));
        }
        return texts;
    }

    private static void beams(ObjectNode body, Draw draw) {
        int beams = draw.between(1, 4);
        for (String name :
                List.of("logit_bias", "allowed_token_ids", "bad_words", "stream", "min_tokens", "logprobs")) {
            body.remove(name);
        }
        body.put("use_beam_search", true).put("best_of", beams).put("n", draw.between(1, beams));
        body.put("length_penalty", draw.of(1.0, 0.0, -100.0, 100.0));
        body.put("early_stopping", draw.oneIn(2));
    }

    private static void stream(ObjectNode body, Draw draw) {
        body.put("stream", true)
                .putObject("stream_options")
                .put("include_usage", draw.oneIn(2))
                .put("continuous_usage_stats", draw.oneIn(2));
    }
}
