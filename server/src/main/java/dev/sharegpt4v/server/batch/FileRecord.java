package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * A file that is kept; its content stands beside it.
 *
 * @param number of the file in the order in which files came
 * @param id by which it is asked for
 * @param bytes of its content
 * @param createdAt seconds since 1970
 * @param expiresAt seconds since 1970; never when empty
 * @param filename as the caller named it
 * @param purpose OpenAI's word for what it is for
 * @param owner who may see it
 */
public record FileRecord(
        long number,
        String id,
        long bytes,
        long createdAt,
        OptionalLong expiresAt,
        String filename,
        String purpose,
        Owner owner) {

    static final String PREFIX = "file-";

    private static final JsonMapper JSON = new JsonMapper();

    boolean isExpired(long now) {
        return expiresAt.isPresent() && expiresAt.getAsLong() <= now;
    }

    /** OpenAI's file object. */
    public ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", id);
        node.put("object", "file");
        node.put("bytes", bytes);
        node.put("created_at", createdAt);
        expiresAt.ifPresent(seconds -> node.put("expires_at", seconds));
        node.put("filename", filename);
        node.put("purpose", purpose);
        node.put("status", "processed");
        return node;
    }

    byte[] stored() throws IOException {
        return JSON.writeValueAsBytes(owner.addTo(json().put("number", number)));
    }

    /** Reads what {@link #stored()} wrote. */
    static FileRecord of(byte[] stored) throws IOException {
        JsonNode node = JSON.readTree(stored);
        JsonNode expires = node.path("expires_at");
        FileRecord record = new FileRecord(
                node.path("number").asLong(),
                node.path("id").asText(),
                node.path("bytes").asLong(-1),
                node.path("created_at").asLong(),
                expires.isIntegralNumber() ? OptionalLong.of(expires.asLong()) : OptionalLong.empty(),
                node.path("filename").asText(),
                node.path("purpose").asText(),
                Owner.in(node));
        if (!Ids.isOne(PREFIX, record.id) || record.bytes < 0) {
            throw new IOException("not the description of a file");
        }
        return record;
    }
}
