package dev.sharegpt4v.models.convert;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Cosines and sines of rotary position embeddings, float {@code [positions, headSize / 2]}.
 *
 * <p>Angles are formed in single precision, as the models were trained: {@code position * theta^(-2i / headSize)}.
 */
final class RotaryTable {

    private final int positions;
    private final float[] frequencies;

    RotaryTable(int positions, int headSize, double theta) {
        this.positions = positions;
        this.frequencies = new float[headSize / 2];
        for (int index = 0; index < frequencies.length; index++) {
            frequencies[index] = 1 / (float) Math.pow(theta, 2f * index / headSize);
        }
    }

    Weight cosines(String name) {
        return table(name, Math::cos);
    }

    Weight sines(String name) {
        return table(name, Math::sin);
    }

    private Weight table(String name, DoubleUnaryOperator function) {
        return new Weight(
                name,
                OnnxType.FLOAT,
                List.of((long) positions, (long) frequencies.length),
                positions,
                frequencies.length * Float.BYTES,
                (firstRow, count, target) -> {
                    for (long position = firstRow; position < firstRow + count; position++) {
                        for (float frequency : frequencies) {
                            target.putFloat((float) function.applyAsDouble(position * frequency));
                        }
                    }
                });
    }
}
