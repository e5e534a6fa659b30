package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockQuantiserTest {

    private static final int COLUMNS = 200;
    private static final List<Quantisation> FOUR_BITS = List.of(
            new Quantisation(4, 32, false, ScaleRule.EXTREMES),
            new Quantisation(4, 32, true, ScaleRule.EXTREMES),
            new Quantisation(4, 32, false, ScaleRule.LEAST_SQUARES),
            new Quantisation(4, 32, true, ScaleRule.LEAST_SQUARES));

    @Test
    void everyWeightIsWithinOneStepOfWhatIsStored() {
        Random random = new Random(3);
        for (int bits : new int[] {4, 8}) {
            for (int blockSize : new int[] {32, 64, 128, 256}) {
                assertWithin(new Quantisation(bits, blockSize, false, ScaleRule.EXTREMES), random);
                assertWithin(new Quantisation(bits, blockSize, true, ScaleRule.EXTREMES), random);
            }
        }
    }

    @Test
    void zeroStaysZero() {
        for (Quantisation quantisation : FOUR_BITS) {
            float[] row = new float[COLUMNS];
            row[3] = 0.7f;
            row[40] = -0.2f;
            row[41] = 0.9f;
            float[] restored = restore(quantisation, row);
            for (int column = 0; column < COLUMNS; column++) {
                if (row[column] == 0) {
                    assertThat(restored[column]).as("column %d", column).isZero();
                }
            }
        }
    }

    @Test
    void theWeightOfLargestMagnitudeIsKeptInASymmetricBlock() {
        for (float largest : new float[] {0.8f, -0.8f}) {
            float[] row = new float[COLUMNS];
            row[5] = largest;
            row[6] = -largest / 2;
            assertThat(restore(new Quantisation(4, 32, true, ScaleRule.EXTREMES), row)[5])
                    .isEqualTo(largest);
        }
    }

    @Test
    void padsTheLastBlockWithCodesThatStandForZero() {
        Quantisation quantisation = new Quantisation(4, 64, false, ScaleRule.LEAST_SQUARES);
        float[] row = new float[COLUMNS];
        Arrays.fill(row, 0.5f);
        row[COLUMNS - 1] = -1;
        BlockQuantiser quantiser = new BlockQuantiser(quantisation, COLUMNS);
        BlockScales scales = quantiser.measure(row);
        byte[] codes = quantiser.round(row, scales);
        assertThat(codes).hasSize(256);
        for (int column = COLUMNS; column < 256; column++) {
            assertThat(codes[column]).isEqualTo(scales.zeroPoints()[3]);
        }
    }

    private static void assertWithin(Quantisation quantisation, Random random) {
        float[] row = new float[COLUMNS];
        for (int column = 0; column < COLUMNS; column++) {
            row[column] = (float) random.nextGaussian() * (column < 64 ? 0.02f : 3);
        }
        BlockQuantiser quantiser = new BlockQuantiser(quantisation, COLUMNS);
        BlockScales scales = quantiser.measure(row);
        float[] restored = restore(quantisation, row);
        for (int column = 0; column < COLUMNS; column++) {
            float step = Math.abs(scales.scales()[column / quantisation.blockSize()]);
            assertThat(Math.abs(restored[column] - row[column]))
                    .as("%s column %d", quantisation, column)
                    .isLessThanOrEqualTo(step * 1.0001f);
        }
    }

    @Test
    void blocksOfZerosAndOfTheTiniestNumbersAreStoredAsZeros() {
        for (Quantisation quantisation : FOUR_BITS) {
            float[] row = new float[COLUMNS];
            row[40] = Float.MIN_VALUE;
            for (float value : restore(quantisation, row)) {
                assertThat(value).isZero();
            }
        }
    }

    @Test
    void scalesInHalvesAreHalvesAndCodesAreChosenForThem() {
        Random random = new Random(9);
        float[] row = new float[COLUMNS];
        for (int column = 0; column < COLUMNS; column++) {
            row[column] = 0.02f * (float) random.nextGaussian();
        }
        for (Quantisation single : FOUR_BITS) {
            Quantisation half = new Quantisation(4, 32, single.symmetric(), single.rule(), OnnxType.FLOAT16);
            BlockScales scales = new BlockQuantiser(half, COLUMNS).measure(row);
            for (float scale : scales.scales()) {
                assertThat(Float.float16ToFloat(Float.floatToFloat16(scale))).isEqualTo(scale);
            }
            assertThat(squaredError(restore(half, row), row))
                    .isLessThan(1.01 * squaredError(restore(single, row), row));
        }
    }

    private static double squaredError(float[] restored, float[] row) {
        double error = 0;
        for (int column = 0; column < row.length; column++) {
            error += Math.pow(restored[column] - row[column], 2);
        }
        return error;
    }

    /** What the kernel makes of the stored numbers. */
    static float[] restore(Quantisation quantisation, float[] row) {
        BlockQuantiser quantiser = new BlockQuantiser(quantisation, row.length);
        BlockScales scales = quantiser.measure(row);
        byte[] codes = quantiser.round(row, scales);
        float[] restored = new float[row.length];
        for (int column = 0; column < row.length; column++) {
            int block = column / quantisation.blockSize();
            int code = Byte.toUnsignedInt(codes[column]);
            restored[column] = (code - scales.zeroPoint(block)) * scales.scales()[block];
        }
        return restored;
    }
}
