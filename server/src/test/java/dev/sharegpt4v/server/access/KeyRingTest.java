package dev.sharegpt4v.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.access.KeyUse.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class KeyRingTest {

    private final AtomicLong clock = new AtomicLong(1_000_000_007);

    private static ApiKey key(String name, int rate, int concurrent) {
        return new ApiKey(name, ApiKey.of("", "sk-" + name).hash(), limit(rate), limit(concurrent));
    }

    private static OptionalInt limit(int most) {
        return most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
    }

    private KeyRing ring(ApiKey... keys) {
        return new KeyRing(List.of(keys), clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void onlyWholeKeysAreFound() {
        KeyRing ring = ring(key("alice", 0, 0), key("bob", 0, 0));
        assertThat(ring.find("sk-alice").map(KeyUse::name)).contains("alice");
        assertThat(ring.find("sk-bob").map(KeyUse::name)).contains("bob");
        for (String other : List.of("", "sk-alic", "sk-alice ", "SK-ALICE", "alice", "sk-é")) {
            assertThat(ring.find(other)).as(other).isEmpty();
        }
    }

    @Test
    void soManyRequestsAMinuteAreLetInAndThenOneAsTheMinutePasses() {
        KeyUse use = ring(key("alice", 6, 0)).find("sk-alice").orElseThrow();
        for (int left = 5; left >= 0; left--) {
            Decision.Admitted admitted = (Decision.Admitted) use.begin();
            assertThat(admitted.quota().map(KeyUse.Quota::remaining)).contains(left);
            use.end();
        }
        assertThat(use.begin())
                .isEqualTo(new Decision.TooOften(
                        Optional.of(new KeyUse.Quota(6, 0, Duration.ofMinutes(1))), Duration.ofSeconds(10)));
        pass(Duration.ofSeconds(9));
        assertThat(use.begin()).isInstanceOf(Decision.TooOften.class);
        pass(Duration.ofSeconds(1));
        assertThat(use.begin()).isInstanceOf(Decision.Admitted.class);
        assertThat(use.begin()).isInstanceOf(Decision.TooOften.class);
        pass(Duration.ofHours(1));
        assertThat(((Decision.Admitted) use.begin()).quota()).contains(new KeyUse.Quota(6, 5, Duration.ofSeconds(10)));
    }

    @Test
    void oneMoreThanMayBeUnderWayIsRefusedAndCostsNothing() {
        KeyUse use = ring(key("alice", 100, 2)).find("sk-alice").orElseThrow();
        use.begin();
        Decision.Admitted second = (Decision.Admitted) use.begin();
        assertThat(second.quota().map(KeyUse.Quota::remaining)).contains(98);
        assertThat(use.begin()).isEqualTo(new Decision.TooMany(2));
        use.end();
        Decision.Admitted third = (Decision.Admitted) use.begin();
        assertThat(third.quota().map(KeyUse.Quota::remaining)).contains(97);
    }

    @Test
    void keysDoNotShareTheirLimits() {
        KeyRing ring = ring(key("alice", 1, 1), key("bob", 1, 1));
        assertThat(ring.find("sk-alice").orElseThrow().begin()).isInstanceOf(Decision.Admitted.class);
        assertThat(ring.find("sk-bob").orElseThrow().begin()).isInstanceOf(Decision.Admitted.class);
        assertThat(ring.find("sk-alice").orElseThrow().begin()).isInstanceOf(Decision.TooMany.class);
    }

    @Test
    void aNewFileTakesKeysAwayAndLeavesOthersWhatTheyHaveUnderWay() {
        KeyRing ring = ring(key("alice", 10, 1), key("bob", 0, 0));
        KeyUse alice = ring.find("sk-alice").orElseThrow();
        alice.begin();
        ring.replace(List.of(
                new ApiKey("renamed", ApiKey.of("", "sk-alice").hash(), OptionalInt.of(10), OptionalInt.of(2)),
                key("carol", 0, 0)));
        assertThat(ring.find("sk-bob")).isEmpty();
        assertThat(ring.find("sk-carol")).isPresent();
        KeyUse renamed = ring.find("sk-alice").orElseThrow();
        assertThat(renamed.name()).isEqualTo("renamed");
        Decision.Admitted second = (Decision.Admitted) renamed.begin();
        assertThat(second.quota().map(KeyUse.Quota::remaining)).contains(8);
        assertThat(renamed.begin()).isInstanceOf(Decision.TooMany.class);
        alice.end();
        assertThat(renamed.begin()).isInstanceOf(Decision.Admitted.class);
    }
}
