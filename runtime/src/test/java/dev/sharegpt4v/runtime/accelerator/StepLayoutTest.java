package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.PackedStep;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StepLayoutTest {

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 0", "700, 3, 32, 2, 576", "64, 64, 19, 64, 0", "13, 5, 7, 1, 12"})
    void inputsStandBesideEachOtherOnTheirOwnLines(int tokens, int rows, int columns, int logitRows, int features) {
        StepLayout layout = StepLayout.of(new PackedStep.Sizes(tokens, rows, columns, logitRows), features, 80);
        long end = 0;
        for (StepLayout.Field field : layout.fields()) {
            assertThat(field.offset()).isGreaterThanOrEqualTo(end);
            assertThat(field.offset() % 256).isZero();
            end = field.offset() + field.bytes();
        }
        assertThat(layout.bytes()).isBetween(end, end + 256);
        assertThat(bytes(layout, "input_ids")).isEqualTo(8L * tokens);
        assertThat(bytes(layout, "slot_mapping")).isEqualTo(4L * tokens);
        assertThat(bytes(layout, "logit_rows")).isEqualTo(8L * logitRows);
        assertThat(bytes(layout, "cumulative_sequence_length")).isEqualTo(4L * (rows + 1));
        assertThat(bytes(layout, "past_sequence_length")).isEqualTo(4L * rows);
        assertThat(bytes(layout, "block_table")).isEqualTo(4L * rows * columns);
        assertThat(bytes(layout, "image_positions")).isEqualTo(8L * features);
        assertThat(bytes(layout, "image_features")).isEqualTo(4L * features * 80);
        assertThat(layout.fields()).hasSize(8);
    }

    @Test
    void bucketsOfAsManyRowsDifferOnlyBehindTheirCommonPart() {
        List<StepLayout.Field> narrow =
                StepLayout.of(new DecodeBucket(4, 8).sizes(), 0, 80).fields();
        List<StepLayout.Field> wide =
                StepLayout.of(new DecodeBucket(4, 32).sizes(), 0, 80).fields();
        for (int i = 0; i < narrow.size() && !narrow.get(i).name().equals("image_positions"); i++) {
            assertThat(narrow.get(i).offset()).isEqualTo(wide.get(i).offset());
        }
    }

    private static long bytes(StepLayout layout, String name) {
        return layout.fields().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow()
                .bytes();
    }
}
