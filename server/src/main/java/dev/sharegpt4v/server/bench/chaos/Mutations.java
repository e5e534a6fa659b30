package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.bench.RequestForm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests that went wrong or are odd, by their number: the same number and seed give the same request, whoever asks.
 * Stateless, so any of them can be sent again alone.
 */
final class Mutations {

    private static final String BOUNDARY = "boundary-of-parts";
    private static final List<String> HEADS = List.of(
            "Content-Length: 5",
            "Content-Length: -1",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Content-Encoding: gzip",
            "Expect: 100-continue",
            "Host: b",
            "Connection: upgrade",
            "Upgrade: h2c",
            "X-Request-Id: \u0001",
            "Content-Type: text/plain",
            "Authorization: Bearer \u00e9",
            "Range: bytes=0-1",
            ": a",
            "a",
            " folded",
            "Accept: " + "a,".repeat(2000),
            "Origin: null",
            "Cookie: a=b");

    private static final JsonMapper ESCAPING =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final String CHAT = "/v1/chat/completions";
    private static final String CAPTIONS = "/v1/captions";
    private static final String FILES = "/v1/files";
    private static final List<String> STREAMS = List.of(CHAT, CHAT, "/v1/completions", "/v1/messages", "/v1/responses");
    private static final List<String> BOUND =
            List.of(CHAT, CHAT, CHAT, "/v1/completions", CAPTIONS, "/v1/messages", "/v1/responses");

    private final HttpText http;
    private final Originals originals;
    private final OddPictures pictures;
    private final OddDialogues dialogues;
    private final long seed;

    Mutations(HttpText http, String model, long seed) {
        this.http = http;
        this.originals = new Originals(model, seed);
        this.pictures = new OddPictures(seed);
        this.dialogues = new OddDialogues(pictures);
        this.seed = seed;
    }

    private SplittableRandom random(long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    }

    /** A well-formed request that asks for as much work as those that are odd. */
    byte[] original(long number) {
        SplittableRandom random = random(number);
        int of = random.nextInt(originals.all().size() + 1);
        if (of == originals.all().size()) {
            return form(originals.form(BOUNDARY, picture(random)), BOUNDARY);
        }
        Originals.Json from = originals.all().get(of);
        ObjectNode body = from.body().deepCopy();
        OddValues.work(body, from.path(), new Draw(random));
        return json(new Originals.Json(from.path(), body));
    }

    /** The request of a number. */
    Mutant mutant(long number) {
        SplittableRandom random = random(number);
        Draw draw = new Draw(random);
        int of = random.nextInt(100);
        if (of < 10) {
            Originals.Json from = pick(originals.all(), random);
            return Mutant.of(
                    Mutant.Kind.BYTES, from.path(), post(from.path(), ByteChanges.change(bytes(from.body()), random)));
        } else if (of < 25) {
            Originals.Json from = pick(originals.all(), random);
            return json(Mutant.Kind.JSON, from.path(), JsonChanges.change(from.body(), random));
        } else if (of < 33) {
            return image(random);
        } else if (of < 41) {
            return Mutant.of(Mutant.Kind.FORM, CAPTIONS, changedForm(random));
        } else if (of < 46) {
            return about(Mutant.Kind.URL, OddUrls.draw(random), random);
        } else if (of < 52) {
            return head(random);
        } else if (of < 66) {
            return odd(Mutant.Kind.VALUES, pick(originals.all(), random), OddValues::put, draw);
        } else if (of < 75) {
            return odd(Mutant.Kind.DIALOGUE, pick(originals.all(), random), dialogues::put, draw);
        } else if (of < 85) {
            return odd(Mutant.Kind.FORM_OF_ANSWER, some(BOUND, draw), OddForms::put, draw);
        } else if (of < 92) {
            return about(Mutant.Kind.PICTURE, dialogues.picture(draw), random);
        } else if (of < 97) {
            return leaving(draw);
        }
        return batch(draw);
    }

    /** Puts something into a request to a route. */
    private interface Oddity {
        void put(ObjectNode body, String path, Draw draw);
    }

    private Mutant odd(Mutant.Kind kind, Originals.Json from, Oddity oddity, Draw draw) {
        ObjectNode body = from.body().deepCopy();
        oddity.put(body, from.path(), draw);
        // One oddity often meets another only where both are there.
        if (kind != Mutant.Kind.VALUES && draw.oneIn(3)) {
            OddValues.put(body, from.path(), draw);
        }
        byte[] bytes = draw.oneIn(2) ? bytes(body) : escaped(body);
        return Mutant.of(kind, from.path(), post(from.path(), bytes));
    }

    private Originals.Json some(List<String> paths, Draw draw) {
        String path = draw.from(paths);
        return draw.from(originals.all().stream()
                .filter(original -> original.path().equals(path))
                .toList());
    }

    /** A stream, now and then a whole answer, whose reader goes at once, after the head, or in its middle. */
    private Mutant leaving(Draw draw) {
        Originals.Json from = some(STREAMS, draw);
        ObjectNode body = from.body().deepCopy();
        OddValues.put(body, from.path(), draw);
        if (!from.path().equals("/v1/responses")) {
            body.put("max_tokens", draw.between(20, 200));
        } else {
            body.put("max_output_tokens", draw.between(20, 200));
        }
        if (!draw.oneIn(5) && !body.has("use_beam_search")) {
            body.put("stream", true);
        }
        int reads = draw.oneIn(3) ? 0 : draw.between(1, 4000);
        return new Mutant(Mutant.Kind.LEAVING, from.path(), post(from.path(), bytes(body)), true, reads);
    }

