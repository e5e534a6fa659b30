package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecodeBucketsTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(2000, 128);
    private static final int CONTEXT = 4096;

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 8",
        "1, 1023, 1, 8",
        "1, 1024, 1, 16",
        "2, 5, 2, 8",
        "3, 2047, 4, 16",
        "4, 2048, 4, 32",
        "5, 4095, 8, 32",
        "8, 0, 8, 8",
        "9, 0, 16, 8",
        "33, 700, 64, 8",
        "129, 700, 256, 8",
        "256, 4095, 256, 32"
    })
    void decodeStepsGoToTheNextLargerSizes(int sequences, int position, int rows, int columns) {
        DecodeBuckets buckets = new DecodeBuckets(GEOMETRY, CONTEXT, 1);
        assertThat(buckets.of(step(sequences, decoding(position)))).contains(new DecodeBucket(rows, columns));
    }

    @Test
    void theLastBucketHasTheColumnsOfAWholeContext() {
        DecodeBuckets odd = new DecodeBuckets(new KvGeometry(100, 16), 300, 1);
        assertThat(odd.mostColumns()).isEqualTo(19);
        assertThat(odd.of(step(1, decoding(299)))).contains(new DecodeBucket(1, 19));
        assertThat(odd.of(step(1, decoding(100)))).contains(new DecodeBucket(1, 8));
        DecodeBuckets small = new DecodeBuckets(new KvGeometry(100, 16), 50, 1);
        assertThat(small.of(step(1, decoding(3)))).contains(new DecodeBucket(1, 4));
    }

    @Test
    void graphsThatNeedTwoRowsGetThem() {
        DecodeBuckets buckets = new DecodeBuckets(GEOMETRY, CONTEXT, 2);
        assertThat(buckets.of(step(1, decoding(3)))).contains(new DecodeBucket(2, 8));
        assertThat(buckets.of(step(3, decoding(3)))).contains(new DecodeBucket(4, 8));
    }

    @Test
    void everythingElseHasNoBucket() {
        DecodeBuckets buckets = new DecodeBuckets(GEOMETRY, CONTEXT, 1);
        ImageFeatures image = new ImageFeatures(new ContentHash(1, 1), new float[4], 1);
        List<SequenceSlice> others = List.of(
                new SequenceSlice(new int[] {1, 2}, 0, new int[40], List.of(), new int[] {1}),
                new SequenceSlice(new int[] {1}, 0, new int[40], List.of(), new int[0]),
                new SequenceSlice(
                        new int[] {1}, 0, new int[40], List.of(new FeatureSpan(0, image, 0, 1)), new int[] {0}));
        for (SequenceSlice other : others) {
            assertThat(buckets.of(new ForwardStep(List.of(decoding(5), other)))).isEmpty();
        }
        assertThat(buckets.of(step(257, decoding(5)))).isEmpty();
        assertThat(buckets.of(step(1, decoding(CONTEXT)))).isEmpty();
    }

    private static SequenceSlice decoding(int position) {
        return new SequenceSlice(new int[] {7}, position, new int[40], List.of(), new int[] {0});
    }

    private static ForwardStep step(int sequences, SequenceSlice slice) {
        return new ForwardStep(Collections.nCopies(sequences, slice));
    }
}
