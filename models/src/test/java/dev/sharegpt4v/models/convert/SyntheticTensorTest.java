package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.TensorView;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SyntheticTensorTest {

    private static final TensorView TENSOR =
            new SyntheticCheckpoint(TinyModels.odd()).tensors().tensor("lm_head.weight");

    @Test
    void anyPartEqualsThatPartOfTheWhole() {
        float[] whole = TENSOR.toFloats();
        for (int first = 0; first < 9; first++) {
            float[] part = new float[12];
            TENSOR.readFloats(first, part, 1, 7);
            assertThat(Arrays.copyOfRange(part, 1, 8)).isEqualTo(Arrays.copyOfRange(whole, first, first + 7));
        }
    }

    @Test
    void weightsHaveTheSpreadOfAFreshModel() {
        float[] values = TENSOR.toFloats();
        double square = IntStream.range(0, values.length)
                .mapToDouble(index -> values[index] * values[index])
                .average()
                .orElseThrow();
        double mean = IntStream.range(0, values.length)
                .mapToDouble(index -> values[index])
                .average()
                .orElseThrow();
        assertThat(Math.sqrt(square)).isCloseTo(0.02, within(0.0005));
        assertThat(mean).isCloseTo(0, within(0.0005));
    }

    @Test
    void tensorsDifferFromEachOther() {
        SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(TinyModels.odd());
        assertThat(checkpoint
                        .tensors()
                        .tensor("text.layers.0.mlp.up_proj.weight")
                        .toFloats())
                .isNotEqualTo(checkpoint
                        .tensors()
                        .tensor("text.layers.0.mlp.gate_proj.weight")
                        .toFloats());
    }

    @Test
    void thePublishedShapesHaveThePublishedNumberOfWeights() {
        CheckpointConfig config = SyntheticShapes.named("sharegpt4v-7b").orElseThrow();
        SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(config);
        assertThat(elements(checkpoint, "text.") + elements(checkpoint, "lm_head."))
                .isEqualTo(6_738_415_616L);
        assertThat(elements(checkpoint, "projector.")).isEqualTo(20_979_712L);
        assertThat(SyntheticShapes.named("sharegpt4v-70b")).isEmpty();
    }

    private static long elements(SyntheticCheckpoint checkpoint, String prefix) {
        return checkpoint.tensors().names().stream()
                .filter(name -> name.startsWith(prefix))
                .mapToLong(name -> checkpoint.tensors().tensor(name).elements())
                .sum();
    }
}
