package dev.sharegpt4v.server.openai;

import java.util.List;

/** The strings that end an answer. */
final class StopFields {

    static final int MOST = 16;
    /** In UTF-16 units; a table as long is made of each. */
    static final int LONGEST = 4096;

    private StopFields() {}

    /** None where the member is not there. */
    static List<String> read(JsonFields fields, String name) {
        if (!fields.has(name)) {
            return List.of();
        }
        List<String> stops = fields.texts(name);
        if (stops.size() > MOST || stops.stream().anyMatch(stop -> stop.isEmpty() || stop.length() > LONGEST)) {
            throw ApiException.invalid(
                    name,
                    "'%s' must be at most %d strings, none of them empty or of more than %d characters."
                            .formatted(name, MOST, LONGEST));
        }
        return stops;
    }
}
