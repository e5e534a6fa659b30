package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.PackageFile;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FingerprintTest {

    private static final PackageFile ONE = new PackageFile("decoder.onnx", 5, "ab");
    private static final PackageFile TWO = new PackageFile("tokenizer.json", 7, "cd");

    @Test
    void itIsThatOfPackageAndVersion() {
        String first = Fingerprint.of(List.of(ONE, TWO), "1.0");
        assertThat(first).matches("fp_[0-9a-f]{12}").isEqualTo(Fingerprint.of(List.of(TWO, ONE), "1.0"));
        assertThat(Fingerprint.of(List.of(ONE, TWO), "1.1")).isNotEqualTo(first);
        assertThat(Fingerprint.of(List.of(ONE, new PackageFile("tokenizer.json", 7, "ce")), "1.0"))
                .isNotEqualTo(first);
    }
}
