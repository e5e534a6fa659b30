package dev.sharegpt4v.server.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnswerJournalTest {

    private static final int LINES = 5;

    @TempDir
    private static Path folder;

    private Path file = folder;

    @BeforeEach
    void inAFileOfItsOwn() throws IOException {
        file = Files.createTempDirectory(folder, "journal").resolve("answers.journal");
    }

    private static Answer answer(boolean completed, String json) {
        return new Answer(completed, 3, 2, 1, json.getBytes(StandardCharsets.UTF_8));
    }

    private AnswerJournal open() throws IOException {
        return AnswerJournal.open(file, LINES);
    }

    private static List<String> texts(Stream<byte[]> answers) {
        return answers.map(json -> new String(json, StandardCharsets.UTF_8)).toList();
    }

    @Test
    void answersAreThereAfterItIsOpenedAgainInTheOrderOfTheInput() throws IOException {
        try (AnswerJournal journal = open()) {
            journal.append(3, answer(true, "{\"d\":\"é 🙂\"}"));
            journal.append(0, answer(true, "{\"a\":1}"));
            journal.append(1, answer(false, "{\"b\": 2 }"));
        }
        try (AnswerJournal journal = open()) {
            assertThat(texts(journal.completed())).containsExactly("{\"a\":1}", "{\"d\":\"é 🙂\"}");
            assertThat(texts(journal.rest(line -> "none".getBytes(StandardCharsets.UTF_8))))
                    .containsExactly("{\"b\": 2 }", "none", "none");
            assertThat(journal.tally()).isEqualTo(new Tally(2, 1, 9, 6, 3));
            assertThat(journal.has(2)).isFalse();
        }
    }

    @Test
    void theFirstAnswerOfALineStands() throws IOException {
        try (AnswerJournal journal = open()) {
            journal.append(0, answer(true, "first"));
            journal.append(0, answer(false, "second"));
            assertThat(texts(journal.completed())).containsExactly("first");
            assertThat(journal.tally().failed()).isZero();
        }
    }

    @Test
    void whereverAKillCutsTheLastAnswerOffTheOthersAreThereAndItCanBeWrittenAgain() throws IOException {
        try (AnswerJournal journal = open()) {
            journal.append(0, answer(true, "{\"a\":1}"));
        }
        int whole = (int) Files.size(file);
        try (AnswerJournal journal = open()) {
            journal.append(1, answer(true, "{\"b\":2}"));
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int length = whole; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            try (AnswerJournal journal = open()) {
                assertThat(journal.has(0)).isTrue();
                assertThat(journal.has(1)).as("cut off after %d bytes", length).isFalse();
                journal.append(1, answer(true, "{\"b\":3}"));
            }
            try (AnswerJournal journal = open()) {
                assertThat(texts(journal.completed())).containsExactly("{\"a\":1}", "{\"b\":3}");
            }
        }
    }

    @Test
    void whatWasDamagedAndAllThatFollowsCountsAsUnanswered() throws IOException {
        try (AnswerJournal journal = open()) {
            for (int line = 0; line < LINES; line++) {
                journal.append(line, answer(true, "{\"line\":" + line + "}"));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        int record = bytes.length / LINES;
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = bytes.clone();
            int at = random.nextInt(bytes.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            try (AnswerJournal journal = open()) {
                assertThat(journal.tally().completed()).as("damaged at %d", at).isEqualTo(at / record);
            }
        }
    }

    @Test
    void aJournalOfAnotherInputIsNotRead() throws IOException {
        try (AnswerJournal journal = open()) {
            journal.append(4, answer(true, "{}"));
        }
        try (AnswerJournal journal = AnswerJournal.open(file, 2)) {
            assertThat(journal.tally()).isEqualTo(Tally.NONE);
        }
    }

    @Test
    void anAnswerThatTheDiskHasNoRoomForDoesNotCount() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "this system has no /dev/full");
        Files.createSymbolicLink(file, full);
        try (AnswerJournal journal = open()) {
            assertThatThrownBy(() -> journal.append(0, answer(true, "{}"))).isInstanceOf(IOException.class);
            assertThat(journal.has(0)).isFalse();
            assertThat(journal.tally()).isEqualTo(Tally.NONE);
        }
    }
}
