package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** LLaMA's decoder over one whole sequence, step by step as it is defined, in double precision. */
final class ReferenceDecoder {

    private final DecoderConfig config;
    private final TensorSource tensors;

    ReferenceDecoder(DecoderConfig config, TensorSource tensors) {
        this.config = config;
        this.tensors = tensors;
    }

    /** Embeddings of tokens. */
    Matrix embed(int... tokens) {
        Matrix table = Matrix.of(tensors.tensor("text.embed_tokens.weight").toFloats(), config.hiddenSize());
        return new Matrix(
                Arrays.stream(tokens).mapToObj(token -> table.rows()[token]).toArray(double[][]::new));
    }

    /** Logits of every position. */
    Matrix logits(Matrix embeddings) {
        Matrix states = embeddings;
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "text.layers." + layer;
            states = states.plus(attention(name + ".self_attn", norm(name + ".input_layernorm", states)));
            Matrix normed = norm(name + ".post_attention_layernorm", states);
            Matrix gate = normed.linear(tensors, name + ".mlp.gate_proj").map(x -> x / (1 + Math.exp(-x)));
            Matrix inner = gate.times(normed.linear(tensors, name + ".mlp.up_proj"));
            states = states.plus(inner.linear(tensors, name + ".mlp.down_proj"));
        }
        return norm("text.norm", states).linear(tensors, "lm_head");
    }

    private Matrix attention(String name, Matrix input) {
        Matrix queries = input.linear(tensors, name + ".q_proj");
        Matrix keys = input.linear(tensors, name + ".k_proj");
        Matrix values = input.linear(tensors, name + ".v_proj");
        int size = config.headSize();
        int group = config.heads() / config.kvHeads();
        List<Matrix> heads = new ArrayList<>();
        for (int head = 0; head < config.heads(); head++) {
            heads.add(Matrix.attend(
                    rotate(queries.slice(head * size, size)),
                    rotate(keys.slice(head / group * size, size)),
                    values.slice(head / group * size, size),
                    true));
        }
        return Matrix.join(heads).linear(tensors, name + ".o_proj");
    }

    private Matrix rotate(Matrix head) {
        int half = config.headSize() / 2;
        double[][] rotated = new double[head.rows().length][config.headSize()];
        for (int position = 0; position < rotated.length; position++) {
            double[] row = head.rows()[position];
            for (int index = 0; index < half; index++) {
                double angle = position * Math.pow(config.ropeTheta(), -2.0 * index / config.headSize());
                double cosine = Math.cos(angle);
                double sine = Math.sin(angle);
                rotated[position][index] = row[index] * cosine - row[index + half] * sine;
                rotated[position][index + half] = row[index + half] * cosine + row[index] * sine;
            }
        }
        return new Matrix(rotated);
    }

    private Matrix norm(String name, Matrix input) {
        double[] scale = Matrix.vector(tensors, name + ".weight");
        return new Matrix(Arrays.stream(input.rows())
                .map(row -> {
                    double square = Arrays.stream(row).map(x -> x * x).average().orElseThrow();
                    double[] normed = new double[row.length];
                    for (int column = 0; column < row.length; column++) {
                        normed[column] = row[column] / Math.sqrt(square + config.rmsNormEpsilon()) * scale[column];
                    }
                    return normed;
                })
                .toArray(double[][]::new));
    }
}
