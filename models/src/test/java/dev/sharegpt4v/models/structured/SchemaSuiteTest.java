package dev.sharegpt4v.models.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.util.Set;
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
        Path folder = SharedData.path("json-schema/draft2020-12");
        run(files(folder, false));
        report("standard");
        assertThat(wrong).isEqualTo(Set.of());
    }

    @Test
    void theOptionalSuite() throws IOException {
        Path folder = SharedData.path("json-schema/draft2020-12");
        run(files(folder, true));
        report("optional");
    }

    @Test
    void schemasOfRealPrograms() throws IOException {
        run(List.of(SharedData.path("json-schema/maskbench-sample.json")));
        report("real");
        assertThat(wrong).isEqualTo(Set.of());
    }

    private void report(String name) {
        assertThat(valid + invalid).as(name).isPositive();
    }

    private static List<Path> files(Path folder, boolean optional) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file ->
                            file.toString().endsWith(".json") && file.toString().contains("optional") == optional)
                    .sorted()
                    .toList();
        }
    }

    private void run(List<Path> files) throws IOException {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            StructureCompiler compiler = new StructureCompiler(tokenizer);
            for (Path file : files) {
                for (JsonNode group : JSON.readTree(file.toFile())) {
                    run(compiler, file.getFileName().toString(), group);
                }
            }
        }
    }

    private void run(StructureCompiler compiler, String file, JsonNode group) throws IOException {
        GrammarConstraint constraint;
        try {
            constraint = compiler.schema(group.get("schema"), JsonStyle.USUAL);
        } catch (StructureException e) {
            boolean nothingIsValid = Stream.iterate(
                            0, i -> i < group.get("tests").size(), i -> i + 1)
                    .noneMatch(i -> group.get("tests").get(i).get("valid").booleanValue());
            if (!nothingIsValid) {
                refused.merge(
                        file + " " + group.path("description").asText("") + " " + e.place() + " " + e.getMessage(),
                        1,
                        Integer::sum);
            }
            return;
        }
        for (JsonNode test : group.get("tests")) {
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
