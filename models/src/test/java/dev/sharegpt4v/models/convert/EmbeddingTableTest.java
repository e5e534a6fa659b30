package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddingTableTest {

    private static final CheckpointConfig MODEL = TinyModels.odd();

    @TempDir
    private Path folder;

    @Test
    void rowsAreTheCheckpointsRoundedToTheTypeThatIsStored() {
        check(ConversionOptions.of(WeightFormat.FP32), OnnxType.FLOAT);
        check(ConversionOptions.of(WeightFormat.FP16), OnnxType.FLOAT16);
        check(ConversionOptions.of(Device.CUDA, WeightFormat.BF16), OnnxType.BFLOAT16);
    }

    private void check(ConversionOptions options, OnnxType stored) {
        Path target = convert(options, stored.name());
        EmbeddingTable table = EmbeddingTable.open(target);
        float[] all = new SyntheticCheckpoint(MODEL)
                .tensors()
                .tensor("text.embed_tokens.weight")
                .toFloats();
        int width = MODEL.decoder().hiddenSize();
        assertThat(table.width()).isEqualTo(width);
        assertThat(table.rows()).isEqualTo(MODEL.decoder().vocabularySize());
        for (int token : List.of(0, 1, 17, table.rows() - 1)) {
            float[] row = table.row(token);
            for (int i = 0; i < width; i++) {
                assertThat(row[i]).isEqualTo(stored.round(all[token * width + i]));
            }
        }
        assertThatThrownBy(() -> table.row(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> table.row(table.rows())).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aPackageThatIsDamagedIsRefused() throws IOException {
        Path target = convert(ConversionOptions.of(WeightFormat.FP32), "damaged");
        try (FileChannel weights =
                FileChannel.open(target.resolve(PackageManifest.DECODER_GRAPH + ".data"), StandardOpenOption.WRITE)) {
            weights.truncate(100);
        }
        assertThatThrownBy(() -> EmbeddingTable.open(target)).isInstanceOf(PackageException.class);
        Files.write(target.resolve(PackageManifest.DECODER_GRAPH), new byte[] {(byte) 0xff, 1, 2});
        assertThatThrownBy(() -> EmbeddingTable.open(target)).isInstanceOf(PackageException.class);
    }

    private Path convert(ConversionOptions options, String name) {
        Path target = folder.resolve(name);
        Converter.convert(
                new SyntheticCheckpoint(MODEL), TinyModels.NO_TOKENIZER, target, options, ConversionProgress.NONE);
        return target;
    }
}
