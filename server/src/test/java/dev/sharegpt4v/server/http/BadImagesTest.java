package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.PngBytes;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BadImagesTest {

    private static final String PARAM = "messages[0].content[0].image_url.url";
    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterEach
    void theServerServesOn() {
        String picture = Pictures.dataUri(Pictures.png(1));
        assertThat(SERVER.chat(Requests.about("?", picture)).statusCode()).isEqualTo(200);
        assertThat(SERVER.snapshot().healthy()).isTrue();
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "``                                  | invalid_image_url",
                "data:                               | invalid_image_url",
                "data:image/png;base64               | invalid_image_url",
                "data:image/png,abc                  | invalid_image_url",
                "data:image/png;base64,              | unsupported_image_format",
                "data:image/png;base64,@@@@          | invalid_base64",
                "data:image/png;base64,iVBOR         | invalid_base64",
                "data:image/png;base64,iV=BORw0      | invalid_base64",
                "picture.png                         | invalid_image_url",
                "/etc/passwd                         | invalid_image_url",
                "file:///etc/passwd                  | invalid_image_url",
                "FILE:///etc/passwd                  | invalid_image_url",
                "ftp://localhost/picture.png         | invalid_image_url",
                "jar:file:/a.jar!/picture.png        | invalid_image_url",
                "http://127.0.0.1:1/picture.png      | remote_images_disabled",
                "https://localhost/picture.png       | remote_images_disabled",
                "HTTP://169.254.169.254/latest       | remote_images_disabled",
            })
    void aUrlThatHoldsNoImageIsRefused(String url, String code) {
        ErrorAnswer.is(SERVER.chat(Requests.about("?", url)), 400, code, PARAM);
    }

    @Test
    void aBombOfAHundredMegapixelsIsRefusedByItsHeader() {
        refuse(PngBytes.gray(10_000, 10_000, 10), "image_too_large");
    }

    @Test
    void anOverlongSideIsRefusedByTheHeader() {
        refuse(PngBytes.gray(1, 1_000_000, 1), "image_too_large");
        refuse(PngBytes.gray(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 0), "image_too_large");
    }

    @Test
    void aPictureWithoutPixelsIsMalformed() {
        refuse(PngBytes.gray(0, 5, 1), "invalid_image");
    }

    @Test
    void lessDataThanTheHeaderPromisesIsMalformed() {
        refuse(PngBytes.gray(3_000, 3_000, 1), "invalid_image");
        byte[] whole = Pictures.png(3);
        refuse(Arrays.copyOf(whole, whole.length / 2), "invalid_image");
        byte[] photo = Pictures.jpeg(3);
        refuse(Arrays.copyOf(photo, photo.length / 2), "invalid_image");
        refuse(Arrays.copyOf(photo, 20), "invalid_image");
    }

    @Test
    void whatIsNoImageIsUnsupported() {
        refuse("hello".getBytes(StandardCharsets.UTF_8), "unsupported_image_format");
        refuse("%PDF-1.7\n%âãÏÓ".getBytes(StandardCharsets.UTF_8), "unsupported_image_format");
        refuse(
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"1\" height=\"1\"/></svg>"
                        .getBytes(StandardCharsets.UTF_8),
                "unsupported_image_format");
        refuse(new byte[1000], "unsupported_image_format");
    }

    @Test
    void aFileOfTooManyBytesIsTooLarge() {
        refuse(new byte[(20 << 20) + 1], "image_too_large");
    }

    @Test
    void twentyOneImagesAreTooMany() {
        String[] urls =
                Collections.nCopies(21, Pictures.dataUri(Pictures.png(1))).toArray(String[]::new);
        ErrorAnswer.is(SERVER.chat(Requests.about("?", urls)), 400, "too_many_images", "messages");
    }

    @Test
    void theSecondImageIsNamedWhenItIsTheBadOne() {
        ErrorAnswer.is(
                SERVER.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1)), "data:")),
                400,
                "invalid_image_url",
                "messages[0].content[1].image_url.url");
    }

    @Test
    void anImageOfTheAssistantIsRefused() {
        ObjectNode body = Requests.about("?", Pictures.dataUri(Pictures.png(1)));
        ((ObjectNode) body.at("/messages/0")).put("role", "assistant");
        ((ArrayNode) body.get("messages")).add(Requests.text("?").at("/messages/0"));
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "messages");
    }

    private static void refuse(byte[] image, String code) {
        ErrorAnswer.is(SERVER.chat(Requests.about("?", Pictures.dataUri(image))), 400, code, PARAM);
    }
}
