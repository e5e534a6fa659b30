package dev.sharegpt4v.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.StructuredResponseCreateParams;
import com.openai.models.responses.ToolChoiceFunction;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions and answers of a form through OpenAI's official SDK for the JVM, also from its classes. */
@Timeout(60) // Only to end a hang.
final class OpenAiJavaFormsTest {

    private static final String CALL = "{\"name\": \"Paint\", \"arguments\": {\"colour\": \"RED\", \"twice\": true}}";
    private static final ScriptedServer WORDS = new ScriptedServer("a red circle");
    private static final ScriptedServer CALLS = new ScriptedServer(CALL);
    private static final OpenAIClient FORCED = OpenAiJavaTest.client(WORDS);
    private static final OpenAIClient FREE = OpenAiJavaTest.client(CALLS);

    enum Colour {
        RED,
        BLUE
    }

    @JsonClassDescription("Paints it.")
    record Paint(Colour colour, boolean twice) {}

    record Scene(Colour colour, List<Paint> layers) {}

    @AfterAll
    static void close() {
        FORCED.close();
        FREE.close();
        WORDS.close();
        CALLS.close();
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder()
                .model(ScriptedServer.MODEL)
                .temperature(0.0)
                .maxCompletionTokens(150)
                .addUserMessage("What?");
    }

    private static ChatCompletionNamedToolChoice paint() {
        return ChatCompletionNamedToolChoice.builder()
                .function(ChatCompletionNamedToolChoice.Function.builder()
                        .name("Paint")
                        .build())
                .build();
    }

    private static ChatCompletionMessageFunctionToolCall onlyCall(ChatCompletion answer) {
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(choice.message().content()).isEmpty();
        return choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    }

    private static ChatCompletion accumulated(OpenAIClient client, ChatCompletionCreateParams params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(chunk -> accumulator.accumulate(chunk.validate()));
        }
        return accumulator.chatCompletion();
    }

    @Test
    void aNamedFunctionIsCalledWithAnInstanceOfItsClass() {
        for (ChatCompletionCreateParams params : List.of(
                question().addTool(Paint.class).toolChoice(paint()).build(),
                question()
                        .addTool(Paint.class)
                        .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                        .build())) {
            ChatCompletion whole = FORCED.chat().completions().create(params).validate();
            Paint painted = onlyCall(whole).function().arguments(Paint.class);
            assertThat(painted.colour()).isNotNull();
            assertThat(onlyCall(accumulated(FORCED, params)).function().arguments(Paint.class))
                    .isEqualTo(painted);
        }
    }

    @Test
    void aFunctionIsCalledWhereTheModelWantsToAndItsResultIsTold() {
        ChatCompletionCreateParams.Builder asked = question().addTool(Paint.class);
        ChatCompletion answer = FREE.chat().completions().create(asked.build()).validate();
        ChatCompletionMessageFunctionToolCall call = onlyCall(answer);
        assertThat(call.function().arguments(Paint.class)).isEqualTo(new Paint(Colour.RED, true));
        ChatCompletionMessageFunctionToolCall streamed = onlyCall(accumulated(FREE, asked.build()));
        assertThat(streamed.function()).isEqualTo(call.function());
        asked.addMessage(answer.choices().getFirst().message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("it is done")
                        .build());
        FREE.chat().completions().create(asked.build()).validate();
        assertThat(CALLS.prompts()).contains("Result of Paint: it is done");
    }

    @Test
    void wordsStayWordsWhereNoFunctionIsCalled() {
        ChatCompletion answer = FORCED.chat()
                .completions()
                .create(question().addTool(Paint.class).build());
        assertThat(answer.choices().getFirst().message().content()).contains("a red circle");
        assertThat(answer.choices().getFirst().message().toolCalls()).isEmpty();
    }

    @Test
    void anAnswerIsAnInstanceOfAClass() {
        StructuredChatCompletionCreateParams<Paint> params =
                question().responseFormat(Paint.class).build();
        Paint whole = FORCED.chat()
                .completions()
                .create(params)
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                FORCED.chat().completions().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        assertThat(accumulator
                        .chatCompletion(Paint.class)
                        .choices()
                        .getFirst()
                        .message()
                        .content())
                .contains(whole);
    }

    @Test
    void schemasOfNestedClassesAreTaken() {
        StructuredChatCompletionCreateParams<Scene> params =
                question().responseFormat(Scene.class).maxCompletionTokens(10).build();
        ChatCompletion.Choice choice = FORCED.chat()
                .completions()
                .create(params)
                .rawChatCompletion()
                .choices()
                .getFirst();
        assertThat(choice.message().content().orElseThrow()).startsWith("{");
    }

    @Test
    void anAnswerIsAnInstanceOfASchemaThatIsGivenAsJson() {
        ResponseFormatJsonSchema format = ResponseFormatJsonSchema.builder()
                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                        .name("size")
                        .strict(true)
                        .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("size", Map.of("enum", List.of("s", "l")))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("size")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build())
                .build();
        ChatCompletion answer = FORCED.chat()
                .completions()
                .create(question().responseFormat(format).build());
        assertThat(Golden.parse(answer.choices().getFirst().message().content().orElseThrow())
                        .path("size")
                        .asText())
                .isIn("s", "l");
        ChatCompletion any = FORCED.chat()
                .completions()
                .create(question()
                        .maxCompletionTokens(10)
                        .responseFormat(ResponseFormatJsonObject.builder().build())
                        .build());
        assertThat(any.choices().getFirst().message().content().orElseThrow()).startsWith("{");
    }

    private static ResponseCreateParams.Builder response() {
        return ResponseCreateParams.builder()
                .model(ScriptedServer.MODEL)
                .temperature(0.0)
                .maxOutputTokens(150)
                .store(false)
                .input("What?");
    }

    @Test
    void aResponseIsAnInstanceOfAClass() {
        StructuredResponseCreateParams<Paint> params =
                response().text(Paint.class).build();
        Paint whole = FORCED.responses().create(params).output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .flatMap(content -> content.outputText().stream())
                .findFirst()
                .orElseThrow();
        assertThat(whole.colour()).isNotNull();
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream = FORCED.responses().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        assertThat(accumulator.response(Paint.class).output())
                .flatExtracting(item -> item.message().orElseThrow().content())
                .extracting(content -> content.outputText().orElseThrow())
                .containsExactly(whole);
    }

    @Test
    void aResponseCallsANamedFunction() {
        ResponseCreateParams params = response()
                .addTool(Paint.class)
                .toolChoice(ToolChoiceFunction.builder().name("Paint").build())
                .build();
        List<ResponseFunctionToolCall> calls = FORCED.responses().create(params).validate().output().stream()
                .flatMap(item -> item.functionCall().stream())
                .toList();
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst().arguments(Paint.class).colour()).isNotNull();
    }
}
