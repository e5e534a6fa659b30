package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class Bfloat16Test {

    @Test
    void everyValueStaysWhatItIs() {
        for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
            float value = Bfloat16.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Bfloat16.of(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void aNumberBecomesTheNearerOfItsNeighbours() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            int inner = Float.floatToRawIntBits(value) >>> 16;
            float low = Bfloat16.toFloat((short) inner);
            float high = Bfloat16.toFloat((short) (inner + 1));
            if (Float.isFinite(value) && Float.isFinite(high)) {
                float found = Bfloat16.toFloat(Bfloat16.of(value));
                assertThat(Math.abs((double) found - value))
                        .isLessThanOrEqualTo(Math.abs((double) low - value))
                        .isLessThanOrEqualTo(Math.abs((double) high - value));
            }
        }
    }

    @Test
    void betweenTwoAsNearTheEvenOneIsTaken() {
        assertThat(Bfloat16.of(Float.intBitsToFloat(0x3f80_8000))).isEqualTo((short) 0x3f80);
        assertThat(Bfloat16.of(Float.intBitsToFloat(0x3f81_8000))).isEqualTo((short) 0x3f82);
    }

    @Test
    void whatIsNoNumberOrTooLargeStaysSo() {
        assertThat(Bfloat16.toFloat(Bfloat16.of(Float.NaN))).isNaN();
        assertThat(Bfloat16.toFloat(Bfloat16.of(Float.intBitsToFloat(0x7fff_ffff))))
                .isNaN();
        assertThat(Bfloat16.toFloat(Bfloat16.of(Float.MAX_VALUE))).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Bfloat16.toFloat(Bfloat16.of(Float.NEGATIVE_INFINITY))).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
