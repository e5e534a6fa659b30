package dev.sharegpt4v.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests, idle looks, orders of an admin, failing loads and passing time in any order, each slot action one by one. */
final class ModelSlotFuzzTest {

    private static final int ROUNDS = 300;
    private static final int ACTIONS = 120;
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** A request that waits for the change it was told of. */
    private static final class Waiting {
        private final CompletableFuture<ModelState> change;

        Waiting(CompletableFuture<ModelState> change) {
            this.change = change;
        }
    }

    private SlotRig rig = new SlotRig(SlotRules.STAY);
    private final List<Lease<SlotRig.Model>> leases = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 60", "true, 0", "true, 60"})
    void nobodyUsesAModelThatIsAwayAndNobodyWaitsForEver(boolean onDemand, int idle) {
        Random random = new Random(4211 + idle + (onDemand ? 1 : 0));
        for (int round = 0; round < ROUNDS; round++) {
            rig = new SlotRig(new SlotRules(onDemand, Duration.ofSeconds(idle), Duration.ofSeconds(30)));
            leases.clear();
            waiting.clear();
            if (!onDemand) {
                rig.slot().open();
            }
            for (int i = 0; i < ACTIONS; i++) {
                act(random);
                check();
            }
            settle();
        }
    }

    private void act(Random random) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> ask();
            case 3, 4 -> {
                if (!leases.isEmpty()) {
                    leases.remove(random.nextInt(leases.size())).close();
                }
            }
            case 5, 6, 7 -> {
                if (rig.hasWork()) {
                    rig.runOne();
                }
            }
            case 8 -> rig.pass(random.nextBoolean() ? IDLE : Duration.ofSeconds(random.nextInt(30)));
            case 9 -> rig.slot().sleepIfIdle();
            case 10 -> {
                CompletableFuture<ModelState> _ =
                        random.nextBoolean() ? rig.slot().load() : rig.slot().unload();
            }
            default -> {
                rig.failLoads(random.nextInt(4) == 0);
                if (random.nextInt(3) == 0) {
                    rig.ring();
                }
            }
        }
        askAgain();
    }

    private void ask() {
        switch (rig.slot().ask()) {
            case ModelSlot.Answer.Granted<SlotRig.Model>(Lease<SlotRig.Model> lease) -> {
                assertThat(lease.model().isStopped()).isFalse();
                leases.add(lease);
            }
            case ModelSlot.Answer.Later<SlotRig.Model>(CompletableFuture<ModelState> change) ->
                waiting.add(new Waiting(change));
            case ModelSlot.Answer.Refused<SlotRig.Model> _ -> {}
        }
    }

    /** Whose change is over asks again. */
    private void askAgain() {
        List<Waiting> over =
                waiting.stream().filter(request -> request.change.isDone()).toList();
        waiting.removeAll(over);
        over.forEach(_ -> ask());
    }

    private void check() {
        assertThat(rig.inMemory()).isBetween(0, 1);
        assertThat(leases)
                .allSatisfy(lease -> assertThat(lease.model().isClosed())
                        .as("what a request uses is there")
                        .isFalse());
        assertThat(rig.slot().leases()).isEqualTo(leases.size());
        assertThat(waiting)
                .allSatisfy(request -> assertThat(rig.hasWork() || rig.slot().state() == ModelState.UNLOADING)
                        .as("somebody works on what requests wait for")
                        .isTrue());
        if (rig.slot().state() == ModelState.LOADED) {
            assertThat(rig.inMemory()).isOne();
        }
    }

    /** When all running requests end and all work is done, all who wait have the model or know why not. */
    private void settle() {
        for (int i = 0; i < 20; i++) {
            leases.forEach(Lease::close);
            leases.clear();
            rig.runAll();
            askAgain();
        }
        assertThat(waiting).isEmpty();
        rig.slot().close();
        rig.runAll();
        assertThat(rig.inMemory()).isZero();
    }
}
