package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.convert.EmbeddingTable;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LateEmbeddingsTest {

    @TempDir
    private static Path folder;

    @Test
    void rowsAreThoseOfThePackage() {
        Path tiny = TinyPackage.in(folder);
        EmbeddingTable table = EmbeddingTable.open(tiny);
        LateEmbeddings late = new LateEmbeddings(tiny, ManifestJson.read(tiny));
        for (int token : List.of(3, 0, table.rows() - 1)) {
            assertThat(late.row(token)).isEqualTo(table.row(token));
        }
    }

    @Test
    void aPackageThatWasReplacedIsRefusedWhereRowsWereNotReadBefore() throws IOException {
        Path tiny = TinyPackage.in(folder);
        PackageManifest manifest = ManifestJson.read(tiny);
        LateEmbeddings early = new LateEmbeddings(tiny, manifest);
        float[] row = early.row(5);
        Path file = tiny.resolve(PackageManifest.FILE_NAME);
        String text = Files.readString(file);
        Files.writeString(file, text.replaceFirst("(\"sha256\" : \")[0-9a-f]{8}", "$1deadbeef"));
        assertThat(early.row(5)).isEqualTo(row);
        LateEmbeddings late = new LateEmbeddings(tiny, manifest);
        assertThatThrownBy(() -> late.row(5))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("replaced");
        Files.writeString(file, text);
        assertThat(late.row(5)).isEqualTo(row);
    }
}
