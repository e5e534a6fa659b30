package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.bench.RequestForm;
import dev.sharegpt4v.server.bench.mix.SyntheticPicture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Well-formed requests to every route, as they are before they go wrong. */
final class Originals {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int SIDE = 24;

    /** A picture of one pixel: the JDK writes no WebP. */
    private static final String WEBP = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";

    /** A route and a body in JSON. */
    record Json(String path, JsonNode body) {}

    private final String model;
    private final List<byte[]> pictures = new ArrayList<>();
    private final List<Json> all = new ArrayList<>();

    Originals(String model, long seed) {
        this.model = model;
        byte[] jpeg = SyntheticPicture.jpeg(SIDE, SIDE, seed);
        pictures.add(jpeg);
        for (String format : List.of("png", "gif", "bmp")) {
            pictures.add(written(jpeg, format));
        }
        pictures.add(Base64.getDecoder().decode(WEBP));
        chats();
        others();
    }

    /** One picture in each format. */
    List<byte[]> pictures() {
        return pictures;
    }

    List<Json> all() {
        return all;
    }

    private static byte[] written(byte[] jpeg, String format) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            if (!ImageIO.write(image, format, file)) {
                throw new IllegalStateException("every JDK writes " + format + ". This is a bug.");
            }
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode body() {
        return JSON.createObjectNode().put("model", model).put("max_tokens", 2).put("temperature", 0);
    }

    /** A chat about a picture by its URL. */
    ObjectNode chat(String url) {
        ObjectNode body = body();
        ArrayNode content =
                body.putArray("messages").addObject().put("role", "user").putArray("content");
        content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", url)
                .put("detail", "low");
        content.addObject().put("type", "text").put("text", "What is it?");
        return body;
    }

    /** A caption of a picture by its URL. */
    ObjectNode caption(String url) {
        return body().put("image", url);
    }

    private ObjectNode words() {
        ObjectNode body = body();
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", "Answer briefly.");
        messages.addObject().put("role", "user").put("content", "Hello?");
        messages.addObject().put("role", "assistant").put("content", "Yes.");
        messages.addObject().put("role", "user").put("content", "What is it?");
        return body;
    }

    private void chats() {
        String chat = "/v1/chat/completions";
        all.add(new Json(chat, words()));
        all.add(new Json(chat, chat(RequestForm.dataUri(pictures.get(0)))));
        ObjectNode rich =
                words().put("top_p", 0.9).put("top_k", 5).put("min_p", 0.1).put("seed", 1);
        rich.put("presence_penalty", 0.1)
                .put("frequency_penalty", 0.1)
                .put("n", 2)
                .put("user", "a");
        rich.putArray("stop").add("x").add("y");
        rich.putArray("stop_token_ids").add(3);
        rich.putObject("metadata").put("a", "b");
        rich.putObject("logit_bias").put("5", 1);
        all.add(new Json(chat, rich));
        ObjectNode stream = words().put("stream", true);
        stream.putObject("stream_options").put("include_usage", true);
        all.add(new Json(chat, stream));
        ObjectNode schema = words();
        ObjectNode format = schema.putObject("response_format").put("type", "json_schema");
        ObjectNode object = format.putObject("json_schema")
                .put("name", "a")
                .put("strict", true)
                .putObject("schema")
                .put("type", "object")
                .put("additionalProperties", false);
        object.putObject("properties").putObject("a").put("type", "integer").put("minimum", 0);
        object.putArray("required").add("a");
        all.add(new Json(chat, schema));
        ObjectNode tools = words();
        ObjectNode function =
                tools.putArray("tools").addObject().put("type", "function").putObject("function");
        function.put("name", "look").putObject("parameters").put("type", "object");
        all.add(new Json(chat, tools));
        for (String kind : List.of("regex", "grammar")) {
            ObjectNode bound = words();
            bound.putObject("structured_outputs")
                    .put(kind, kind.equals("regex") ? "[a-c]{2}" : "root ::= \"a\" | \"b\"");
            all.add(new Json(chat, bound));
        }
    }

    private void others() {
        all.add(new Json("/v1/captions", caption(RequestForm.dataUri(pictures.get(1)))));
        all.add(new Json("/v1/chat/completions/render", words()));
        all.add(new Json("/v1/completions", body().put("prompt", "It is").put("logprobs", 1)));
        ObjectNode response = JSON.createObjectNode().put("model", model).put("max_output_tokens", 16);
        response.putArray("input")
                .addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("type", "input_text")
                .put("text", "What is it?");
        all.add(new Json("/v1/responses", response));
        ObjectNode message =
                JSON.createObjectNode().put("model", model).put("max_tokens", 2).put("system", "Be brief.");
        message.putArray("messages").addObject().put("role", "user").put("content", "What is it?");
        all.add(new Json("/v1/messages", message));
        all.add(new Json("/v1/messages/count_tokens", message.deepCopy().without(List.of("max_tokens"))));
        ObjectNode embedding = JSON.createObjectNode().put("model", model);
        embedding.putArray("input").add("a").add("b");
        all.add(new Json("/v1/embeddings", embedding));
        all.add(new Json(
                "/tokenize", JSON.createObjectNode().put("model", model).put("prompt", "a b c")));
        ObjectNode ids = JSON.createObjectNode().put("model", model);
        ids.putArray("tokens").add(5).add(6);
        all.add(new Json("/detokenize", ids));
        all.add(new Json(
                "/v1/batches",
                JSON.createObjectNode()
                        .put("input_file_id", "file-none")
                        .put("endpoint", "/v1/chat/completions")
                        .put("completion_window", "24h")));
    }

    /** A form with a picture and some fields. */
    byte[] form(String boundary, byte[] picture) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        part(form, boundary, "name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png", picture);
        part(form, boundary, "name=\"max_tokens\"", "2".getBytes(StandardCharsets.US_ASCII));
        part(form, boundary, "name=\"temperature\"", "0".getBytes(StandardCharsets.US_ASCII));
        part(form, boundary, "name=\"stop\"", "x".getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return form.toByteArray();
    }

    /** A form with a file of lines for a batch. */
    byte[] upload(String boundary, byte[] lines) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        part(form, boundary, "name=\"purpose\"", "batch".getBytes(StandardCharsets.US_ASCII));
        part(form, boundary, "name=\"file\"; filename=\"a.jsonl\"\r\nContent-Type: application/jsonl", lines);
        form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return form.toByteArray();
    }

    private static void part(ByteArrayOutputStream form, String boundary, String head, byte[] body) {
        form.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(body);
        form.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
