package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Rows of doubles with the few operations that the reference models need, written for clarity alone. */
record Matrix(double[][] rows) {

    static Matrix of(float[] values, int columns) {
        double[][] rows = new double[values.length / columns][columns];
        for (int index = 0; index < values.length; index++) {
            rows[index / columns][index % columns] = values[index];
        }
        return new Matrix(rows);
    }

    static double[] vector(TensorSource tensors, String name) {
        float[] values = tensors.tensor(name).toFloats();
        double[] vector = new double[values.length];
        for (int index = 0; index < values.length; index++) {
            vector[index] = values[index];
        }
        return vector;
    }

    int columns() {
        return rows[0].length;
    }

    Matrix map(DoubleUnaryOperator function) {
        return new Matrix(Arrays.stream(rows)
                .map(row -> Arrays.stream(row).map(function).toArray())
                .toArray(double[][]::new));
    }

    Matrix plus(Matrix other) {
        return combine(other, Double::sum);
    }

    Matrix times(Matrix other) {
        return combine(other, (left, right) -> left * right);
    }

    Matrix slice(int firstColumn, int count) {
        return new Matrix(Arrays.stream(rows)
                .map(row -> Arrays.copyOfRange(row, firstColumn, firstColumn + count))
                .toArray(double[][]::new));
    }

    /** {@code x Wᵀ (+ b)} with the named layer's weight and, where there is one, bias. */
    Matrix linear(TensorSource tensors, String name) {
        Matrix weight = of(tensors.tensor(name + ".weight").toFloats(), columns());
        double[] bias = tensors.names().contains(name + ".bias")
                ? vector(tensors, name + ".bias")
                : new double[weight.rows.length];
        double[][] result = new double[rows.length][weight.rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int out = 0; out < weight.rows.length; out++) {
                result[row][out] = dot(rows[row], weight.rows[out]) + bias[out];
            }
        }
        return new Matrix(result);
    }

    static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int index = 0; index < left.length; index++) {
            sum += left[index] * right[index];
        }
        return sum;
    }

    /** Attention of one head; {@code causal} lets a row see itself and earlier rows only. */
    static Matrix attend(Matrix queries, Matrix keys, Matrix values, boolean causal) {
        double[][] result = new double[queries.rows.length][values.columns()];
        for (int row = 0; row < result.length; row++) {
            int seen = causal ? row + 1 : keys.rows.length;
            double[] scores = new double[seen];
            for (int key = 0; key < seen; key++) {
                scores[key] = dot(queries.rows[row], keys.rows[key]) / Math.sqrt(queries.columns());
            }
            double largest = Arrays.stream(scores).max().orElseThrow();
            double total = Arrays.stream(scores)
                    .map(score -> Math.exp(score - largest))
                    .sum();
            for (int key = 0; key < seen; key++) {
                double share = Math.exp(scores[key] - largest) / total;
                for (int column = 0; column < values.columns(); column++) {
                    result[row][column] += share * values.rows[key][column];
                }
            }
        }
        return new Matrix(result);
    }

    /** Heads side by side. */
    static Matrix join(List<Matrix> heads) {
        double[][] result = new double[heads.getFirst().rows.length][];
        for (int row = 0; row < result.length; row++) {
            int index = row;
            result[row] = heads.stream()
                    .flatMapToDouble(head -> Arrays.stream(head.rows[index]))
                    .toArray();
        }
        return new Matrix(result);
    }

    private Matrix combine(Matrix other, DoubleBinaryOperator function) {
        double[][] result = new double[rows.length][columns()];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < columns(); column++) {
                result[row][column] = function.applyAsDouble(rows[row][column], other.rows[row][column]);
            }
        }
        return new Matrix(result);
    }
}
