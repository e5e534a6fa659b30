package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.bench.RequestForm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests that went wrong, by their number: the same number and seed give the same request, whoever asks. Stateless, so any
 * of them can be sent again alone.
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

    private final HttpText http;
    private final Originals originals;
    private final long seed;

    Mutations(HttpText http, String model, long seed) {
        this.http = http;
        this.originals = new Originals(model, seed);
        this.seed = seed;
    }

    private SplittableRandom random(long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    }

    /** The request of a number as it is before it goes wrong. */
    byte[] original(long number) {
        SplittableRandom random = random(number);
        int of = random.nextInt(originals.all().size() + 1);
        return of == originals.all().size()
                ? form(originals.form(BOUNDARY, picture(random)), BOUNDARY)
                : json(originals.all().get(of));
    }

    /** The request of a number. */
    Mutant mutant(long number) {
        SplittableRandom random = random(number);
        int of = random.nextInt(100);
        if (of < 20) {
            Originals.Json from = pick(originals.all(), random);
            byte[] body = bytes(from.body());
            return framed(Mutant.Kind.BYTES, post(from.path(), ByteChanges.change(body, random)));
        } else if (of < 50) {
            Originals.Json from = pick(originals.all(), random);
            return framed(
                    Mutant.Kind.JSON, json(new Originals.Json(from.path(), JsonChanges.change(from.body(), random))));
        } else if (of < 65) {
            return framed(Mutant.Kind.IMAGE, image(random));
        } else if (of < 80) {
            return framed(Mutant.Kind.FORM, changedForm(random));
        } else if (of < 90) {
            String url = OddUrls.draw(random);
            return framed(Mutant.Kind.URL, about(url, random));
        }
        return new Mutant(Mutant.Kind.HEAD, head(random), false);
    }

    private static Mutant framed(Mutant.Kind kind, byte[] request) {
        return new Mutant(kind, request, true);
    }

    private byte[] about(String url, SplittableRandom random) {
        return random.nextBoolean()
                ? json(new Originals.Json("/v1/chat/completions", originals.chat(url)))
                : json(new Originals.Json("/v1/captions", originals.caption(url)));
    }

    /** A damaged file, or a whole one in a damaged data URI. */
    private byte[] image(SplittableRandom random) {
        byte[] picture = picture(random);
        if (random.nextInt(4) > 0) {
            return about(RequestForm.dataUri(ByteChanges.change(picture, random)), random);
        }
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
        byte[] damaged = ByteChanges.change(uri.getBytes(StandardCharsets.ISO_8859_1), random);
        return about(new String(damaged, StandardCharsets.ISO_8859_1), random);
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
    private byte[] head(SplittableRandom random) {
        byte[] whole = original(random.nextLong());
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int line = text.indexOf("\r\n") + 2;
        int end = text.indexOf("\r\n\r\n");
        String head = text.substring(line, end);
        String first = text.substring(0, line);
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
        return request.toByteArray();
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

    private byte[] post(String path, byte[] body) {
        return http.request("POST", path, "application/json", body);
    }

    private byte[] form(byte[] body, String boundary) {
        return http.request("POST", "/v1/captions", "multipart/form-data; boundary=" + boundary, body);
    }
}
