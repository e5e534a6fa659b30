package dev.sharegpt4v.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ModelSlotTest {

    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final SlotRules TOLD = new SlotRules(false, Duration.ZERO, DRAIN);
    private static final SlotRules ON_DEMAND = new SlotRules(true, Duration.ZERO, DRAIN);
    private static final SlotRules SLEEPY = new SlotRules(false, IDLE, DRAIN);

    private static SlotRig open(SlotRules rules) {
        SlotRig rig = new SlotRig(rules);
        rig.slot().open();
        return rig;
    }

    private static CompletableFuture<ModelState> later(SlotRig rig) {
        ModelSlot.Answer<SlotRig.Model> answer = rig.slot().ask();
        if (answer instanceof ModelSlot.Answer.Later<SlotRig.Model>(CompletableFuture<ModelState> change)) {
            return change;
        }
        throw new AssertionError(answer);
    }

    private static ModelUnavailable refused(SlotRig rig) {
        ModelSlot.Answer<SlotRig.Model> answer = rig.slot().ask();
        if (answer instanceof ModelSlot.Answer.Refused<SlotRig.Model>(ModelUnavailable why)) {
            return why;
        }
        throw new AssertionError(answer);
    }

    private static SlotRig asleep() {
        SlotRig rig = open(SLEEPY);
        rig.pass(IDLE);
        assertThat(rig.slot().sleepIfIdle()).isTrue();
        rig.runAll();
        assertThat(rig.slot().state()).isEqualTo(ModelState.ASLEEP);
        return rig;
    }

    @Test
    void aLoadedModelIsUsedByManyAtOnce() {
        SlotRig rig = open(TOLD);
        try (Lease<SlotRig.Model> one = rig.granted();
                Lease<SlotRig.Model> two = rig.granted()) {
            assertThat(one.model()).isSameAs(two.model());
            assertThat(rig.slot().leases()).isEqualTo(2);
        }
        assertThat(rig.slot().leases()).isZero();
    }

    @Test
    void aLeaseThatIsClosedTwiceIsGivenBackOnce() {
        SlotRig rig = open(TOLD);
        Lease<SlotRig.Model> one = rig.granted();
        Lease<SlotRig.Model> two = rig.granted();
        one.close();
        one.close();
        assertThat(rig.slot().leases()).isOne();
        two.close();
    }

    @Test
    void anUnloadWaitsForRunningRequestsAndTakesNoOthers() {
        SlotRig rig = open(TOLD);
        Lease<SlotRig.Model> running = rig.granted();
        CompletableFuture<ModelState> unload = rig.slot().unload();
        rig.runAll();

        assertThat(running.model().isStopped()).isFalse();
        assertThat(refused(rig)).isInstanceOf(ModelUnavailable.Changing.class);
        running.close();
        rig.runAll();

        assertThat(unload).isCompletedWithValue(ModelState.UNLOADED);
        assertThat(running.model().isClosed()).isTrue();
        assertThat(rig.inMemory()).isZero();
        assertThat(refused(rig)).isInstanceOf(ModelUnavailable.NotLoaded.class);
    }

    @Test
    void whoStillRunsAtTheDeadlineIsEndedAndWhatItUsesIsFreedWhenItLetsGo() {
        SlotRig rig = open(TOLD);
        Lease<SlotRig.Model> running = rig.granted();
        CompletableFuture<ModelState> unload = rig.slot().unload();
        rig.ring();
        rig.runAll();

        assertThat(running.model().isStopped()).isTrue();
        assertThat(running.model().isClosed()).isFalse();
        assertThat(unload).isNotDone();
        running.close();
        rig.runAll();
        assertThat(running.model().isClosed()).isTrue();
        assertThat(unload).isCompletedWithValue(ModelState.UNLOADED);
    }

    @Test
    void aModelThatWasUnloadedIsLoadedAgainWhenSomebodySaysSo() {
        SlotRig rig = open(TOLD);
        CompletableFuture<ModelState> _ = rig.slot().unload();
        rig.runAll();
        CompletableFuture<ModelState> load = rig.slot().load();
        assertThat(refused(rig))
                .isInstanceOfSatisfying(
                        ModelUnavailable.Changing.class,
                        why -> assertThat(why.state()).isEqualTo(ModelState.LOADING));
        assertThat(rig.slot().load()).isSameAs(load);
        rig.runAll();
        assertThat(load).isCompletedWithValue(ModelState.LOADED);
        rig.granted().close();
        assertThat(rig.opened()).isEqualTo(2);
    }

    @Test
    void onDemandTheFirstRequestLoadsAndTheOthersWaitForTheSameLoad() {
        SlotRig rig = new SlotRig(ON_DEMAND);
        CompletableFuture<ModelState> first = later(rig);
        CompletableFuture<ModelState> second = later(rig);
        assertThat(second).isSameAs(first);
        rig.runAll();
        assertThat(first).isCompletedWithValue(ModelState.LOADED);
        rig.granted().close();
        assertThat(rig.opened()).isOne();
    }

    @Test
    void onDemandARequestDuringAnUnloadWaitsAndThenLoads() {
        SlotRig rig = open(ON_DEMAND);
        CompletableFuture<ModelState> _ = rig.slot().unload();
        CompletableFuture<ModelState> unload = later(rig);
        rig.runAll();
        assertThat(unload).isCompletedWithValue(ModelState.UNLOADED);
        CompletableFuture<ModelState> _ = later(rig);
        rig.runAll();
        rig.granted().close();
    }

    @Test
    void aModelThatNobodyAskedForFallsAsleep() {
        SlotRig rig = open(SLEEPY);
        rig.pass(IDLE.minusNanos(1));
        assertThat(rig.slot().sleepIfIdle()).isFalse();
        rig.granted().close();
        rig.pass(IDLE.minusNanos(1));
        assertThat(rig.slot().sleepIfIdle()).isFalse();
        rig.pass(Duration.ofNanos(1));
        assertThat(rig.slot().sleepIfIdle()).isTrue();
        rig.runAll();
        assertThat(rig.slot().state()).isEqualTo(ModelState.ASLEEP);
        assertThat(rig.inMemory()).isZero();
        assertThat(rig.slot().isUsable()).isTrue();
    }

    @Test
    void aModelInUseNeverFallsAsleepHoweverLongARequestTakes() {
        SlotRig rig = open(SLEEPY);
        Lease<SlotRig.Model> running = rig.granted();
        rig.pass(IDLE.multipliedBy(5));
        assertThat(rig.slot().sleepIfIdle()).isFalse();
        running.close();
        // Its time counts from the end of the last request.
        assertThat(rig.slot().sleepIfIdle()).isFalse();
        rig.pass(IDLE);
        assertThat(rig.slot().sleepIfIdle()).isTrue();
    }

    @Test
    void theNextRequestWakesItAndOthersWaitForTheSameLoad() {
        SlotRig rig = asleep();
        CompletableFuture<ModelState> load = later(rig);
        assertThat(later(rig)).isSameAs(load);
        rig.runAll();
        rig.granted().close();
        assertThat(rig.opened()).isEqualTo(2);
    }

    @Test
    void aRequestThatComesWhileItFallsAsleepWaitsAndWakesIt() {
        SlotRig rig = open(SLEEPY);
        rig.pass(IDLE);
        assertThat(rig.slot().sleepIfIdle()).isTrue();
        CompletableFuture<ModelState> falling = later(rig);
        rig.runAll();
        assertThat(falling).isCompletedWithValue(ModelState.ASLEEP);
        assertThat(later(rig)).isNotSameAs(falling);
        rig.runAll();
        rig.granted().close();
        assertThat(rig.inMemory()).isOne();
    }

    @Test
    void aWokenModelDoesNotFallAsleepBeforeItsTime() {
        SlotRig rig = asleep();
        CompletableFuture<ModelState> _ = later(rig);
        rig.pass(IDLE.multipliedBy(2));
        rig.runAll();
        assertThat(rig.slot().sleepIfIdle()).isFalse();
    }

    @Test
    void whatIsUnloadedOnRequestIsNotWokenByRequests() {
        SlotRig rig = asleep();
        assertThat(rig.slot().unload()).isCompletedWithValue(ModelState.UNLOADED);
        assertThat(refused(rig)).isInstanceOf(ModelUnavailable.NotLoaded.class);
        assertThat(rig.slot().isUsable()).isFalse();

        SlotRig falling = open(SLEEPY);
        falling.pass(IDLE);
        falling.slot().sleepIfIdle();
        CompletableFuture<ModelState> unload = falling.slot().unload();
        falling.runAll();
        assertThat(unload).isCompletedWithValue(ModelState.UNLOADED);
        assertThat(refused(falling)).isInstanceOf(ModelUnavailable.NotLoaded.class);
    }

    @Test
    void aLoadThatFailsIsToldToAllWhoWaitAndTriedAgainAfterAWhile() {
        SlotRig rig = new SlotRig(ON_DEMAND);
        rig.failLoads(true);
        CompletableFuture<ModelState> load = later(rig);
        rig.runAll();
        assertThat(load).isCompletedWithValue(ModelState.FAILED);
        assertThat(refused(rig)).isInstanceOfSatisfying(ModelUnavailable.LoadFailed.class, why -> {
            assertThat(why.reason()).isEqualTo("the package is damaged");
            assertThat(why.retryAfter()).isEqualTo(SlotRules.RETRY);
        });
        assertThat(rig.slot().failure()).contains("the package is damaged");
        assertThat(rig.slot().isUsable()).isFalse();

        rig.failLoads(false);
        rig.pass(SlotRules.RETRY);
        CompletableFuture<ModelState> _ = later(rig);
        rig.runAll();
        rig.granted().close();
    }

    @Test
    void aLoadThatSomebodyTriedAndThatFailedIsNotTriedByRequests() {
        SlotRig rig = open(TOLD);
        CompletableFuture<ModelState> _ = rig.slot().unload();
        rig.runAll();
        rig.failLoads(true);
        assertThat(rig.slot().load()).isNotDone();
        rig.runAll();
        rig.pass(SlotRules.RETRY.multipliedBy(9));
        assertThat(refused(rig)).isInstanceOf(ModelUnavailable.LoadFailed.class);
        assertThat(rig.hasWork()).isFalse();
    }

    @Test
    void theFirstLoadThrowsWhatWentWrong() {
        SlotRig rig = new SlotRig(TOLD);
        rig.failLoads(true);
        assertThatIllegalArgumentException().isThrownBy(rig.slot()::open).withMessage("the package is damaged");
    }

    @Test
    void aModelWhoseDeviceIsLostIsThereButNotUsable() {
        SlotRig rig = open(TOLD);
        assertThat(rig.slot().isUsable()).isTrue();
        rig.loseDevice();
        assertThat(rig.slot().isUsable()).isFalse();
        assertThat(rig.slot().isBroken()).isTrue();
        assertThat(rig.slot().state()).isEqualTo(ModelState.LOADED);
    }

    @Test
    void theEndFreesAModelAndALoadUnderWayFreesItsOwn() {
        SlotRig rig = open(TOLD);
        rig.slot().close();
        rig.slot().close();
        assertThat(rig.inMemory()).isZero();
        assertThat(refused(rig)).isInstanceOf(ModelUnavailable.Closed.class);

        SlotRig loading = new SlotRig(ON_DEMAND);
        CompletableFuture<ModelState> load = later(loading);
        loading.slot().close();
        loading.runAll();
        assertThat(load).isCompletedWithValue(ModelState.UNLOADED);
        assertThat(loading.inMemory()).isZero();
    }
}
