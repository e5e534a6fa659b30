package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Public files, good and bad, through HTTP; their pixels are the image package's tests'. */
@Timeout(120) // Only to end a hang.
final class EveryImageTest {

    private static final String PARAM = "messages[0].content[0].image_url.url";
    private static final Set<String> NO_PIXELS =
            Set.of("broken.png", "broken_data_stream.png", "truncated_jpeg.jpg", "rgb24jpeg.bmp");
    private static final Set<String> EITHER = Set.of("oss-fuzz-36829.jpeg", "panic.webp");

    @Test
    void everyFileIsAnsweredOrRefusedByATypedError() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(SharedData.path("images"))) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".json"))
                    .filter(file -> !file.toString().endsWith(".LICENSE"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(60);
        try (ScriptedServer server = new ScriptedServer("a red circle")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                Response answer = server.chat(Requests.about("?", Pictures.dataUri(Files.readAllBytes(file)))
                        .put("max_tokens", 2));
                boolean unsupported = name.endsWith(".ico") || name.endsWith(".tif");
                // The PNG suite names what is broken so.
                boolean noPixels = NO_PIXELS.contains(name) || file.toString().contains("pngsuite/x");
                if (answer.statusCode() == 200) {
                    assertThat(unsupported || noPixels).as(name).isFalse();
                    continue;
                }
                String code = Golden.parse(answer.asString()).at("/error/code").asText();
                ErrorAnswer.is(answer, 400, code, PARAM);
                assertThat(code).as(name).isIn("invalid_image", "unsupported_image_format", "image_too_large");
                assertThat(unsupported || noPixels || EITHER.contains(name))
                        .as(name + ": " + answer.asString())
                        .isTrue();
                if (unsupported) {
                    assertThat(code).isEqualTo("unsupported_image_format");
                }
            }
            assertThat(server.snapshot().healthy()).isTrue();
        }
    }
}
