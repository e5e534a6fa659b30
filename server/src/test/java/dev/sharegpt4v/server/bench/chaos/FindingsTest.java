package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FindingsTest {

    private static final ChaosPlan PLAN = new ChaosPlan(Duration.ofSeconds(9), 2, 3, 0, 0.5, 0.5, 1);

    private static Gauges gauges(Object... namesAndValues) {
        Map<String, Double> values = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).doubleValue());
        }
        return new Gauges(0, values);
    }

    private static List<Gauges> memory(double... megabytes) {
        List<Gauges> samples = new ArrayList<>();
        for (double value : megabytes) {
            samples.add(gauges(Memory.NAME, value * (1 << 20)));
        }
        return samples;
    }

    private static Errand errand(Manner manner, String twin) {
        return new Errand(manner, new byte[0], "?", Optional.of(twin));
    }

    @Test
    void metricsAreReadAndLabelsAddedUp() {
        Gauges read = Gauges.parse(7, """
                # HELP a_bytes Something
                # TYPE a_bytes gauge
                a_bytes{area="heap, {x} 1"} 1.5
                a_bytes{area="other"} 2
                a_limit_bytes +Inf
                b NaN
                c 1e3
                """);
        assertThat(read.values())
                .isEqualTo(Map.of("a_bytes", 3.5, "a_limit_bytes", Double.POSITIVE_INFINITY, "c", 1000.0));
        assertThat(read.caches()).isEqualTo(Map.of("a", new Gauges.Cache(3.5, Double.POSITIVE_INFINITY)));
    }

    @Test
    void cachesAreHeldToTheirLimitsInEverySample() {
        Gauges within = gauges("a_bytes", 10, "a_limit_bytes", 10, "b_bytes", 0, "b_limit_bytes", 5);
        Gauges over = gauges("a_bytes", 11, "a_limit_bytes", 10, "b_bytes", 1, "b_limit_bytes", 5);
        assertThat(Findings.caches(List.of(within, within)).holds()).isTrue();
        Check check = Findings.caches(List.of(within, over, within));
        assertThat(check.holds()).isFalse();
        assertThat(check.examples()).containsExactly("a held 11 of 10 bytes");
        assertThat(Findings.fullest(List.of(within, over, within)))
                .isEqualTo(Map.of("a", new Gauges.Cache(11, 10), "b", new Gauges.Cache(1, 5)));
    }

    @Test
    void aServerWithoutCacheGaugesShowsNothing() {
        assertThat(Findings.caches(List.of(gauges("x_bytes", 1))).holds()).isFalse();
    }

    @Test
    void somebodyWhoStillRunsIsNamed() {
        Map<String, Double> zero = new HashMap<>();
        for (String name : List.of(
                "requests_running",
                "requests_waiting",
                "images_encoding",
                "kv_blocks_used",
                "image_features_bytes",
                "request_images_bytes",
                "http_requests_admitted")) {
            zero.put("sharegpt4v_" + name, 0.0);
        }
        assertThat(Rest.idle(new Gauges(0, zero)).holds()).isTrue();
        assertThat(Rest.isIdle(new Gauges(0, zero))).isTrue();
        zero.put("sharegpt4v_kv_blocks_used", 3.0);
        assertThat(Rest.idle(new Gauges(0, zero)).holds()).isFalse();
        assertThat(Rest.idle(new Gauges(0, zero)).found()).isEqualTo("sharegpt4v_kv_blocks_used is 3");
        zero.remove("sharegpt4v_kv_blocks_used");
        assertThat(Rest.idle(new Gauges(0, zero)).holds()).as("unknown").isFalse();
    }

    @Test
    void aFewMoreThreadsAreNoLeakAndManyAre() {
        Gauges before = handles(1, 30, 20, 50);
        assertThat(Rest.handles(before, handles(1, 38, 25, 57)).holds()).isTrue();
        assertThat(Rest.handles(before, handles(1, 45, 25, 50)).holds()).isFalse();
        assertThat(Rest.handles(before, handles(3, 30, 20, 50)).holds()).isFalse();
        assertThat(Rest.handles(before, gauges()).holds()).as("unknown").isFalse();
    }

    private static Gauges handles(int connections, int threads, int javaThreads, int files) {
        return gauges(
                "sharegpt4v_http_connections",
                connections,
                "process_threads",
                threads,
                "jvm_threads_live_threads",
                javaThreads,
                "process_open_fds",
                files);
    }

    @Test
    void memoryThatRisesBeforeTheEndOfTheWarmUpOnlyIsFlat() {
        assertThat(Memory.flat(memory(10, 50, 90, 100, 100, 101, 99, 100, 102, 101))
                        .holds())
                .isTrue();
        assertThat(Memory.flat(memory(10, 50, 90, 100, 102, 104, 106, 108, 110, 112))
                        .holds())
                .isFalse();
        assertThat(Memory.flat(memory(10, 50, 90, 100, 100, 100, 100, 100, 80, 80))
                        .holds())
                .isTrue();
    }

    /** A server in which so much is live in a heap of some size. */
    private static Gauges heap(double outside, double committed, double live) {
        return gauges(
                Memory.NAME,
                (outside + committed) * (1 << 20),
                Memory.POOLS,
                committed * (1 << 20),
                Memory.LIVE,
                live * (1 << 20));
    }

    @Test
    void theSizeOfTheHeapIsNoGrowthWhatIsLiveInItIs() {
        List<Gauges> larger = new ArrayList<>();
        List<Gauges> leaking = new ArrayList<>();
        List<Gauges> leakingOutside = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // Some collections leave much that is no longer used.
            larger.add(heap(400, 500 + 20 * i, i % 3 == 0 ? 130 : 250));
            leaking.add(heap(400, 500, i % 3 == 0 ? 130 + 3 * i : 250));
            leakingOutside.add(heap(400 + 3 * i, 500 - 3 * i, 130));
        }
        assertThat(Memory.flat(larger).holds()).isTrue();
        assertThat(Memory.flat(leaking).holds()).isFalse();
        assertThat(Memory.flat(leakingOutside).holds()).isFalse();
    }

    @Test
    void onePeakIsNoGrowth() {
        double[] flat = new double[50];
        Arrays.fill(flat, 100);
        flat[48] = 300;
        assertThat(Memory.flat(memory(flat)).holds()).isTrue();
    }

    @Test
    void tooFewSamplesSayNothing() {
        assertThat(Memory.flat(memory(1, 1)).holds()).isFalse();
        assertThat(Memory.flat(List.of()).holds()).isFalse();
    }

    @Test
    void endingsAreCountedByManner() {
        Tally tally = new Tally();
        tally.add(errand(Manner.READS, "a"), new Ending.Answered("x"));
        tally.add(errand(Manner.READS, "a"), new Ending.Wrong("odd"));
        tally.add(errand(Manner.BURSTS, "a"), new Ending.Busy(429));
        assertThat(tally.rows())
                .isEqualTo(Map.of(
                        Manner.READS, new Tally.Row(2, 1, 0, 0, 0, 1), Manner.BURSTS, new Tally.Row(1, 0, 0, 1, 0, 0)));
        assertThat(Findings.answers(tally).holds()).isFalse();
        assertThat(Findings.answers(tally).examples()).containsExactly("reads: odd");
        assertThat(Findings.answers(new Tally()).holds()).as("nothing was sent").isFalse();
    }

    @Test
    void equalQuestionsWithOtherAnswersAreNamed() {
        Tally tally = new Tally();
        tally.add(errand(Manner.READS, "a"), new Ending.Answered("x"));
        tally.add(errand(Manner.READS, "b"), new Ending.Answered("y"));
        tally.add(errand(Manner.READS, "a"), new Ending.Answered("x"));
        assertThat(Findings.twins(tally).holds()).isTrue();
        tally.add(errand(Manner.READS, "a"), new Ending.Answered("z"));
        assertThat(Findings.twins(tally).holds()).isFalse();
        assertThat(Findings.twins(tally).examples()).containsExactly("a: \"x\" and \"z\"");
    }

    @Test
    void aLoadThatLeavesSomethingOutProvesNothing() {
        Tally tally = new Tally();
        for (Manner manner : Manner.values()) {
            if (manner != Manner.BURSTS) {
                tally.add(errand(manner, "a"), new Ending.Left());
            }
        }
        assertThat(Findings.load(tally, 3, PLAN).holds()).isTrue();
        assertThat(Findings.load(tally, 2, PLAN).holds()).isFalse();
        ChaosPlan bursting = new ChaosPlan(Duration.ofSeconds(9), 2, 3, 5, 0.5, 0.5, 1);
        assertThat(Findings.load(tally, 3, bursting).examples()).contains("nobody comes in a burst");
        tally.add(errand(Manner.BURSTS, "a"), new Ending.Answered("x"));
        assertThat(Findings.load(tally, 3, bursting).examples())
                .containsExactly("no burst was above the admission limit");
        tally.add(errand(Manner.BURSTS, "a"), new Ending.Busy(429));
        assertThat(Findings.load(tally, 3, bursting).holds()).isTrue();
    }
}
