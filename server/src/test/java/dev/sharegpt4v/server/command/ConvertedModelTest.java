package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Shell;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny checkpoint of random weights from its published form to captions, all by the command line. */
final class ConvertedModelTest {

    private static final Path CHECKPOINT = ParityCase.load("plain", "published").checkpoint();

    private static final Pattern READY = Pattern.compile(
            "ready (http://127[.]0[.]0[.]1:[0-9]+) model=(\\S+) device=cpu provider=CPUExecutionProvider\\s+");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void convert() throws IOException {
        Shell shell = Shell.run("convert", CHECKPOINT.toString(), path("model"), "--weights", "fp32");
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(shell.out()).contains(path("model"));
        Files.write(folder.resolve("a.png"), Pictures.png(1));
        Files.write(folder.resolve("b.jpg"), Pictures.jpeg(2));
        Files.writeString(folder.resolve("c.txt"), "hello");
    }

    private static String path(String name) {
        return folder.resolve(name).toString();
    }

    private static Shell caption(String... images) {
        String[] args = {"caption", "--model", path("model"), "--prompt", "?", "--max-tokens", "8", "--threads", "1"};
        String[] all = new String[args.length + images.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(images, 0, all, args.length, images.length);
        return Shell.run(all);
    }

    @Test
    void aPackageThatIsThereIsReplacedOnlyWhenThatIsAsked() {
        Shell shell = Shell.run("convert", CHECKPOINT.toString(), path("model"), "--weights", "fp32");
        assertThat(shell.code()).isEqualTo(1);
        assertThat(shell.err()).contains(path("model")).hasLineCount(1);
    }

    @Test
    void aPackageThatIsThereMayBeLeftAsItIs() throws IOException {
        FileTime made = Files.getLastModifiedTime(folder.resolve("model").resolve("model.json"));
        Shell shell =
                Shell.run("convert", "--skip-existing", CHECKPOINT.toString(), path("model"), "--weights", "fp32");
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(shell.out()).contains("is there already");
        assertThat(Files.getLastModifiedTime(folder.resolve("model").resolve("model.json")))
                .isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int4", "int8", "fp16"})
    void everyFormatOfWeightsCaptions(String weights) {
        String target = path("model-" + weights);
        Shell converted = Shell.run("convert", CHECKPOINT.toString(), target, "--weights", weights);
        assertThat(converted.code()).as(converted.err()).isZero();
        Shell shell =
                Shell.run("caption", "--model", target, "--prompt", "?", "--max-tokens", "3", "--json", path("a.png"));
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(Golden.parse(shell.out()).path("caption").isTextual()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"int4", "fp16", "bf16"})
    void aPackageForCudaSaysSoAndIsNotRunOnTheCpu(String weights) {
        String target = path("cuda-" + weights);
        Shell converted = Shell.run("convert", CHECKPOINT.toString(), target, "--device", "cuda", "--weights", weights);
        assertThat(converted.code()).as(converted.err()).isZero();
        String activations = weights.equals("bf16") ? "bf16" : "fp16";
        Shell inspected = Shell.run("inspect", target, "--verify");
        assertThat(inspected.code()).as(inspected.err()).isZero();
        assertThat(inspected.out())
                .contains("device       cuda, activations " + activations)
                .contains("decoder " + weights + ", vision " + activations, "in the GPU's memory");
        Shell shell = Shell.run("caption", "--device", "cpu", "--model", target, path("a.png"));
        assertThat(shell.code()).isEqualTo(1);
        assertThat(shell.err())
                .contains(target, "its graphs are for cuda", "convert CHECKPOINT OUT --device cpu")
                .hasLineCount(1);
    }

    @Test
    void fp16IsWhatCudaGetsWhenNothingIsSaid() {
        Shell converted = Shell.run("convert", CHECKPOINT.toString(), path("cuda"), "--device", "cuda");
        assertThat(converted.code()).as(converted.err()).isZero();
        assertThat(Shell.run("inspect", path("cuda")).out()).contains("decoder fp16, vision fp16");
    }

    @Test
    void randomWeightsOfAShapeBecomeAPackageForCudaToo() {
        Path shape = ParityCase.load("plain", "converted").checkpoint().resolve("config.json");
        Shell converted = Shell.run("convert", "--synthetic", shape.toString(), path("random"), "--device", "cuda");
        assertThat(converted.code()).as(converted.err()).isZero();
        assertThat(Shell.run("inspect", path("random")).out())
                .contains("device       cuda, activations fp16", "context 256");
    }

    @Test
    void aPictureGetsTheSameCaptionEachTime() {
        Shell first = caption(path("a.png"));
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).isNotBlank();
        assertThat(caption(path("a.png")).out()).isEqualTo(first.out());
    }

    @Test
    void aPictureThatCannotBeReadDoesNotStopTheOthers() {
        Shell shell = caption("--json", path("a.png"), path("missing.png"), path("c.txt"), path("b.jpg"));

        assertThat(shell.code()).isEqualTo(1);
        JsonNode[] lines = shell.out().lines().map(Golden::parse).toArray(JsonNode[]::new);
        assertThat(lines).hasSize(4);
        assertThat(lines[0].path("image").asText()).isEqualTo(path("a.png"));
        assertThat(lines[0].path("caption").isTextual()).isTrue();
        assertThat(lines[1].path("error").asText()).contains("no such file");
        assertThat(lines[2].path("error").asText()).contains("neither JPEG");
        assertThat(lines[3].path("caption").isTextual()).isTrue();
    }

    @Test
    void aFolderIsCaptionedInPartsThatGoOnWhereTheyStopped() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures/deeper"));
        for (int i = 0; i < 5; i++) {
            Files.write(pictures.resolve(i + (i % 2 == 0 ? ".png" : ".PNG")), Pictures.png(i));
        }
        Files.writeString(pictures.resolve("4.jpg"), "no picture");
        Files.writeString(pictures.resolve("notes.txt"), "not asked about");
        String[] parts = {path("out/captions-0.jsonl"), path("out/captions-1.jsonl")};
        for (int i = 0; i < 2; i++) {
            Shell shell = caption("--shard", i + "/2", "--output", parts[i], path("pictures"));
            assertThat(shell.code()).as(shell.err()).isZero();
        }

        List<String> first = Files.readAllLines(Path.of(parts[0]));
        List<JsonNode> all = Stream.of(first, Files.readAllLines(Path.of(parts[1])))
                .flatMap(List::stream)
                .map(Golden::parse)
                .toList();
        assertThat(all)
                .extracting(line ->
                        Path.of(line.path("image").asText()).getFileName().toString())
                .containsExactlyInAnyOrder("0.png", "1.PNG", "2.png", "3.PNG", "4.jpg", "4.png");
        assertThat(all).filteredOn(line -> line.has("error")).hasSize(1);
        assertThat(caption("--json", pictures.resolve("2.png").toString()).out().strip())
                .isEqualTo(first.get(1));

        // As after a kill in the middle of the last line.
        String whole = Files.readString(Path.of(parts[0]));
        Files.writeString(Path.of(parts[0]), whole.substring(0, whole.length() - 5));
        Shell again = caption("--shard", "0/2", "--output", parts[0], path("pictures"));
        assertThat(again.out()).contains("3 images, 1 of them now");
        assertThat(Files.readString(Path.of(parts[0]))).isEqualTo(whole);
    }

