package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecoderWorkTest {

    private static final DecoderConfig SMALL = new DecoderConfig(24, 40, 3, 4, 2, 6, 50, 256, 1e-5, 10_000);

    /** Counts every multiplication, token by token, and doubles for the additions. */
    private static long counted(DecoderConfig decoder, StepCase one) {
        long products = 0;
        for (int sequence = 0; sequence < one.batch(); sequence++) {
            for (int i = 0; i < one.prefill(); i++) {
                boolean asked = i == one.prefill() - 1;
                for (int layer = 0; layer < decoder.layers(); layer++) {
                    int projected = (decoder.heads() + 2 * decoder.kvHeads()) * decoder.headSize();
                    products += (long) decoder.hiddenSize() * projected;
                    for (int position = 0; position <= one.context() + i; position++) {
                        // Scores, and the sum of values.
                        products += 2L * decoder.heads() * decoder.headSize();
                    }
                    if (layer < decoder.layers() - 1 || asked) {
                        products += (long) decoder.heads() * decoder.headSize() * decoder.hiddenSize();
                        products += 3L * decoder.hiddenSize() * decoder.intermediateSize();
                    }
                }
                products += asked ? (long) decoder.hiddenSize() * decoder.vocabularySize() : 0;
            }
        }
        return 2 * products;
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "1, 0, 17", "3, 0, 5", "2, 11, 7", "1, 100, 1"})
    void aPrefillIsCountedAsANaiveCountDoes(int batch, int context, int prefill) {
        StepCase one = new StepCase(batch, context, prefill, 0);
        assertThat(new DecoderWork(SMALL).prefill(one)).isCloseTo((double) counted(SMALL, one), within(0.5));
    }

    @Test
    void aTokenOfSevenBillionWeightsTakesThirteenBillionOperations() {
        DecoderConfig shape = new DecoderConfig(4096, 11_008, 32, 32, 32, 128, 32_000, 2048, 1e-5, 10_000);
        double token = new DecoderWork(shape).prefill(new StepCase(1, 0, 1024, 0)) / 1024;
        assertThat(token).isBetween(12.5e9, 13.5e9);
    }
}
