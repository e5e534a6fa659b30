package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A batch as it is kept and told.
 *
 * @param number of the batch in the order in which batches came
 * @param id by which it is asked for
 * @param order what its caller ordered
 * @param status where it stands
 * @param moments when it reached which status, in seconds since 1970
 * @param expiresAt when unanswered lines are given up, in seconds since 1970
 * @param total lines of its input; 0 until they were counted
 * @param tally what they came to
 * @param errors why it could not run
 * @param model that answers its lines: what their first name is, or the server's first
 * @param outputFile id of the file of completed lines
 * @param errorFile id of the file of all others
 */
record BatchRecord(
        long number,
        String id,
        BatchOrder order,
        BatchStatus status,
        Map<BatchStatus, Long> moments,
        long expiresAt,
        int total,
        Tally tally,
        List<BatchError> errors,
        String model,
        Optional<String> outputFile,
        Optional<String> errorFile) {

    static final String PREFIX = "batch_";

    private static final JsonMapper JSON = new JsonMapper();

    BatchRecord {
        moments = Map.copyOf(moments);
        errors = List.copyOf(errors);
    }

    /** A batch that was just ordered. */
    static BatchRecord ordered(long number, BatchOrder order, String model, long now) {
        return new BatchRecord(
                number,
                Ids.fresh(PREFIX),
                order,
                BatchStatus.VALIDATING,
                Map.of(BatchStatus.VALIDATING, now),
                now + BatchOrder.WINDOW_SECONDS,
                0,
                Tally.NONE,
                List.of(),
                model,
                Optional.empty(),
                Optional.empty());
    }

    BatchRecord at(BatchStatus reached, long now) {
        Map<BatchStatus, Long> moment = new EnumMap<>(moments);
        moment.put(reached, now);
        return new BatchRecord(
                number, id, order, reached, moment, expiresAt, total, tally, errors, model, outputFile, errorFile);
    }

    /** The same with what its input says. */
    BatchRecord with(InputLines lines) {
        String asked = lines.model().isEmpty() ? model : lines.model();
        return new BatchRecord(
                number,
                id,
                order,
                status,
                moments,
                expiresAt,
                lines.count(),
                tally,
                errors,
                asked,
                outputFile,
                errorFile);
    }

    BatchRecord withTally(Tally so) {
        return new BatchRecord(
                number, id, order, status, moments, expiresAt, total, so, errors, model, outputFile, errorFile);
    }

    BatchRecord withErrors(List<BatchError> found) {
        return new BatchRecord(
                number, id, order, status, moments, expiresAt, total, tally, found, model, outputFile, errorFile);
    }

    BatchRecord withFiles(Optional<String> output, Optional<String> error) {
        return new BatchRecord(
                number, id, order, status, moments, expiresAt, total, tally, errors, model, output, error);
    }

    /** OpenAI's batch object. */
    ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", id);
        node.put("object", "batch");
        node.put("endpoint", order.endpoint());
        node.put("model", model);
        node.set("errors", errorList());
        node.put("input_file_id", order.inputFile());
        node.put("completion_window", BatchOrder.WINDOW);
        node.put("status", status.wireName());
        node.put("output_file_id", outputFile.orElse(null));
        node.put("error_file_id", errorFile.orElse(null));
        node.put("created_at", moments.get(BatchStatus.VALIDATING));
        node.put("expires_at", expiresAt);
        for (BatchStatus each : BatchStatus.values()) {
            if (each != BatchStatus.VALIDATING) {
                node.put(each.moment(), moments.get(each));
            }
        }
        ObjectNode counts = node.putObject("request_counts");
        counts.put("total", total);
        counts.put("completed", tally.completed());
        counts.put("failed", tally.failed());
        node.set("usage", usage());
        node.set(
                "metadata",
                order.metadata().isPresent() ? JSON.valueToTree(order.metadata().get()) : null);
        return node;
    }

    private JsonNode errorList() {
        if (errors.isEmpty()) {
            return JSON.nullNode();
        }
        ObjectNode list = JSON.createObjectNode();
        list.put("object", "list");
        for (BatchError error : errors) {
            ObjectNode entry = list.withArray("data").addObject();
            entry.put("code", error.code());
            entry.put("message", error.message());
            entry.put("param", error.param().isEmpty() ? null : error.param());
            if (error.line() == 0) {
                entry.putNull("line");
            } else {
                entry.put("line", error.line());
            }
        }
        return list;
    }

    private ObjectNode usage() {
        ObjectNode usage = JSON.createObjectNode();
        usage.put("input_tokens", tally.inputTokens());
        usage.putObject("input_tokens_details").put("cached_tokens", tally.cachedTokens());
        usage.put("output_tokens", tally.outputTokens());
        usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
        usage.put("total_tokens", tally.inputTokens() + tally.outputTokens());
        return usage;
    }

    byte[] stored() throws IOException {
        ObjectNode node = json().put("number", number);
        order.outputExpiresAfter().ifPresent(seconds -> node.put("output_expires_after", seconds));
        return JSON.writeValueAsBytes(order.owner().addTo(node));
    }

    /** Reads what {@link #stored()} wrote. */
    static BatchRecord of(byte[] stored) throws IOException {
        JsonNode node = JSON.readTree(stored);
        try {
            String id = node.path("id").asText();
            Map<BatchStatus, Long> moments = new EnumMap<>(BatchStatus.class);
            for (BatchStatus each : BatchStatus.values()) {
                if (node.hasNonNull(each.moment())) {
                    moments.put(each, node.path(each.moment()).asLong());
                }
            }
            if (!Ids.isOne(PREFIX, id) || !moments.containsKey(BatchStatus.VALIDATING)) {
                throw new IOException("not the description of a batch");
            }
            return new BatchRecord(
                    node.path("number").asLong(),
                    id,
                    order(node),
                    BatchStatus.of(node.path("status").asText()),
                    moments,
                    node.path("expires_at").asLong(),
                    node.at("/request_counts/total").asInt(),
                    tally(node),
                    errors(node),
                    node.path("model").asText(),
                    text(node, "output_file_id"),
                    text(node, "error_file_id"));
        } catch (IllegalArgumentException e) {
            throw new IOException("not the description of a batch", e);
        }
    }

    private static BatchOrder order(JsonNode node) {
        Optional<Map<String, String>> metadata = Optional.empty();
        if (node.path("metadata").isObject()) {
            Map<String, String> pairs = new LinkedHashMap<>();
            node.path("metadata")
                    .properties()
                    .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
            metadata = Optional.of(pairs);
        }
        return new BatchOrder(
                node.path("input_file_id").asText(),
                node.path("endpoint").asText(),
                metadata,
                node.has("output_expires_after")
                        ? OptionalLong.of(node.path("output_expires_after").asLong())
                        : OptionalLong.empty(),
                Owner.in(node));
    }

    private static Tally tally(JsonNode node) {
        return new Tally(
                node.at("/request_counts/completed").asInt(),
                node.at("/request_counts/failed").asInt(),
                node.at("/usage/input_tokens").asLong(),
                node.at("/usage/input_tokens_details/cached_tokens").asLong(),
                node.at("/usage/output_tokens").asLong());
    }

    private static List<BatchError> errors(JsonNode node) {
        List<BatchError> errors = new ArrayList<>();
        for (JsonNode entry : node.at("/errors/data")) {
            errors.add(new BatchError(
                    entry.path("code").asText(),
                    entry.path("message").asText(),
                    text(entry, "param").orElse(""),
                    entry.path("line").asInt()));
        }
        return errors;
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.hasNonNull(name) ? Optional.of(node.path(name).asText()) : Optional.empty();
    }
}
