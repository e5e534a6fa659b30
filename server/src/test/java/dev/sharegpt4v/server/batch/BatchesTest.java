package dev.sharegpt4v.server.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.testing.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // Only to end a hang.
final class BatchesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final DataLimits LIMITS = new DataLimits(1 << 20, 100, 1000, 100, 3);
    private static final int AT_ONCE = 3;

    @TempDir
    private static Path folder;

    private final SetClock clock = new SetClock();
    private ScriptedRoutes routes = new ScriptedRoutes();
    private Path place = folder;
    private Owner owner = Owner.NOBODY;
    private Optional<DataFolder> data = Optional.empty();
    private Optional<Batches> batches = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        place = Files.createTempDirectory(folder, "data");
        open();
    }

    @AfterEach
    void stop() {
        batches.ifPresent(Batches::close);
        data.ifPresent(DataFolder::close);
    }

    private void open() {
        DataFolder opened = DataFolder.open(place, LIMITS, clock);
        data = Optional.of(opened);
        batches = Optional.of(opened.startBatches(routes, "scripted", AT_ONCE));
    }

    /** As after a kill: another server, whose routes were never asked. */
    private void restart() {
        stop();
        routes = new ScriptedRoutes();
        open();
    }

    private FileStore files() {
        return data.orElseThrow().files();
    }

    private Batches batches() {
        return batches.orElseThrow();
    }

    private static String say(String id) {
        return line(id, JSON.createObjectNode().put("say", id));
    }

    private static String line(String id, ObjectNode body) {
        ObjectNode line = JSON.createObjectNode();
        line.put("custom_id", id).put("method", "POST").put("url", ScriptedRoutes.ENDPOINT);
        line.set("body", body);
        return line.toString();
    }

    private String upload(List<String> lines) throws IOException {
        try (FileStore.Arrival arrival = files().arrive(owner)) {
            arrival.receive(new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
            return arrival.keep("input.jsonl", "batch", OptionalLong.empty()).id();
        }
    }

    private String order(List<String> lines) throws IOException {
        return batches()
                .order(new BatchOrder(
                        upload(lines),
                        ScriptedRoutes.ENDPOINT,
                        Optional.of(Map.of("for", "a test")),
                        OptionalLong.empty(),
                        owner))
                .path("id")
                .asText();
    }

    private static List<String> many(int count) {
        return IntStream.range(0, count).mapToObj(i -> say("n" + i)).toList();
    }

    private String status(String batch) {
        return batches().find(batch, Owner.NOBODY).path("status").asText();
    }

    private JsonNode ended(String batch, String status) throws InterruptedException {
        Eventually.holds(status, () -> status(batch).equals(status));
        return batches().find(batch, Owner.NOBODY);
    }

    private List<JsonNode> lines(JsonNode batch, String member) throws IOException {
        try (InputStream input = Channels.newInputStream(
                files().content(files().find(batch.path(member).asText(), Owner.NOBODY)))) {
            List<JsonNode> lines = new ArrayList<>();
            for (String line : new String(input.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        }
    }

    private static List<String> ids(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("custom_id").asText()).toList();
    }

    @Test
    void everyLineIsAnsweredAndTheOutputHasTheOrderOfTheInput() throws Exception {
        routes.allowAll();
        JsonNode batch = ended(order(many(50)), "completed");

        List<JsonNode> output = lines(batch, "output_file_id");
        assertThat(ids(output))
                .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "n" + i).toList());
        assertThat(output).allSatisfy(line -> {
            assertThat(line.at("/response/body/said")).isEqualTo(line.path("custom_id"));
            assertThat(line.at("/response/status_code").asInt()).isEqualTo(200);
            assertThat(line.at("/response/request_id").asText()).startsWith("req_");
            assertThat(line.path("id").asText()).startsWith("batch_req_");
            assertThat(line.path("error").isNull()).isTrue();
        });
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":50,\"completed\":50,\"failed\":0}");
        assertThat(batch.at("/usage/input_tokens").asInt()).isEqualTo(150);
        assertThat(batch.at("/usage/input_tokens_details/cached_tokens").asInt())
                .isEqualTo(50);
        assertThat(batch.at("/usage/total_tokens").asInt()).isEqualTo(250);
        assertThat(batch.path("error_file_id").isNull()).isTrue();
        assertThat(batch.at("/metadata/for").asText()).isEqualTo("a test");
        assertThat(routes.mostAtOnce()).isLessThanOrEqualTo(AT_ONCE);
    }

    @Test
    void whatFailsIsInTheErrorFileWithItsAnswer() throws Exception {
        routes.allowAll();
        JsonNode batch = ended(
                order(List.of(
                        say("a"),
                        line("b", JSON.createObjectNode().put("fail", 400)),
                        line("c", JSON.createObjectNode().put("fail", 500)),
                        say("d"))),
                "completed");

        assertThat(ids(lines(batch, "output_file_id"))).containsExactly("a", "d");
        List<JsonNode> errors = lines(batch, "error_file_id");
        assertThat(ids(errors)).containsExactly("b", "c");
        assertThat(errors.getFirst().at("/response/status_code").asInt()).isEqualTo(400);
        assertThat(errors.getFirst().at("/response/body/error/param").asText()).isEqualTo("fail");
        assertThat(errors.getLast().at("/response/status_code").asInt()).isEqualTo(500);
        assertThat(errors.getLast().toString()).doesNotContain("told to fail");
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":4,\"completed\":2,\"failed\":2}");
    }

    @Test
    void aRestartGoesOnAndRepeatsNothing() throws Exception {
        String batch = order(many(20));
        routes.allow(8);
        Eventually.holds(
                "eight are answered",
                () -> batches()
                                .find(batch, Owner.NOBODY)
                                .at("/request_counts/completed")
                                .asInt()
                        == 8);
        List<String> before = routes.answered();
        restart();
        assertThat(status(batch)).isEqualTo("in_progress");
        Eventually.holds(
                "they are still answered",
                () -> batches()
                                .find(batch, Owner.NOBODY)
                                .at("/request_counts/completed")
                                .asInt()
                        == 8);
        routes.allowAll();
        JsonNode end = ended(batch, "completed");

        assertThat(routes.answered()).hasSize(12).doesNotContainAnyElementsOf(before);
        assertThat(ids(lines(end, "output_file_id")))
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "n" + i).toList());
        assertThat(end.at("/request_counts/completed").asInt()).isEqualTo(20);
        assertThat(end.at("/usage/output_tokens").asInt()).isEqualTo(40);
    }

    @Test
    void aBatchThatEndedIsAsItWasAfterARestart() throws Exception {
        routes.allowAll();
        JsonNode before = ended(order(many(3)), "completed");
        restart();
        assertThat(batches().find(before.path("id").asText(), Owner.NOBODY)).isEqualTo(before);
        assertThat(lines(before, "output_file_id")).hasSize(3);
    }

    @Test
    void aKillWhileTheFilesAreWrittenLeavesOneOfEach() throws Exception {
        routes.allowAll();
        JsonNode end = ended(order(many(3)), "completed");
        Path record = place.resolve("batches/" + end.path("id").asText() + "/batch.json");
        int files = files().count();
        stop();
        // As it was before the last write.
        ObjectNode earlier = (ObjectNode) JSON.readTree(Files.readAllBytes(record));
        earlier.put("status", "finalizing").putNull("output_file_id").putNull("completed_at");
        Files.write(record, JSON.writeValueAsBytes(earlier));
        try (AnswerJournal journal = AnswerJournal.open(record.resolveSibling("answers.journal"), 3)) {
            for (int line = 0; line < 3; line++) {
                journal.append(line, LineAnswers.completed("n" + line, JSON.createObjectNode()));
            }
        }
        routes = new ScriptedRoutes();
        open();
        JsonNode again = ended(end.path("id").asText(), "completed");
        assertThat(again.path("output_file_id")).isEqualTo(end.path("output_file_id"));
        assertThat(files().count()).isEqualTo(files);
    }

    @Test
    void aCancelEndsWhatRunsAndKeepsWhatWasAnswered() throws Exception {
        String batch = order(many(10));
        routes.allow(4);
        Eventually.holds(
                "four are answered and others wait",
                () -> batches()
                                        .find(batch, Owner.NOBODY)
                                        .at("/request_counts/completed")
                                        .asInt()
                                == 4
                        && routes.waiting() == AT_ONCE);
        assertThat(batches().cancel(batch, Owner.NOBODY).path("status").asText())
                .isEqualTo("cancelling");
        JsonNode end = ended(batch, "cancelled");

        assertThat(routes.waiting()).isZero();
        assertThat(lines(end, "output_file_id")).hasSize(4);
        List<JsonNode> rest = lines(end, "error_file_id");
        assertThat(rest).hasSize(6).allSatisfy(line -> {
            assertThat(line.path("response").isNull()).isTrue();
            assertThat(line.at("/error/code").asText()).isEqualTo("batch_cancelled");
        });
        assertThat(end.path("request_counts").toString()).isEqualTo("{\"total\":10,\"completed\":4,\"failed\":6}");
        assertThat(batches().cancel(batch, Owner.NOBODY)).isEqualTo(end);
    }

    @Test
    void aCancelThatAKillInterruptedGoesOn() throws Exception {
        String batch = order(many(10));
        Eventually.holds("lines run", () -> routes.waiting() == AT_ONCE);
        Path record = place.resolve("batches/" + batch + "/batch.json");
        stop();
        ObjectNode told = (ObjectNode) JSON.readTree(Files.readAllBytes(record));
        Files.write(
                record, JSON.writeValueAsBytes(told.put("status", "cancelling").put("cancelling_at", 1)));
        routes = new ScriptedRoutes();
        open();
        assertThat(lines(ended(batch, "cancelled"), "error_file_id")).hasSize(10);
    }

    @Test
    void whatIsNotAnsweredWithinADayIsGivenUp() throws Exception {
        String batch = order(many(5));
        routes.allow(2);
        Eventually.holds(
                "two are answered",
                () -> batches()
                                .find(batch, Owner.NOBODY)
                                .at("/request_counts/completed")
                                .asInt()
                        == 2);
        clock.pass(Duration.ofHours(24));
        JsonNode end = ended(batch, "expired");
        assertThat(lines(end, "output_file_id")).hasSize(2);
        assertThat(lines(end, "error_file_id"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.at("/error/code").asText()).isEqualTo("batch_expired"));
        assertThat(end.path("expired_at").asLong()).isEqualTo(SetClock.START + 24 * 3600);
    }

    @Test
    void aBusyServerIsAskedAgain() throws Exception {
        routes.beBusy(4);
        routes.allowAll();
        JsonNode end = ended(order(many(5)), "completed");
        assertThat(end.at("/request_counts/completed").asInt()).isEqualTo(5);
        assertThat(routes.answered()).hasSize(5);
    }

    @Test
    void whatNeverFitsIntoMemoryFailsInTheEnd() throws Exception {
        routes.allowAll();
        JsonNode end = ended(order(List.of(line("a", JSON.createObjectNode().put("fail", 503)))), "completed");
        assertThat(lines(end, "error_file_id")
                        .getFirst()
                        .at("/response/status_code")
                        .asInt())
                .isEqualTo(503);
    }

    @Test
    void batchesTakeTurns() throws Exception {
        String large = order(many(40));
        Eventually.holds("the first one runs", () -> routes.waiting() == AT_ONCE);
        String small = order(many(2));
        routes.allow(12);
        ended(small, "completed");
        assertThat(status(large)).isEqualTo("in_progress");
    }

    @Test
    void badInputFailsTheBatchWithTheNumbersOfItsLines() throws Exception {
        JsonNode end = ended(order(List.of(say("a"), "{", say("a"))), "failed");
        assertThat(end.at("/errors/object").asText()).isEqualTo("list");
        assertThat(end.at("/errors/data/0/code").asText()).isEqualTo("invalid_json_line");
        assertThat(end.at("/errors/data/0/line").asInt()).isEqualTo(2);
        assertThat(end.at("/errors/data/1/code").asText()).isEqualTo("duplicate_custom_id");
        assertThat(end.at("/errors/data/1/param").asText()).isEqualTo("custom_id");
        assertThat(end.at("/errors/data/1/line").asInt()).isEqualTo(3);
        assertThat(end.path("failed_at").asLong()).isEqualTo(SetClock.START);
        assertThat(routes.answered()).isEmpty();
        restart();
        assertThat(batches().find(end.path("id").asText(), Owner.NOBODY)).isEqualTo(end);
    }

    @Test
    void aFileCanBeDeletedWhenItsBatchHasEnded() throws Exception {
        String batch = order(many(1));
        String file = batches().find(batch, Owner.NOBODY).path("input_file_id").asText();
        refused(() -> files().delete(file, Owner.NOBODY), 400, "file_in_use");
        routes.allowAll();
        ended(batch, "completed");
        files().delete(file, Owner.NOBODY);
    }

    @Test
    void moreBatchesThanAllowedAreRefusedUntilOneEnds() throws Exception {
        for (int i = 0; i < LIMITS.maxUnfinished(); i++) {
            order(many(1));
        }
        refused(() -> order(many(1)), 429, "queue_full");
        assertThat(batches().unfinished()).isEqualTo(3);
        routes.allowAll();
        Eventually.holds("all end", () -> batches().unfinished() == 0);
        order(many(1));
    }

    @Test
    void whatIsThereNotIsSaid() {
        refused(() -> batches().find("batch_none", Owner.NOBODY), 404, "not_found");
        refused(() -> batches().cancel("batch_none", Owner.NOBODY), 404, "not_found");
    }

    @Test
    void aBatchThatHasEndedCannotBeCancelled() throws Exception {
        routes.allowAll();
        JsonNode end = ended(order(many(1)), "completed");
        refused(() -> batches().cancel(end.path("id").asText(), Owner.NOBODY), 400, "batch_not_cancellable");
    }

    @Test
    void aFullDiskDelaysABatchAndLosesNothing() throws Exception {
        String batch = order(many(4));
        Eventually.holds("lines run", () -> routes.waiting() == AT_ONCE);
        stop();
        Path journal = place.resolve("batches/" + batch + "/answers.journal");
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "this system has no /dev/full");
        Files.delete(journal);
        Files.createSymbolicLink(journal, full);
        routes = new ScriptedRoutes().allowAll();
        open();
        Eventually.holds("answers are lost", () -> routes.answered().size() > 3);
        assertThat(batches()
                        .find(batch, Owner.NOBODY)
                        .at("/request_counts/completed")
                        .asInt())
                .isZero();
        stop();
        Files.delete(journal);
        open();
        assertThat(lines(ended(batch, "completed"), "output_file_id")).hasSize(4);
    }

    @Test
    void theListHasTheLatestFirst() throws Exception {
        String one = order(many(1));
        String two = order(many(1));
        assertThat(batches().list(Owner.NOBODY))
                .extracting(batch -> batch.path("id").asText())
                .containsExactly(two, one);
    }

    @Test
    void aBatchAndItsResultsAreSeenByTheirOwnerAloneAlsoAfterARestart() throws Exception {
        routes.allowAll();
        owner = Owner.of("alice");
        Owner bob = Owner.of("bob");
        String batch = order(many(2));
        String output = ended(batch, "completed").path("output_file_id").asText();
        restart();
        assertThat(batches().find(batch, owner).path("status").asText()).isEqualTo("completed");
        assertThat(batches().find(batch, owner).toString()).doesNotContain("alice");
        assertThat(batches().list(owner)).hasSize(1);
        assertThat(files().list(owner)).hasSize(2);
        assertThat(batches().list(bob)).isEmpty();
        assertThat(files().list(bob)).isEmpty();
        refused(() -> batches().find(batch, bob), 404, "not_found");
        refused(() -> batches().cancel(batch, bob), 404, "not_found");
        refused(() -> files().find(output, bob), 404, "not_found");
        String input = upload(many(1));
        BatchOrder onOthers =
                new BatchOrder(input, ScriptedRoutes.ENDPOINT, Optional.empty(), OptionalLong.empty(), bob);
        refused(() -> batches().order(onOthers), 400, "invalid_value");
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void refused(Action action, int status, String code) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(ApiException.class, failure -> {
            assertThat(failure.status()).isEqualTo(status);
            assertThat(failure.code()).isEqualTo(code);
        });
    }
}
