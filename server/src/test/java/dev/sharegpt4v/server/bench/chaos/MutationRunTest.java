package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.bench.Target;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120) // Only to end a hang.
final class MutationRunTest {

    private static final HttpText HTTP = new HttpText("localhost", Map.of());

    @Test
    void hundredsOfRequestsThatWentWrongAreAnsweredOrRefused() throws InterruptedException {
        try (ScriptedServer server = new ScriptedServer("a red circle")) {
            Target target = Target.of("http://127.0.0.1:" + server.port(), Map.of(), Duration.ofSeconds(30));
            MutationReport report =
                    new MutationRun(target, ScriptedServer.MODEL, new MutationPlan(700, 4, 5)).run((_, _) -> {});
            StringWriter told = new StringWriter();
            report.print(new PrintWriter(told));
            // Memory and waits say nothing in a second, and a run of tests beside this one.
            for (Check check : report.checks()) {
                if (check.name().startsWith("every answer") || check.name().startsWith("no connection")) {
                    assertThat(check.holds()).as(told.toString()).isTrue();
                }
            }
            assertThat(report.json().path("mutations").size()).isEqualTo(Mutant.Kind.values().length);
            assertThat(report.json()
                            .path("mutations")
                            .path("an odd picture")
                            .path("generated")
                            .asInt())
                    .as(told.toString())
                    .isGreaterThan(25);
            int answered = 0;
            for (var kind : report.json().path("mutations")) {
                answered += kind.path("answered").asInt() + kind.path("left").asInt();
            }
            assertThat(answered).as(told.toString()).isBetween(180, 350);
            assertThat(report.json()
                            .path("routes")
                            .path("/v1/chat/completions")
                            .path("200")
                            .asInt())
                    .isGreaterThan(50);
            assertThat(report.json().path("refusals").size()).isGreaterThan(10);
            assertThat(server.snapshot().healthy()).isTrue();
            assertThat(server.snapshot().running()).isZero();
            assertThat(server.snapshot().usedBlocks()).isZero();
        }
    }

    @Test
    void aNumberIsAlwaysTheSameRequest() {
        Mutations one = new Mutations(HTTP, "m", 3);
        Mutations other = new Mutations(HTTP, "m", 3);
        Mutations seeded = new Mutations(HTTP, "m", 4);
        int different = 0;
        for (long number = 0; number < 300; number++) {
            assertThat(other.mutant(number).request())
                    .isEqualTo(one.mutant(number).request());
            different += java.util.Arrays.equals(
                            seeded.mutant(number).request(), one.mutant(number).request())
                    ? 0
                    : 1;
        }
        assertThat(different).isGreaterThan(290);
    }

    @Test
    void aFailureOfTheServerASilenceAndAWordOfTheInsideAreWrong() {
        Mutant mutant = Mutant.of(Mutant.Kind.JSON, "/a", new byte[0]);
        Mutant head = new Mutant(Mutant.Kind.HEAD, "/a", new byte[0], false, -1);
        String error = "{\"error\":{\"message\":\"%s\",\"type\":\"a\"}}";
        MutationTally good = new MutationTally();
        good.answered(1, mutant, new Answer(200, Map.of(), ""));
        good.answered(2, mutant, new Answer(400, Map.of(), error.formatted("no")));
        good.answered(3, mutant, new Answer(503, Map.of(), error.formatted("no")));
        good.closed(4, head, "");
        assertThat(good.check().holds()).isTrue();
        for (Answer answer : new Answer[] {
            new Answer(500, Map.of(), error.formatted("no")),
            new Answer(302, Map.of(), error.formatted("no")),
            new Answer(400, Map.of(), "no"),
            new Answer(400, Map.of(), error.formatted("java.lang.IllegalStateException")),
        }) {
            MutationTally bad = new MutationTally();
            bad.answered(7, mutant, answer);
            assertThat(bad.check().holds()).isFalse();
            assertThat(bad.check().examples().getFirst()).startsWith("number 7, members of a body, /a: ");
        }
        MutationTally silent = new MutationTally();
        silent.closed(1, mutant, "");
        assertThat(silent.check().holds()).isFalse();
    }

    @Test
    void aStreamThatBreaksOffOrEndsWithAFailureOfTheServerIsWrong() {
        Mutant mutant = Mutant.of(Mutant.Kind.VALUES, "/a", new byte[0]);
        Map<String, String> stream = Map.of("content-type", "text/event-stream");
        String chunk = "data: {\"choices\":[]}\n\n";
        for (String end : List.of(
                "data: [DONE]\n\n",
                "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
                "data: {\"type\":\"response.completed\"}\n\n",
                "event: error\ndata: {\"error\":{\"code\":\"shutting_down\"}}\n\n")) {
            MutationTally good = new MutationTally();
            good.answered(1, mutant, new Answer(200, stream, chunk + end));
            assertThat(good.check().holds()).as(end).isTrue();
            assertThat(good.generated()).isEqualTo(1);
        }
        for (String end : List.of("", "event: error\ndata: {\"error\":{\"code\":\"internal_error\"}}\n\n")) {
            MutationTally bad = new MutationTally();
            bad.answered(1, mutant, new Answer(200, stream, chunk + end));
            assertThat(bad.check().holds()).as(end).isFalse();
        }
        MutationTally cut = new MutationTally();
        cut.answered(1, mutant, new Answer(200, Map.of("content-type", "application/json"), "{\"a\":"));
        assertThat(cut.check().holds()).isFalse();
    }

    @Test
    void answersAreToldByRouteAndRefusalsByCodeAndThoseThatTookLongestFirst() {
        MutationTally tally = new MutationTally();
        Mutant mutant = Mutant.of(Mutant.Kind.LEAVING, "/a", new byte[0]);
        tally.answered(
                1, mutant, new Answer(400, Map.of(), "{\"error\":{\"message\":\"no\",\"type\":\"a\",\"code\":\"b\"}}"));
        tally.answered(2, mutant, new Answer(200, Map.of(), "{\"usage\":{\"completion_tokens\":3}}"));
        tally.left(mutant, true);
        for (int i = 0; i < 30; i++) {
            tally.took(i, mutant, i);
        }
        assertThat(tally.routes()).isEqualTo(Map.of("/a", Map.of("200", 1, "400", 1, "left", 1)));
        assertThat(tally.refusals()).isEqualTo(Map.of("400 b", 1));
        assertThat(tally.generated()).isEqualTo(2);
        assertThat(tally.slowest())
                .extracting(MutationTally.Slow::number)
                .startsWith(29L, 28L)
                .hasSize(10);
    }
}
