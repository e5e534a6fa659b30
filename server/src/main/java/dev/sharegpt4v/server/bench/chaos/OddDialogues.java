package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.bench.RequestForm;
import java.util.Base64;

/** Dialogues of any order and length, with words, pictures and calls. */
final class OddDialogues {

    private static final JsonMapper JSON = new JsonMapper();

    private final OddPictures pictures;

    OddDialogues(OddPictures pictures) {
        this.pictures = pictures;
    }

    /** Replaces what a request asks about. */
    void put(ObjectNode body, String path, Draw draw) {
        switch (path) {
            case "/v1/messages", "/v1/messages/count_tokens" -> body.set("messages", messages(draw));
            case "/v1/responses" -> body.set("input", items(draw));
            case "/v1/completions" -> prompt(body, draw);
            case "/v1/embeddings" -> body.set("input", inputs(draw));
            case "/v1/captions" -> {
                body.put("image", picture(draw));
                if (draw.oneIn(2)) {
                    body.put("prompt", OddTexts.draw(draw));
                }
            }
            default -> body.set("messages", chat(draw));
        }
    }

    /** A file in a data URI, under any of the names of formats. */
    String picture(Draw draw) {
        return draw.oneIn(4)
                ? "data:" + draw.of("image/jpeg", "image/webp", "image/x", "IMAGE/PNG;a=b") + ";base64,"
                        + Base64.getEncoder().encodeToString(pictures.draw(draw))
                : RequestForm.dataUri(pictures.draw(draw));
    }

    private ArrayNode chat(Draw draw) {
        ArrayNode messages = JSON.createArrayNode();
        if (draw.oneIn(2)) {
            messages.addObject().put("role", draw.of("system", "developer")).put("content", OddTexts.draw(draw));
        }
        for (int turn = draw.oneIn(10) ? draw.between(10, 60) : draw.between(0, 3); turn > 0; turn--) {
            user(messages.addObject(), draw, 8);
            if (draw.oneIn(5)) {
                String id = draw.oneIn(5) ? OddTexts.upTo(10, draw) : "call_" + turn;
                ObjectNode call = messages.addObject()
                        .put("role", "assistant")
                        .putArray("tool_calls")
                        .addObject()
                        .put("id", id)
                        .put("type", "function");
                call.putObject("function")
                        .put("name", "look")
                        .put("arguments", draw.of("{}", "{\"a\":1}", "", "[", "é"));
                messages.addObject().put("role", "tool").put("tool_call_id", id).put("content", OddTexts.draw(draw));
            } else if (!draw.oneIn(6)) {
                messages.addObject().put("role", "assistant").put("content", OddTexts.draw(draw));
            }
        }
        user(messages.addObject(), draw, 2);
        return messages;
    }

    private void user(ObjectNode message, Draw draw, int pictureOneIn) {
        message.put("role", "user");
        if (draw.oneIn(2)) {
            message.put("content", OddTexts.draw(draw));
            return;
        }
        ArrayNode parts = message.putArray("content");
        for (int i = draw.between(1, 3); i > 0; i--) {
            if (draw.oneIn(pictureOneIn)) {
                parts.addObject()
                        .put("type", "image_url")
                        .putObject("image_url")
                        .put("url", picture(draw))
                        .put("detail", draw.of("auto", "low", "high"));
            } else {
                parts.addObject().put("type", "text").put("text", OddTexts.draw(draw));
            }
        }
    }

    private ArrayNode messages(Draw draw) {
        ArrayNode messages = JSON.createArrayNode();
        for (int turn = draw.between(0, 3); turn > 0; turn--) {
            messages.addObject().put("role", "user").put("content", OddTexts.draw(draw));
            if (draw.oneIn(3)) {
                messages.addObject()
                        .put("role", "assistant")
                        .putArray("content")
                        .addObject()
                        .put("type", "tool_use")
                        .put("id", "t" + turn)
                        .put("name", "look")
                        .putObject("input")
                        .put(OddTexts.upTo(5, draw), 1);
                messages.addObject()
                        .put("role", "user")
                        .putArray("content")
                        .addObject()
                        .put("type", "tool_result")
                        .put("tool_use_id", "t" + turn)
                        .put("content", OddTexts.draw(draw));
            } else if (draw.oneIn(2)) {
                messages.addObject().put("role", "assistant").put("content", OddTexts.draw(draw));
            }
        }
        ArrayNode blocks = messages.addObject().put("role", "user").putArray("content");
        for (int i = draw.between(1, 3); i > 0; i--) {
            if (draw.oneIn(3)) {
                blocks.addObject()
                        .put("type", "image")
                        .putObject("source")
                        .put("type", "base64")
                        .put("media_type", draw.of("image/png", "image/jpeg", "image/webp"))
                        .put("data", Base64.getEncoder().encodeToString(pictures.draw(draw)));
            } else {
                blocks.addObject().put("type", "text").put("text", OddTexts.draw(draw));
            }
        }
        if (draw.oneIn(6)) {
            messages.addObject().put("role", "assistant").put("content", OddTexts.draw(draw));
        }
        return messages;
    }

    private ArrayNode items(Draw draw) {
        ArrayNode items = JSON.createArrayNode();
        for (int turn = draw.between(0, 2); turn > 0; turn--) {
            items.addObject().put("role", "user").put("content", OddTexts.draw(draw));
            if (draw.oneIn(3)) {
                items.addObject()
                        .put("type", "function_call")
                        .put("call_id", "c" + turn)
                        .put("name", "look")
                        .put("arguments", "{}");
                items.addObject()
                        .put("type", "function_call_output")
                        .put("call_id", "c" + turn)
                        .put("output", OddTexts.draw(draw));
            } else {
                items.addObject().put("role", "assistant").put("content", OddTexts.draw(draw));
            }
        }
        ArrayNode parts = items.addObject().put("role", "user").putArray("content");
        for (int i = draw.between(1, 3); i > 0; i--) {
            if (draw.oneIn(3)) {
                parts.addObject().put("type", "input_image").put("image_url", picture(draw));
            } else {
                parts.addObject().put("type", "input_text").put("text", OddTexts.draw(draw));
            }
        }
        return items;
    }

    private static void prompt(ObjectNode body, Draw draw) {
        switch (draw.between(0, 3)) {
            case 0 -> body.set("prompt", ids(draw));
            case 1 -> {
                ArrayNode several = body.putArray("prompt");
                for (int i = draw.oneIn(10) ? 40 : draw.between(1, 5); i > 0; i--) {
                    several.add(OddTexts.draw(draw));
                }
            }
            case 2 -> body.putArray("prompt").add(ids(draw)).add(ids(draw));
            default -> body.put("prompt", OddTexts.draw(draw));
        }
    }

    private static ArrayNode ids(Draw draw) {
        ArrayNode ids = JSON.createArrayNode();
        int limit = draw.oneIn(10) ? 40_000 : 1000;
        for (int i = draw.between(1, 40); i > 0; i--) {
            ids.add(draw.between(0, limit));
        }
        return ids;
    }

    private ArrayNode inputs(Draw draw) {
        ArrayNode inputs = JSON.createArrayNode();
        for (int i = draw.oneIn(10) ? 60 : draw.between(1, 4); i > 0; i--) {
            switch (draw.between(0, 3)) {
                case 0 -> inputs.addObject().put("image", picture(draw)).put("text", OddTexts.draw(draw));
                case 1 -> inputs.addObject().put("image", picture(draw));
                default -> inputs.add(OddTexts.draw(draw));
            }
        }
        return inputs;
    }
}