    @Test
    void captionsAreNotAddedToAFileOfSomethingElse() {
        Shell shell = caption("--output", path("c.txt"), path("a.png"));
        assertThat(shell.code()).isEqualTo(1);
        assertThat(folder.resolve("c.txt")).hasContent("hello");
    }

    @Test
    void aPromptThatDoesNotFitIsToldForItsPicture() {
        Shell shell = Shell.run(
                "caption", "--model", path("model"), "--prompt", "what? ".repeat(200), "--json", path("a.png"));
        assertThat(shell.code()).isEqualTo(1);
        assertThat(Golden.parse(shell.out()).path("error").asText()).contains("256");
    }

    @Test
    void aServerSaysWhenItIsReadyAndWhere() throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        Thread server = Thread.ofPlatform()
                .start(() -> CommandLineTool.run("serve", "--model", path("model"), "--port", "0", "--threads", "1"));
        try {
            Eventually.holds(
                    "it is ready", () -> said.toString(StandardCharsets.UTF_8).endsWith(System.lineSeparator()));
            Matcher ready = READY.matcher(said.toString(StandardCharsets.UTF_8));
            assertThat(ready.matches()).isTrue();
            assertThat((String) RestAssured.get(ready.group(1) + "/v1/models").path("data[0].id"))
                    .isEqualTo(ready.group(2));
        } finally {
            server.interrupt();
            server.join();
            System.setOut(out);
        }
    }

    @Test
    void aPackageIsInspected() {
        Shell shell = Shell.run("inspect", path("model"), "--verify");
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(shell.out())
                .contains("package", "template vicuna_v1", "decoder fp32", "context 256", "tokenizer.json")
                .contains("device       cpu, activations fp32")
                .contains("every file is as it was written");
    }

    @Test
    void aPackageWhoseFilesHaveChangedIsNotServedAndFailsItsInspection() throws IOException {
        String spoilt = path("spoilt");
        assertThat(Shell.run("convert", CHECKPOINT.toString(), spoilt, "--weights", "fp32")
                        .code())
                .isZero();
        Path tokenizer = Path.of(spoilt, "tokenizer.json");
        byte[] bytes = Files.readAllBytes(tokenizer);
        bytes[bytes.length / 2] ^= 1;
        Files.write(tokenizer, bytes);
        assertThat(Shell.run("inspect", spoilt, "--verify").code()).isEqualTo(1);
        Files.write(tokenizer, new byte[] {'{'});
        Shell shell = Shell.run("serve", "--port", "0", "--model", spoilt);
        assertThat(shell.code()).isEqualTo(1);
        assertThat(shell.err()).contains("tokenizer.json").hasLineCount(1);
    }

    @Test
    void aCheckpointIsInspected() {
        Shell shell = Shell.run("inspect", CHECKPOINT.toString());
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(shell.out()).contains("checkpoint", "context 256", "tensors", "16 positions each");
    }
}
