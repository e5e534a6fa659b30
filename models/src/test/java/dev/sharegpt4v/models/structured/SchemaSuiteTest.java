package dev.sharegpt4v.models.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The public suites: every valid instance can be said, no invalid one can, and what is refused is known. */
final class SchemaSuiteTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper DOUBLES = new JsonMapper();

    private final TreeMap<String, Integer> refused = new TreeMap<>();
    private final TreeSet<String> wrong = new TreeSet<>();
    private int valid;
    private int invalid;

    @Test
    void theStandardSuite() throws IOException {
        run(files("json-schema/draft2020-12", false), false);
        assertThat(wrong).isEmpty();
        assertThat(valid).isGreaterThan(1000);
        assertThat(invalid).isGreaterThan(600);
        assertThat(refused)
                .isEqualTo(Map.of(
                        "defs.json /$ref", 1,
                        "dynamicRef.json /$dynamicRef", 4,
                        "dynamicRef.json /$ref", 3,
                        "not.json /unevaluatedProperties", 1,
                        "uniqueItems.json /uniqueItems", 2));
    }

    @Test
    void theOptionalSuite() throws IOException {
        List<Path> files = new ArrayList<>(files("json-schema/draft2020-12", true));
        files.removeIf(file -> file.toString().contains("format"));
        run(files, false);
        // A whole number so large that it is written with an exponent is no multiple that could be told.
        assertThat(wrong).allMatch(line -> line.startsWith("float-overflow.json"));
        assertThat(valid).isGreaterThan(120);
        assertThat(refused).hasSizeLessThan(3);
    }

    @Test
    void formatsOfStrings() throws IOException {
        run(files("json-schema/draft2020-12/optional/format", true), true);
        TreeMap<String, Integer> perFile = new TreeMap<>();
        wrong.forEach(line -> perFile.merge(line.substring(0, line.indexOf(':')), 1, Integer::sum));
        // Of these formats nothing is enforced; the first is about what else stands in expressions.
        assertThat(perFile.keySet())
                .isSubsetOf(
                        "ecmascript-regex.json",
                        "idn-email.json",
                        "idn-hostname.json",
                        "regex.json",
                        "uri-template.json");
        assertThat(wrong).noneMatch(line -> line.contains(": valid "));
        assertThat(valid).isGreaterThan(300);
    }

    @Test
    void schemasOfRealPrograms() throws IOException {
        run(List.of(SharedData.path("json-schema/maskbench-sample.json")), false);
        assertThat(wrong).isEmpty();
        assertThat(refused).isEqualTo(Map.of("maskbench-sample.json /patternProperties", 1));
    }

    private static List<Path> files(String folder, boolean optional) throws IOException {
        try (Stream<Path> all = Files.walk(SharedData.path(folder))) {
            return all.filter(file ->
                            file.toString().endsWith(".json") && file.toString().contains("optional") == optional)
                    .sorted()
                    .toList();
        }
    }

    private void run(List<Path> files, boolean strings) throws IOException {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            StructureCompiler compiler = new StructureCompiler(tokenizer);
            for (Path file : files) {
                for (JsonNode group : JSON.readTree(file.toFile())) {
                    if (strings) {
                        ((ObjectNode) group.get("schema")).put("type", "string");
                    }
                    run(compiler, file.getFileName().toString(), group, strings);
                }
            }
        }
    }

    private void run(StructureCompiler compiler, String file, JsonNode group, boolean strings) throws IOException {
        GrammarConstraint constraint;
        try {
            constraint = compiler.schema(group.get("schema"), JsonStyle.USUAL);
        } catch (StructureException e) {
            boolean nothingIsValid = Stream.iterate(
                            0, i -> i < group.get("tests").size(), i -> i + 1)
                    .noneMatch(i -> group.get("tests").get(i).get("valid").booleanValue());
            if (!nothingIsValid) {
                refused.merge(
                        file + " " + e.place().substring(Math.max(0, e.place().lastIndexOf('/'))), 1, Integer::sum);
            }
            return;
        }
        for (JsonNode test : group.get("tests")) {
            if (strings && !test.get("data").isTextual()) {
                continue;
            }
            boolean expected = test.get("valid").booleanValue();
            for (String text : texts(test.get("data"))) {
                boolean said = constraint.matches(text.getBytes(StandardCharsets.UTF_8));
                valid += expected ? 1 : 0;
                invalid += expected ? 0 : 1;
                if (said != expected) {
                    wrong.add(file + ": " + group.path("description").asText("") + ": "
                            + test.path("description").asText("") + ": " + (expected ? "valid " : "invalid ") + text);
                }
            }
        }
    }

    /** The usual ways to write a value down. */
    private static List<String> texts(JsonNode data) throws JsonProcessingException {
        List<String> texts = new ArrayList<>();
        texts.add(JSON.writeValueAsString(data));
        texts.add(DOUBLES.writeValueAsString(DOUBLES.readTree(JSON.writeValueAsString(data))));
        texts.add(JSON.writer(new DefaultPrettyPrinter()).writeValueAsString(data));
        return texts;
    }
}
