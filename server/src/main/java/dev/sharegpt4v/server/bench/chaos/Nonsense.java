package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** Requests that a server must refuse by a typed error, whatever else it does. */
final class Nonsense {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int BOMB_SIDE = 60_000;

    private Nonsense() {}

    /** One errand of each kind. */
    static List<Errand> all(HttpText http, String model, byte[] jpeg) {
        Map<String, byte[]> requests = new LinkedHashMap<>();
        bodies(http, model, requests);
        pictures(http, model, jpeg, requests);
        exchanges(http, requests);
        List<Errand> errands = new ArrayList<>();
        requests.forEach(
                (what, request) -> errands.add(new Errand(Manner.SENDS_NONSENSE, request, what, Optional.empty())));
        return errands;
    }

    private static void bodies(HttpText http, String model, Map<String, byte[]> to) {
        String good = question(model).toString();
        to.put("JSON cut off", http.chat(good.substring(0, good.length() / 2)));
        to.put("no JSON", http.chat("a picture, please"));
        to.put("an empty body", http.chat(""));
        to.put("an unknown member", http.chat(question(model).put("flavour", 1).toString()));
        to.put(
                "a word for a number",
                http.chat(question(model).put("temperature", "hot").toString()));
        to.put(
                "a negative length",
                http.chat(question(model).put("max_tokens", -1).toString()));
        to.put("an unknown model", http.chat(question("no/such-model").toString()));
        ObjectNode silent = question(model);
        silent.putArray("messages");
        to.put("no messages", http.chat(silent.toString()));
        ObjectNode long20 = question(model);
        ask(long20, "blue ".repeat(40_000));
        to.put("a prompt beyond the context", http.chat(long20.toString()));
        to.put("deep nesting", http.chat("[".repeat(5_000) + "]".repeat(5_000)));
        to.put("broken UTF-8", http.chat(new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'}));
    }

    private static void pictures(HttpText http, String model, byte[] jpeg, Map<String, byte[]> to) {
        to.put("broken base64", http.chat(picture(model, "data:image/png;base64,????")));
        to.put(
                "noise for a picture",
                http.chat(picture(model, uri("no picture at all".getBytes(StandardCharsets.US_ASCII)))));
        to.put("half a JPEG header", http.chat(picture(model, uri(Arrays.copyOf(jpeg, 30)))));
        to.put("a picture too large to decode", http.chat(picture(model, uri(bomb()))));
        to.put("a picture of another scheme", http.chat(picture(model, "ftp://127.0.0.1/a.png")));
        ObjectNode many = question(model);
        var content = many.putArray("messages").addObject().put("role", "user").putArray("content");
        for (int i = 0; i < 400; i++) {
            content.addObject()
                    .put("type", "image_url")
                    .putObject("image_url")
                    .put("url", "data:image/png;base64,AAAA");
        }
        to.put("400 pictures", http.chat(many.toString()));
    }

    private static void exchanges(HttpText http, Map<String, byte[]> to) {
        to.put("a wrong method", http.request("DELETE", "/v1/chat/completions", "application/json", new byte[0]));
        to.put("an unknown path", http.request("GET", "/v1/nothing/here", "application/json", new byte[0]));
        to.put("a wrong content type", http.request("POST", "/v1/chat/completions", "text/html", new byte[2]));
        to.put("no HTTP", "\u0016\u0003\u0001 hello\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        to.put(
                "a length that is no number",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        to.put(
                "a chunk without size",
                ("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        to.put(
                "headers without end",
                ("GET /v1/models HTTP/1.1\r\nHost: a\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static ObjectNode question(String model) {
        ObjectNode body = JSON.createObjectNode().put("model", model).put("max_tokens", 4);
        ask(body, "What is it?");
        return body;
    }

    private static void ask(ObjectNode body, String words) {
        body.putArray("messages").addObject().put("role", "user").put("content", words);
    }

    private static String picture(String model, String url) {
        ObjectNode body = question(model);
        body.putArray("messages")
                .addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", url);
        return body.toString();
    }

    private static String uri(byte[] file) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(file);
    }

    /** A PNG of a few bytes that says it has billions of pixels. */
    static byte[] bomb() {
        ByteBuffer header = ByteBuffer.allocate(17);
        header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(BOMB_SIDE).putInt(BOMB_SIDE);
        header.put((byte) 8).put((byte) 2).put((byte) 0).put((byte) 0).put((byte) 0);
        CRC32 sum = new CRC32();
        sum.update(header.array());
        ByteBuffer file = ByteBuffer.allocate(8 + 4 + 17 + 4);
        file.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13);
        return file.put(header.array()).putInt((int) sum.getValue()).array();
    }
}
