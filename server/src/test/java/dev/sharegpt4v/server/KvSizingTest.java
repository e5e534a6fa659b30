package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class KvSizingTest {

    /** 2 layers of 2 key/value heads of 8: 2 · 2 · 2 · 8 floats, 256 bytes a token. */
    private static final ModelShape SHAPE = new ModelShape(100, 100, 2, 2, 8, 32, 1024);

    private static final long TOKEN = SHAPE.kvBytesPerToken(Float.BYTES);

    @Test
    void whatIsAskedForIsFilledWithWholeBlocks() {
        assertThat(KvSizing.choose(SHAPE, 16, OptionalLong.of(TOKEN * 16 * 5 + 1), 0)
                        .blocks())
                .isEqualTo(5);
    }

    @Test
    void lessThanABlockIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvSizing.choose(SHAPE, 16, OptionalLong.of(TOKEN * 16 - 1), 0))
                .withMessageContaining("holds no block");
    }

    @Test
    void aSmallMachineStillHoldsOneContext() {
        assertThat(KvSizing.choose(SHAPE, 16, OptionalLong.empty(), 0).blocks()).isEqualTo(64);
    }

    @Test
    void aLargeMachineHoldsSixteenContextsAndNoMore() {
        assertThat(KvSizing.choose(SHAPE, 16, OptionalLong.empty(), 1L << 50).blocks())
                .isEqualTo(64 * 16);
    }

    @Test
    void otherwiseAnEighthOfTheMemoryIsTaken() {
        assertThat(KvSizing.choose(SHAPE, 16, OptionalLong.empty(), TOKEN * 16 * 8 * 100)
                        .blocks())
                .isEqualTo(100);
    }

    @Test
    void aContextThatIsNoWholeNumberOfBlocksIsRoundedUp() {
        ModelShape odd = new ModelShape(100, 100, 2, 2, 8, 32, 1000);
        assertThat(KvSizing.choose(odd, 16, OptionalLong.empty(), 0).blocks()).isEqualTo(63);
    }
}
