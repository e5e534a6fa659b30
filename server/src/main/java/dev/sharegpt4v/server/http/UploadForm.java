package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.batch.FileRecord;
import dev.sharegpt4v.server.batch.FileStore;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.Expiry;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.fileupload2.core.FileItemInput;

/** The form of an upload; its file goes to the disk as it comes. Closed, what was not kept is gone. */
final class UploadForm implements AutoCloseable {

    /** What OpenAI lets callers upload for. */
    private static final Set<String> PURPOSES =
            Set.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");

    private static final String ANCHOR = "expires_after[anchor]";
    private static final String SECONDS = "expires_after[seconds]";
    private static final Set<String> FIELDS = Set.of("purpose", "expires_after", ANCHOR, SECONDS);
    private static final int MOST_FIELD_BYTES = 1 << 10;
    private static final int LONGEST_NAME = 255;
    /** As at OpenAI. */
    private static final long BATCH_SECONDS = 30 * 24 * 3600;

    private static final JsonMapper JSON = new JsonMapper();

    private final FileStore files;
    private final Map<String, String> fields = new HashMap<>();
    private Optional<FileStore.Arrival> arrival = Optional.empty();
    private String filename = "";

    private UploadForm(FileStore files) {
        this.files = files;
    }

    static UploadForm read(ServerRequest request, long maxBytes, FileStore files) {
        UploadForm form = new UploadForm(files);
        try {
            MultipartBody.read(request, maxBytes, form::part);
            return form;
        } catch (RuntimeException e) {
            form.close();
            throw e;
        }
    }

    private void part(FileItemInput part) throws IOException {
        String name = part.getFieldName() == null ? "" : part.getFieldName();
        try (InputStream input = part.getInputStream()) {
            if (name.equals("file")) {
                file(part, input);
            } else {
                field(name, input);
            }
        }
    }

    private void file(FileItemInput part, InputStream input) throws IOException {
        if (part.isFormField()) {
            throw ApiException.badRequest("invalid_type", "file", "'file' must be a file.");
        }
        if (arrival.isPresent()) {
            throw ApiException.badRequest("duplicate_parameter", "file", "'file' is given more than once.");
        }
        try {
            filename = plain(part.getName());
        } catch (InvalidPathException e) {
            throw ApiException.invalid("file", "The file's name holds what no name can.");
        }
        FileStore.Arrival coming = files.arrive(KeyCheck.caller());
        arrival = Optional.of(coming);
        coming.receive(input);
    }

    private void field(String name, InputStream input) throws IOException {
        if (!FIELDS.contains(name)) {
            throw ApiException.badRequest("unknown_parameter", name, "Unknown parameter: '" + name + "'.");
        }
        byte[] bytes = input.readNBytes(MOST_FIELD_BYTES + 1);
        if (bytes.length > MOST_FIELD_BYTES) {
            throw ApiException.badRequest("value_too_large", name, "'" + name + "' is too large.");
        }
        RequestBody.requireUtf8(bytes, name);
        if (fields.put(name, new String(bytes, StandardCharsets.UTF_8)) != null) {
            throw ApiException.badRequest("duplicate_parameter", name, "'" + name + "' is given more than once.");
        }
    }

    /** The last part of a path, without what no name should have. */
    private static String plain(String given) {
        String name = given == null ? "" : given;
        name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        name = name.replaceAll("[\\p{Cntrl}\"]", "_");
        return name.isBlank() ? "file" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    /** Makes the file one of the server's. */
    FileRecord keep() {
        String purpose = fields.get("purpose");
        if (purpose == null) {
            throw ApiException.missing("purpose");
        }
        if (!PURPOSES.contains(purpose)) {
            throw ApiException.invalid(
                    "purpose",
                    "Invalid value: '" + purpose + "'. Supported are " + String.join(", ", new TreeSet<>(PURPOSES))
                            + ".");
        }
        OptionalLong expires = expiresAfter();
        if (expires.isEmpty() && purpose.equals("batch")) {
            expires = OptionalLong.of(BATCH_SECONDS);
        }
        return arrival.orElseThrow(() -> ApiException.missing("file")).keep(filename, purpose, expires);
    }

    private OptionalLong expiresAfter() {
        String whole = fields.get("expires_after");
        if (whole != null) {
            return OptionalLong.of(Expiry.seconds(parsed("expires_after", whole), "expires_after"));
        }
        String anchor = fields.get(ANCHOR);
        String seconds = fields.get(SECONDS);
        if (anchor == null && seconds == null) {
            return OptionalLong.empty();
        }
        ObjectNode expiry = JSON.createObjectNode();
        expiry.put("anchor", anchor);
        expiry.set("seconds", seconds == null ? null : parsed(SECONDS, seconds));
        return OptionalLong.of(Expiry.seconds(expiry, "expires_after"));
    }

    private static JsonNode parsed(String name, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("invalid_type", name, "'" + name + "' is not valid.");
        }
    }

    @Override
    public void close() {
        arrival.ifPresent(FileStore.Arrival::close);
    }
}
