package dev.sharegpt4v.server.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InputLinesTest {

    private static final String GOOD =
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}}";
    private static final DataLimits LIMITS = new DataLimits(1 << 20, 10, 200, 20, 10);

    @TempDir
    private static Path folder;

    private static InputLines read(byte[] content) throws IOException {
        Path file = Files.write(Files.createTempFile(folder, "input", ".jsonl"), content);
        try (FileChannel channel = FileChannel.open(file)) {
            return InputLines.read(channel, "/v1/chat/completions", LIMITS);
        }
    }

    private static InputLines read(String content) throws IOException {
        return read(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String good(String id) {
        return GOOD.replace("\"a\"", "\"" + id + "\"");
    }

    @Test
    void linesAreFoundWhateverTheirEndsAndEmptyOnesAreNone() throws IOException {
        Path file = folder.resolve("ends.jsonl");
        Files.writeString(file, "\n" + good("a") + "\r\n  \n" + good("é") + "\n" + good("c"));
        try (FileChannel channel = FileChannel.open(file)) {
            InputLines lines = InputLines.read(channel, "/v1/chat/completions", LIMITS);
            assertThat(lines.errors()).isEmpty();
            assertThat(lines.count()).isEqualTo(3);
            assertThat(new String(lines.bytes(channel, 0), StandardCharsets.UTF_8).strip())
                    .isEqualTo(good("a"));
            assertThat(new String(lines.bytes(channel, 1), StandardCharsets.UTF_8))
                    .isEqualTo(good("é"));
            assertThat(new String(lines.bytes(channel, 2), StandardCharsets.UTF_8))
                    .isEqualTo(good("c"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello                                                                        | invalid_json_line          | ``",
                "{\"custom_id\":\"b\"                                                         | invalid_json_line          | ``",
                "[]                                                                           | invalid_json_line          | ``",
                "{\"custom_id\":\"b\",\"custom_id\":\"c\"}                                    | invalid_json_line          | ``",
                "{\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}}           | missing_required_parameter | custom_id",
                "{\"custom_id\":null,\"method\":\"POST\"}                                     | missing_required_parameter | custom_id",
                "{\"custom_id\":7,\"method\":\"POST\"}                                        | invalid_type               | custom_id",
                "{\"custom_id\":\"\",\"method\":\"POST\"}                                     | invalid_value              | custom_id",
                "{\"custom_id\":\"b\",\"url\":\"/v1/chat/completions\",\"body\":{}}           | missing_required_parameter | method",
                "{\"custom_id\":\"b\",\"method\":\"GET\"}                                     | invalid_method             | method",
                "{\"custom_id\":\"b\",\"method\":\"POST\",\"body\":{}}                        | missing_required_parameter | url",
                "{\"custom_id\":\"b\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}} | invalid_url            | url",
                "{\"custom_id\":\"b\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\"}   | missing_required_parameter | body",
                "{\"custom_id\":\"b\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":[]} | invalid_type     | body",
                "{\"custom_id\":\"b\",\"colour\":\"red\"}                                     | unknown_parameter          | colour",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}} | duplicate_custom_id | custom_id",
            })
    void aBadLineIsNamedByItsNumber(String line, String code, String param) throws IOException {
        InputLines lines = read(GOOD + "\n\n" + line + "\n" + good("z") + "\n");
        assertThat(lines.errors()).hasSize(1);
        BatchError error = lines.errors().getFirst();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.param()).isEqualTo(param);
        assertThat(error.line()).isEqualTo(3);
        assertThat(error.message()).isNotBlank().doesNotContain("jackson");
    }

    @Test
    void aLineThatIsNoTextIsRefused() throws IOException {
        byte[] content = GOOD.getBytes(StandardCharsets.UTF_8);
        content[16] = (byte) 0xff;
        assertThat(read(content).errors()).extracting(BatchError::code).containsExactly("invalid_utf8");
    }

    @Test
    void aLineThatIsTooLargeIsRefusedAndTheNextOneIsReadFromItsBeginning() throws IOException {
        InputLines lines = read("x".repeat(100_000) + "\n" + GOOD);
        assertThat(lines.errors()).extracting(BatchError::code).containsExactly("line_too_large");
        assertThat(lines.count()).isEqualTo(1);
    }

    @Test
    void aFileWithoutRequestsIsRefused() throws IOException {
        assertThat(read("").errors()).extracting(BatchError::code).containsExactly("empty_file");
        assertThat(read("\n \r\n").errors()).extracting(BatchError::code).containsExactly("empty_file");
    }

    @Test
    void asManyLinesAsAllowedPassAndOneMoreIsTooMany() throws IOException {
        assertThat(read(many(20)).errors()).isEmpty();
        assertThat(read(many(21)).errors()).extracting(BatchError::code).containsExactly("too_many_tasks");
    }

    @Test
    void errorsAreToldUpToANumberThatAPersonCanRead() throws IOException {
        assertThat(read("bad\n".repeat(10_000)).errors()).hasSizeLessThanOrEqualTo(101);
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(i -> good("n" + i)).collect(Collectors.joining("\n"));
    }
}
