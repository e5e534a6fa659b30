package dev.sharegpt4v.server.bench.mix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromptFileTest {

    @TempDir
    private Path folder;

    private List<Prompts.Prompt> read(String name, String text) throws IOException {
        return PromptFile.read(Files.writeString(folder.resolve(name), text)).prompts();
    }

    @Test
    void aTextFileHoldsOnePromptALine() throws IOException {
        assertThat(read("a.txt", "one\n\n  two words  \n"))
                .containsExactly(Prompts.Prompt.of("one"), Prompts.Prompt.of("two words"));
    }

    @Test
    void jsonLinesMaySayHowLongAnswersAre() throws IOException {
        List<Prompts.Prompt> prompts =
                read("a.jsonl", "{\"prompt\":\"one\",\"output_tokens\":7}\n{\"prompt\":\"two\"}\n");
        assertThat(prompts.get(0).tokens()).hasValue(7);
        assertThat(prompts.get(1).tokens()).isEmpty();
    }

    @Test
    void ofADialogueTheFirstWordsOfTheUserCount() throws IOException {
        String shareGpt = "{\"conversations\":[{\"from\":\"system\",\"value\":\"s\"},"
                + "{\"from\":\"human\",\"value\":\"<image>\\nWhat?\"},{\"from\":\"gpt\",\"value\":\"That.\"}]}";
        String openAi = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Who?\"}]}]}";
        assertThat(read("a.json", "[" + shareGpt + "," + openAi + "]"))
                .extracting(Prompts.Prompt::text)
                .containsExactly("What?", "Who?");
    }

    @Test
    void picturesStandBesideTheFile() throws IOException {
        Files.write(folder.resolve("p.jpg"), new byte[] {1, 2});
        List<Prompts.Prompt> prompts = read(
                "a.jsonl",
                "{\"prompt\":\"one\",\"image\":\"p.jpg\"}\n{\"prompt\":\"x\",\"image_files\":[\"p.jpg\",\"p.jpg\"]}");
        assertThat(prompts.get(0).pictures())
                .hasValueSatisfying(files -> assertThat(files.getFirst()).containsExactly(1, 2));
        assertThat(prompts.get(1).pictures())
                .hasValueSatisfying(files -> assertThat(files).hasSize(2));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> read("b.jsonl", "{\"prompt\":\"one\",\"image\":\"no.jpg\"}"))
                .withMessageContaining("no.jpg");
    }

    @Test
    void whatHoldsNoPromptIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("a.txt", "\n"))
                .withMessageContaining("no prompts");
        assertThatIllegalArgumentException().isThrownBy(() -> read("a.jsonl", "{\"text\":1}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("b.jsonl", "{\"prompt\""))
                .withMessageContaining("is not JSON");
    }

    @Test
    void promptsComeInTurn() {
        Prompts listed = new Prompts.Listed(List.of(Prompts.Prompt.of("a"), Prompts.Prompt.of("b")));
        assertThat(List.of(0, 1, 2).stream()
                        .map(i -> listed.of(i, new SplittableRandom(1)).text())
                        .toList())
                .containsExactly("a", "b", "a");
    }
}
