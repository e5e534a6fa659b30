package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.SpecVersionDetector;
import com.networknt.schema.ValidationMessage;
import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the demo model says under the schemas of the public suites, hot and at random, by a validator that is not ours. {@code
 * -Dsharegpt4v.samples=1000} draws more than the usual hundred.
 */
final class SchemaSamplesTest {

    private static final int SAMPLES = Integer.getInteger("sharegpt4v.samples", 100);
    private static final int AT_ONCE = 16;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final Queue<String> WRONG = new ConcurrentLinkedQueue<>();

    private enum Verdict {
        VALID,
        CUT_SHORT,
        REFUSED,
        UNJUDGED,
        WRONG
    }

    @Test
    void everyCompleteSampleIsValidAgainstItsSchema(@TempDir Path folder) throws Exception {
        List<JsonNode> schemas = schemas();
        List<Verdict> verdicts = new ArrayList<>();
        try (DemoServer server = new DemoServer(folder.resolve("package"));
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Verdict>> samples = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                // A prime step visits all schemas before one comes again.
                JsonNode schema = schemas.get((int) (i * 7919L % schemas.size()));
                int seed = i;
                Callable<Verdict> sample = () -> sample(server, schema, seed);
                samples.add(threads.submit(sample));
            }
            for (Future<Verdict> sample : samples) {
                verdicts.add(sample.get());
            }
        }
        assertThat(WRONG).isEmpty();
        long valid = verdicts.stream().filter(Verdict.VALID::equals).count();
        long refused = verdicts.stream().filter(Verdict.REFUSED::equals).count();
        long unjudged = verdicts.stream().filter(Verdict.UNJUDGED::equals).count();
        System.out.printf(
                "%d samples: %d valid, %d of refused schemas, %d not judged, %d cut short%n",
                SAMPLES, valid, refused, unjudged, SAMPLES - valid - refused - unjudged);
        assertThat(valid).isGreaterThan(SAMPLES / 2);
        assertThat(refused + unjudged).isLessThan(SAMPLES / 8);
    }

    private static Verdict sample(DemoServer server, JsonNode schema, int seed)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode message = body.putArray("messages").addObject();
        message.put("role", "user").put("content", "Answer in JSON.");
        body.put("temperature", 1.5)
                .put("top_p", 1)
                .put("top_k", 0)
                .put("seed", seed)
                .put("max_tokens", 128);
        ObjectNode format = body.putObject("response_format").put("type", "json_schema");
        format.putObject("json_schema").put("name", "suite").set("schema", schema);
        JsonNode answer = server.chat(body);
        if (answer.has("error")) {
            boolean known = answer.at("/error/code").asText("").equals("unsupported_schema");
            return known ? Verdict.REFUSED : wrong(answer + " for " + schema);
        }
        String text = answer.at("/choices/0/message/content").textValue();
        String reason = answer.at("/choices/0/finish_reason").textValue();
        if (reason.equals("length")) {
            return Verdict.CUT_SHORT;
        }
        try {
            Set<ValidationMessage> mistakes = validator(schema).validate(JSON.readTree(text));
            return reason.equals("stop") && mistakes.isEmpty()
                    ? Verdict.VALID
                    : wrong("'" + text + "' under " + schema + ": " + reason + " " + mistakes);
        } catch (JsonSchemaException e) {
            // The validator does not follow each reference that the standard allows.
            return Verdict.UNJUDGED;
        } catch (JsonProcessingException e) {
            return wrong("'" + text + "' is no JSON, under " + schema);
        }
    }

    private static Verdict wrong(String what) {
        WRONG.add(what);
        return Verdict.WRONG;
    }

    private static JsonSchema validator(JsonNode told) throws JsonProcessingException {
        // The validator's expressions are the JDK's, which know this property by another name.
        JsonNode schema = JSON.readTree(told.toString().replace("\\p{Letter}", "\\p{L}"));
        SpecVersion.VersionFlag version = schema.path("$schema").isTextual()
                ? SpecVersionDetector.detect(schema)
                : SpecVersion.VersionFlag.V202012;
        return JsonSchemaFactory.getInstance(version).getSchema(schema);
    }

    private static List<JsonNode> schemas() throws IOException {
        List<JsonNode> schemas = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(SharedData.path("json-schema/draft2020-12"))) {
            all.filter(file -> file.toString().endsWith(".json")).sorted().forEach(files::add);
        }
        files.add(SharedData.path("json-schema/maskbench-sample.json"));
        for (Path file : files) {
            for (JsonNode group : JSON.readTree(file.toFile())) {
                schemas.add(group.get("schema"));
            }
        }
        return schemas;
    }
}
