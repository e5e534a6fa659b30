package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CLIP's vision tower and the projector, step by step as they are defined, in double precision. */
final class ReferenceVision {

    private final CheckpointConfig checkpoint;
    private final VisionConfig config;
    private final TensorSource tensors;

    ReferenceVision(CheckpointConfig checkpoint, TensorSource tensors) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.vision();
        this.tensors = tensors;
    }

    /** Features of one image, given as channels of rows of pixels. */
    Matrix features(float[] pixels) {
        Matrix states = norm("vision.pre_layrnorm", embeddings(pixels));
        for (int layer = 0; layer < config.layersToRun(); layer++) {
            String name = "vision.encoder.layers." + layer;
            states = states.plus(attention(name + ".self_attn", norm(name + ".layer_norm1", states)));
            Matrix wide = norm(name + ".layer_norm2", states)
                    .linear(tensors, name + ".mlp.fc1")
                    .map(this::activation);
            states = states.plus(wide.linear(tensors, name + ".mlp.fc2"));
        }
        if (!config.keepClassToken()) {
            states = new Matrix(Arrays.copyOfRange(states.rows(), 1, states.rows().length));
        }
        for (int layer = 1; layer <= checkpoint.projectorLayers(); layer++) {
            Matrix input = layer == 1 ? states : states.map(ReferenceVision::gelu);
            states = input.linear(tensors, "projector." + layer);
        }
        return states;
    }

    private Matrix embeddings(float[] pixels) {
        int side = config.imageSize() / config.patchSize();
        int patch = config.patchSize();
        int hidden = config.hiddenSize();
        double[] kernel = Matrix.vector(tensors, "vision.embeddings.patch_embedding.weight");
        double[][] rows = new double[config.patches() + 1][hidden];
        rows[0] = Matrix.vector(tensors, "vision.embeddings.class_embedding");
        for (int index = 0; index < config.patches(); index++) {
            int top = index / side * patch;
            int left = index % side * patch;
            for (int out = 0; out < hidden; out++) {
                for (int tap = 0; tap < 3 * patch * patch; tap++) {
                    int channel = tap / (patch * patch);
                    int y = top + tap / patch % patch;
                    int x = left + tap % patch;
                    int size = config.imageSize();
                    rows[index + 1][out] +=
                            kernel[out * 3 * patch * patch + tap] * pixels[(channel * size + y) * size + x];
                }
            }
        }
        float[] positions =
                tensors.tensor("vision.embeddings.position_embedding.weight").toFloats();
        return new Matrix(rows).plus(Matrix.of(positions, hidden));
    }

    private Matrix attention(String name, Matrix input) {
        Matrix queries = input.linear(tensors, name + ".q_proj");
        Matrix keys = input.linear(tensors, name + ".k_proj");
        Matrix values = input.linear(tensors, name + ".v_proj");
        int headSize = config.hiddenSize() / config.heads();
        List<Matrix> heads = new ArrayList<>();
        for (int first = 0; first < config.hiddenSize(); first += headSize) {
            heads.add(Matrix.attend(
                    queries.slice(first, headSize), keys.slice(first, headSize), values.slice(first, headSize), false));
        }
        return Matrix.join(heads).linear(tensors, name + ".out_proj");
    }

    private Matrix norm(String name, Matrix input) {
        double[] scale = Matrix.vector(tensors, name + ".weight");
        double[] shift = Matrix.vector(tensors, name + ".bias");
        return new Matrix(Arrays.stream(input.rows())
                .map(row -> {
                    double mean = Arrays.stream(row).average().orElseThrow();
                    double variance = Arrays.stream(row)
                            .map(value -> (value - mean) * (value - mean))
                            .average()
                            .orElseThrow();
                    double[] normed = new double[row.length];
                    for (int column = 0; column < row.length; column++) {
                        double unit = (row[column] - mean) / Math.sqrt(variance + config.layerNormEpsilon());
                        normed[column] = unit * scale[column] + shift[column];
                    }
                    return normed;
                })
                .toArray(double[][]::new));
    }

    private double activation(double value) {
        return config.activation().equals("quick_gelu") ? value / (1 + Math.exp(-1.702 * value)) : gelu(value);
    }

    /** {@code x Φ(x)}, with the error function from its series, which is exact enough for the small inputs here. */
    static double gelu(double value) {
        double x = value / Math.sqrt(2);
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 0.5 * value * (1 + 2 / Math.sqrt(Math.PI) * sum);
    }
}
