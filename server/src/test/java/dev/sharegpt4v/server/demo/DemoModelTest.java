package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoModelTest {

    private static final int AT_ONCE = 8;

    private static DemoServer server;
    private static List<Truth> scenes;

    @BeforeAll
    static void serveTheDemo(@TempDir Path folder) throws Exception {
        scenes = Truth.all();
        server = new DemoServer(folder.resolve("package"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void captionsNameEveryObjectOfHeldOutScenesInNineteenOfTwentyPictures() throws Exception {
        List<String> captions = together(scenes.stream()
                .map(scene -> task(() -> server.caption(scene.picture())))
                .toList());
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < captions.size(); i++) {
            if (!scenes.get(i).isToldBy(captions.get(i))) {
                wrong.add(scenes.get(i).file() + ": " + captions.get(i));
            }
        }
        assertThat(scenes).hasSize(200);
        assertThat(wrong).as("wrong captions").hasSizeLessThanOrEqualTo(scenes.size() / 20);
    }

    @Test
    void shortAnswersAboutHeldOutScenesAreRightInNineOfTen() throws Exception {
        List<Callable<String>> verdicts = new ArrayList<>();
        for (Truth scene : scenes) {
            for (Truth.Question question : scene.questions()) {
                verdicts.add(() -> {
                    String said = server.answer(scene.picture(), question.question());
                    return said.equals(question.answer())
                            ? ""
                            : scene.file() + ": " + question.question() + " " + question.answer() + ", not " + said;
                });
            }
        }
        List<String> wrong = together(verdicts).stream()
                .filter(verdict -> !verdict.isEmpty())
                .toList();
        assertThat(wrong).as("wrong answers").hasSizeLessThanOrEqualTo(verdicts.size() / 10);
    }

    @Test
    void requestsThatShareStepsGetTheTextThatEachGetsAlone() throws Exception {
        List<Callable<String>> requests = scenes.subList(0, AT_ONCE).stream()
                .map(scene -> task(() -> server.caption(scene.picture())))
                .toList();
        List<String> alone = new ArrayList<>();
        for (Callable<String> request : requests) {
            alone.add(request.call());
        }
        double stepsBefore = server.metric("sharegpt4v_step_sequences_count");
        double sharesBefore = server.metric("sharegpt4v_step_sequences_sum");

        assertThat(together(requests)).isEqualTo(alone);

        double steps = server.metric("sharegpt4v_step_sequences_count") - stepsBefore;
        double shares = server.metric("sharegpt4v_step_sequences_sum") - sharesBefore;
        assertThat(shares / steps).as("sequences in a step, on average").isGreaterThan(2);
    }

    private static Callable<String> task(Callable<String> task) {
        return task;
    }

    private static List<String> together(List<Callable<String>> tasks) throws InterruptedException, ExecutionException {
        List<String> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<String> result : executor.invokeAll(tasks)) {
                results.add(result.get());
            }
        }
        return results;
    }
}