    /** A file of lines, of which most are right; what is asked of it then is the client's. */
    private Mutant batch(Draw draw) {
        StringBuilder lines = new StringBuilder();
        for (int i = draw.between(1, 6); i > 0; i--) {
            ObjectNode body = some(List.of(CHAT), draw).body().deepCopy();
            switch (draw.between(0, 3)) {
                case 0 -> OddForms.put(body, CHAT, draw);
                case 1 -> dialogues.put(body, CHAT, draw);
                default -> OddValues.put(body, CHAT, draw);
            }
            body.remove(List.of("stream", "stream_options"));
            ObjectNode line = ESCAPING.createObjectNode();
            line.put("custom_id", draw.oneIn(30) ? OddTexts.draw(draw) : "line-" + i)
                    .put("method", "POST")
                    .put("url", CHAT)
                    .set("body", body);
            lines.append(line).append(draw.oneIn(40) ? "\r\n\n" : "\n");
        }
        byte[] file = lines.toString().getBytes(StandardCharsets.UTF_8);
        if (draw.oneIn(6)) {
            file = ByteChanges.change(file, draw.random());
        }
        byte[] form = originals.upload(BOUNDARY, file);
        return Mutant.of(
                Mutant.Kind.BATCH,
                FILES,
                http.request("POST", FILES, "multipart/form-data; boundary=" + BOUNDARY, form));
    }

    private Mutant json(Mutant.Kind kind, String path, JsonNode body) {
        return Mutant.of(kind, path, json(new Originals.Json(path, body)));
    }

    private Mutant about(Mutant.Kind kind, String url, SplittableRandom random) {
        return random.nextBoolean()
                ? json(kind, CHAT, originals.chat(url))
                : json(kind, CAPTIONS, originals.caption(url));
    }

    /** A damaged file, or a whole one in a damaged data URI. */
    private Mutant image(SplittableRandom random) {
        byte[] picture = random.nextBoolean() ? picture(random) : pictures.draw(new Draw(random));
        if (random.nextInt(4) > 0) {
            return about(Mutant.Kind.IMAGE, RequestForm.dataUri(ByteChanges.change(picture, random)), random);
        }
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
        byte[] damaged = ByteChanges.change(uri.getBytes(StandardCharsets.ISO_8859_1), random);
        return about(Mutant.Kind.IMAGE, new String(damaged, StandardCharsets.ISO_8859_1), random);
    }

    private byte[] changedForm(SplittableRandom random) {
        byte[] body = originals.form(BOUNDARY, picture(random));
        return switch (random.nextInt(4)) {
            case 0 ->
                form(
                        body,
                        new String(
                                        ByteChanges.change(BOUNDARY.getBytes(StandardCharsets.US_ASCII), random),
                                        StandardCharsets.ISO_8859_1)
                                .replaceAll("[\r\n\u0000]", "_"));
            case 1 -> form(originals.form(BOUNDARY, ByteChanges.change(picture(random), random)), BOUNDARY);
            default -> form(ByteChanges.change(body, random), BOUNDARY);
        };
    }

    /** The version stays: of another one the right answer is 505. */
    private Mutant head(SplittableRandom random) {
        byte[] whole = original(random.nextLong());
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int line = text.indexOf("\r\n") + 2;
        int end = text.indexOf("\r\n\r\n");
        String head = text.substring(line, end);
        String first = text.substring(0, line);
        String route = first.split(" ", 3)[1];
        switch (random.nextInt(4)) {
            case 0 -> head += "\r\n" + pick(HEADS, random);
            case 1 -> first = path(first, random);
            case 2 -> head = pick(HEADS, random) + "\r\n" + head;
            default ->
                head = new String(
                        ByteChanges.change(head.getBytes(StandardCharsets.ISO_8859_1), random),
                        StandardCharsets.ISO_8859_1);
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes((first + head).getBytes(StandardCharsets.ISO_8859_1));
        request.write(whole, end, whole.length - end);
        return new Mutant(Mutant.Kind.HEAD, route, request.toByteArray(), false, -1);
    }

    private static String path(String first, SplittableRandom random) {
        String[] words = first.split(" ", 3);
        byte[] changed = ByteChanges.change(words[1].getBytes(StandardCharsets.ISO_8859_1), random);
        String path = new String(changed, StandardCharsets.ISO_8859_1).replaceAll("[\r\n]", "_");
        String method = random.nextInt(4) > 0
                ? words[0]
                : pick(List.of("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "G(T"), random);
        return method + " " + path + " " + words[2];
    }

    private byte[] picture(SplittableRandom random) {
        return pick(originals.pictures(), random);
    }

    private static <T> T pick(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private byte[] json(Originals.Json request) {
        return post(request.path(), bytes(request.body()));
    }

    private static byte[] bytes(JsonNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** With all that is not ASCII in escapes, which is how half a character can be said. */
    private static byte[] escaped(JsonNode body) {
        try {
            return ESCAPING.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written. This is a bug.", e);
        }
    }

    private byte[] post(String path, byte[] body) {
        return http.request("POST", path, "application/json", body);
    }

    private byte[] form(byte[] body, String boundary) {
        return http.request("POST", CAPTIONS, "multipart/form-data; boundary=" + boundary, body);
    }
}
