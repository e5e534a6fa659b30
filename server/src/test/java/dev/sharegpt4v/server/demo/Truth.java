package dev.sharegpt4v.server.demo;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one held-out scene shows.
 *
 * @param file the picture
 * @param objects "size colour shape" and how many of them
 * @param contains what a right caption says besides
 * @param questions short questions
 */
record Truth(String file, Map<String, Integer> objects, List<String> contains, List<Question> questions) {

    private static final Pattern NAMED = Pattern.compile("there is a (\\w+ \\w+ \\w+)\\.");

    record Question(String question, String answer) {}

    /** The scenes that models/demo/training/make_evaluation.py rendered; none was seen in training. */
    static List<Truth> all() throws IOException {
        return new JsonMapper().readValue(resource("truth.json"), new TypeReference<List<Truth>>() {});
    }

    byte[] picture() throws IOException {
        return resource(file);
    }

    /** Every object named once with its size, colour and shape, nothing else named, and all else right. */
    boolean isToldBy(String caption) {
        Map<String, Integer> named = new HashMap<>();
        Matcher matcher = NAMED.matcher(caption);
        while (matcher.find()) {
            named.merge(matcher.group(1), 1, Integer::sum);
        }
        return named.equals(objects) && contains.stream().allMatch(caption::contains);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream input = Objects.requireNonNull(Truth.class.getResourceAsStream("/demo/" + name), name)) {
            return input.readAllBytes();
        }
    }
}
