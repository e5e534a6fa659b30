package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class BodyStreamTest {

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String all(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void chunksAreJoinedAndWhatFollowsIsLeft() throws IOException {
        InputStream source = bytes("3\r\nabc\r\nA;note=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nHTTP");
        assertThat(all(BodyStream.chunked(source))).isEqualTo("abc0123456789");
        assertThat(all(source)).isEqualTo("HTTP");
    }

    @Test
    void aGivenLengthIsReadAndNoMore() throws IOException {
        InputStream source = bytes("abcdef");
        assertThat(all(BodyStream.ofLength(source, 4))).isEqualTo("abcd");
        assertThat(all(source)).isEqualTo("ef");
        assertThat(all(BodyStream.ofLength(source, 0))).isEmpty();
    }

    @Test
    void bodiesThatEndEarlyAreNamed() {
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> all(BodyStream.ofLength(bytes("ab"), 4)));
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> all(BodyStream.chunked(bytes("5\r\nab"))));
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> all(BodyStream.chunked(bytes("2\r\nab\r\n"))));
        assertThatIOException().isThrownBy(() -> all(BodyStream.chunked(bytes("many\r\n"))));
    }
}
