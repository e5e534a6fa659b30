package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sharegpt4v.server.batch.FileRecord;
import dev.sharegpt4v.server.batch.FileStore;
import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code /v1/files}: what clients leave here, in OpenAI's shape. */
final class FilesEndpoints {

    private static final int MOST_LISTED = 10_000;

    private final FileStore files;
    private final HttpLimits limits;
    private final AdmissionGate gate;

    FilesEndpoints(FileStore files, HttpLimits limits, AdmissionGate gate) {
        this.files = files;
        this.limits = limits;
        this.gate = gate;
    }

    void upload(ServerRequest request, ServerResponse response) {
        String type = RequestBody.mediaType(request);
        if (!type.equals("multipart/form-data")) {
            throw ApiException.exchange(
                    415, "unsupported_media_type", "Content-Type must be multipart/form-data, got '" + type + "'.");
        }
        try (AdmissionGate.Place _ = gate.enter();
                UploadForm form = UploadForm.read(request, limits.maxBodyBytes(), files)) {
            Answers.json(response, 200, form.keep().json());
        }
    }

    void list(ServerRequest request, ServerResponse response) {
        UriQuery query = request.query();
        Page page = Page.of(query, MOST_LISTED, MOST_LISTED);
        String purpose = query.first("purpose").orElse("");
        String order = query.first("order").orElse("desc");
        List<FileRecord> found = files.list(KeyCheck.caller()).stream()
                .filter(file -> purpose.isEmpty() || file.purpose().equals(purpose))
                .toList();
        List<FileRecord> ordered = switch (order) {
            case "asc" -> found;
            case "desc" -> found.reversed();
            default -> throw ApiException.invalid("order", "'order' must be 'asc' or 'desc'.");
        };
        Answers.json(
                response, 200, page.list(ordered.stream().map(FileRecord::json).toList()));
    }

    void describe(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, files.find(id(request), KeyCheck.caller()).json());
    }

    void delete(ServerRequest request, ServerResponse response) {
        String id = id(request);
        files.delete(id, KeyCheck.caller());
        Answers.json(
                response,
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", id)
                        .put("object", "file")
                        .put("deleted", true));
    }

    void content(ServerRequest request, ServerResponse response) {
        FileRecord file = files.find(id(request), KeyCheck.caller());
        try (InputStream input = Channels.newInputStream(files.content(file))) {
            response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
            response.header(HeaderNames.CONTENT_LENGTH, Long.toString(file.bytes()));
            response.header(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + ascii(file.filename()) + "\"");
            if (file.bytes() == 0) {
                response.send();
                return;
            }
            try (OutputStream output = response.outputStream()) {
                input.transferTo(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ascii(String name) {
        return new String(name.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }

    private static String id(ServerRequest request) {
        return request.path().pathParameters().get("file_id");
    }
}
