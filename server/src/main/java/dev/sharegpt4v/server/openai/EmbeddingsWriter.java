package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Builds the answer of {@code /v1/embeddings}. */
public final class EmbeddingsWriter {

    private static final JsonMapper MAPPER = new JsonMapper();

    private EmbeddingsWriter() {}

    /**
     * A whole answer.
     *
     * @param positions of all inputs together
     */
    public static JsonNode embeddings(String model, List<float[]> vectors, boolean base64, int positions) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("object", "list");
        ArrayNode data = root.putArray("data");
        for (float[] vector : vectors) {
            ObjectNode entry = MAPPER.createObjectNode();
            entry.put("object", "embedding");
            entry.put("index", data.size());
            if (base64) {
                entry.put("embedding", encoded(vector));
            } else {
                ArrayNode numbers = entry.putArray("embedding");
                for (float value : vector) {
                    numbers.add(value);
                }
            }
            data.add(entry);
        }
        root.put("model", model);
        root.putObject("usage").put("prompt_tokens", positions).put("total_tokens", positions);
        return root;
    }

    /** Single-precision numbers, little-endian, as at OpenAI. */
    private static String encoded(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
