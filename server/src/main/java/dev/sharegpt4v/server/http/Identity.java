package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import java.time.Clock;
import java.util.UUID;

/**
 * Under what name, since when and on which device this server answers.
 *
 * @param model the served name
 * @param version of the server
 * @param fingerprint of model and version
 * @param started seconds since 1970
 * @param clock for the answers' time
 * @param device that runs the model
 */
public record Identity(
        String model, String version, String fingerprint, long started, Clock clock, ServedDevice device) {

    void requireModel(String asked) {
        if (!asked.equals(model)) {
            throw ApiException.noModel(asked);
        }
    }

    WireWriter writer(String prefix) {
        return writerOf(prefix + UUID.randomUUID().toString().replace("-", ""));
    }

    /** A writer of answers with an id that the caller chose. */
    WireWriter writerOf(String id) {
        return new WireWriter(id, clock.instant().getEpochSecond(), model, fingerprint);
    }
}
