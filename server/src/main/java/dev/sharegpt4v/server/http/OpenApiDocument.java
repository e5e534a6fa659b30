package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** {@code GET /openapi.json}: every route in the terms of OpenAPI 3.1, from {@code openapi.json} beside this class. */
final class OpenApiDocument implements Handler {

    private final String version;
    private volatile @Nullable JsonNode document;

    OpenApiDocument(String version) {
        this.version = version;
    }

    private static JsonNode read(String version) {
        try (InputStream input = OpenApiDocument.class.getResourceAsStream("openapi.json")) {
            if (input == null) {
                throw new IllegalStateException("openapi.json is not in the jar. This is a bug.");
            }
            JsonNode document = new JsonMapper().readTree(input);
            ((ObjectNode) document.path("info")).put("version", version);
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        JsonNode known = document;
        if (known == null) {
            known = read(version);
            document = known;
        }
        Answers.json(response, 200, known);
    }
}
