package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.SseException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.sharegpt4v.server.clients.StreamedAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks that were recorded at OpenAI, in our frames, read by the clients: the same text, refusals, tool calls and usage. */
@Timeout(60) // Only to end a hang.
final class ReplayTest {

    private static ReplayServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void serve() {
        server = new ReplayServer();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(url())
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void close() {
        client.close();
        server.close();
    }

    private static String url() {
        return "http://127.0.0.1:" + server.port() + "/v1";
    }

    /** Recorded streams and what they add up to. */
    static Stream<Arguments> streams() throws IOException {
        return recorded().map(ReplayTest::arguments);
    }

    private static Stream<JsonNode> recorded() throws IOException {
        JsonNode index = ReplayServer.index();
        return StreamSupport.stream(index.path("streams").spliterator(), false);
    }

    private static Arguments arguments(JsonNode stream) {
        return Arguments.of(stream.path("file").asText(), stream.path("accumulated"));
    }

    private static ChatCompletion read(String model) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(ChatCompletionCreateParams.builder()
                        .model(model)
                        .addUserMessage("What?")
                        .build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static StreamedAnswer readByLangChain4j(String model) {
        StreamedAnswer told = new StreamedAnswer();
        OpenAiStreamingChatModel.builder()
                .baseUrl(url())
                .apiKey("none")
                .modelName(model)
                .build()
                .chat("What?", told);
        return told;
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void openAisSdkReadsThem(String file, JsonNode expected) {
        for (String model : List.of(file, file + ReplayServer.SLOW)) {
            ChatCompletion answer = read(model);
            assertThat(answer.choices()).hasSize(expected.path("choices").size());
            for (int i = 0; i < answer.choices().size(); i++) {
                check(answer.choices().get(i), expected.at("/choices/" + i));
            }
            assertThat(answer.usage().orElseThrow().totalTokens())
                    .isEqualTo(expected.at("/usage/total_tokens").asLong());
        }
    }

    private static void check(ChatCompletion.Choice choice, JsonNode expected) {
        assertThat(choice.message().content().filter(text -> !text.isEmpty()))
                .isEqualTo(text(expected.path("content")));
        assertThat(choice.message().refusal().filter(text -> !text.isEmpty()))
                .isEqualTo(text(expected.path("refusal")));
        assertThat(choice.finishReason().asString())
                .isEqualTo(expected.path("finish_reason").asText());
        List<ChatCompletionMessageToolCall> calls = choice.message().toolCalls().orElse(List.of());
        assertThat(calls).hasSize(expected.path("tool_calls").size());
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = expected.at("/tool_calls/" + i);
            var function = calls.get(i).asFunction();
            assertThat(function.id()).isEqualTo(call.path("id").asText());
            assertThat(function.function().name()).isEqualTo(call.path("name").asText());
            assertThat(function.function().arguments())
                    .isEqualTo(call.path("arguments").asText());
        }
    }

    /** LangChain4j asks for one choice and mixes up several; refusals it leaves out. */
    static Stream<Arguments> singleStreams() throws IOException {
        return recorded()
                .filter(stream -> stream.at("/accumulated/choices").size() == 1)
                .map(ReplayTest::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("singleStreams")
    void langChain4jReadsThem(String file, JsonNode expected) throws Exception {
        JsonNode choice = expected.at("/choices/0");
        ChatResponse answer = readByLangChain4j(file).response().get();
        assertThat(Optional.ofNullable(answer.aiMessage().text()).filter(text -> !text.isEmpty()))
                .isEqualTo(text(choice.path("content")));
        List<ToolExecutionRequest> calls = answer.aiMessage().toolExecutionRequests();
        assertThat(calls).hasSize(choice.path("tool_calls").size());
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = choice.at("/tool_calls/" + i);
            assertThat(calls.get(i).id()).isEqualTo(call.path("id").asText());
            assertThat(calls.get(i).name()).isEqualTo(call.path("name").asText());
            assertThat(calls.get(i).arguments())
                    .isEqualTo(call.path("arguments").asText());
        }
        assertThat(answer.finishReason()).isEqualTo(calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_EXECUTION);
        assertThat(answer.tokenUsage().totalTokenCount())
                .isEqualTo(expected.at("/usage/total_tokens").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"e2aad469b71d.sse", "f82268f2fefd.sse"})
    void anErrorInTheMiddleReachesTheCallerOfOpenAisSdk(String file) {
        assertThatThrownBy(() -> read(file + ReplayServer.FAILING))
                .isInstanceOfSatisfying(SseException.class, failure -> {
                    assertThat(failure.code()).contains("internal_error");
                    assertThat(failure.type()).contains("server_error");
                });
    }

    @Test
    void anErrorInTheMiddleReachesTheHandlerOfLangChain4j() {
        StreamedAnswer told = readByLangChain4j("e2aad469b71d.sse" + ReplayServer.FAILING);
        assertThatThrownBy(told.response()::get)
                .isInstanceOf(ExecutionException.class)
                .hasStackTraceContaining("The model failed to answer this request.");
        assertThat(told.text()).isNotEmpty();
    }
}
