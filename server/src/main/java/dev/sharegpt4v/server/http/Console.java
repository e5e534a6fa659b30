package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pages for people: the console at {@code /} and the server's state at {@code /status}, from {@code console/} beside this
 * class. They hold nothing of this server, so they need no key; what they ask for does.
 */
final class Console {

    private static final String FILES = "/console/";
    private static final HeaderName CONTENT_SECURITY_POLICY = HeaderNames.create("content-security-policy");
    private static final HeaderName OPENER_POLICY = HeaderNames.create("cross-origin-opener-policy");
    private static final HeaderName RESOURCE_POLICY = HeaderNames.create("cross-origin-resource-policy");
    private static final HeaderName PERMISSIONS_POLICY = HeaderNames.create("permissions-policy");
    /** Nothing from elsewhere, nothing inline; thumbnails are blobs, the icon is a data URI. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static final Map<String, String> TYPES = Map.of("html", HTML, "css", CSS, "js", SCRIPT);

    /** Names of files by path. */
    private static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("/", "index.html"),
            Map.entry("/status", "status.html"),
            part("console.css"),
            part("console.js"),
            part("composer.js"),
            part("events.js"),
            part("key.js"),
            part("request.js"),
            part("server.js"),
            part("snippets.js"),
            part("status.js"),
            part("metrics.js"));

    /** By file, each read when it is asked for. */
    private final Map<String, Asset> assets = new ConcurrentHashMap<>();

    private static Map.Entry<String, String> part(String file) {
        return Map.entry(FILES + file, file);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", (request, response) -> send(request, response, "/")),
                Route.get("/status", (request, response) -> send(request, response, "/status")),
                Route.get(FILES + "{file}", this::file));
    }

    /** What may be read without a key. */
    Set<String> paths() {
        return PATHS.keySet();
    }

    private void file(ServerRequest request, ServerResponse response) {
        send(request, response, FILES + request.path().pathParameters().get("file"));
    }

    private void send(ServerRequest request, ServerResponse response, String path) {
        String file = PATHS.get(path);
        if (file == null) {
            throw ApiException.exchange(404, "not_found", "There is nothing at " + path + ".");
        }
        Asset asset = assets.computeIfAbsent(file, Asset::read);
        // The browser keeps it and asks each time whether it is still the same.
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.ETAG, asset.tag());
        response.header(CONTENT_SECURITY_POLICY, POLICY);
        response.header(OPENER_POLICY, "same-origin");
        response.header(RESOURCE_POLICY, "same-origin");
        response.header(PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()");
        if (isKept(request.headers(), asset.tag())) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, asset.type());
        Answers.send(response, asset.bytes());
    }

    /** Whether the browser has it already. Source: RFC 9110, section 13.1.2, with weak comparison. */
    private static boolean isKept(Headers headers, String tag) {
        Optional<String> kept = headers.first(HeaderNames.IF_NONE_MATCH);
        return kept.isPresent()
                && (kept.get().strip().equals("*")
                        || Arrays.stream(kept.get().split(",", -1))
                                .map(String::strip)
                                .map(each -> each.startsWith("W/") ? each.substring(2) : each)
                                .anyMatch(tag::equals));
    }

    /** A file that is sent as it is. */
    private record Asset(String type, String tag, byte[] bytes) {

        static Asset read(String file) {
            String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), HTML);
            try (InputStream input = Console.class.getResourceAsStream("console/" + file)) {
                if (input == null) {
                    throw new IllegalStateException("console/" + file + " is not in the jar. This is a bug.");
                }
                byte[] bytes = input.readAllBytes();
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
                return new Asset(type, '"' + HexFormat.of().formatHex(hash, 0, 12) + '"', bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every JDK has SHA-256. This is a bug.", e);
            }
        }
    }
}
