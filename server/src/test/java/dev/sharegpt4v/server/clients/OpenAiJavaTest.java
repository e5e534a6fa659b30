package dev.sharegpt4v.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.models.Model;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's official SDK for the JVM. */
@Timeout(60) // Only to end a hang.
final class OpenAiJavaTest {

    private static final String SAID = "a red circle on a table";

    @TempDir
    private static Path folder;

    private static ScriptedServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void serve() {
        server =
                new ScriptedServer(SAID, HttpLimits.DEFAULT, ScriptedServer.MODEL, Optional.of(folder.resolve("data")));
        server.allowAllSteps();
        client = client(server);
    }

    static OpenAIClient client(ScriptedServer of) {
        return OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + of.port() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void close() {
        client.close();
        server.close();
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder()
                .model(ScriptedServer.MODEL)
                .temperature(0.0)
                .addSystemMessage("Be brief.")
                .addUserMessage("What?");
    }

    private static ChatCompletionCreateParams.Builder picture(String url) {
        ChatCompletionContentPartImage image = ChatCompletionContentPartImage.builder()
                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                        .url(url)
                        .detail(ChatCompletionContentPartImage.ImageUrl.Detail.HIGH)
                        .build())
                .build();
        return ChatCompletionCreateParams.builder()
                .model(ScriptedServer.MODEL)
                .temperature(0.0)
                .addUserMessageOfArrayOfContentParts(List.of(
                        ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                .text("What?")
                                .build()),
                        ChatCompletionContentPart.ofImageUrl(image)));
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().getFirst().message().content().orElseThrow();
    }

    @Test
    void aWholeAnswerFitsTheSdksTypes() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(question()
                        .maxCompletionTokens(100)
                        .stop("never")
                        .safetyIdentifier("me")
                        .build());
        answer.validate();
        assertThat(text(answer)).isEqualTo(SAID);
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
    }

    @Test
    void aPictureGoesAsADataUri() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(picture(Pictures.dataUri(Pictures.jpeg(3))).build());
        assertThat(text(answer)).isEqualTo(SAID);
        assertThat(answer.usage().orElseThrow().promptTokens()).isGreaterThan(81);
    }

    @Test
    void aStreamIsAccumulatedToTheSameAnswer() {
        ChatCompletionCreateParams params = question()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(chunk -> accumulator.accumulate(chunk.validate()));
        }
        ChatCompletion answer = accumulator.chatCompletion();
        assertThat(text(answer)).isEqualTo(SAID);
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void aStreamWithoutUsageIsAccumulatedToo() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question().build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        assertThat(text(accumulator.chatCompletion())).isEqualTo(SAID);
    }

    @Test
    void severalChoicesAreAccumulated() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question().n(3).build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        assertThat(accumulator.chatCompletion().choices())
                .hasSize(3)
                .allSatisfy(choice -> assertThat(choice.message().content()).contains(SAID));
    }

    @Test
    void theAsynchronousClientGetsTheSame() throws Exception {
        assertThat(text(client.async()
                        .chat()
                        .completions()
                        .create(question().build())
                        .get()))
                .isEqualTo(SAID);
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        client.async()
                .chat()
                .completions()
                .createStreaming(question().build())
                .subscribe(accumulator::accumulate)
                .onCompleteFuture()
                .get();
        assertThat(text(accumulator.chatCompletion())).isEqualTo(SAID);
    }

    @Test
    void errorsBecomeTheSdksExceptions() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(question().temperature(9.0).build()))
                .isInstanceOfSatisfying(BadRequestException.class, failure -> {
                    assertThat(failure.code()).contains("decimal_out_of_range");
                    assertThat(failure.param()).contains("temperature");
                    assertThat(failure.type()).contains("invalid_request_error");
                    assertThat(failure.headers().values("x-request-id")).isNotEmpty();
                });
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(question().model("other").build()))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        failure -> assertThat(failure.code()).contains("model_not_found"));
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(picture("data:image/png;base64,bm8=").build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        failure -> assertThat(failure.param()).contains("messages[0].content[1].image_url.url"));
        assertThatThrownBy(() -> client.async()
                        .chat()
                        .completions()
                        .create(question().temperature(9.0).build())
                        .get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BadRequestException.class);
    }

    @Test
    void aServerThatStopsIsAnErrorOfTheServer() {
        try (ScriptedServer stopping = new ScriptedServer(SAID)) {
            OpenAIClient other = client(stopping);
            stopping.drain();
            assertThatThrownBy(
                            () -> other.chat().completions().create(question().build()))
                    .isInstanceOfSatisfying(InternalServerException.class, failure -> {
                        assertThat(failure.statusCode()).isEqualTo(503);
                        assertThat(failure.code()).contains("shutting_down");
                    });
            other.close();
        }
    }

    @Test
    void theRequestsIdIsTold() {
        try (HttpResponseFor<ChatCompletion> response = client.chat()
                .completions()
                .withRawResponse()
                .create(question().putAdditionalHeader("x-request-id", "mine-1").build())) {
            assertThat(response.requestId()).contains("mine-1");
        }
    }

    @Test
    void modelsAreListedAndDescribed() {
        assertThat(client.models().list().data())
                .extracting(model -> model.validate().id())
                .containsExactly(ScriptedServer.MODEL);
        Model model = client.models().retrieve(ScriptedServer.MODEL);
        assertThat(model.ownedBy()).isNotBlank();
        assertThatThrownBy(() -> client.models().retrieve("other")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aBatchRunsFromItsFileToItsResults() throws Exception {
        String line = "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                + "{\"model\":\"scripted\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"What?\"}]}}\n";
        Path input = Files.writeString(folder.resolve("in.jsonl"), line.formatted("a") + line.formatted("b"));
        FileObject file = client.files()
                .create(FileCreateParams.builder()
                        .file(input)
                        .purpose(FilePurpose.BATCH)
                        .expiresAfter(FileCreateParams.ExpiresAfter.builder()
                                .seconds(7200)
                                .build())
                        .build());
        assertThat(file.validate().filename()).isEqualTo("in.jsonl");
        assertThat(file.expiresAt()).contains(file.createdAt() + 7200);
        Batch ordered = client.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(file.id())
                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                        .build());
        ordered.validate();
        Eventually.holds(
                "the batch is completed",
                () -> client.batches().retrieve(ordered.id()).status().equals(Batch.Status.COMPLETED));
        Batch batch = client.batches().retrieve(ordered.id()).validate();
        assertThat(batch.requestCounts().orElseThrow().completed()).isEqualTo(2);
        assertThat(content(batch.outputFileId().orElseThrow()).lines())
                .hasSize(2)
                .allMatch(one -> one.contains(SAID));
        assertThat(client.batches().list().autoPager().stream().map(Batch::id)).contains(ordered.id());
        assertThat(client.files().list().autoPager().stream().map(FileObject::id))
                .contains(file.id());
        assertThat(client.files().delete(file.id()).deleted()).isTrue();
        assertThatThrownBy(() -> client.files().retrieve(file.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.batches().cancel(ordered.id())).isInstanceOf(BadRequestException.class);
    }

    private static String content(String file) throws IOException {
        try (HttpResponse response = client.files().content(file)) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
